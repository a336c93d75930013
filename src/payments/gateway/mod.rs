//! Gateways: another company collects the money, and tells when it is there.
//!
//! A payment through the gateway begins as a charge's row and a job; only the job speaks with the gateway, so that no
//! transaction waits for somebody else's machine. A job that dies after the gateway's answer and before ours runs again,
//! and then asks what the gateway knows before it charges. What the gateway tells, by itself or when it is asked, is
//! applied by rank: what comes late undoes nothing. Notifications are kept as they came before anything follows from
//! them. A sum other than the one asked for is left to the treasurer. Money is confirmed by the treasurer's own verb.

mod api;
mod apply;
mod ask;
mod begin;
mod charge;
mod hear;
mod midtrans;
mod news;
mod provider;
mod refund;
mod review;
mod settings;
mod store;
mod view;

use crate::jobs::{Chore, Handler};
use crate::kernel::Duration;

pub(super) use api::routes;
pub(super) use begin::begin;
pub(super) use charge::Charge;
pub use charge::{ChargeStatus, Review};
pub use midtrans::{CertificateError, Midtrans};
pub use news::News;
pub use provider::{Gateway, GatewayError, Gateways, GivingBack, Notification, Unheard, Wanted};
pub use settings::Settings;
pub(super) use store::{charge_of, charges_of_order};
pub(super) use view::{ChargeShown, GatewayOffer};

/// Who speaks with gateways. These wait for machines of others, so that nothing else should wait for them.
pub fn speakers(gateways: &Gateways) -> Vec<Handler> {
    vec![ask::charger(gateways.clone()), ask::asker(gateways.clone()), refund::refunder(gateways.clone())]
}

/// Who applies what gateways told by themselves.
pub fn listener() -> Handler {
    hear::listener()
}

/// The work that comes round by itself.
pub(super) fn chores() -> [Chore; 1] {
    [Chore { name: "payments.ask_gateway", every: Duration::minutes(1), run: ask::look_after_silent }]
}

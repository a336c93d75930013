//! Gateways: another company collects the money, and tells when it is there.
//!
//! A payment through the gateway begins as a charge's row and a job; only the job speaks with the gateway, so that no
//! transaction waits for somebody else's machine. A job that dies after the gateway's answer and before ours runs again,
//! and then asks what the gateway knows before it charges. What the gateway tells, by itself or when it is asked, is
//! applied by rank: what comes late undoes nothing. Notifications are kept as they came before anything follows from
//! them. A sum other than the one asked for is left to the treasurer. Money is confirmed by the treasurer's own verb.

mod api;
mod apply;
mod charge;
mod charge_update;
mod midtrans;
mod poll;
mod provider;
mod refund;
mod request_charge;
mod review;
mod settings;
mod store;
mod view;
mod webhook;

use crate::jobs::{Handler, PeriodicTask};
use crate::kernel::Duration;

pub(super) use api::routes;
pub(super) use charge::Charge;
pub use charge::{ChargeStatus, Review};
pub use charge_update::ChargeUpdate;
pub use midtrans::{CertificateError, Midtrans};
pub use provider::{
    ChargeRequest, ConfiguredGateway, Gateway, GatewayError, RefundRequest, WebhookError, WebhookNotification,
};
pub(super) use request_charge::begin;
pub use settings::Settings;
pub(super) use store::{charge_of, charges_of_order};
pub(super) use view::{ChargeShown, GatewayOffer};

/// Who speaks with gateways. These wait for machines of others, so that nothing else should wait for them.
pub fn speakers(gateways: &ConfiguredGateway) -> Vec<Handler> {
    vec![poll::charger(gateways.clone()), poll::asker(gateways.clone()), refund::refunder(gateways.clone())]
}

/// Who applies what gateways told by themselves.
pub fn listener() -> Handler {
    webhook::listener()
}

/// The work that comes round by itself.
pub(super) fn periodic_tasks() -> [PeriodicTask; 1] {
    [PeriodicTask { name: "payments.ask_gateway", every: Duration::minutes(1), run: poll::look_after_silent }]
}

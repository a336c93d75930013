//! Payment gateways: another company collects the money and reports payments.
//!
//! A gateway payment starts as a charge row and a job. Only jobs call the gateway, so no transaction waits for the
//! network. A job that dies between the gateway's response and our commit runs again, and asks for the charge's status
//! before it creates one. Notifications and polled statuses are applied by rank, so late updates undo nothing.
//! Notifications are stored as received before they are applied. A received amount other than the requested one needs a
//! review by the treasurer. Payments are confirmed by the same verb as the treasurer's.

mod api;
mod apply;
mod charge;
mod charge_update;
pub(crate) mod events;
mod midtrans;
mod poll;
mod provider;
mod refund;
mod request_charge;
mod review;
mod settings;
mod store;
mod webhook;

use crate::jobs::{Handler, PeriodicTask};
use crate::kernel::Duration;

pub(super) use api::{GatewayOffer, PaymentChargeView, routes};
pub use charge::{ChargeStatus, ReviewReason};
pub use charge_update::ChargeUpdate;
pub use midtrans::{CertificateError, Midtrans};
pub use provider::{
    ChargeRequest, ConfiguredGateway, Gateway, GatewayError, RefundRequest, WebhookError, WebhookNotification,
};
pub(super) use request_charge::record_charge;
use review::ReviewAction;
pub use settings::Settings;
pub(super) use store::{find_charge_of_payment, list_charges_of_order};
pub use webhook::notification_handler;

/// The jobs that call the gateway. They block on the network, so other jobs must not wait for them.
pub fn gateway_handlers(gateway_config: &ConfiguredGateway) -> Vec<Handler> {
    vec![
        poll::charge_handler(gateway_config.clone()),
        poll::status_handler(gateway_config.clone()),
        refund::refund_handler(gateway_config.clone()),
    ]
}

/// The periodic tasks.
pub(super) fn periodic_tasks() -> [PeriodicTask; 1] {
    [PeriodicTask { name: "payments.ask_gateway", every: Duration::minutes(1), run: poll::poll_silent_charges }]
}

//! Payments of orders, and quick sales at the stall.
//!
//! A buyer announces a transfer, which the treasurer confirms, or pays through a gateway, which reports the payment. An
//! officer takes cash, which is confirmed at once and held by them until a hand-over. A refund is a payment of its own
//! that names the original. [`TRANSITIONS`] is the state machine of a payment. The paid total of an order is the sum of
//! its confirmed payments, written through `orders` while the order's row is locked, so changes of its payments never
//! overlap.

mod access;
mod api;
mod credit;
mod discard_proof;
mod error;
pub(crate) mod events;
pub(crate) mod gateway;
mod new_payment;
mod paid_total;
mod payment;
mod postings;
mod privacy;
mod proofs;
mod qris;
mod quick_sale;
mod record;
pub mod settle_oldest;
mod store;
mod transition;
mod unique_code;

use crate::jobs::PeriodicTask;
use crate::kernel::Duration;
use crate::web::Routes;

pub use access::PaymentAccess;
pub use discard_proof::discard_handler;
pub use error::PaymentError;
pub use gateway::{
    CertificateError, ChargeRequest, ChargeStatus, ChargeUpdate, ConfiguredGateway, Gateway, GatewayError, Midtrans,
    RefundRequest, ReviewReason, Settings as GatewaySettings, WebhookError, WebhookNotification, gateway_handlers,
    notification_handler,
};
pub use new_payment::NewPayment;
pub use payment::{
    Balance, Direction, MAX_QRIS_AMOUNT, Method, Payment, PaymentAction, PaymentActor, PaymentPurpose, Remaining,
    Status, TRANSITIONS, Transition,
};
pub use privacy::{PaymentRecord, export, forget};
pub use qris::{
    Payload as QrisPayload, QrisAction, QrisCode, QrisDecision, QrisDifference, QrisError, QrisStatus, decide_qris,
    find_qris, propose_qris,
};
pub use quick_sale::{CompletedSale, StallSale, StallSaleError, sell};
pub use record::{GATEWAY_TTL, MAX_PENDING, PENDING_TTL, record_payment};
pub use store::{list_in_handover, lock_held_by, put_in_handover, receive_handover, release_handover};
pub use transition::{PaymentTransition, transition_payment};

/// The routes of this slice.
pub fn routes() -> Routes {
    api::routes().and(proofs::routes()).and(gateway::routes()).and(qris::routes())
}

/// The periodic tasks.
pub fn periodic_tasks() -> Vec<PeriodicTask> {
    let mut periodic_tasks =
        vec![PeriodicTask { name: "payments.expire", every: Duration::minutes(15), run: transition::expire_overdue }];
    periodic_tasks.extend(gateway::periodic_tasks());
    periodic_tasks
}

//! Payments recorded and confirmed, and the quick sale at the stall.
//!
//! A buyer announces a transfer, which waits for the treasurer, or pays through a gateway, which tells when the money is
//! there; an officer takes cash, which is confirmed at once and stays with them until they hand it in; money goes back as
//! a payment of its own that names the first. What may become of a payment stands in one table, [`TRANSITIONS`]. What an
//! order has been paid is the sum of its confirmed payments, written through `orders` each time, while the order's row is
//! held: no two changes of its money overlap.

mod access;
mod api;
mod credit;
mod decide;
mod error;
mod gateway;
mod handover;
mod payment;
mod postings;
mod privacy;
mod proofs;
mod qris;
mod quick_sale;
mod record;
mod settle;
pub mod settle_oldest;
mod store;
mod unique_code;
mod view;

use crate::jobs::PeriodicTask;
use crate::kernel::Duration;
use crate::web::Routes;

pub use access::PaymentAccess;
pub use decide::{Step, decide_on};
pub use error::PaymentError;
pub use gateway::{
    CertificateError, ChargeRequest, ChargeStatus, ChargeUpdate, ConfiguredGateway, Gateway, GatewayError, Midtrans,
    RefundRequest, Review, Settings as GatewaySettings, WebhookError, WebhookNotification, listener, speakers,
};
pub use handover::{list_in_handover, lock_held_by, put_in_handover, receive_handover, release_handover};
pub use payment::{
    Action, Balance, Direction, Method, Payment, Purpose, Status, TRANSITIONS, Transition, Who, refundable,
};
pub use privacy::{PaymentRecord, export, forget};
pub use proofs::discarder;
pub use qris::{
    Payload as QrisPayload, PayloadError, QRIS_MOST, QrisAction, QrisCode, QrisDecision, QrisDifference, QrisError,
    QrisStatus, decide_qris, find_qris, propose_qris,
};
pub use quick_sale::{Sold, StallSale, StallSaleError, sell};
pub use record::{GATEWAY_FOR, MOST_PENDING, PENDING_FOR, Recording, record_on};

/// The routes of this slice.
pub fn routes() -> Routes {
    api::routes().and(proofs::routes()).and(gateway::routes()).and(qris::routes())
}

/// The work that comes round by itself.
pub fn periodic_tasks() -> Vec<PeriodicTask> {
    let mut periodic_tasks =
        vec![PeriodicTask { name: "payments.expire", every: Duration::minutes(15), run: decide::expire }];
    periodic_tasks.extend(gateway::periodic_tasks());
    periodic_tasks
}

//! Payments recorded and confirmed, and the quick sale at the stall.
//!
//! A buyer announces a transfer, which waits for the treasurer, or pays through a gateway, which tells when the money is
//! there; an officer takes cash, which is confirmed at once and stays with them until they hand it in; money goes back as
//! a payment of its own that names the first. What may become of a payment stands in one table, [`TRANSITIONS`]. What an
//! order has been paid is the sum of its confirmed payments, written through `orders` each time, while the order's row is
//! held: no two changes of its money overlap.

mod api;
mod books;
pub mod cash;
mod credit;
mod decide;
mod door;
mod error;
mod gateway;
mod page;
mod party;
mod payment;
mod personal;
mod proofs;
mod qris;
mod quick_sale;
mod record;
mod settle;
mod stall;
pub mod statements;
mod store;
mod unique_code;
mod view;

use crate::jobs::Chore;
use crate::kernel::Duration;
use crate::web::Routes;

pub use decide::{Step, decide_on};
pub use error::PaymentError;
pub use gateway::{
    CertificateError, ChargeStatus, Gateway, GatewayError, Gateways, GivingBack, Midtrans, News, Notification, Review,
    Settings as GatewaySettings, Unheard, Wanted, listener, speakers,
};
pub use party::Party;
pub use payment::{
    Action, Balance, Direction, Method, Payment, Purpose, Status, TRANSITIONS, Transition, Who, refundable,
};
pub use personal::{PaymentRecord, export, forget};
pub use proofs::discarder;
pub use qris::{
    Payload as QrisPayload, PayloadError, QRIS_MOST, QrisAction, QrisCode, QrisDecision, QrisDifference, QrisError,
    QrisStatus, decide_qris, find_qris, propose_qris,
};
pub use quick_sale::{Sold, StallSale, StallSaleError, sell};
pub use record::{GATEWAY_FOR, MOST_PENDING, PENDING_FOR, Recording, record_on};

/// The routes of this slice.
pub fn routes() -> Routes {
    let own = api::routes().and(cash::routes()).and(statements::routes()).and(proofs::routes());
    own.and(stall::routes()).and(gateway::routes()).and(qris::routes())
}

/// The work that comes round by itself.
pub fn chores() -> Vec<Chore> {
    let mut chores = vec![Chore { name: "payments.expire", every: Duration::minutes(15), run: decide::expire }];
    chores.extend(gateway::chores());
    chores
}

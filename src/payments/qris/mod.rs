//! The cooperative's own QRIS: its printed code, pinned to its merchant, and the code of a payment.
//!
//! The money goes to the cooperative's account without notification: the treasurer confirms it. A code with the amount
//! is derived from the printed one; that is community practice rather than a standard, and disabled until a cooperative
//! has tested it.

mod access;
mod api;
mod code;
mod error;
mod payload;
mod picture;
mod propose;
mod show;
mod store;

use crate::web::Routes;

pub use code::{QrisAction, QrisCode, QrisDifference, QrisStatus};
pub use error::QrisError;
pub use payload::Payload;
pub use propose::{QrisDecision, decide as decide_qris, propose as propose_qris};
pub(super) use show::{PaymentQrisView, QrisOffer, Scannable};
pub use store::find_code as find_qris;

/// The routes of this sub-slice.
pub(super) fn routes() -> Routes {
    api::routes()
}

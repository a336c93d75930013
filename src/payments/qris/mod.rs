//! The cooperative's own QRIS: its printed code, pinned to its merchant, and the code of a payment to scan.
//!
//! The money goes to the cooperative's account, and nothing here ever proves that it came: the treasurer confirms it. A
//! code with the amount filled in is made of the printed one; that is a convenience of the community's practice and off
//! until a cooperative has tried it.

mod api;
mod code;
mod error;
mod payload;
mod picture;
mod propose;
mod show;
mod store;
mod views;

use crate::web::Routes;

pub use code::{QrisAction, QrisCode, QrisDifference, QrisStatus};
pub use error::QrisError;
pub use payload::{MOST as QRIS_MOST, Payload, PayloadError};
pub use propose::{Decision as QrisDecision, decide as decide_qris, propose as propose_qris};
pub(super) use show::{QrisOffer, QrisShown, Scannable};
pub use store::code as find_qris;

/// The routes of this sub-slice.
pub(super) fn routes() -> Routes {
    api::routes()
}

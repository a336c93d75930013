//! Cash: handovers from officers to the treasurer, and counts of the cash box.
//!
//! An officer declares a [`Handover`] of payments whose cash they hold; the treasurer counts and receives it, and a
//! shortfall is posted. The treasurer can also record it received at once. At the end of a day the treasurer counts the
//! cash box, and the difference is posted.

mod access;
mod api;
mod count;
mod declare;
mod error;
pub(crate) mod events;
mod handover;
mod print;
mod receive;
mod store;

use crate::web::Routes;

pub use count::{CashCount, count};
pub use declare::{NewHandover, declare};
pub use error::CashError;
pub use handover::{Handover, HandoverAction, HandoverStatus};
pub use receive::{receive, refuse};

/// The routes of this slice.
pub fn routes() -> Routes {
    api::routes()
}

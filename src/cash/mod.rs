//! Cash on its way: officers take it, hand it over to the treasurer against a receipt, and the treasurer counts it.
//!
//! An officer declares what they hand over, a [`Handover`] of payments they hold; the treasurer counts it and receives it,
//! and the books say what was missing. The treasurer can also take it in at once. At the end of a day the treasurer counts
//! the box, and the books follow what is there.

mod api;
mod bodies;
mod count;
mod declare;
mod error;
mod handover;
mod print;
mod settle;
mod store;
mod views;

use crate::web::Routes;

pub use count::{CashCount, count};
pub use declare::{Declaring, declare};
pub use error::CashError;
pub use handover::{Handover, HandoverAction, HandoverStatus};
pub use settle::{receive, refuse};

/// The routes of this slice.
pub fn routes() -> Routes {
    api::routes()
}

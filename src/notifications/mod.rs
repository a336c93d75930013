//! Who hears what, by which channel: reads events, writes letters.
//!
//! A [`Dispatcher`] follows the log by a stored cursor and writes, in the transaction that moves the cursor, one letter for
//! each event, recipient and kind. Buyers hear of what becomes of their order, officers of what comes to their group. What
//! is no order's is told as [`News`]: its words, and the facts that they name.
//! An event that nobody can be told of moves the cursor like any other; one that cannot be told at all is skipped, and
//! the skipping stands in the log.

mod about_contracts;
mod about_market;
mod about_payments;
mod about_requests;
mod announcement;
mod dispatch;
mod notice;
mod order_letter;
mod store;

pub use announcement::News;
pub use dispatch::{Dispatcher, skip_to_end};
pub use notice::Notice;

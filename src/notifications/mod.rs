//! Who hears what, by which channel: reads events, writes letters.
//!
//! A [`Teller`] follows the log by a stored cursor and writes, in the transaction that moves the cursor, one letter for
//! each event, recipient and kind. Buyers hear of what becomes of their order, officers of what comes to their group.
//! An event that nobody can be told of moves the cursor like any other; one that cannot be told at all is skipped, and
//! the skipping stands in the log.

mod notice;
mod page;
mod read;
mod store;

pub use notice::Notice;
pub use read::{Teller, skip_to_end};

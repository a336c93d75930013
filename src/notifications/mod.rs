//! Notifications: reads events and writes letters.
//!
//! A [`Dispatcher`] follows the event log by a stored cursor and enqueues, in the transaction that moves the cursor,
//! one letter for each event, recipient and kind. Buyers are notified of their orders, officers of the orders of their
//! groups. Everything else is an announcement of an [`AnnouncementKind`], with a template and its values. An event
//! without recipients moves the cursor like any other; one that fails is skipped, and an event records it.

mod announcement;
mod contract_announcements;
mod dispatch;
mod market_announcements;
mod order_letter;
mod order_notice;
mod payment_announcements;
mod request_announcements;
mod store;

pub use announcement::AnnouncementKind;
pub use dispatch::{Dispatcher, skip_to_end};
pub use order_notice::OrderNoticeKind;

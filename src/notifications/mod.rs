//! Notifications: reads events and sends letters about them.
//!
//! A [`Dispatcher`] follows the event log by a stored cursor and enqueues, in the transaction that moves the cursor,
//! one letter for each event, recipient and kind. `*_letters.rs` compose those of an event. About orders,
//! `order_notice.rs` says first which side is told what, and `order_letter.rs` composes the letters. An event without
//! recipients moves the cursor like any other; one that fails is skipped, and an event records it.

mod contract_letters;
mod dispatch;
mod error;
pub(crate) mod events;
mod market_letters;
mod order_letter;
mod order_notice;
mod payment_letters;
mod recipients;
mod request_letters;
mod store;

pub use dispatch::{Dispatcher, skip_to_end};

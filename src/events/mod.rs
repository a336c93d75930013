//! The append-only event log, read by the audit trail, the sync feed and notifications. A slice declares its events in
//! its `events.rs`, with `events!`.
//!
//! [`record`] writes an event in the transaction of its change. Readers page by `seq`, which is assigned in commit
//! order: on SQLite at insert, because there is one writer; on PostgreSQL by [`assign_seq`] after the commit, under a
//! lock, because a transaction with an earlier number might commit later.

mod event;
mod store;

pub(crate) use event::{DeclaredEvents, events};
pub use event::{Event, RecordedEvent};
pub use store::{assign_seq, list_after, record};

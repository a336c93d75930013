//! The append-only log: audit trail, sync feed and notifications all read it.
//!
//! [`record`] writes an event in the transaction of the change it tells of. Readers go by `seq`, which is stamped
//! in commit order: on SQLite at insert, because there is one writer; on PostgreSQL by [`stamp`] after the commit,
//! under a lock, because a transaction that took an earlier number may commit later.

mod event;
mod store;

pub use event::{Event, Kind, RecordedEvent};
pub use store::{after, record, stamp};

//! Background work: jobs enqueued in a transaction, and periodic tasks.
//!
//! A job is a row, written by [`enqueue`] in the caller's transaction. It is claimed under a lease that is committed
//! before the work starts, so that a crash loses no job and two instances do not run the same one. A [`PeriodicTask`]
//! is due at `schedules.next_at`; runs that were missed are not repeated. The [`JobRegistry`] has all work of the
//! program; a [`Worker`] runs what is due until it is stopped, and tests call [`JobRegistry::run_due`] instead.

mod job;
mod periodic_task;
mod registry;
mod store;
mod worker;

pub use job::{Handler, Job, enqueue};
pub use periodic_task::{PeriodicTask, TaskError, for_each_in_tx};
pub use registry::{JobRegistry, RunReport};
pub use store::{count_dead, count_overdue, count_pending, purge};
pub use worker::Worker;

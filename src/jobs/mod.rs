//! Work that is done later: jobs enqueued in a transaction, and chores on a schedule that catches up.
//!
//! A job is a row, written by [`enqueue`] in the transaction that wants it. It is claimed under a lease that is
//! committed before the work begins, so that a machine that dies loses nothing, and two machines do not do the same.
//! A [`PeriodicTask`] comes round by itself; `schedules.next_at` says when. The [`JobRegistry`] knows all work of the program;
//! a [`Worker`] runs what is due until it is told to stop, and tests call [`JobRegistry::run_due`] instead.

mod job;
mod periodic_task;
mod registry;
mod store;
mod worker;

pub use job::{Handler, Job, enqueue};
pub use periodic_task::{PeriodicTask, TaskError, for_each_in_tx};
pub use registry::{Done, JobRegistry};
pub use store::{given_up, purge, undone};
pub use worker::Worker;

//! Work that is done later: jobs enqueued in a transaction, and chores on a schedule that catches up.
//!
//! A job is a row, written by [`enqueue`] in the transaction that wants it. It is claimed under a lease that is
//! committed before the work begins, so that a machine that dies loses nothing, and two machines do not do the same.
//! A [`Chore`] comes round by itself; `schedules.next_at` says when. The [`Workshop`] knows all work of the program;
//! a [`Worker`] runs what is due until it is told to stop, and tests call [`Workshop::run_due`] instead.

mod chore;
mod job;
mod store;
mod worker;
mod workshop;

pub use chore::{Chore, ChoreError, each};
pub use job::{Handler, Job, enqueue};
pub use store::{given_up, purge, undone};
pub use worker::Worker;
pub use workshop::{Done, Workshop};

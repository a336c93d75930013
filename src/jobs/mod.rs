//! Work that is done later: jobs enqueued in a transaction, and chores on a schedule that catches up.

mod chore;

pub use chore::{Chore, ChoreError};

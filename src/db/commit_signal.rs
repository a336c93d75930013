//! Counts the commits of this instance and wakes waiting threads.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// A commit counter with a condition variable. Commits are counted where they happen and not where their result is
/// awaited, because a caller may be dropped in between.
#[derive(Default)]
pub(super) struct CommitSignal {
    count: AtomicU64,
    lock: Mutex<()>,
    condvar: Condvar,
}

impl CommitSignal {
    pub(super) fn count(&self) -> u64 {
        self.count.load(Ordering::SeqCst)
    }

    /// Counts a commit. Must be called before its result is sent.
    pub(super) fn notify(&self) {
        self.count.fetch_add(1, Ordering::SeqCst);
        self.wake();
    }

    pub(super) fn wake(&self) {
        drop(self.lock.lock().unwrap_or_else(PoisonError::into_inner));
        self.condvar.notify_all();
    }

    /// Blocks until the count exceeds `seen`, [`Self::wake`] is called, or the timeout has passed.
    pub(super) fn wait_past(&self, seen: u64, timeout: Duration) {
        let guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        if self.count() == seen {
            drop(self.condvar.wait_timeout(guard, timeout));
        }
    }
}

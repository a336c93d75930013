//! How often this instance has committed, and the bell that rings when it does.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Counted where the commit happens and not where its answer is awaited: a caller may go away in between, and its
/// commit must still be heard of.
#[derive(Default)]
pub(super) struct Commits {
    count: AtomicU64,
    lock: Mutex<()>,
    bell: Condvar,
}

impl Commits {
    pub(super) fn count(&self) -> u64 {
        self.count.load(Ordering::SeqCst)
    }

    /// A commit has happened, and nobody has been told yet.
    pub(super) fn note(&self) {
        self.count.fetch_add(1, Ordering::SeqCst);
        self.wake();
    }

    pub(super) fn wake(&self) {
        drop(self.lock.lock().unwrap_or_else(PoisonError::into_inner));
        self.bell.notify_all();
    }

    /// Sleeps until the count is beyond `seen`, someone wakes it, or so much time has passed.
    pub(super) fn wait_beyond(&self, seen: u64, at_most: Duration) {
        let guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        if self.count() == seen {
            drop(self.bell.wait_timeout(guard, at_most));
        }
    }
}

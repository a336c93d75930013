//! Jobs and their handlers.

use std::sync::Arc;

use serde::Serialize;

use super::periodic_task::TaskError;
use super::store;
use crate::db::{self, Db, Tx};
use crate::kernel::{Duration, Instant, Json};

/// Attempts before a job is given up.
pub(super) const MAX_ATTEMPTS: i32 = 10;

/// A job to enqueue.
#[derive(Debug, Clone)]
pub struct Job {
    pub(super) kind: &'static str,
    pub(super) payload: Json,
    pub(super) unique_key: Option<String>,
    pub(super) run_at: Option<Instant>,
}

impl Job {
    /// A job of this kind. The payload has ids and no personal data.
    pub fn new(kind: &'static str, payload: &(impl Serialize + ?Sized)) -> Self {
        Job { kind, payload: Json::new(payload), unique_key: None, run_at: None }
    }

    /// At most one job of this kind and key is pending; enqueueing a second one has no effect.
    #[must_use]
    pub fn unique(mut self, key: impl Into<String>) -> Self {
        self.unique_key = Some(key.into());
        self
    }

    /// Delays the job until this time.
    #[must_use]
    pub fn not_before(mut self, moment: Instant) -> Self {
        self.run_at = Some(moment);
        self
    }
}

/// Enqueues a job in the caller's transaction. `false` when an equal unique job is pending.
pub fn enqueue(tx: &mut Tx<'_>, now: Instant, job: &Job) -> db::Result<bool> {
    store::insert(tx, now, job)
}

type Run = Arc<dyn Fn(&Db, Instant, &Json) -> Result<(), TaskError> + Send + Sync>;

/// The handler of one kind of jobs. It must be idempotent: a job may run twice.
#[derive(Clone)]
pub struct Handler {
    pub(super) kind: &'static str,
    pub(super) run: Run,
}

impl Handler {
    /// A handler; `run` gets the database, the current time and the payload.
    pub fn new(
        kind: &'static str,
        run: impl Fn(&Db, Instant, &Json) -> Result<(), TaskError> + Send + Sync + 'static,
    ) -> Self {
        Handler { kind, run: Arc::new(run) }
    }
}

impl std::fmt::Debug for Handler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Handler").field(&self.kind).finish()
    }
}

/// The delay after the nth failed attempt: 30 seconds, doubling up to six hours.
pub(super) fn retry_delay(attempts: i32) -> Duration {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(0).min(16);
    Duration::seconds(30_i64.saturating_mul(1_i64 << doublings).min(6 * 3600))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_six_hours() {
        assert_eq!(retry_delay(1), Duration::seconds(30));
        assert_eq!(retry_delay(2), Duration::seconds(60));
        assert_eq!(retry_delay(9), Duration::seconds(7680));
        assert_eq!(retry_delay(40), Duration::hours(6));
        assert_eq!(retry_delay(0), Duration::seconds(30));
    }
}

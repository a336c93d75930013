//! A job: what is to be done, with what, and when.

use std::sync::Arc;

use serde::Serialize;

use super::periodic_task::TaskError;
use super::store;
use crate::db::{self, Db, Tx};
use crate::kernel::{Duration, Instant, Json};

/// How often a job is tried in all.
pub(super) const TRIES: i32 = 10;

/// Work that is wanted.
#[derive(Debug, Clone)]
pub struct Job {
    pub(super) kind: &'static str,
    pub(super) payload: Json,
    pub(super) unique_key: Option<String>,
    pub(super) run_at: Option<Instant>,
}

impl Job {
    /// A job of this kind with what it needs to know: ids, no personal data.
    pub fn new(kind: &'static str, payload: &(impl Serialize + ?Sized)) -> Self {
        Job { kind, payload: Json::of(payload), unique_key: None, run_at: None }
    }

    /// At most one job of this kind and key waits at a time; a second one changes nothing.
    #[must_use]
    pub fn unique(mut self, key: impl Into<String>) -> Self {
        self.unique_key = Some(key.into());
        self
    }

    /// Not before this moment.
    #[must_use]
    pub fn not_before(mut self, moment: Instant) -> Self {
        self.run_at = Some(moment);
        self
    }
}

/// Puts a job into the queue, in the transaction that wants it; tells whether it is a new one.
pub fn enqueue(tx: &mut Tx<'_>, now: Instant, job: &Job) -> db::Result<bool> {
    store::insert(tx, now, job)
}

type Run = Arc<dyn Fn(&Db, Instant, &Json) -> Result<(), TaskError> + Send + Sync>;

/// Who does the jobs of one kind. It may be asked twice for the same job and must then change nothing more.
#[derive(Clone)]
pub struct Handler {
    pub(super) kind: &'static str,
    pub(super) run: Run,
}

impl Handler {
    /// Does the jobs of this kind: given the database, the moment and the payload.
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

/// How long a job rests after its nth failed try: half a minute, doubling, at most six hours.
pub(super) fn rest(attempts: i32) -> Duration {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(0).min(16);
    Duration::seconds(30_i64.saturating_mul(1_i64 << doublings).min(6 * 3600))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_double_up_to_six_hours() {
        assert_eq!(rest(1), Duration::seconds(30));
        assert_eq!(rest(2), Duration::seconds(60));
        assert_eq!(rest(9), Duration::seconds(7680));
        assert_eq!(rest(40), Duration::hours(6));
        assert_eq!(rest(0), Duration::seconds(30));
    }
}

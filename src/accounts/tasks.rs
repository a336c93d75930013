//! Forgetting what was kept long enough.

use super::store;
use crate::db::{self, Db};
use crate::jobs::{PeriodicTask, TaskError};
use crate::kernel::{Duration, Instant};

/// How long ended sessions and spent tokens are kept, for whoever asks what happened.
const KEPT: Duration = Duration::days(30);

/// The recurring work of this slice.
pub fn periodic_tasks() -> Vec<PeriodicTask> {
    vec![PeriodicTask { name: "accounts.tidy", every: Duration::hours(1), run: tidy }]
}

fn tidy(db: &Db, now: Instant) -> Result<usize, TaskError> {
    let before = now.before(KEPT);
    let mut done = db.write_blocking::<_, db::Error, _>(move |tx| {
        Ok(store::purge_counts(tx, now)?.saturating_add(store::purge_one_time_tokens(tx, before)?))
    })?;
    loop {
        let some = db.write_blocking::<_, db::Error, _>(move |tx| {
            Ok(store::purge_sessions(tx, before)?.saturating_add(store::purge_refresh_tokens(tx, before)?))
        })?;
        done = done.saturating_add(some);
        if some == 0 {
            return Ok(done);
        }
    }
}

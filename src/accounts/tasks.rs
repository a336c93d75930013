//! Deletion of old sessions, tokens and counters.

use super::store;
use crate::db::{self, Db};
use crate::jobs::{PeriodicTask, TaskError};
use crate::kernel::{Duration, Instant};

/// How long ended sessions and expired tokens are kept, for investigations.
const RETENTION: Duration = Duration::days(30);

/// The periodic tasks of this slice.
pub fn periodic_tasks() -> Vec<PeriodicTask> {
    vec![PeriodicTask { name: "accounts.tidy", every: Duration::hours(1), run: purge }]
}

fn purge(db: &Db, now: Instant) -> Result<usize, TaskError> {
    let before = now.before(RETENTION);
    let mut total = db.write_blocking::<_, db::Error, _>(move |tx| {
        Ok(store::purge_counters(tx, now)?.saturating_add(store::purge_one_time_tokens(tx, before)?))
    })?;
    loop {
        let deleted = db.write_blocking::<_, db::Error, _>(move |tx| {
            Ok(store::purge_sessions(tx, before)?.saturating_add(store::purge_refresh_tokens(tx, before)?))
        })?;
        total = total.saturating_add(deleted);
        if deleted == 0 {
            return Ok(total);
        }
    }
}

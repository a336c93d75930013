//! SQL of jobs and schedules.

use std::collections::HashMap;

use diesel::prelude::*;

use super::job::{Job, MAX_ATTEMPTS, retry_delay};
use crate::db::schema::{jobs, schedules};
use crate::db::{Conn, Result, Tx, on_both};
use crate::kernel::ids::JobId;
use crate::kernel::{Duration, Instant, Json};

/// How long a claim holds. Work that takes longer may start a second time elsewhere.
const LEASE: Duration = Duration::minutes(5);
/// How long finished jobs are kept.
const FINISHED_RETENTION: Duration = Duration::days(7);
/// How long dead jobs are kept for inspection.
const DEAD_RETENTION: Duration = Duration::days(90);

/// A job claimed by this worker.
pub(super) struct ClaimedJob {
    pub(super) id: JobId,
    pub(super) kind: String,
    pub(super) payload: Json,
    /// The number of this attempt; also a fencing token for the lease.
    pub(super) attempt: i32,
}

pub(super) fn insert(tx: &mut Tx<'_>, now: Instant, job: &Job) -> Result<bool> {
    let row = (
        jobs::id.eq(tx.id::<JobId>(now)),
        jobs::kind.eq(job.kind),
        jobs::payload.eq(job.payload.clone()),
        jobs::unique_key.eq(&job.unique_key),
        jobs::run_at.eq(job.run_at.unwrap_or(now)),
        jobs::created_at.eq(now),
    );
    let inserted = on_both!(tx, c => diesel::insert_into(jobs::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(inserted == 1)
}

/// The oldest job that is due and not leased.
macro_rules! due {
    ($kinds:expr, $now:expr) => {
        jobs::table
            .filter(jobs::finished_at.is_null().and(jobs::failed_at.is_null()))
            .filter(jobs::run_at.le($now))
            .filter(jobs::leased_until.is_null().or(jobs::leased_until.le($now)))
            .filter(jobs::kind.eq_any($kinds))
            .order((jobs::run_at.asc(), jobs::id.asc()))
            .select((jobs::id, jobs::kind, jobs::payload, jobs::attempts))
            .limit(1)
    };
}

type Row = (JobId, String, Json, i32);

/// Whether there is a job to claim, without a write.
pub(super) fn has_due_job(conn: &mut Conn, kinds: &[&str], now: Instant) -> Result<bool> {
    let row: Option<Row> = on_both!(conn, c => due!(kinds, now).first(c).optional())?;
    Ok(row.is_some())
}

/// Claims the oldest due job for the duration of the lease.
pub(super) fn claim(tx: &mut Tx<'_>, kinds: &[&str], now: Instant) -> Result<Option<ClaimedJob>> {
    let row: Option<Row> = match &mut **tx {
        Conn::Sqlite(sqlite) => due!(kinds, now).first(sqlite).optional()?,
        Conn::Postgres(postgres) => due!(kinds, now).for_update().skip_locked().first(postgres).optional()?,
    };
    let Some((id, kind, payload, attempts)) = row else { return Ok(None) };
    let attempt = attempts.saturating_add(1);
    diesel::update(jobs::table.find(id))
        .set((jobs::attempts.eq(attempt), jobs::leased_until.eq(now.after(LEASE))))
        .execute(&mut **tx)?;
    Ok(Some(ClaimedJob { id, kind, payload, attempt }))
}

/// Marks the job as finished. `false` when the lease was lost.
pub(super) fn finish(tx: &mut Tx<'_>, now: Instant, id: JobId, attempt: i32) -> Result<bool> {
    let leased = jobs::table.filter(jobs::id.eq(id).and(jobs::attempts.eq(attempt)).and(jobs::finished_at.is_null()));
    let changed = diesel::update(leased)
        .set((jobs::finished_at.eq(now), jobs::leased_until.eq(None::<Instant>), jobs::last_error.eq(None::<String>)))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Records a failed attempt and schedules the next one; after the last attempt the job is dead. Returns whether it is
/// dead.
pub(super) fn fail(tx: &mut Tx<'_>, now: Instant, id: JobId, attempt: i32, error: &str) -> Result<bool> {
    let has_given_up = attempt >= MAX_ATTEMPTS;
    let leased = jobs::table.filter(jobs::id.eq(id).and(jobs::attempts.eq(attempt)).and(jobs::finished_at.is_null()));
    let changed = diesel::update(leased)
        .set((
            jobs::run_at.eq(now.after(retry_delay(attempt))),
            jobs::leased_until.eq(None::<Instant>),
            jobs::failed_at.eq(has_given_up.then_some(now)),
            jobs::last_error.eq(error),
        ))
        .execute(&mut **tx)?;
    Ok(has_given_up && changed == 1)
}

/// Counts due jobs by kind. Tests check it at their end.
pub fn count_overdue(conn: &mut Conn, now: Instant) -> Result<Vec<(String, i64)>> {
    Ok(jobs::table
        .filter(jobs::finished_at.is_null().and(jobs::failed_at.is_null()))
        .filter(jobs::run_at.le(now))
        .group_by(jobs::kind)
        .select((jobs::kind, diesel::dsl::count_star()))
        .load(conn)?)
}

/// Counts the jobs that are neither finished nor dead.
pub fn count_pending(conn: &mut Conn) -> Result<i64> {
    let pending = jobs::table.filter(jobs::finished_at.is_null()).filter(jobs::failed_at.is_null());
    Ok(pending.count().get_result(conn)?)
}

/// Counts dead jobs by kind.
pub fn count_dead(conn: &mut Conn) -> Result<Vec<(String, i64)>> {
    Ok(jobs::table
        .filter(jobs::failed_at.is_not_null())
        .group_by(jobs::kind)
        .order(jobs::kind.asc())
        .select((jobs::kind, diesel::dsl::count_star()))
        .load(conn)?)
}

/// Deletes jobs that finished a week ago or are dead for 90 days.
pub fn purge(tx: &mut Tx<'_>, now: Instant) -> Result<usize> {
    let finished = jobs::finished_at.lt(now.before(FINISHED_RETENTION));
    let dead = jobs::failed_at.lt(now.before(DEAD_RETENTION));
    Ok(diesel::delete(jobs::table.filter(finished.or(dead))).execute(&mut **tx)?)
}

/// The next run of each periodic task, by name.
pub(super) fn list_next_runs(conn: &mut Conn) -> Result<HashMap<String, Instant>> {
    Ok(schedules::table.select((schedules::name, schedules::next_at)).load(conn)?.into_iter().collect())
}

/// Moves the task's next run from `due` to `until`; `None` for its first run. `false` when another instance has already
/// moved it.
pub(super) fn move_next_run(tx: &mut Tx<'_>, name: &str, due: Option<Instant>, until: Instant) -> Result<bool> {
    let changed = match due {
        None => {
            let row = (schedules::name.eq(name), schedules::next_at.eq(until));
            on_both!(tx, c => diesel::insert_into(schedules::table).values(row).on_conflict_do_nothing().execute(c))?
        }
        Some(due) => diesel::update(schedules::table.filter(schedules::name.eq(name).and(schedules::next_at.eq(due))))
            .set(schedules::next_at.eq(until))
            .execute(&mut **tx)?,
    };
    Ok(changed == 1)
}

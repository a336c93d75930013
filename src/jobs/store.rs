//! The SQL of jobs and schedules.

use std::collections::HashMap;

use diesel::prelude::*;

use super::job::{Job, TRIES, rest};
use crate::db::schema::{jobs, schedules};
use crate::db::{Conn, Result, Tx, on_both};
use crate::kernel::ids::JobId;
use crate::kernel::{Duration, Instant, Json};

/// How long a claim holds. Work that takes longer may be started a second time elsewhere.
const LEASE: Duration = Duration::minutes(5);
/// How long a finished job is kept.
const KEPT: Duration = Duration::days(7);
/// How long a job that was given up is kept, so that somebody may look at it.
const GIVEN_UP_KEPT: Duration = Duration::days(90);

/// A job this worker holds.
pub(super) struct Claimed {
    pub(super) id: JobId,
    pub(super) kind: String,
    pub(super) payload: Json,
    /// Which try this is; also the proof that the lease is still ours.
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

/// Jobs that wait and are due, held by nobody.
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

/// Whether there is a job to claim; a look that costs no write.
pub(super) fn is_one_due(conn: &mut Conn, kinds: &[&str], now: Instant) -> Result<bool> {
    let found: Option<Row> = on_both!(conn, c => due!(kinds, now).first(c).optional())?;
    Ok(found.is_some())
}

/// Takes the oldest job that is due, for as long as the lease holds.
pub(super) fn claim(tx: &mut Tx<'_>, kinds: &[&str], now: Instant) -> Result<Option<Claimed>> {
    let found: Option<Row> = match &mut **tx {
        Conn::Sqlite(sqlite) => due!(kinds, now).first(sqlite).optional()?,
        Conn::Postgres(postgres) => due!(kinds, now).for_update().skip_locked().first(postgres).optional()?,
    };
    let Some((id, kind, payload, attempts)) = found else { return Ok(None) };
    let attempt = attempts.saturating_add(1);
    diesel::update(jobs::table.find(id))
        .set((jobs::attempts.eq(attempt), jobs::leased_until.eq(now.after(LEASE))))
        .execute(&mut **tx)?;
    Ok(Some(Claimed { id, kind, payload, attempt }))
}

/// The job is done. Tells whether the lease was still ours.
pub(super) fn finish(tx: &mut Tx<'_>, now: Instant, id: JobId, attempt: i32) -> Result<bool> {
    let mine = jobs::table.filter(jobs::id.eq(id).and(jobs::attempts.eq(attempt)).and(jobs::finished_at.is_null()));
    let changed = diesel::update(mine)
        .set((jobs::finished_at.eq(now), jobs::leased_until.eq(None::<Instant>), jobs::last_error.eq(None::<String>)))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// The try failed: the job rests, or is given up after the last try. Tells whether it was given up.
pub(super) fn fail(tx: &mut Tx<'_>, now: Instant, id: JobId, attempt: i32, error: &str) -> Result<bool> {
    let given_up = attempt >= TRIES;
    let mine = jobs::table.filter(jobs::id.eq(id).and(jobs::attempts.eq(attempt)).and(jobs::finished_at.is_null()));
    let changed = diesel::update(mine)
        .set((
            jobs::run_at.eq(now.after(rest(attempt))),
            jobs::leased_until.eq(None::<Instant>),
            jobs::failed_at.eq(given_up.then_some(now)),
            jobs::last_error.eq(error),
        ))
        .execute(&mut **tx)?;
    Ok(given_up && changed == 1)
}

/// What is due and not done: `kind` and how many. Tests ask it at their end.
pub fn undone(conn: &mut Conn, now: Instant) -> Result<Vec<(String, i64)>> {
    Ok(jobs::table
        .filter(jobs::finished_at.is_null().and(jobs::failed_at.is_null()))
        .filter(jobs::run_at.le(now))
        .group_by(jobs::kind)
        .select((jobs::kind, diesel::dsl::count_star()))
        .load(conn)?)
}

/// What was given up and is still kept: `kind` and how many.
pub fn given_up(conn: &mut Conn) -> Result<Vec<(String, i64)>> {
    Ok(jobs::table
        .filter(jobs::failed_at.is_not_null())
        .group_by(jobs::kind)
        .order(jobs::kind.asc())
        .select((jobs::kind, diesel::dsl::count_star()))
        .load(conn)?)
}

/// Forgets what was finished a week ago, or given up three months ago.
pub fn purge(tx: &mut Tx<'_>, now: Instant) -> Result<usize> {
    let old = jobs::finished_at.lt(now.before(KEPT)).or(jobs::failed_at.lt(now.before(GIVEN_UP_KEPT)));
    Ok(diesel::delete(jobs::table.filter(old)).execute(&mut **tx)?)
}

/// When each chore comes round next.
pub(super) fn turns(conn: &mut Conn) -> Result<HashMap<String, Instant>> {
    Ok(schedules::table.select((schedules::name, schedules::next_at)).load(conn)?.into_iter().collect())
}

/// Takes this turn of the chore, if nobody else did: until `until` it is ours.
pub(super) fn take_turn(tx: &mut Tx<'_>, name: &str, due: Option<Instant>, until: Instant) -> Result<bool> {
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

//! Market days.

use diesel::prelude::*;

use crate::db::schema::market_days as table;
use crate::db::{Conn, Result, Tx, on_both};
use crate::kernel::ids::{CooperativeId, MarketDayId, ScheduleId};
use crate::kernel::{Day, Instant};
use crate::market_days::day::{DayStatus, MarketDay};

/// The market day of this id.
pub fn day(conn: &mut Conn, id: MarketDayId) -> Result<Option<MarketDay>> {
    Ok(table::table.find(id).select(MarketDay::as_select()).first(conn).optional()?)
}

/// The same, which nobody else changes until this transaction is over.
pub fn locked_day(tx: &mut Tx<'_>, id: MarketDayId) -> Result<Option<MarketDay>> {
    let query = table::table.find(id);
    Ok(match &mut **tx {
        // One writer: nobody else changes anything.
        Conn::Sqlite(sqlite) => query.select(MarketDay::as_select()).first(sqlite).optional()?,
        Conn::Postgres(postgres) => query.select(MarketDay::as_select()).for_update().first(postgres).optional()?,
    })
}

/// Which market days a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DayFilters {
    /// In this status.
    pub status: Option<DayStatus>,
    /// Held on this day or later.
    pub from: Option<Day>,
    /// Held on this day or earlier.
    pub to: Option<Day>,
}

/// The market days of a cooperative, the next first, behind this key.
pub fn days_of_cooperative(
    conn: &mut Conn,
    cooperative: CooperativeId,
    filters: &DayFilters,
    after: Option<(Day, MarketDayId)>,
    limit: i64,
) -> Result<Vec<MarketDay>> {
    let mut query = table::table
        .filter(table::cooperative_id.eq(cooperative))
        .order((table::held_on.asc(), table::id.asc()))
        .limit(limit)
        .select(MarketDay::as_select())
        .into_boxed();
    if let Some(status) = filters.status {
        query = query.filter(table::status.eq(status));
    }
    if let Some(from) = filters.from {
        query = query.filter(table::held_on.ge(from));
    }
    if let Some(to) = filters.to {
        query = query.filter(table::held_on.le(to));
    }
    if let Some((day, id)) = after {
        query = query.filter(table::held_on.ge(day)).filter(table::held_on.gt(day).or(table::id.gt(id)));
    }
    Ok(query.load(conn)?)
}

/// The last day of this schedule before this one that was held or is to be.
pub fn latest_before(conn: &mut Conn, schedule: ScheduleId, held_on: Day) -> Result<Option<MarketDay>> {
    Ok(table::table
        .filter(table::schedule_id.eq(schedule))
        .filter(table::held_on.lt(held_on))
        .filter(table::status.ne(DayStatus::Cancelled))
        .order((table::held_on.desc(), table::id.desc()))
        .select(MarketDay::as_select())
        .first(conn)
        .optional()?)
}

/// The days of a schedule for which nothing can be ordered yet.
pub fn planned_of(conn: &mut Conn, schedule: ScheduleId) -> Result<Vec<MarketDay>> {
    Ok(table::table
        .filter(table::schedule_id.eq(schedule))
        .filter(table::status.eq(DayStatus::Planned))
        .order(table::id.asc())
        .select(MarketDay::as_select())
        .load(conn)?)
}

/// Writes a new market day.
pub fn insert_day(tx: &mut Tx<'_>, new: &MarketDay) -> Result<()> {
    diesel::insert_into(table::table).values(new).execute(&mut **tx)?;
    Ok(())
}

/// Writes a new day of a schedule, unless the schedule has that day already: false then.
pub fn insert_planned(tx: &mut Tx<'_>, new: &MarketDay) -> Result<bool> {
    let inserted =
        on_both!(tx, c => diesel::insert_into(table::table).values(new).on_conflict_do_nothing().execute(c))?;
    Ok(inserted == 1)
}

/// Writes a changed market day, whose row this transaction holds.
pub fn update_day(tx: &mut Tx<'_>, changed: &MarketDay) -> Result<()> {
    diesel::update(table::table.find(changed.id)).set(changed).execute(&mut **tx)?;
    Ok(())
}

/// The days that should be open by now, the longest due first.
pub fn due_to_open(conn: &mut Conn, now: Instant, limit: i64) -> Result<Vec<MarketDayId>> {
    Ok(table::table
        .filter(table::status.eq(DayStatus::Planned))
        .filter(table::opens_at.le(now))
        .order((table::opens_at.asc(), table::id.asc()))
        .limit(limit)
        .select(table::id)
        .load(conn)?)
}

/// The open days for which no orders are taken any more by now, the longest due first.
pub fn due_to_close(conn: &mut Conn, now: Instant, limit: i64) -> Result<Vec<MarketDayId>> {
    Ok(table::table
        .filter(table::status.eq(DayStatus::Open))
        .filter(table::closes_at.le(now))
        .order((table::closes_at.asc(), table::id.asc()))
        .limit(limit)
        .select(table::id)
        .load(conn)?)
}

//! SQL of market days.

use diesel::prelude::*;

use crate::db::schema::market_days as table;
use crate::db::{Conn, Result, Tx, filter_after, lock_row, on_both};
use crate::kernel::ids::{CooperativeId, MarketDayId, ScheduleId};
use crate::kernel::{Day, Instant};
use crate::market_days::day::{DayFilter, DayStatus, MarketDay};

/// Finds a market day.
pub fn find_day(conn: &mut Conn, id: MarketDayId) -> Result<Option<MarketDay>> {
    Ok(table::table.find(id).select(MarketDay::as_select()).get_result(conn).optional()?)
}

/// Finds and locks a market day until the end of the transaction.
pub fn lock_day(tx: &mut Tx<'_>, id: MarketDayId) -> Result<Option<MarketDay>> {
    Ok(lock_row!(tx, table::table.find(id), MarketDay)?)
}

/// Lists the market days of a cooperative by date, from `today` unless the filter says otherwise, after this page key.
pub fn list_days(
    conn: &mut Conn,
    cooperative: CooperativeId,
    today: Day,
    filter: &DayFilter,
    after: Option<(Day, MarketDayId)>,
    limit: i64,
) -> Result<Vec<MarketDay>> {
    let mut query = table::table
        .filter(table::cooperative_id.eq(cooperative))
        .filter(table::held_on.ge(filter.from.unwrap_or(today)))
        .order((table::held_on.asc(), table::id.asc()))
        .limit(limit)
        .select(MarketDay::as_select())
        .into_boxed();
    if let Some(status) = filter.status {
        query = query.filter(table::status.eq(status));
    }
    if let Some(to) = filter.to {
        query = query.filter(table::held_on.le(to));
    }
    filter_after!(query, after, gt, table::held_on, table::id);
    Ok(query.load(conn)?)
}

/// Finds the schedule's latest day before this date that was not cancelled.
pub fn find_latest_before(conn: &mut Conn, schedule: ScheduleId, held_on: Day) -> Result<Option<MarketDay>> {
    Ok(table::table
        .filter(table::schedule_id.eq(schedule))
        .filter(table::held_on.lt(held_on))
        .filter(table::status.ne(DayStatus::Cancelled))
        .order((table::held_on.desc(), table::id.desc()))
        .select(MarketDay::as_select())
        .first(conn)
        .optional()?)
}

/// Lists the days of a schedule that have not opened.
pub fn list_planned_days(conn: &mut Conn, schedule: ScheduleId) -> Result<Vec<MarketDay>> {
    Ok(table::table
        .filter(table::schedule_id.eq(schedule))
        .filter(table::status.eq(DayStatus::Planned))
        .order(table::id.asc())
        .select(MarketDay::as_select())
        .load(conn)?)
}

/// Inserts a market day.
pub fn insert_day(tx: &mut Tx<'_>, new: &MarketDay) -> Result<()> {
    diesel::insert_into(table::table).values(new).execute(&mut **tx)?;
    Ok(())
}

/// Inserts a day of a schedule. Returns false when the schedule has that day already.
pub fn insert_planned(tx: &mut Tx<'_>, new: &MarketDay) -> Result<bool> {
    let inserted =
        on_both!(tx, c => diesel::insert_into(table::table).values(new).on_conflict_do_nothing().execute(c))?;
    Ok(inserted == 1)
}

/// Updates a market day, whose row this transaction has locked.
pub fn update_day(tx: &mut Tx<'_>, changed: &MarketDay) -> Result<()> {
    diesel::update(table::table.find(changed.id)).set(changed).execute(&mut **tx)?;
    Ok(())
}

/// Lists the planned days whose `opens_at` has passed, the longest overdue first.
pub fn list_due_to_open(conn: &mut Conn, now: Instant, limit: i64) -> Result<Vec<MarketDayId>> {
    Ok(table::table
        .filter(table::status.eq(DayStatus::Planned))
        .filter(table::opens_at.le(now))
        .order((table::opens_at.asc(), table::id.asc()))
        .limit(limit)
        .select(table::id)
        .load(conn)?)
}

/// Lists the open days whose `closes_at` has passed, the longest overdue first.
pub fn list_due_to_close(conn: &mut Conn, now: Instant, limit: i64) -> Result<Vec<MarketDayId>> {
    Ok(table::table
        .filter(table::status.eq(DayStatus::Open))
        .filter(table::closes_at.le(now))
        .order((table::closes_at.asc(), table::id.asc()))
        .limit(limit)
        .select(table::id)
        .load(conn)?)
}

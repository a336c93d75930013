//! All SQL of standing orders.

use diesel::prelude::*;

use super::occurrence::{Occurrence, OccurrenceStatus};
use super::standing_order::{StandingLine, StandingOrder, StandingStatus};
use crate::db::schema::{groups, standing_lines, standing_occurrences, standing_orders};
use crate::db::{Conn, Result, Tx, on_both};
use crate::kernel::ids::{AccountId, CooperativeId, GroupId, OccurrenceId, OrderId, StandingOrderId};
use crate::kernel::{Day, Instant, Json};

/// The standing order of this id.
pub fn standing_order(conn: &mut Conn, id: StandingOrderId) -> Result<Option<StandingOrder>> {
    Ok(standing_orders::table.find(id).select(StandingOrder::as_select()).first(conn).optional()?)
}

/// The same, which nobody else changes until this transaction is over.
pub(super) fn locked(tx: &mut Tx<'_>, id: StandingOrderId) -> Result<Option<StandingOrder>> {
    let query = standing_orders::table.find(id);
    Ok(match &mut **tx {
        // One writer: nobody else changes anything.
        Conn::Sqlite(sqlite) => query.select(StandingOrder::as_select()).first(sqlite).optional()?,
        Conn::Postgres(postgres) => query.select(StandingOrder::as_select()).for_update().first(postgres).optional()?,
    })
}

/// The lines of a standing order.
pub(super) fn lines_of(conn: &mut Conn, id: StandingOrderId) -> Result<Vec<StandingLine>> {
    Ok(standing_lines::table
        .filter(standing_lines::standing_order_id.eq(id))
        .order(standing_lines::position.asc())
        .select(StandingLine::as_select())
        .load(conn)?)
}

/// The standing orders of a buyer, the latest first, behind this key.
pub(super) fn of_buyer(
    conn: &mut Conn,
    buyer: AccountId,
    after: Option<(Instant, StandingOrderId)>,
    limit: i64,
) -> Result<Vec<StandingOrder>> {
    let mut query = standing_orders::table
        .filter(standing_orders::buyer_id.eq(buyer))
        .order((standing_orders::created_at.desc(), standing_orders::id.desc()))
        .limit(limit)
        .select(StandingOrder::as_select())
        .into_boxed();
    if let Some((moment, id)) = after {
        let same = standing_orders::created_at.eq(moment).and(standing_orders::id.lt(id));
        query = query.filter(standing_orders::created_at.lt(moment).or(same));
    }
    Ok(query.load(conn)?)
}

/// All standing orders of a person.
pub(super) fn all_of_buyer(conn: &mut Conn, buyer: AccountId) -> Result<Vec<StandingOrder>> {
    Ok(standing_orders::table
        .filter(standing_orders::buyer_id.eq(buyer))
        .order(standing_orders::id.asc())
        .select(StandingOrder::as_select())
        .load(conn)?)
}

/// The standing orders that come round on every market day of a cooperative, the eldest first.
pub(super) fn of_market(conn: &mut Conn, cooperative: CooperativeId) -> Result<Vec<StandingOrder>> {
    Ok(standing_orders::table
        .filter(standing_orders::cooperative_id.eq(cooperative))
        .filter(standing_orders::every_market_day.eq(true))
        .filter(standing_orders::status.ne(StandingStatus::Ended))
        .order((standing_orders::created_at.asc(), standing_orders::id.asc()))
        .select(StandingOrder::as_select())
        .load(conn)?)
}

/// The standing orders that are to be looked at on this day, the eldest first.
pub(super) fn to_look_at(conn: &mut Conn, today: Day, limit: i64) -> Result<Vec<StandingOrderId>> {
    let due = standing_orders::looked_at_on.is_null().or(standing_orders::looked_at_on.lt(today));
    Ok(standing_orders::table
        .filter(standing_orders::status.ne(StandingStatus::Ended))
        .filter(due)
        .order((standing_orders::created_at.asc(), standing_orders::id.asc()))
        .limit(limit)
        .select(standing_orders::id)
        .load(conn)?)
}

/// The standing orders that may have to be paused or resumed with their groups.
pub(super) fn with_stopped_groups(conn: &mut Conn) -> Result<Vec<StandingOrderId>> {
    let stopped = standing_lines::table
        .inner_join(groups::table.on(groups::id.eq(standing_lines::group_id)))
        .filter(groups::status.ne("active"))
        .select(standing_lines::standing_order_id);
    let paused = standing_orders::paused_by_group.eq(true);
    let running = standing_orders::status.eq(StandingStatus::Active).and(standing_orders::id.eq_any(stopped));
    Ok(standing_orders::table
        .filter(standing_orders::status.ne(StandingStatus::Ended))
        .filter(paused.or(running))
        .order(standing_orders::id.asc())
        .select(standing_orders::id)
        .load(conn)?)
}

/// Whether any of these groups is at work.
pub(super) fn any_is_active(conn: &mut Conn, wanted: &[GroupId]) -> Result<bool> {
    let active: i64 = groups::table
        .filter(groups::id.eq_any(wanted.to_vec()))
        .filter(groups::status.eq("active"))
        .count()
        .get_result(conn)?;
    Ok(active > 0)
}

/// Writes a new standing order with its lines.
pub(super) fn insert(tx: &mut Tx<'_>, new: &StandingOrder, lines: &[StandingLine]) -> Result<()> {
    diesel::insert_into(standing_orders::table).values(new).execute(&mut **tx)?;
    insert_lines(tx, lines)
}

fn insert_lines(tx: &mut Tx<'_>, lines: &[StandingLine]) -> Result<()> {
    for line in lines {
        diesel::insert_into(standing_lines::table).values(line).execute(&mut **tx)?;
    }
    Ok(())
}

/// Writes a changed standing order, whose row this transaction holds.
pub(super) fn update(tx: &mut Tx<'_>, changed: &StandingOrder) -> Result<()> {
    diesel::update(standing_orders::table.find(changed.id)).set(changed).execute(&mut **tx)?;
    Ok(())
}

/// Replaces the lines of a standing order.
pub(super) fn replace_lines(tx: &mut Tx<'_>, id: StandingOrderId, lines: &[StandingLine]) -> Result<()> {
    diesel::delete(standing_lines::table.filter(standing_lines::standing_order_id.eq(id))).execute(&mut **tx)?;
    insert_lines(tx, lines)
}

/// Remembers on which day it was looked whether a standing order comes round.
pub(super) fn set_looked_at(tx: &mut Tx<'_>, id: StandingOrderId, on: Day) -> Result<()> {
    diesel::update(standing_orders::table.find(id)).set(standing_orders::looked_at_on.eq(on)).execute(&mut **tx)?;
    Ok(())
}

/// Takes a day for a standing order: false when it came round on it before.
pub(super) fn take_day(tx: &mut Tx<'_>, new: &Occurrence) -> Result<bool> {
    let inserted = on_both!(tx, c => diesel::insert_into(standing_occurrences::table)
        .values(new).on_conflict_do_nothing().execute(c))?;
    Ok(inserted == 1)
}

/// Writes what came of a day.
pub(super) fn settle(
    tx: &mut Tx<'_>,
    id: OccurrenceId,
    status: OccurrenceStatus,
    order: Option<OrderId>,
    shortfalls: &Json,
    confirm_by: Option<Instant>,
) -> Result<()> {
    diesel::update(standing_occurrences::table.find(id))
        .set((
            standing_occurrences::status.eq(status),
            standing_occurrences::order_id.eq(order),
            standing_occurrences::shortfalls.eq(shortfalls),
            standing_occurrences::confirm_by.eq(confirm_by),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Writes that a day is skipped or has lapsed.
pub(super) fn set_status(tx: &mut Tx<'_>, id: OccurrenceId, status: OccurrenceStatus) -> Result<()> {
    diesel::update(standing_occurrences::table.find(id))
        .set(standing_occurrences::status.eq(status))
        .execute(&mut **tx)?;
    Ok(())
}

/// Forgets a day, so that the standing order can come round on it anew.
pub(super) fn free_day(tx: &mut Tx<'_>, id: OccurrenceId) -> Result<()> {
    diesel::delete(standing_occurrences::table.find(id)).execute(&mut **tx)?;
    Ok(())
}

/// Writes that the buyer was reminded.
pub(super) fn set_reminded(tx: &mut Tx<'_>, id: OccurrenceId, at: Instant) -> Result<()> {
    diesel::update(standing_occurrences::table.find(id))
        .set(standing_occurrences::reminded_at.eq(at))
        .execute(&mut **tx)?;
    Ok(())
}

/// Writes that the buyer has confirmed it.
pub(super) fn set_confirmed(tx: &mut Tx<'_>, id: OccurrenceId, at: Instant) -> Result<()> {
    diesel::update(standing_occurrences::table.find(id))
        .set(standing_occurrences::confirmed_at.eq(at))
        .execute(&mut **tx)?;
    Ok(())
}

/// What came of a standing order on this day.
pub(super) fn occurrence_on(conn: &mut Conn, id: StandingOrderId, day: Day) -> Result<Option<Occurrence>> {
    Ok(standing_occurrences::table
        .filter(standing_occurrences::standing_order_id.eq(id))
        .filter(standing_occurrences::due_on.eq(day))
        .select(Occurrence::as_select())
        .first(conn)
        .optional()?)
}

/// What came of a standing order, the latest day first, before this one.
pub(super) fn occurrences(
    conn: &mut Conn,
    id: StandingOrderId,
    before: Option<Day>,
    limit: i64,
) -> Result<Vec<Occurrence>> {
    let mut query = standing_occurrences::table
        .filter(standing_occurrences::standing_order_id.eq(id))
        .order(standing_occurrences::due_on.desc())
        .limit(limit)
        .select(Occurrence::as_select())
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(standing_occurrences::due_on.lt(before));
    }
    Ok(query.load(conn)?)
}

/// What is placed of a standing order from this day on.
pub(super) fn placed_from(conn: &mut Conn, id: StandingOrderId, from: Day) -> Result<Vec<Occurrence>> {
    Ok(standing_occurrences::table
        .filter(standing_occurrences::standing_order_id.eq(id))
        .filter(standing_occurrences::status.eq(OccurrenceStatus::Placed))
        .filter(standing_occurrences::due_on.ge(from))
        .order(standing_occurrences::due_on.asc())
        .select(Occurrence::as_select())
        .load(conn)?)
}

/// What its buyer is to confirm by this moment, the longest due first.
pub(super) fn to_be_confirmed(conn: &mut Conn, by: Instant, limit: i64) -> Result<Vec<Occurrence>> {
    Ok(standing_occurrences::table
        .filter(standing_occurrences::status.eq(OccurrenceStatus::Placed))
        .filter(standing_occurrences::confirmed_at.is_null())
        .filter(standing_occurrences::confirm_by.le(by))
        .order((standing_occurrences::confirm_by.asc(), standing_occurrences::id.asc()))
        .limit(limit)
        .select(Occurrence::as_select())
        .load(conn)?)
}

/// Takes a person out of their standing orders, which are over.
pub(super) fn forget(tx: &mut Tx<'_>, buyer: AccountId, delivery: &Json) -> Result<()> {
    diesel::update(standing_orders::table.filter(standing_orders::buyer_id.eq(buyer)))
        .set((
            standing_orders::status.eq(StandingStatus::Ended),
            standing_orders::delivery.eq(delivery),
            standing_orders::note.eq(None::<String>),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

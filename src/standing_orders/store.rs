//! All SQL of standing orders.

use diesel::prelude::*;

use super::occurrence::{Occurrence, OccurrenceStatus};
use super::standing_order::{StandingLine, StandingOrder, StandingStatus};
use crate::db::schema::{groups, standing_lines, standing_occurrences, standing_orders};
use crate::db::{Conn, Result, Tx, lock_row, on_both};
use crate::kernel::ids::{AccountId, CooperativeId, GroupId, OccurrenceId, OrderId, StandingOrderId};
use crate::kernel::{Day, Instant, Json};

/// Finds a standing order.
pub fn find_standing_order(conn: &mut Conn, id: StandingOrderId) -> Result<Option<StandingOrder>> {
    Ok(standing_orders::table.find(id).select(StandingOrder::as_select()).get_result(conn).optional()?)
}

/// Finds and locks a standing order until the end of the transaction.
pub(super) fn lock_standing_order(tx: &mut Tx<'_>, id: StandingOrderId) -> Result<Option<StandingOrder>> {
    Ok(lock_row!(tx, standing_orders::table.find(id), StandingOrder)?)
}

/// Lists the lines of a standing order.
pub(super) fn list_lines(conn: &mut Conn, id: StandingOrderId) -> Result<Vec<StandingLine>> {
    Ok(standing_lines::table
        .filter(standing_lines::standing_order_id.eq(id))
        .order(standing_lines::position.asc())
        .select(StandingLine::as_select())
        .load(conn)?)
}

/// Lists the standing orders of a buyer, the newest first, after this page key.
pub(super) fn list_by_buyer(
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

/// Lists all standing orders of a buyer.
pub(super) fn list_all_by_buyer(conn: &mut Conn, buyer: AccountId) -> Result<Vec<StandingOrder>> {
    Ok(standing_orders::table
        .filter(standing_orders::buyer_id.eq(buyer))
        .order(standing_orders::id.asc())
        .select(StandingOrder::as_select())
        .load(conn)?)
}

/// Lists the standing orders for every market day of a cooperative, the oldest first.
pub(super) fn list_for_market_days(conn: &mut Conn, cooperative: CooperativeId) -> Result<Vec<StandingOrder>> {
    Ok(standing_orders::table
        .filter(standing_orders::cooperative_id.eq(cooperative))
        .filter(standing_orders::every_market_day.eq(true))
        .filter(standing_orders::status.ne(StandingStatus::Ended))
        .order((standing_orders::created_at.asc(), standing_orders::id.asc()))
        .select(StandingOrder::as_select())
        .load(conn)?)
}

/// Lists the standing orders that were not processed on this day, the oldest first.
pub(super) fn list_not_processed_on(conn: &mut Conn, today: Day, limit: i64) -> Result<Vec<StandingOrderId>> {
    let due = standing_orders::looked_at_on.is_null().or(standing_orders::looked_at_on.lt(today));
    Ok(standing_orders::table
        .filter(standing_orders::status.ne(StandingStatus::Ended))
        .filter(due)
        .order((standing_orders::created_at.asc(), standing_orders::id.asc()))
        .limit(limit)
        .select(standing_orders::id)
        .load(conn)?)
}

/// Lists the standing orders that may have to be paused or resumed because of their groups.
pub(super) fn list_affected_by_groups(conn: &mut Conn) -> Result<Vec<StandingOrderId>> {
    let inactive_groups = standing_lines::table
        .inner_join(groups::table.on(groups::id.eq(standing_lines::group_id)))
        .filter(groups::status.ne("active"))
        .select(standing_lines::standing_order_id);
    let paused = standing_orders::paused_by_group.eq(true);
    let running = standing_orders::status.eq(StandingStatus::Active).and(standing_orders::id.eq_any(inactive_groups));
    Ok(standing_orders::table
        .filter(standing_orders::status.ne(StandingStatus::Ended))
        .filter(paused.or(running))
        .order(standing_orders::id.asc())
        .select(standing_orders::id)
        .load(conn)?)
}

/// Whether any of these groups is active.
pub(super) fn has_active_group(conn: &mut Conn, ids: &[GroupId]) -> Result<bool> {
    let active: i64 = groups::table
        .filter(groups::id.eq_any(ids.to_vec()))
        .filter(groups::status.eq("active"))
        .count()
        .get_result(conn)?;
    Ok(active > 0)
}

/// Inserts a standing order with its lines.
pub(super) fn insert_standing_order(tx: &mut Tx<'_>, new: &StandingOrder, lines: &[StandingLine]) -> Result<()> {
    diesel::insert_into(standing_orders::table).values(new).execute(&mut **tx)?;
    insert_lines(tx, lines)
}

fn insert_lines(tx: &mut Tx<'_>, lines: &[StandingLine]) -> Result<()> {
    for line in lines {
        diesel::insert_into(standing_lines::table).values(line).execute(&mut **tx)?;
    }
    Ok(())
}

/// Updates a standing order, whose row this transaction has locked.
pub(super) fn update_standing_order(tx: &mut Tx<'_>, changed: &StandingOrder) -> Result<()> {
    diesel::update(standing_orders::table.find(changed.id)).set(changed).execute(&mut **tx)?;
    Ok(())
}

/// Replaces the lines of a standing order.
pub(super) fn replace_lines(tx: &mut Tx<'_>, id: StandingOrderId, lines: &[StandingLine]) -> Result<()> {
    diesel::delete(standing_lines::table.filter(standing_lines::standing_order_id.eq(id))).execute(&mut **tx)?;
    insert_lines(tx, lines)
}

/// Marks a standing order as processed on this day.
pub(super) fn mark_processed(tx: &mut Tx<'_>, id: StandingOrderId, on: Day) -> Result<()> {
    diesel::update(standing_orders::table.find(id)).set(standing_orders::looked_at_on.eq(on)).execute(&mut **tx)?;
    Ok(())
}

/// Inserts an occurrence. Returns false when the day has one already.
pub(super) fn insert_occurrence(tx: &mut Tx<'_>, new: &Occurrence) -> Result<bool> {
    let inserted = on_both!(tx, c => diesel::insert_into(standing_occurrences::table)
        .values(new).on_conflict_do_nothing().execute(c))?;
    Ok(inserted == 1)
}

/// Stores the outcome of an occurrence.
pub(super) fn update_outcome(
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

/// Updates the status of an occurrence.
pub(super) fn update_status(tx: &mut Tx<'_>, id: OccurrenceId, status: OccurrenceStatus) -> Result<()> {
    diesel::update(standing_occurrences::table.find(id))
        .set(standing_occurrences::status.eq(status))
        .execute(&mut **tx)?;
    Ok(())
}

/// Deletes an occurrence, so that the day can be claimed again.
pub(super) fn delete_occurrence(tx: &mut Tx<'_>, id: OccurrenceId) -> Result<()> {
    diesel::delete(standing_occurrences::table.find(id)).execute(&mut **tx)?;
    Ok(())
}

/// Marks an occurrence as reminded.
pub(super) fn mark_reminded(tx: &mut Tx<'_>, id: OccurrenceId, at: Instant) -> Result<()> {
    diesel::update(standing_occurrences::table.find(id))
        .set(standing_occurrences::reminded_at.eq(at))
        .execute(&mut **tx)?;
    Ok(())
}

/// Marks an occurrence as confirmed.
pub(super) fn mark_confirmed(tx: &mut Tx<'_>, id: OccurrenceId, at: Instant) -> Result<()> {
    diesel::update(standing_occurrences::table.find(id))
        .set(standing_occurrences::confirmed_at.eq(at))
        .execute(&mut **tx)?;
    Ok(())
}

/// Finds the occurrence of a standing order on this day.
pub(super) fn find_occurrence(conn: &mut Conn, id: StandingOrderId, day: Day) -> Result<Option<Occurrence>> {
    Ok(standing_occurrences::table
        .filter(standing_occurrences::standing_order_id.eq(id))
        .filter(standing_occurrences::due_on.eq(day))
        .select(Occurrence::as_select())
        .get_result(conn)
        .optional()?)
}

/// Lists the occurrences of a standing order before this day, the latest first.
pub(super) fn list_occurrences(
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

/// Lists the occurrences with an order from this day on.
pub(super) fn list_placed_from(conn: &mut Conn, id: StandingOrderId, from: Day) -> Result<Vec<Occurrence>> {
    Ok(standing_occurrences::table
        .filter(standing_occurrences::standing_order_id.eq(id))
        .filter(standing_occurrences::status.eq(OccurrenceStatus::Placed))
        .filter(standing_occurrences::due_on.ge(from))
        .order(standing_occurrences::due_on.asc())
        .select(Occurrence::as_select())
        .load(conn)?)
}

/// Lists the unconfirmed occurrences whose deadline is before this moment, the longest overdue first.
pub(super) fn list_awaiting_confirmation(conn: &mut Conn, by: Instant, limit: i64) -> Result<Vec<Occurrence>> {
    Ok(standing_occurrences::table
        .filter(standing_occurrences::status.eq(OccurrenceStatus::Placed))
        .filter(standing_occurrences::confirmed_at.is_null())
        .filter(standing_occurrences::confirm_by.le(by))
        .order((standing_occurrences::confirm_by.asc(), standing_occurrences::id.asc()))
        .limit(limit)
        .select(Occurrence::as_select())
        .load(conn)?)
}

/// Ends the standing orders of a buyer and erases their personal data.
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

//! The SQL of closed days.

use diesel::prelude::*;

use crate::cooperatives::GroupPermit;
use crate::db::schema::{closed_days, cooperatives, groups};
use crate::db::{Conn, Result, Tx, on_both, prepared};
use crate::kernel::ids::GroupId;
use crate::kernel::{Day, Duration, Instant, Zone};
use crate::supply::closed_days::{ClosedDay, ClosedDays};

/// Lists the closed days of these groups that [`ClosedDays`] can cover, in any time zone.
pub(super) fn list_closed_days_of(conn: &mut Conn, now: Instant, groups: &[GroupId]) -> Result<Vec<(GroupId, Day)>> {
    let from = Zone::Jakarta.day_of(now);
    // Other zones may be a day ahead.
    let to = from.checked_add_signed(Duration::days(ClosedDays::SPAN.saturating_add(1))).unwrap_or(from);
    let query = closed_days::table
        .filter(closed_days::group_id.eq_any(groups.to_vec()))
        .filter(closed_days::day.ge(from))
        .filter(closed_days::day.le(to))
        .select((closed_days::group_id, closed_days::day));
    Ok(prepared(query).load(conn)?)
}

/// Lists the closed days of a group between these days, in order, after the given one.
pub fn list_closed_days(
    conn: &mut Conn,
    group: GroupId,
    (from, to): (Day, Option<Day>),
    after: Option<Day>,
    limit: i64,
) -> Result<Vec<ClosedDay>> {
    let mut query = closed_days::table
        .filter(closed_days::group_id.eq(group))
        .filter(closed_days::day.ge(from))
        .order(closed_days::day.asc())
        .limit(limit)
        .select((closed_days::day, closed_days::reason))
        .into_boxed();
    if let Some(to) = to {
        query = query.filter(closed_days::day.le(to));
    }
    if let Some(after) = after {
        query = query.filter(closed_days::day.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Finds a closed day of a group.
pub fn find_closed_day(conn: &mut Conn, group: GroupId, day: Day) -> Result<Option<ClosedDay>> {
    let row = closed_days::table.find((group, day)).select((closed_days::day, closed_days::reason));
    Ok(row.get_result(conn).optional()?)
}

/// Inserts a closed day, or updates its reason.
pub fn upsert_closed_day(tx: &mut Tx<'_>, permit: &GroupPermit, closed_day: &ClosedDay) -> Result<()> {
    let reason = closed_days::reason.eq(closed_day.reason.as_deref());
    let row = (
        closed_days::group_id.eq(permit.group),
        closed_days::day.eq(closed_day.day),
        closed_days::cooperative_id.eq(permit.cooperative),
        reason,
    );
    on_both!(tx, c => diesel::insert_into(closed_days::table)
        .values(row)
        .on_conflict((closed_days::group_id, closed_days::day))
        .do_update()
        .set(reason)
        .execute(c))?;
    Ok(())
}

/// Deletes a closed day; returns whether there was one.
pub fn delete_closed_day(tx: &mut Tx<'_>, permit: &GroupPermit, day: Day) -> Result<bool> {
    let deleted = diesel::delete(closed_days::table.find((permit.group, day))).execute(&mut **tx)?;
    Ok(deleted == 1)
}

/// Finds the time zone of a group.
pub fn find_zone(conn: &mut Conn, group: GroupId) -> Result<Option<Zone>> {
    let zone = groups::table.inner_join(cooperatives::table).filter(groups::id.eq(group)).select(cooperatives::zone);
    Ok(zone.get_result(conn).optional()?)
}

//! The days on which groups are shut.

use diesel::prelude::*;

use crate::cooperatives::GroupPermit;
use crate::db::schema::{closed_days, cooperatives, groups};
use crate::db::{Conn, Result, Tx, on_both, prepared};
use crate::kernel::ids::GroupId;
use crate::kernel::{Day, Duration, Instant, Zone};
use crate::supply::closed_days::{ClosedDay, ClosedDays};

/// The closed days of these groups for as far ahead as terms look, from the earliest today on.
pub(super) fn closed_among(conn: &mut Conn, now: Instant, among: &[GroupId]) -> Result<Vec<(GroupId, Day)>> {
    let from = Zone::Jakarta.day_of(now);
    // A zone may be a day ahead.
    let to = from.checked_add_signed(Duration::days(ClosedDays::SPAN.saturating_add(1))).unwrap_or(from);
    let query = closed_days::table
        .filter(closed_days::group_id.eq_any(among.to_vec()))
        .filter(closed_days::day.ge(from))
        .filter(closed_days::day.le(to))
        .select((closed_days::group_id, closed_days::day));
    Ok(prepared(query).load(conn)?)
}

/// The closed days of a group between these days, in order, behind this one.
pub fn closed_days(
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

/// What is written down of a group's day, when it is shut.
pub fn closed_day(conn: &mut Conn, group: GroupId, day: Day) -> Result<Option<ClosedDay>> {
    let row = closed_days::table.find((group, day)).select((closed_days::day, closed_days::reason));
    Ok(row.first(conn).optional()?)
}

/// Writes down that a group is shut on a day, and why.
pub fn keep_closed_day(tx: &mut Tx<'_>, permit: &GroupPermit, it: &ClosedDay) -> Result<()> {
    let why = closed_days::reason.eq(it.reason.as_deref());
    let row = (
        closed_days::group_id.eq(permit.group),
        closed_days::day.eq(it.day),
        closed_days::cooperative_id.eq(permit.cooperative),
        why,
    );
    on_both!(tx, c => diesel::insert_into(closed_days::table)
        .values(row)
        .on_conflict((closed_days::group_id, closed_days::day))
        .do_update()
        .set(why)
        .execute(c))?;
    Ok(())
}

/// Opens a day again; tells whether the group was shut.
pub fn remove_closed_day(tx: &mut Tx<'_>, permit: &GroupPermit, day: Day) -> Result<bool> {
    let changed = diesel::delete(closed_days::table.find((permit.group, day))).execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Where a group's days begin and end.
pub fn zone_of(conn: &mut Conn, group: GroupId) -> Result<Option<Zone>> {
    let zone = groups::table.inner_join(cooperatives::table).filter(groups::id.eq(group)).select(cooperatives::zone);
    Ok(zone.first(conn).optional()?)
}

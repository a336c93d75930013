//! Schedules.

use diesel::prelude::*;

use crate::db::schema::market_schedules as table;
use crate::db::{Conn, Result, Tx};
use crate::kernel::ids::{CooperativeId, ScheduleId};
use crate::market_days::schedule::Schedule;

/// The schedule of this id.
pub fn schedule(conn: &mut Conn, id: ScheduleId) -> Result<Option<Schedule>> {
    Ok(table::table.find(id).select(Schedule::as_select()).first(conn).optional()?)
}

/// The schedules of a cooperative, the eldest first.
pub fn schedules_of(conn: &mut Conn, cooperative: CooperativeId) -> Result<Vec<Schedule>> {
    Ok(table::table
        .filter(table::cooperative_id.eq(cooperative))
        .order(table::id.asc())
        .select(Schedule::as_select())
        .load(conn)?)
}

/// Every schedule that still creates days.
pub fn active_schedules(conn: &mut Conn) -> Result<Vec<Schedule>> {
    Ok(table::table.filter(table::active.eq(true)).order(table::id.asc()).select(Schedule::as_select()).load(conn)?)
}

/// Writes a new schedule.
pub fn insert_schedule(tx: &mut Tx<'_>, schedule: &Schedule) -> Result<()> {
    diesel::insert_into(table::table).values(schedule).execute(&mut **tx)?;
    Ok(())
}

/// Writes a changed schedule, unless somebody else has changed it since it was read: false then.
pub fn update_schedule(tx: &mut Tx<'_>, changed: &Schedule, from: i64) -> Result<bool> {
    let mine = table::table.find(changed.id).filter(table::version.eq(from));
    Ok(diesel::update(mine).set(changed).execute(&mut **tx)? == 1)
}

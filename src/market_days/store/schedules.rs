//! SQL of schedules.

use diesel::prelude::*;

use crate::db::schema::market_schedules as table;
use crate::db::{Conn, Result, Tx};
use crate::kernel::ids::{CooperativeId, ScheduleId};
use crate::market_days::schedule::Schedule;

/// Finds a schedule.
pub fn find_schedule(conn: &mut Conn, id: ScheduleId) -> Result<Option<Schedule>> {
    Ok(table::table.find(id).select(Schedule::as_select()).get_result(conn).optional()?)
}

/// Lists the schedules that still create days, of one cooperative or of all, the oldest first.
pub fn list_active_schedules(conn: &mut Conn, cooperative: Option<CooperativeId>) -> Result<Vec<Schedule>> {
    let mut query = table::table.filter(table::active.eq(true)).into_boxed();
    if let Some(cooperative) = cooperative {
        query = query.filter(table::cooperative_id.eq(cooperative));
    }
    Ok(query.order(table::id.asc()).select(Schedule::as_select()).load(conn)?)
}

/// Inserts a schedule.
pub fn insert_schedule(tx: &mut Tx<'_>, schedule: &Schedule) -> Result<()> {
    diesel::insert_into(table::table).values(schedule).execute(&mut **tx)?;
    Ok(())
}

/// Updates a schedule if its row still has this version; false otherwise.
pub fn update_schedule(tx: &mut Tx<'_>, changed: &Schedule, version: i64) -> Result<bool> {
    let target = table::table.find(changed.id).filter(table::version.eq(version));
    Ok(diesel::update(target).set(changed).execute(&mut **tx)? == 1)
}

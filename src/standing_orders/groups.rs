//! Standing orders follow their groups: when none of them sells anything any more they pause, and come round again when one
//! is back at work.

use super::error::StandingError;
use super::standing_order::StandingStatus;
use super::store;
use super::subscribe::tell;
use crate::db::{self, Db, Tx};
use crate::jobs::{self, TaskError};
use crate::kernel::Instant;
use crate::kernel::ids::StandingOrderId;

/// Pauses what has no group at work any more, and resumes what has one again. Tells how many.
pub fn follow_groups(db: &Db, now: Instant) -> Result<usize, TaskError> {
    let stopped = db.read_blocking::<_, db::Error>(store::with_stopped_groups)?;
    jobs::for_each_in_tx(db, stopped, move |tx, id| follow(tx, now, *id).map(usize::from))
}

fn follow(tx: &mut Tx<'_>, now: Instant, id: StandingOrderId) -> Result<bool, StandingError> {
    let Some(mut it) = store::locked(tx, id)? else { return Ok(false) };
    let groups: Vec<_> = store::lines_of(tx, id)?.iter().map(|line| line.group).collect();
    let at_work = store::any_is_active(tx, &groups)?;
    let kind = match (it.status, at_work) {
        (StandingStatus::Active, false) => {
            (it.status, it.paused_by_group, it.paused_until) = (StandingStatus::Paused, true, None);
            "standing_order.paused_by_group"
        }
        (StandingStatus::Paused, true) if it.paused_by_group => {
            (it.status, it.paused_by_group) = (StandingStatus::Active, false);
            it.looked_at_on = None;
            "standing_order.resumed_by_group"
        }
        _ => return Ok(false),
    };
    it.version = it.version.saturating_add(1);
    store::update(tx, &it)?;
    tell(tx, now, kind, &it, None)?;
    Ok(true)
}

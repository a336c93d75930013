//! Pauses standing orders when none of their groups is active, and resumes them when one is active again.

use super::create::record_event;
use super::error::StandingOrderError;
use super::events::StandingOrderEvent;
use super::standing_order::StandingStatus;
use super::store;
use crate::db::{self, Db, Tx};
use crate::jobs::{self, TaskError};
use crate::kernel::Instant;
use crate::kernel::ids::StandingOrderId;

/// Pauses standing orders without an active group and resumes those with one. Returns how many changed.
pub fn sync_group_pauses(db: &Db, now: Instant) -> Result<usize, TaskError> {
    let affected = db.read_blocking::<_, db::Error>(store::list_affected_by_groups)?;
    jobs::for_each_in_tx(db, affected, move |tx, id| sync_pause(tx, now, *id).map(usize::from))
}

fn sync_pause(tx: &mut Tx<'_>, now: Instant, id: StandingOrderId) -> Result<bool, StandingOrderError> {
    let Some(mut standing_order) = store::lock_standing_order(tx, id)? else { return Ok(false) };
    let groups: Vec<_> = store::list_lines(tx, id)?.iter().map(|line| line.group).collect();
    let is_active = store::has_active_group(tx, &groups)?;
    let kind = match (standing_order.status, is_active) {
        (StandingStatus::Active, false) => {
            (standing_order.status, standing_order.paused_by_group, standing_order.paused_until) =
                (StandingStatus::Paused, true, None);
            StandingOrderEvent::PausedByGroup
        }
        (StandingStatus::Paused, true) if standing_order.paused_by_group => {
            (standing_order.status, standing_order.paused_by_group) = (StandingStatus::Active, false);
            standing_order.processed_on = None;
            StandingOrderEvent::ResumedByGroup
        }
        _ => return Ok(false),
    };
    standing_order.version = standing_order.version.saturating_add(1);
    store::update_standing_order(tx, &standing_order)?;
    record_event(tx, now, kind, &standing_order, None)?;
    Ok(true)
}

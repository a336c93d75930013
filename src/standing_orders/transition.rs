//! Transitions of standing orders: pause, resume, end.

use super::cancel::cancel_orders;
use super::create::record_event;
use super::error::StandingOrderError;
use super::events::StandingOrderEvent;
use super::occurrence::OccurrenceStatus;
use super::standing_order::{StandingAction, StandingOrder, StandingStatus};
use super::store;
use super::update::{find_today, lock_own, reclaim};
use crate::db::Tx;
use crate::kernel::ids::{AccountId, StandingOrderId};
use crate::kernel::{Day, Instant};
use crate::orders;
use crate::standing_orders::Settings;
use crate::web::{FieldErrors, Rule, StaleVersion};

/// Applies an action to the buyer's standing order. Orders placed ahead for days on which it is no longer due are
/// cancelled, as far as they can still be cancelled freely and are unpaid.
pub fn transition(
    tx: &mut Tx<'_>,
    now: Instant,
    (order_settings, settings): (&orders::Settings, &Settings),
    buyer: AccountId,
    id: StandingOrderId,
    (action, until): (StandingAction, Option<Day>),
    version: Option<i64>,
) -> Result<StandingOrder, StandingOrderError> {
    let mut standing_order = lock_own(tx, buyer, id)?;
    StaleVersion::check(version, standing_order.version)?;
    if !standing_order.actions().contains(&action) {
        return Err(StandingOrderError::WrongStatus(standing_order.status));
    }
    let today = find_today(tx, now, &standing_order)?;
    let kind = match action {
        StandingAction::Pause => {
            if until.is_some_and(|until| until <= today) {
                return Err(StandingOrderError::Invalid(FieldErrors::single("/until", Rule::NotAhead)));
            }
            (standing_order.status, standing_order.paused_until) = (StandingStatus::Paused, until);
            StandingOrderEvent::Paused
        }
        StandingAction::Resume => {
            (standing_order.status, standing_order.paused_until) = (StandingStatus::Active, None);
            StandingOrderEvent::Resumed
        }
        StandingAction::End => {
            (standing_order.status, standing_order.paused_until) = (StandingStatus::Ended, None);
            StandingOrderEvent::Ended
        }
    };
    standing_order.paused_by_group = false;
    standing_order.processed_on = None;
    standing_order.version = standing_order.version.saturating_add(1);
    store::update_standing_order(tx, &standing_order)?;
    let mut occurrences = store::list_placed_from(tx, id, today)?;
    occurrences.retain(|occurrence| !standing_order.is_active_on(occurrence.due_on));
    cancel_orders(tx, now, buyer, occurrences, Some(OccurrenceStatus::Skipped))?;
    record_event(tx, now, kind, &standing_order, Some(buyer))?;
    if action == StandingAction::Resume {
        reclaim(tx, now, (order_settings, settings), &standing_order)?;
    }
    Ok(standing_order)
}

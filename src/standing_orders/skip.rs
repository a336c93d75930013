//! Skips single days of a standing order, and undoes that.

use super::cancel::cancel_order;
use super::create::record_event;
use super::error::StandingOrderError;
use super::events::StandingOrderEvent;
use super::occurrence::OccurrenceStatus;
use super::place::place_upcoming_orders;
use super::standing_order::{StandingOrder, StandingStatus};
use super::store;
use super::update::{find_today, lock_own};
use crate::db::Tx;
use crate::kernel::ids::{AccountId, StandingOrderId};
use crate::kernel::{Day, Instant, Json};
use crate::orders;
use crate::standing_orders::Settings;
use crate::web::{FieldErrors, Rule};

const MAX_SKIPPED_DAYS: usize = 100;

/// Skips a day. An order placed for it is cancelled; `TooLate` when that is no longer possible, and nothing changes.
pub fn skip(
    tx: &mut Tx<'_>,
    now: Instant,
    buyer: AccountId,
    id: StandingOrderId,
    day: Day,
) -> Result<StandingOrder, StandingOrderError> {
    let mut standing_order = lock_own(tx, buyer, id)?;
    if standing_order.status == StandingStatus::Ended {
        return Err(StandingOrderError::WrongStatus(standing_order.status));
    }
    let mut skipped = standing_order.skipped();
    if day < find_today(tx, now, &standing_order)? || skipped.len() >= MAX_SKIPPED_DAYS {
        return Err(StandingOrderError::Invalid(FieldErrors::single("/day", Rule::NotSkippable)));
    }
    if !skipped.insert(day) {
        return Ok(standing_order);
    }
    if let Some(occurrence) = store::find_occurrence(tx, id, day)?
        && occurrence.status == OccurrenceStatus::Placed
    {
        if !cancel_order(tx, now, buyer, &occurrence)? {
            return Err(StandingOrderError::TooLate(day));
        }
        store::update_status(tx, occurrence.id, OccurrenceStatus::Skipped)?;
    }
    standing_order.skipped = Json::new(&skipped);
    standing_order.version = standing_order.version.saturating_add(1);
    store::update_standing_order(tx, &standing_order)?;
    record_event(tx, now, StandingOrderEvent::Skipped, &standing_order, Some(buyer))?;
    Ok(standing_order)
}

/// Undoes the skipping of a day, and claims for it as of now.
pub fn unskip(
    tx: &mut Tx<'_>,
    now: Instant,
    (order_settings, settings): (&orders::Settings, &Settings),
    buyer: AccountId,
    id: StandingOrderId,
    day: Day,
) -> Result<StandingOrder, StandingOrderError> {
    let mut standing_order = lock_own(tx, buyer, id)?;
    let mut skipped = standing_order.skipped();
    if !skipped.remove(&day) {
        return Err(StandingOrderError::NotFound);
    }
    if let Some(occurrence) = store::find_occurrence(tx, id, day)?
        && occurrence.status == OccurrenceStatus::Skipped
    {
        store::delete_occurrence(tx, occurrence.id)?;
    }
    standing_order.skipped = Json::new(&skipped);
    standing_order.version = standing_order.version.saturating_add(1);
    store::update_standing_order(tx, &standing_order)?;
    record_event(tx, now, StandingOrderEvent::Unskipped, &standing_order, Some(buyer))?;
    place_upcoming_orders(tx, now, order_settings, settings, &standing_order)?;
    Ok(standing_order)
}

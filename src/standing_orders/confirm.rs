//! Confirmation of orders: reminders, and cancellation of unconfirmed orders.

use super::cancel::cancel_order;
use super::error::StandingOrderError;
use super::events::{self, OccurrencePayload, StandingOrderEvent};
use super::occurrence::{Occurrence, OccurrenceStatus};
use super::store;
use super::update::lock_own;
use crate::db::{self, Db, Tx};
use crate::jobs::{self, TaskError};
use crate::kernel::ids::{AccountId, StandingOrderId};
use crate::kernel::{Day, Duration, Instant};
use crate::standing_orders::Settings;

/// Occurrences per run.
const MAX_OCCURRENCES_PER_RUN: i64 = 200;

/// Confirms the order of a day. `WrongStatus` when there is nothing to confirm.
pub fn confirm(
    tx: &mut Tx<'_>,
    now: Instant,
    buyer: AccountId,
    id: StandingOrderId,
    day: Day,
) -> Result<Occurrence, StandingOrderError> {
    let standing_order = lock_own(tx, buyer, id)?;
    let occurrence = store::find_occurrence(tx, id, day)?.ok_or(StandingOrderError::NotFound)?;
    if !occurrence.is_awaiting_confirmation() {
        return Err(StandingOrderError::WrongStatus(standing_order.status));
    }
    store::mark_confirmed(tx, occurrence.id, now)?;
    record_event(tx, now, StandingOrderEvent::Confirmed, &occurrence, Some(buyer))?;
    Ok(Occurrence { confirmed_at: Some(now), ..occurrence })
}

/// Reminds buyers of orders to confirm, and cancels those past their deadline. Returns how many were processed.
pub fn process_confirmations(db: &Db, now: Instant, settings: &Settings) -> Result<usize, TaskError> {
    let ahead = now.after(Duration::hours(settings.remind_hours.into()));
    let occurrences = db.read_blocking::<_, db::Error>(|conn| {
        store::list_awaiting_confirmation(conn, ahead, MAX_OCCURRENCES_PER_RUN)
    })?;
    jobs::for_each_in_tx(db, occurrences, move |tx, occurrence| {
        process_confirmation(tx, now, occurrence.standing_order, occurrence.due_on).map(usize::from)
    })
}

fn process_confirmation(
    tx: &mut Tx<'_>,
    now: Instant,
    id: StandingOrderId,
    day: Day,
) -> Result<bool, StandingOrderError> {
    let Some(standing_order) = store::lock_standing_order(tx, id)? else { return Ok(false) };
    let Some(occurrence) = store::find_occurrence(tx, id, day)?.filter(Occurrence::is_awaiting_confirmation) else {
        return Ok(false);
    };
    if occurrence.confirm_by.is_some_and(|by| by <= now) {
        // A paid order counts as confirmed.
        if cancel_order(tx, now, standing_order.buyer, &occurrence)? {
            store::update_status(tx, occurrence.id, OccurrenceStatus::Lapsed)?;
            record_event(tx, now, StandingOrderEvent::Lapsed, &occurrence, None)?;
        } else {
            store::mark_confirmed(tx, occurrence.id, now)?;
        }
        return Ok(true);
    }
    if occurrence.reminded_at.is_some() {
        return Ok(false);
    }
    store::mark_reminded(tx, occurrence.id, now)?;
    record_event(tx, now, StandingOrderEvent::Reminded, &occurrence, None)?;
    Ok(true)
}

fn record_event(
    tx: &mut Tx<'_>,
    now: Instant,
    kind: fn(OccurrencePayload) -> StandingOrderEvent,
    occurrence: &Occurrence,
    by: Option<AccountId>,
) -> Result<(), StandingOrderError> {
    let Occurrence { standing_order, due_on, order, confirm_by: until, .. } = *occurrence;
    let event = kind(OccurrencePayload { standing_order, due_on, order, until }).about(standing_order);
    events::record(tx, now, &event.by(by).in_cooperative(occurrence.cooperative))?;
    Ok(())
}

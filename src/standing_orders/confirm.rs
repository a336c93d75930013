//! Standing orders that ask first: a reminder, and silence means no.

use super::change::own;
use super::error::StandingError;
use super::occurrence::{Occurrence, OccurrenceStatus};
use super::store;
use super::withdraw::withdraw;
use crate::db::{self, Db, Tx};
use crate::events::{self, Event, Kind};
use crate::jobs::{self, TaskError};
use crate::kernel::ids::{AccountId, StandingOrderId};
use crate::kernel::{Day, Duration, Instant};
use crate::standing_orders::Settings;

/// How many are seen to in one turn.
const BATCH_SIZE: i64 = 200;

/// The buyer wants the order of this day.
pub fn confirm(
    tx: &mut Tx<'_>,
    now: Instant,
    buyer: AccountId,
    id: StandingOrderId,
    day: Day,
) -> Result<Occurrence, StandingError> {
    let it = own(tx, buyer, id)?;
    let occurrence = store::occurrence_on(tx, id, day)?.ok_or(StandingError::NotFound)?;
    if !occurrence.is_to_be_confirmed() {
        return Err(StandingError::WrongStatus(it.status));
    }
    store::set_confirmed(tx, occurrence.id, now)?;
    tell(tx, now, "standing_order.confirmed", &occurrence, Some(buyer))?;
    Ok(Occurrence { confirmed_at: Some(now), ..occurrence })
}

/// Reminds buyers of what they are to confirm, and lets lapse what they did not.
pub fn process_confirmations(db: &Db, now: Instant, settings: &Settings) -> Result<usize, TaskError> {
    let ahead = now.after(Duration::hours(settings.remind_hours.into()));
    let waiting = db.read_blocking::<_, db::Error>(|conn| store::to_be_confirmed(conn, ahead, BATCH_SIZE))?;
    jobs::for_each_in_tx(db, waiting, move |tx, it| see_to(tx, now, it.standing_order, it.due_on).map(usize::from))
}

fn see_to(tx: &mut Tx<'_>, now: Instant, id: StandingOrderId, day: Day) -> Result<bool, StandingError> {
    let Some(it) = store::locked(tx, id)? else { return Ok(false) };
    let Some(occurrence) = store::occurrence_on(tx, id, day)?.filter(Occurrence::is_to_be_confirmed) else {
        return Ok(false);
    };
    if occurrence.confirm_by.is_some_and(|by| by <= now) {
        // What was paid for was wanted.
        if withdraw(tx, now, it.buyer, &occurrence)? {
            store::set_status(tx, occurrence.id, OccurrenceStatus::Lapsed)?;
            tell(tx, now, "standing_order.lapsed", &occurrence, None)?;
        } else {
            store::set_confirmed(tx, occurrence.id, now)?;
        }
        return Ok(true);
    }
    if occurrence.reminded_at.is_some() {
        return Ok(false);
    }
    store::set_reminded(tx, occurrence.id, now)?;
    tell(tx, now, "standing_order.reminded", &occurrence, None)?;
    Ok(true)
}

fn tell(
    tx: &mut Tx<'_>,
    now: Instant,
    kind: Kind,
    occurrence: &Occurrence,
    by: Option<AccountId>,
) -> Result<(), StandingError> {
    let event = Event::new(kind, occurrence.standing_order)
        .by(by)
        .in_cooperative(occurrence.cooperative)
        .with("standing_order", occurrence.standing_order)
        .with("due_on", occurrence.due_on)
        .with("order", occurrence.order)
        .with("until", occurrence.confirm_by);
    events::record(tx, now, &event)?;
    Ok(())
}

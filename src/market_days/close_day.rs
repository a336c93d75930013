//! Closing a market day: each batch is decided by itself, and the day is over when none is left.

use super::day::{DayStatus, MarketDay};
use super::error::MarketError;
use super::offering::MarketOffering;
use super::store;
use crate::cooperatives::CooperativePermit;
use crate::db::{self, Conn, Db, Tx};
use crate::events::{self, Event};
use crate::jobs::{self, TaskError};
use crate::kernel::Instant;
use crate::kernel::ids::{BatchId, MarketDayId};
use crate::orders::{self, Decided, ProduceError};
use crate::supply::{self, BatchStatus};
use crate::web::StaleVersion;

/// How many days are closed at one turn; the rest waits for the next.
const BATCH_SIZE: i64 = 50;

/// What closing would do with one batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchForeseen {
    /// What is brought.
    pub offering: MarketOffering,
    /// What would become of it.
    pub decided: Decided,
}

/// Closes every day that is due, the longest due first.
pub fn close_due(db: &Db, now: Instant) -> Result<usize, TaskError> {
    let due = db.read_blocking::<_, db::Error>(|conn| store::due_to_close(conn, now, BATCH_SIZE))?;
    let batches = db.read_blocking::<_, db::Error>(|conn| {
        due.iter().map(|day| batches_of(conn, *day)).collect::<db::Result<Vec<_>>>()
    })?;
    // Whoever comes first decides a batch; it is decided once. A day with one that cannot be decided stays open.
    let decided = jobs::for_each_in_tx(db, batches.into_iter().flatten(), move |tx, batch| {
        orders::decide(tx, now, *batch).map(|_| 0)
    });
    let closed = jobs::for_each_in_tx(db, due, move |tx, day| close_day(tx, now, *day).map(usize::from));
    decided.and(closed)
}

/// The batches of a day that are not decided.
fn batches_of(conn: &mut Conn, day: MarketDayId) -> db::Result<Vec<BatchId>> {
    let mut undecided = Vec::new();
    for batch in store::offerings_of(conn, day)?.into_iter().filter_map(|offering| offering.batch) {
        if supply::find(conn, batch)?.is_some_and(|batch| batch.status == BatchStatus::Open) {
            undecided.push(batch);
        }
    }
    Ok(undecided)
}

/// Says that a day is over whose batches are all decided; false when it is not, or was said before.
pub fn close_day(tx: &mut Tx<'_>, now: Instant, id: MarketDayId) -> Result<bool, MarketError> {
    let Some(day) = store::locked_day(tx, id)? else { return Ok(false) };
    let due = day.status == DayStatus::Open && day.closes_at <= now;
    if !due || !batches_of(tx, id)?.is_empty() {
        return Ok(false);
    }
    let closed = MarketDay { status: DayStatus::Closed, version: day.version.saturating_add(1), ..day };
    store::update_day(tx, &closed)?;
    let event = Event::new("market_day.closed", id).in_cooperative(closed.cooperative).with("held_on", closed.held_on);
    events::record(tx, now, &event)?;
    Ok(true)
}

/// Ends the orders of an open day now instead of at the time that was said. Its batches are decided next, as at any
/// closing.
pub fn close_now(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    id: MarketDayId,
    version: Option<i64>,
) -> Result<MarketDay, MarketError> {
    let day = store::locked_day(tx, id)?.filter(|day| day.cooperative == permit.cooperative);
    let day = day.ok_or(MarketError::NotFound)?;
    StaleVersion::check(version, day.version)?;
    if day.status != DayStatus::Open {
        return Err(MarketError::WrongStatus(day.status));
    }
    let closing = MarketDay {
        closes_at: day.closes_at.min(now),
        extends_to: None,
        version: day.version.saturating_add(1),
        ..day
    };
    store::update_day(tx, &closing)?;
    for batch in batches_of(tx, id)? {
        supply::reschedule(tx, now, batch, closing.held_on, Some(closing.closes_at), None, Some(permit.account))
            .map_err(ProduceError::from)?;
    }
    let event = Event::new("market_day.closing", id)
        .by(permit.account)
        .in_cooperative(closing.cooperative)
        .with("closes_at", closing.closes_at);
    events::record(tx, now, &event)?;
    Ok(closing)
}

/// What closing would do now with each batch of the day that is not decided. Nothing is written.
pub fn foresee(conn: &mut Conn, now: Instant, id: MarketDayId) -> Result<Vec<BatchForeseen>, MarketError> {
    let mut foreseen = Vec::new();
    for offering in store::offerings_of(conn, id)? {
        let Some(batch) = offering.batch.map(|batch| supply::find(conn, batch)).transpose()?.flatten() else {
            continue;
        };
        if let Some(decided) = orders::foresee(conn, &batch, now)? {
            foreseen.push(BatchForeseen { offering, decided });
        }
    }
    Ok(foreseen)
}

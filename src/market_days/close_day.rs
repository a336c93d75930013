//! Closing a market day: each batch is decided in its own transaction; the day is closed once none is undecided.

use super::day::{DayStatus, MarketDay};
use super::error::MarketError;
use super::events::{self, MarketEvent};
use super::offering::MarketOffering;
use super::store;
use crate::cooperatives::CooperativePermit;
use crate::db::{self, Conn, Db, Tx};
use crate::jobs::{self, TaskError};
use crate::kernel::Instant;
use crate::kernel::ids::{BatchId, MarketDayId};
use crate::orders::{self, BatchChangeError, DecisionOutcome};
use crate::supply::{self, BatchStatus};
use crate::web::StaleVersion;

/// Days closed per run; the rest waits for the next run.
const MAX_DAYS_PER_RUN: i64 = 50;

/// What closing would do to one batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosePreview {
    /// The offering.
    pub offering: MarketOffering,
    /// The decision and its effects.
    pub outcome: DecisionOutcome,
}

/// Closes every due day, the longest overdue first. Returns how many were closed.
pub fn close_due(db: &Db, now: Instant) -> Result<usize, TaskError> {
    let due = db.read_blocking::<_, db::Error>(|conn| store::list_due_to_close(conn, now, MAX_DAYS_PER_RUN))?;
    let batches = db.read_blocking::<_, db::Error>(|conn| {
        due.iter().map(|day| list_undecided_batches(conn, *day)).collect::<db::Result<Vec<_>>>()
    })?;
    // Concurrent instances may try the same batch; it is decided once. A day stays open while one of its batches cannot
    // be decided.
    let decided = jobs::for_each_in_tx(db, batches.into_iter().flatten(), move |tx, batch| {
        orders::decide(tx, now, *batch).map(|_| 0)
    });
    let closed = jobs::for_each_in_tx(db, due, move |tx, day| close_day(tx, now, *day).map(usize::from));
    decided.and(closed)
}

fn list_undecided_batches(conn: &mut Conn, day: MarketDayId) -> db::Result<Vec<BatchId>> {
    let mut undecided = Vec::new();
    for batch in store::list_batches(conn, day)? {
        if supply::find(conn, batch)?.is_some_and(|batch| batch.status == BatchStatus::Open) {
            undecided.push(batch);
        }
    }
    Ok(undecided)
}

/// Marks a due day as closed when all its batches are decided. Returns false when it is not due, was closed before, or
/// has an undecided batch.
pub fn close_day(tx: &mut Tx<'_>, now: Instant, id: MarketDayId) -> Result<bool, MarketError> {
    let Some(day) = store::lock_day(tx, id)? else { return Ok(false) };
    let due = day.status == DayStatus::Open && day.closes_at <= now;
    if !due || !list_undecided_batches(tx, id)?.is_empty() {
        return Ok(false);
    }
    let closed = MarketDay { status: DayStatus::Closed, version: day.version.saturating_add(1), ..day };
    store::update_day(tx, &closed)?;
    let event = MarketEvent::DayClosed { held_on: closed.held_on };
    events::record(tx, now, &event.about(id).in_cooperative(closed.cooperative))?;
    Ok(true)
}

/// Stops accepting orders for an open day now instead of at its `closes_at`. Its batches are decided by the next run of
/// `close_due`.
pub fn close_now(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    id: MarketDayId,
    version: Option<i64>,
) -> Result<MarketDay, MarketError> {
    let day = store::lock_day(tx, id)?.filter(|day| day.cooperative == permit.cooperative);
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
    for batch in list_undecided_batches(tx, id)? {
        supply::reschedule(tx, now, batch, closing.held_on, Some(closing.closes_at), None, Some(permit.account))
            .map_err(BatchChangeError::from)?;
    }
    let event = MarketEvent::DayClosing { closes_at: closing.closes_at };
    events::record(tx, now, &event.about(id).by(permit.account).in_cooperative(closing.cooperative))?;
    Ok(closing)
}

/// Computes what closing would do now to each undecided batch of the day. Writes nothing.
pub fn preview_close(conn: &mut Conn, now: Instant, id: MarketDayId) -> Result<Vec<ClosePreview>, MarketError> {
    let mut previews = Vec::new();
    for offering in store::list_offerings(conn, id)? {
        let Some(batch) = offering.batch.map(|batch| supply::find(conn, batch)).transpose()?.flatten() else {
            continue;
        };
        if let Some(outcome) = orders::preview_decision(conn, &batch, now)? {
            previews.push(ClosePreview { offering, outcome });
        }
    }
    Ok(previews)
}

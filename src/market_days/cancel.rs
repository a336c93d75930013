//! Calling a market day off, before and after it opened. Everybody concerned is told.

use super::day::{DayStatus, MarketDay};
use super::error::MarketError;
use super::store;
use crate::cooperatives::CooperativePermit;
use crate::db::Tx;
use crate::events::{self, Event};
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, MarketDayId};
use crate::orders;
use crate::supply::{self, BatchAction, BatchStatus, Step};
use crate::web::StaleVersion;

/// Calls a day off: its batches are cancelled, and their orders let go of.
pub fn cancel(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    id: MarketDayId,
    reason: Option<&str>,
    version: Option<i64>,
) -> Result<MarketDay, MarketError> {
    let day = store::locked_day(tx, id)?.filter(|day| day.cooperative == permit.cooperative);
    let day = day.ok_or(MarketError::NotFound)?;
    StaleVersion::check(version, day.version)?;
    if day.status == DayStatus::Cancelled {
        return Err(MarketError::WrongStatus(day.status));
    }
    let mut batches: Vec<_> = store::offerings_of(tx, id)?.into_iter().filter_map(|offering| offering.batch).collect();
    batches.sort_unstable();
    for batch in batches {
        let status = supply::lock(tx, batch)?.status;
        match status {
            BatchStatus::Open | BatchStatus::Confirmed => {
                let cancel =
                    Step { action: BatchAction::Cancel, cutoff_at: None, by: Some(permit.account), version: None };
                orders::cancel_batch(tx, now, batch, cancel)?;
            }
            // What is made is there, whatever becomes of the day.
            BatchStatus::Made => return Err(MarketError::WrongStatus(day.status)),
            BatchStatus::Closed | BatchStatus::Failed | BatchStatus::Cancelled => {}
        }
    }
    mark_cancelled(tx, now, Some(permit.account), day, reason)
}

/// Calls a day off for which nothing can be ordered yet.
pub(super) fn cancel_planned(
    tx: &mut Tx<'_>,
    now: Instant,
    by: Option<AccountId>,
    day: MarketDay,
) -> Result<MarketDay, MarketError> {
    mark_cancelled(tx, now, by, day, None)
}

fn mark_cancelled(
    tx: &mut Tx<'_>,
    now: Instant,
    by: Option<AccountId>,
    day: MarketDay,
    reason: Option<&str>,
) -> Result<MarketDay, MarketError> {
    let gone = MarketDay {
        status: DayStatus::Cancelled,
        reason: reason.map(str::to_owned),
        version: day.version.saturating_add(1),
        ..day
    };
    store::update_day(tx, &gone)?;
    let event = Event::new("market_day.cancelled", gone.id)
        .by(by)
        .in_cooperative(gone.cooperative)
        .with("held_on", gone.held_on)
        .with("market_day", gone.id);
    events::record(tx, now, &event)?;
    Ok(gone)
}

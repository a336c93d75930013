//! Cancels market days, before and after they opened. Buyers and groups are notified.

use super::day::{DayStatus, MarketDay};
use super::error::MarketError;
use super::events::{self, MarketEvent};
use super::store;
use crate::cooperatives::CooperativePermit;
use crate::db::Tx;
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, MarketDayId};
use crate::orders;
use crate::supply::{self, BatchAction, BatchStatus, BatchTransition};
use crate::web::StaleVersion;

/// Cancels a day with its batches, and the order lines on them. `WrongStatus` when the day is cancelled already or one
/// of its batches was made.
pub fn cancel(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    id: MarketDayId,
    reason: Option<&str>,
    version: Option<i64>,
) -> Result<MarketDay, MarketError> {
    let day = store::lock_day(tx, id)?.filter(|day| day.cooperative == permit.cooperative);
    let day = day.ok_or(MarketError::NotFound)?;
    StaleVersion::check(version, day.version)?;
    if day.status == DayStatus::Cancelled {
        return Err(MarketError::WrongStatus(day.status));
    }
    for batch in store::list_batches(tx, id)? {
        match supply::lock_batch(tx, batch)?.status {
            BatchStatus::Open | BatchStatus::Confirmed => {
                let cancel = BatchTransition {
                    action: BatchAction::Cancel,
                    cutoff_at: None,
                    by: Some(permit.account),
                    version: None,
                };
                orders::cancel_batch(tx, now, batch, cancel)?;
            }
            // Goods that were made exist whatever happens to the day.
            BatchStatus::Made => return Err(MarketError::WrongStatus(day.status)),
            BatchStatus::Closed | BatchStatus::Failed | BatchStatus::Cancelled => {}
        }
    }
    mark_cancelled(tx, now, Some(permit.account), day, reason)
}

/// Cancels a day whose batches, if any, are cancelled.
pub(super) fn mark_cancelled(
    tx: &mut Tx<'_>,
    now: Instant,
    by: Option<AccountId>,
    day: MarketDay,
    reason: Option<&str>,
) -> Result<MarketDay, MarketError> {
    let cancelled = MarketDay {
        status: DayStatus::Cancelled,
        reason: reason.map(str::to_owned),
        version: day.version.saturating_add(1),
        ..day
    };
    store::update_day(tx, &cancelled)?;
    let event = MarketEvent::DayCancelled { market_day: cancelled.id, held_on: cancelled.held_on };
    events::record(tx, now, &event.about(cancelled.id).by(by).in_cooperative(cancelled.cooperative))?;
    Ok(cancelled)
}

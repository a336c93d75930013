//! Moves a market day, before and after it opened. Buyers and groups are notified.

use super::day::{DayStatus, MarketDay};
use super::error::MarketError;
use super::events::{self, MarketEvent};
use super::plan_days::validate;
use super::store;
use crate::cooperatives::CooperativePermit;
use crate::db::Tx;
use crate::kernel::ids::{MarketDayId, PickupPointId};
use crate::kernel::{Day, Duration, Instant, WallTime};
use crate::orders::{self, BatchChangeError};
use crate::supply::{self, BatchStatus};
use crate::web::{Patch, StaleVersion};

/// How long after a move buyers may cancel without conditions.
const FREE_CANCELLATION_PERIOD: Duration = Duration::hours(24);

/// The changes to a market day; absent fields stay.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MarketDayChange {
    /// Display name.
    pub name: Option<String>,
    /// The day on which goods are handed over.
    pub held_on: Option<Day>,
    /// From when orders are accepted; can be changed only before the day opened.
    pub opens_at: Option<Instant>,
    /// Until when orders are accepted; can be changed only before the day closed.
    pub closes_at: Option<Instant>,
    /// Second cut-off for batches below their minimum at `closes_at`.
    pub extends_to: Patch<Instant>,
    /// From when goods are handed over, in the cooperative's time zone.
    pub from: Option<WallTime>,
    /// Until when goods are handed over.
    pub until: Option<WallTime>,
    /// Where goods are handed over.
    pub pickup_point: Patch<PickupPointId>,
}

/// Changes a market day at the given version. Its batches and their orders move with it. When the date changes, buyers
/// may cancel freely for a day. `WrongStatus` when it is too late for a change.
pub fn reschedule(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &orders::Settings,
    permit: &CooperativePermit,
    id: MarketDayId,
    version: i64,
    change: &MarketDayChange,
) -> Result<MarketDay, MarketError> {
    let before = store::lock_day(tx, id)?.filter(|day| day.cooperative == permit.cooperative);
    let before = before.ok_or(MarketError::NotFound)?;
    StaleVersion::check(Some(version), before.version)?;
    let too_late = match before.status {
        DayStatus::Planned => false,
        DayStatus::Open => change.opens_at.is_some(),
        DayStatus::Closed => change.opens_at.is_some() || change.closes_at.is_some() || change.extends_to.is_sent(),
        DayStatus::Cancelled => true,
    };
    if too_late {
        return Err(MarketError::WrongStatus(before.status));
    }
    let mut day = before.clone();
    day.name = change.name.clone().unwrap_or(day.name);
    day.held_on = change.held_on.unwrap_or(day.held_on);
    day.opens_at = change.opens_at.unwrap_or(day.opens_at);
    day.closes_at = change.closes_at.unwrap_or(day.closes_at);
    change.extends_to.clone().apply(&mut day.extends_to);
    day.from = change.from.unwrap_or(day.from);
    day.until = change.until.unwrap_or(day.until);
    change.pickup_point.clone().apply(&mut day.pickup_point);
    day.version = before.version.saturating_add(1);
    validate(tx, now, &day)?;
    store::update_day(tx, &day)?;
    if day.status != DayStatus::Planned {
        move_batches(tx, now, settings, permit, &before, &day)?;
    }
    let MarketDay { held_on, opens_at, closes_at, .. } = day;
    let event = MarketEvent::DayChanged { market_day: id, before: before.held_on, held_on, opens_at, closes_at };
    events::record(tx, now, &event.about(id).by(permit.account).in_cooperative(day.cooperative))?;
    Ok(day)
}

fn move_batches(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &orders::Settings,
    permit: &CooperativePermit,
    before: &MarketDay,
    day: &MarketDay,
) -> Result<(), MarketError> {
    let moved = before.held_on != day.held_on;
    for id in store::list_batches(tx, day.id)? {
        let batch = supply::lock_batch(tx, id)?;
        let cutoff_at = match batch.status {
            // An extended batch keeps its second cut-off.
            BatchStatus::Open if !batch.extended => Some(day.closes_at),
            BatchStatus::Open | BatchStatus::Confirmed => batch.cutoff_at,
            BatchStatus::Made if moved => return Err(MarketError::WrongStatus(day.status)),
            _ => continue,
        };
        let extends_to = day.extends_to.filter(|_| batch.has_minimum());
        let batch = supply::reschedule(tx, now, id, day.held_on, cutoff_at, extends_to, Some(permit.account))
            .map_err(BatchChangeError::from)?;
        if moved {
            let free_until = now.after(FREE_CANCELLATION_PERIOD).max(batch.cutoff_at.unwrap_or(now));
            orders::reschedule(tx, now, settings, &batch, free_until, Some(permit.account))?;
        }
    }
    Ok(())
}

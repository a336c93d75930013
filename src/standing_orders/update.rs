//! Updates standing orders.

use super::cancel::cancel_orders;
use super::create::{NewStandingLine, build_lines, record_event, validate};
use super::error::StandingOrderError;
use super::events::StandingOrderEvent;
use super::place::place_upcoming_orders;
use super::standing_order::{StandingLine, StandingOrder, StandingStatus};
use super::store;
use crate::cooperatives;
use crate::db::Tx;
use crate::kernel::ids::{AccountId, StandingOrderId};
use crate::kernel::{Day, Instant, Json, Weekdays};
use crate::orders::{self, DeliveryChoice};
use crate::standing_orders::Settings;
use crate::web::{FieldErrors, Patch, StaleVersion};

/// Changes to a standing order; `None` keeps the value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StandingOrderChange {
    /// The new lines.
    pub lines: Option<Vec<NewStandingLine>>,
    /// Weekdays on which it is due.
    pub weekdays: Option<Weekdays>,
    /// Interval in weeks, counted from the week of `starts_on`.
    pub every_weeks: Option<i32>,
    /// Last day; `None`: it does not end.
    pub ends_on: Patch<Day>,
    /// Whether the buyer confirms each order.
    pub confirms_first: Option<bool>,
    /// Delivery.
    pub delivery: Option<DeliveryChoice>,
    /// Note for the groups.
    pub note: Patch<String>,
}

/// Updates a standing order at the given version. Orders placed ahead that can still be cancelled are replaced in the
/// same transaction, so that nobody else gets the goods in between.
pub fn update(
    tx: &mut Tx<'_>,
    now: Instant,
    (order_settings, settings): (&orders::Settings, &Settings),
    buyer: AccountId,
    id: StandingOrderId,
    version: i64,
    change: &StandingOrderChange,
) -> Result<(StandingOrder, Vec<StandingLine>), StandingOrderError> {
    let mut standing_order = lock_own(tx, buyer, id)?;
    StaleVersion::check(Some(version), standing_order.version)?;
    if standing_order.status == StandingStatus::Ended {
        return Err(StandingOrderError::WrongStatus(standing_order.status));
    }
    standing_order.weekdays = change.weekdays.unwrap_or(standing_order.weekdays);
    standing_order.every_weeks = change.every_weeks.unwrap_or(standing_order.every_weeks);
    change.ends_on.clone().apply(&mut standing_order.ends_on);
    standing_order.confirms_first = change.confirms_first.unwrap_or(standing_order.confirms_first);
    if let Some(delivery) = &change.delivery {
        standing_order.delivery = Json::new(delivery);
    }
    change.note.clone().apply(&mut standing_order.note);
    standing_order.version = standing_order.version.saturating_add(1);
    let mut errors = FieldErrors::default();
    validate(tx, &standing_order, &mut errors)?;
    let replaced = match &change.lines {
        Some(new_lines) => Some(build_lines(tx, now, &standing_order, new_lines, &mut errors)?),
        None => None,
    };
    if !errors.is_empty() {
        return Err(StandingOrderError::Invalid(errors));
    }
    store::update_standing_order(tx, &standing_order)?;
    if let Some(lines) = &replaced {
        store::replace_lines(tx, id, lines)?;
    }
    record_event(tx, now, StandingOrderEvent::Changed, &standing_order, Some(buyer))?;
    reclaim(tx, now, (order_settings, settings), &standing_order)?;
    let lines = store::list_lines(tx, id)?;
    Ok((standing_order, lines))
}

/// Cancels orders placed ahead, as far as they can still be cancelled freely, and claims again. Orders of market days
/// stay: other standing orders have claimed after them.
pub(super) fn reclaim(
    tx: &mut Tx<'_>,
    now: Instant,
    (order_settings, settings): (&orders::Settings, &Settings),
    standing_order: &StandingOrder,
) -> Result<(), StandingOrderError> {
    let today = find_today(tx, now, standing_order)?;
    let mut occurrences = store::list_placed_from(tx, standing_order.id, today)?;
    occurrences.retain(|occurrence| occurrence.market_day.is_none());
    cancel_orders(tx, now, standing_order.buyer, occurrences, None)?;
    place_upcoming_orders(tx, now, order_settings, settings, standing_order)?;
    Ok(())
}

pub(super) fn find_today(
    tx: &mut Tx<'_>,
    now: Instant,
    standing_order: &StandingOrder,
) -> Result<Day, StandingOrderError> {
    Ok(cooperatives::load_zone(tx, standing_order.cooperative)?.day_of(now))
}

/// Finds and locks a standing order of the buyer; `NotFound` otherwise.
pub(super) fn lock_own(
    tx: &mut Tx<'_>,
    buyer: AccountId,
    id: StandingOrderId,
) -> Result<StandingOrder, StandingOrderError> {
    store::lock_standing_order(tx, id)?
        .filter(|standing_order| standing_order.buyer == buyer)
        .ok_or(StandingOrderError::NotFound)
}

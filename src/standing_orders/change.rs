//! A buyer changes a standing order, from the next time on that is not too late.

use super::claim::claim_ahead;
use super::error::StandingError;
use super::standing_order::{StandingLine, StandingOrder, StandingStatus};
use super::store;
use super::subscribe::{LineWanted, check, lines, tell};
use super::withdraw::withdraw_all;
use crate::cooperatives;
use crate::db::Tx;
use crate::kernel::ids::{AccountId, StandingOrderId};
use crate::kernel::{Day, Instant, Json, Weekdays};
use crate::orders::{self, DeliveryWish};
use crate::standing_orders::Settings;
use crate::web::{FieldErrors, Patch, StaleVersion};

/// What is to be changed of a standing order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StandingOrderChange {
    /// What is wanted from now on.
    pub lines: Option<Vec<LineWanted>>,
    /// On which weekdays.
    pub weekdays: Option<Weekdays>,
    /// Every how many weeks.
    pub every_weeks: Option<i32>,
    /// Until which day.
    pub ends_on: Patch<Day>,
    /// Whether it is confirmed each time.
    pub confirms_first: Option<bool>,
    /// How its goods reach the buyer.
    pub delivery: Option<DeliveryWish>,
    /// What the buyer wants known.
    pub note: Patch<String>,
}

/// Changes a standing order on the version that its buyer saw. What it has claimed ahead and may still be taken back is
/// claimed anew, at once and in the same transaction, so that nobody comes between.
pub fn change(
    tx: &mut Tx<'_>,
    now: Instant,
    (orders, settings): (&orders::Settings, &Settings),
    buyer: AccountId,
    id: StandingOrderId,
    version: i64,
    change: &StandingOrderChange,
) -> Result<(StandingOrder, Vec<StandingLine>), StandingError> {
    let mut it = own(tx, buyer, id)?;
    StaleVersion::check(Some(version), it.version)?;
    if it.status == StandingStatus::Ended {
        return Err(StandingError::WrongStatus(it.status));
    }
    it.weekdays = change.weekdays.unwrap_or(it.weekdays);
    it.every_weeks = change.every_weeks.unwrap_or(it.every_weeks);
    change.ends_on.clone().apply(&mut it.ends_on);
    it.confirms_first = change.confirms_first.unwrap_or(it.confirms_first);
    if let Some(delivery) = &change.delivery {
        it.delivery = Json::of(delivery);
    }
    change.note.clone().apply(&mut it.note);
    it.version = it.version.saturating_add(1);
    let mut errors = FieldErrors::default();
    check(tx, &it, &mut errors)?;
    let replaced = match &change.lines {
        Some(wanted) => Some(lines(tx, now, &it, wanted, &mut errors)?),
        None => None,
    };
    if !errors.is_empty() {
        return Err(StandingError::Invalid(errors));
    }
    store::update(tx, &it)?;
    if let Some(lines) = &replaced {
        store::replace_lines(tx, id, lines)?;
    }
    tell(tx, now, "standing_order.changed", &it, Some(buyer))?;
    claim_anew(tx, now, (orders, settings), &it)?;
    let lines = store::lines_of(tx, id)?;
    Ok((it, lines))
}

/// Takes back what was claimed ahead, as far as that is free, and claims anew what is wanted now. What was claimed of a
/// market day stays: its others had their turn.
pub(super) fn claim_anew(
    tx: &mut Tx<'_>,
    now: Instant,
    (orders, settings): (&orders::Settings, &Settings),
    it: &StandingOrder,
) -> Result<(), StandingError> {
    let today = today(tx, now, it)?;
    let mut ahead = store::placed_from(tx, it.id, today)?;
    ahead.retain(|occurrence| occurrence.market_day.is_none());
    withdraw_all(tx, now, it.buyer, ahead, None)?;
    claim_ahead(tx, now, orders, settings, it)?;
    Ok(())
}

pub(super) fn today(tx: &mut Tx<'_>, now: Instant, it: &StandingOrder) -> Result<Day, StandingError> {
    let cooperative = cooperatives::find_cooperative(tx, it.cooperative)?.ok_or(StandingError::NotFound)?;
    Ok(cooperative.zone.day_of(now))
}

/// The buyer's own standing order, which nobody else changes until this transaction is over.
pub(super) fn own(tx: &mut Tx<'_>, buyer: AccountId, id: StandingOrderId) -> Result<StandingOrder, StandingError> {
    store::locked(tx, id)?.filter(|it| it.buyer == buyer).ok_or(StandingError::NotFound)
}

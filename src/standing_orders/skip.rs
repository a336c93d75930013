//! Leaving out a single day of a standing order, or not after all.

use super::change::{own, today};
use super::claim::claim_ahead;
use super::error::StandingError;
use super::occurrence::OccurrenceStatus;
use super::standing_order::{StandingOrder, StandingStatus};
use super::store;
use super::subscribe::tell;
use super::withdraw::withdraw;
use crate::db::Tx;
use crate::kernel::ids::{AccountId, StandingOrderId};
use crate::kernel::{Day, Instant, Json};
use crate::orders;
use crate::standing_orders::Settings;
use crate::web::{FieldError, FieldErrors};

/// How many days a standing order skips at most.
const MOST_SKIPPED: usize = 100;

/// Leaves out a day. Its order, when there is one, is cancelled; when it is too late for that, nothing changes.
pub fn skip(
    tx: &mut Tx<'_>,
    now: Instant,
    buyer: AccountId,
    id: StandingOrderId,
    day: Day,
) -> Result<StandingOrder, StandingError> {
    let mut it = own(tx, buyer, id)?;
    if it.status == StandingStatus::Ended {
        return Err(StandingError::WrongStatus(it.status));
    }
    let mut skipped = it.skipped();
    if day < today(tx, now, &it)? || skipped.len() >= MOST_SKIPPED {
        return Err(StandingError::Invalid(FieldErrors::one("/day", NOT_AHEAD)));
    }
    if !skipped.insert(day) {
        return Ok(it);
    }
    if let Some(occurrence) = store::occurrence_on(tx, id, day)?
        && occurrence.status == OccurrenceStatus::Placed
    {
        if !withdraw(tx, now, buyer, &occurrence)? {
            return Err(StandingError::TooLate(day));
        }
        store::set_status(tx, occurrence.id, OccurrenceStatus::Skipped)?;
    }
    it.skipped = Json::of(&skipped);
    it.version = it.version.saturating_add(1);
    store::update(tx, &it)?;
    tell(tx, now, "standing_order.skipped", &it, Some(buyer))?;
    Ok(it)
}

/// Does not leave out a day after all. It claims for it anew, as of now.
pub fn unskip(
    tx: &mut Tx<'_>,
    now: Instant,
    (orders, settings): (&orders::Settings, &Settings),
    buyer: AccountId,
    id: StandingOrderId,
    day: Day,
) -> Result<StandingOrder, StandingError> {
    let mut it = own(tx, buyer, id)?;
    let mut skipped = it.skipped();
    if !skipped.remove(&day) {
        return Err(StandingError::NotFound);
    }
    if let Some(occurrence) = store::occurrence_on(tx, id, day)?
        && occurrence.status == OccurrenceStatus::Skipped
    {
        store::free_day(tx, occurrence.id)?;
    }
    it.skipped = Json::of(&skipped);
    it.version = it.version.saturating_add(1);
    store::update(tx, &it)?;
    tell(tx, now, "standing_order.unskipped", &it, Some(buyer))?;
    claim_ahead(tx, now, orders, settings, &it)?;
    Ok(it)
}

const NOT_AHEAD: FieldError = FieldError::Rule {
    code: "not-ahead",
    id: "Tanggalnya harus hari ini atau di depan, paling banyak seratus.",
    en: "The day must be today or ahead, a hundred at most.",
};

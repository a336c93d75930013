//! Pausing, resuming and ending a standing order.

use super::change::{claim_anew, own, today};
use super::error::StandingError;
use super::occurrence::OccurrenceStatus;
use super::standing_order::{StandingAction, StandingOrder, StandingStatus};
use super::store;
use super::subscribe::tell;
use super::withdraw::withdraw_all;
use crate::db::Tx;
use crate::kernel::ids::{AccountId, StandingOrderId};
use crate::kernel::{Day, Instant};
use crate::orders;
use crate::standing_orders::Settings;
use crate::web::{FieldError, FieldErrors, StaleVersion};

/// Takes a step of the buyer's own standing order. What it has claimed ahead for days on which it does not come round any
/// more is taken back, as far as that is free.
pub fn step(
    tx: &mut Tx<'_>,
    now: Instant,
    (orders, settings): (&orders::Settings, &Settings),
    buyer: AccountId,
    id: StandingOrderId,
    (action, until): (StandingAction, Option<Day>),
    version: Option<i64>,
) -> Result<StandingOrder, StandingError> {
    let mut it = own(tx, buyer, id)?;
    StaleVersion::check(version, it.version)?;
    if !it.actions().contains(&action) {
        return Err(StandingError::WrongStatus(it.status));
    }
    let today = today(tx, now, &it)?;
    let kind = match action {
        StandingAction::Pause => {
            if until.is_some_and(|until| until <= today) {
                return Err(StandingError::Invalid(FieldErrors::one("/until", NOT_AHEAD)));
            }
            (it.status, it.paused_until) = (StandingStatus::Paused, until);
            "standing_order.paused"
        }
        StandingAction::Resume => {
            (it.status, it.paused_until) = (StandingStatus::Active, None);
            "standing_order.resumed"
        }
        StandingAction::End => {
            (it.status, it.paused_until) = (StandingStatus::Ended, None);
            "standing_order.ended"
        }
    };
    it.paused_by_group = false;
    it.looked_at_on = None;
    it.version = it.version.saturating_add(1);
    store::update(tx, &it)?;
    let mut ahead = store::placed_from(tx, id, today)?;
    ahead.retain(|occurrence| !it.takes(occurrence.due_on));
    withdraw_all(tx, now, buyer, ahead, Some(OccurrenceStatus::Skipped))?;
    tell(tx, now, kind, &it, Some(buyer))?;
    if action == StandingAction::Resume {
        claim_anew(tx, now, (orders, settings), &it)?;
    }
    Ok(it)
}

const NOT_AHEAD: FieldError =
    FieldError::Rule { code: "not-ahead", id: "Tanggalnya harus di depan.", en: "The day must lie ahead." };

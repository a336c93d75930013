//! Cancels orders placed ahead, while they can be cancelled freely.

use super::error::StandingOrderError;
use super::occurrence::{Occurrence, OccurrenceStatus};
use super::store;
use crate::cooperatives::Roles;
use crate::db::Tx;
use crate::kernel::Instant;
use crate::kernel::Rupiah;
use crate::kernel::ids::AccountId;
use crate::orders::{self, CancelError, Viewer};

/// Cancels the order of an occurrence if its buyer still may and it is unpaid. Returns false when it is paid or too
/// late to cancel.
pub(super) fn cancel_order(
    tx: &mut Tx<'_>,
    now: Instant,
    buyer: AccountId,
    occurrence: &Occurrence,
) -> Result<bool, StandingOrderError> {
    let Some(id) = occurrence.order else { return Ok(true) };
    let Some(order) = orders::find(tx, id)? else { return Ok(true) };
    if order.paid_total > Rupiah::ZERO {
        return Ok(false);
    }
    let viewer = Viewer::of(Roles::load(tx, buyer)?);
    match orders::cancel(tx, now, &viewer, id, None, None) {
        // Nothing was left to cancel.
        Ok(_) | Err(CancelError::WrongStatus(_)) => Ok(true),
        Err(CancelError::TooLate) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Cancels the orders of these occurrences as far as possible. Cancelled ones get the new status, or are deleted
/// without one. Returns those that could not be cancelled.
pub(super) fn cancel_orders(
    tx: &mut Tx<'_>,
    now: Instant,
    buyer: AccountId,
    occurrences: Vec<Occurrence>,
    new_status: Option<OccurrenceStatus>,
) -> Result<Vec<Occurrence>, StandingOrderError> {
    let mut kept_occurrences = Vec::new();
    for occurrence in occurrences {
        if !cancel_order(tx, now, buyer, &occurrence)? {
            kept_occurrences.push(occurrence);
            continue;
        }
        match new_status {
            Some(status) => store::update_status(tx, occurrence.id, status)?,
            None => store::delete_occurrence(tx, occurrence.id)?,
        }
    }
    Ok(kept_occurrences)
}

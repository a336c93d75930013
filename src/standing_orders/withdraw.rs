//! Taking back what a standing order has claimed ahead, while that is free.

use super::error::StandingError;
use super::occurrence::{Occurrence, OccurrenceStatus};
use super::store;
use crate::cooperatives::Roles;
use crate::db::Tx;
use crate::kernel::Instant;
use crate::kernel::Rupiah;
use crate::kernel::ids::AccountId;
use crate::orders::{self, CancelError, Viewer};

/// Cancels the order of a day, while its buyer may and nothing was paid for it. Tells whether it did: what is paid for or
/// too late to cancel goes on.
pub(super) fn withdraw(
    tx: &mut Tx<'_>,
    now: Instant,
    buyer: AccountId,
    occurrence: &Occurrence,
) -> Result<bool, StandingError> {
    let Some(id) = occurrence.order else { return Ok(true) };
    let Some(order) = orders::find(tx, id)? else { return Ok(true) };
    if order.paid_total > Rupiah::ZERO {
        return Ok(false);
    }
    let viewer = Viewer::of(Roles::of(tx, buyer)?);
    match orders::cancel(tx, now, &viewer, id, None, None) {
        // There was nothing open to cancel: it is over one way or another.
        Ok(_) | Err(CancelError::Invalid(_)) => Ok(true),
        Err(CancelError::TooLate) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Takes back every day from now on that this asks for, as far as that is free, and marks it so; the days that go on are
/// told.
pub(super) fn withdraw_all(
    tx: &mut Tx<'_>,
    now: Instant,
    buyer: AccountId,
    occurrences: Vec<Occurrence>,
    becomes: Option<OccurrenceStatus>,
) -> Result<Vec<Occurrence>, StandingError> {
    let mut going_on = Vec::new();
    for occurrence in occurrences {
        if !withdraw(tx, now, buyer, &occurrence)? {
            going_on.push(occurrence);
            continue;
        }
        match becomes {
            Some(status) => store::set_status(tx, occurrence.id, status)?,
            None => store::free_day(tx, occurrence.id)?,
        }
    }
    Ok(going_on)
}

//! Transitions batches.

use super::batch::{Batch, BatchAction, BatchKind, BatchStatus};
use super::events::{self, BatchPayload, SupplyEvent};
use super::quantities::{BatchQuantityError, lock_batch};
use super::store;
use crate::db::{self, Tx};
use crate::kernel::ids::{AccountId, BatchId};
use crate::kernel::{Instant, Quantity};
use crate::web::{Problem, Rule, StaleVersion, verb_errors};

/// The input of [`transition`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchTransition {
    /// The action.
    pub action: BatchAction,
    /// The new cut-off, for [`BatchAction::Extend`].
    pub cutoff_at: Option<Instant>,
    /// The acting account; `None` for the system.
    pub by: Option<AccountId>,
    /// The expected version; `None` skips the check.
    pub version: Option<i64>,
}

verb_errors! {
    /// Why a batch was not transitioned.
    pub enum BatchTransitionError {
        /// There is no such batch.
        NotFound => NotFound,
        /// Not possible with this status.
        WrongStatus(status: BatchStatus) => TransitionInvalid ["state" = status],
        /// Order lines have claims on it, which must be released first.
        HasClaims(claimed: Quantity) => BatchHasClaims,
        /// The new cut-off is not later than the old one, not in the future, or after the end of the ready day.
        Cutoff => { Problem::invalid_field("/cutoff_at", Rule::CutoffDoesNotFit) },
    }
    + Stale(StaleVersion), Db(db::Error)
}

impl From<BatchQuantityError> for BatchTransitionError {
    fn from(error: BatchQuantityError) -> Self {
        match error {
            BatchQuantityError::Db(error) => BatchTransitionError::Db(error),
            BatchQuantityError::WrongStatus(status) => BatchTransitionError::WrongStatus(status),
            BatchQuantityError::NotFound
            | BatchQuantityError::TooMuch { .. }
            | BatchQuantityError::NotWholePacks { .. } => BatchTransitionError::NotFound,
        }
    }
}

/// Transitions a batch. To cancel or fail it, callers release its claims first, in the same transaction.
pub fn transition(
    tx: &mut Tx<'_>,
    now: Instant,
    batch: BatchId,
    request: BatchTransition,
) -> Result<Batch, BatchTransitionError> {
    let batch = lock_batch(tx, batch)?;
    StaleVersion::check(request.version, batch.version)?;
    let status = batch.next_status(request.action).ok_or(BatchTransitionError::WrongStatus(batch.status))?;
    let mut cutoff_at = batch.cutoff_at;
    match request.action {
        BatchAction::Fail | BatchAction::Cancel if batch.claimed.is_positive() => {
            return Err(BatchTransitionError::HasClaims(batch.claimed));
        }
        BatchAction::Extend => {
            cutoff_at = request.cutoff_at.filter(|new| *new > now && batch.cutoff_at.is_none_or(|old| *new > old));
            let terms = store::load_terms(tx, now, &[batch.product_id])?;
            let end_of_day = terms.first().map(|terms| terms.zone.end_of(batch.ready_on));
            if cutoff_at.zip(end_of_day).is_none_or(|(new, end_of_day)| new > end_of_day) {
                return Err(BatchTransitionError::Cutoff);
            }
        }
        _ => {}
    }
    let is_extended = batch.extended || request.action == BatchAction::Extend;
    store::set_status(tx, batch.id, status, cutoff_at, is_extended)?;
    record_event(tx, now, &batch, request.action, request.by)?;
    Ok(lock_batch(tx, batch.id)?)
}

/// Extends a batch to the second cut-off that it was opened with, even if that has passed meanwhile.
pub fn extend(tx: &mut Tx<'_>, now: Instant, batch: BatchId, to: Instant) -> Result<Batch, BatchTransitionError> {
    let batch = lock_batch(tx, batch)?;
    let status = batch.next_status(BatchAction::Extend).ok_or(BatchTransitionError::WrongStatus(batch.status))?;
    store::set_status(tx, batch.id, status, Some(to), true)?;
    record_event(tx, now, &batch, BatchAction::Extend, None)?;
    Ok(lock_batch(tx, batch.id)?)
}

/// Cancels a batch that was opened for a request and is not made, if it has no claims any more: it is not offered to
/// other buyers. Does nothing otherwise.
pub fn cancel_unclaimed(tx: &mut Tx<'_>, now: Instant, batch: BatchId) -> db::Result<()> {
    let Some(batch) = store::lock_batch(tx, batch)? else { return Ok(()) };
    let is_unclaimed_request = batch.kind == BatchKind::Request && batch.claimed == Quantity::ZERO;
    let Some(status) = batch.next_status(BatchAction::Cancel).filter(|_| is_unclaimed_request) else { return Ok(()) };
    store::set_status(tx, batch.id, status, batch.cutoff_at, batch.extended)?;
    record_event(tx, now, &batch, BatchAction::Cancel, None)
}

fn record_event(
    tx: &mut Tx<'_>,
    now: Instant,
    batch: &Batch,
    action: BatchAction,
    by: Option<AccountId>,
) -> db::Result<()> {
    let Batch { product_id: product, ready_on, claimed, .. } = *batch;
    let event = event_kind(action)(BatchPayload { product, ready_on, claimed }).about(batch.id);
    events::record(tx, now, &event.by(by).in_group(batch.cooperative_id, batch.group_id))?;
    Ok(())
}

fn event_kind(action: BatchAction) -> fn(BatchPayload) -> SupplyEvent {
    match action {
        BatchAction::Confirm => SupplyEvent::Confirmed,
        BatchAction::Extend => SupplyEvent::Extended,
        BatchAction::Fail => SupplyEvent::Failed,
        BatchAction::Cancel => SupplyEvent::Cancelled,
        BatchAction::Close => SupplyEvent::Closed,
    }
}

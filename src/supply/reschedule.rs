//! Moving a batch that is still to be made to another day, or its cut-off to another moment.

use super::batch::{Batch, BatchStatus};
use super::figures::lock;
use super::store;
use super::transition::TransitionError;
use crate::db::Tx;
use crate::events::{self, Event};
use crate::kernel::ids::{AccountId, BatchId};
use crate::kernel::{Day, Instant};

/// Moves a batch to this day and these cut-offs. What it is good for moves with the day. Who has lines on it moves them
/// next, in the same transaction.
pub fn reschedule(
    tx: &mut Tx<'_>,
    now: Instant,
    id: BatchId,
    ready_on: Day,
    cutoff_at: Option<Instant>,
    extend_to: Option<Instant>,
    by: Option<AccountId>,
) -> Result<Batch, TransitionError> {
    let batch = lock(tx, id)?;
    if !matches!(batch.status, BatchStatus::Open | BatchStatus::Confirmed) {
        return Err(TransitionError::Invalid(batch.status));
    }
    let moved_by = ready_on.signed_duration_since(batch.ready_on);
    let best_before = batch.best_before.map(|day| day.checked_add_signed(moved_by).unwrap_or(day));
    store::move_batch(tx, id, (ready_on, best_before), (cutoff_at, extend_to))?;
    let event = Event::new("batch.moved", id)
        .by(by)
        .in_cooperative(batch.cooperative_id)
        .of_group(batch.group_id)
        .with("product", batch.product_id)
        .with("before", batch.ready_on)
        .with("ready_on", ready_on)
        .with("cutoff_at", cutoff_at);
    events::record(tx, now, &event)?;
    Ok(lock(tx, id)?)
}

//! Reschedules a batch that is not made yet: moves its day and cut-offs.

use super::batch::{Batch, BatchStatus};
use super::events::{self, SupplyEvent};
use super::quantities::lock_batch;
use super::store;
use super::transition::BatchTransitionError;
use crate::db::Tx;
use crate::kernel::ids::{AccountId, BatchId};
use crate::kernel::{Day, Instant};

/// Moves a batch to this day and these cut-offs. The best-before day moves by the same number of days. Callers move
/// their lines in the same transaction.
pub fn reschedule(
    tx: &mut Tx<'_>,
    now: Instant,
    id: BatchId,
    ready_on: Day,
    cutoff_at: Option<Instant>,
    extends_to: Option<Instant>,
    by: Option<AccountId>,
) -> Result<Batch, BatchTransitionError> {
    let batch = lock_batch(tx, id)?;
    if !matches!(batch.status, BatchStatus::Open | BatchStatus::Confirmed) {
        return Err(BatchTransitionError::WrongStatus(batch.status));
    }
    let shift = ready_on.signed_duration_since(batch.ready_on);
    let best_before = batch.best_before.map(|day| day.checked_add_signed(shift).unwrap_or(day));
    store::reschedule_batch(tx, id, (ready_on, best_before), (cutoff_at, extends_to))?;
    let event = SupplyEvent::Moved { product: batch.product_id, before: batch.ready_on, ready_on, cutoff_at };
    events::record(tx, now, &event.about(id).by(by).in_group(batch.cooperative_id, batch.group_id))?;
    Ok(lock_batch(tx, id)?)
}

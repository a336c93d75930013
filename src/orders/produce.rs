//! Production and discards of a batch with orders: a shortage is allocated fairly over the lines that are not handed
//! over. Lines, totals and batch change in one transaction.

use super::events::{self, OrderEvent};
use super::fulfilment::LineReason;
use super::postings;
use super::shrink::{Allocation, OpenClaim, ShrinkError, lock_open_claims, quantity_step, shrink};
use crate::cooperatives::GroupPermit;
use crate::db::{self, Tx};
use crate::kernel::ids::{AccountId, BatchId};
use crate::kernel::{Instant, Quantity, Rupiah};
use crate::ledger::LedgerError;
use crate::supply::{self, Batch, BatchQuantityError, BatchTransitionError, Discard, allocate};
use crate::web::verb_errors;

verb_errors! {
    /// Why nothing was recorded.
    pub enum BatchChangeError {}
    + Quantity(BatchQuantityError), Transition(BatchTransitionError), Shrink(ShrinkError), Ledger(LedgerError), Db(db::Error)
}

/// A batch after a change of its figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchOutcome {
    /// The batch after the change.
    pub batch: Batch,
    /// How a shortage was allocated over the lines that are not handed over; empty if there was none.
    pub allocations: Vec<Allocation>,
}

/// Records the produced quantity of a batch. A shortage is allocated over the lines; a surplus goes into stock.
pub fn produce(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    id: BatchId,
    made: Quantity,
    unit_cost: Option<Rupiah>,
) -> Result<BatchOutcome, BatchChangeError> {
    let batch = own_batch(tx, permit, id)?;
    let (claimed, allocations) =
        share(tx, now, &batch, made.minus(batch.discarded), LineReason::Shortage, permit.account)?;
    let batch = supply::record_production(tx, now, id, made, claimed, unit_cost)?;
    let event = OrderEvent::BatchMade { product: batch.product_id, made, claimed };
    let event = event.about(id).by(permit.account).in_group(batch.cooperative_id, batch.group_id);
    events::record(tx, now, &event)?;
    Ok(BatchOutcome { batch, allocations })
}

/// Records that a further quantity of a batch was discarded or given away.
pub fn discard(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    id: BatchId,
    quantity: Quantity,
    reason: &str,
) -> Result<BatchOutcome, BatchChangeError> {
    let batch = own_batch(tx, permit, id)?;
    let Some(made) = batch.made else { return Err(BatchQuantityError::WrongStatus(batch.status).into()) };
    let room = made.minus(batch.discarded).minus(quantity);
    let (claimed, allocations) = share(tx, now, &batch, room, LineReason::Discarded, permit.account)?;
    let discard = Discard { id: tx.id(now), quantity, reason: reason.to_owned(), by: permit.account, noted_at: now };
    let batch = supply::record_discard(tx, id, &discard, claimed)?;
    postings::post_discard(tx, now, &batch, &discard)?;
    let event = OrderEvent::BatchDiscarded { product: batch.product_id, discard: discard.id, quantity, claimed };
    let event = event.about(id).by(permit.account).in_group(batch.cooperative_id, batch.group_id);
    events::record(tx, now, &event)?;
    Ok(BatchOutcome { batch, allocations })
}

fn own_batch(tx: &mut Tx<'_>, permit: &GroupPermit, id: BatchId) -> Result<Batch, BatchChangeError> {
    let batch = supply::lock_batch(tx, id)?;
    if batch.group_id == permit.group { Ok(batch) } else { Err(BatchQuantityError::NotFound.into()) }
}

/// Shrinks the lines on a locked batch until they fit into `room`. Returns the quantity that stays claimed, and the
/// allocations.
fn share(
    tx: &mut Tx<'_>,
    now: Instant,
    batch: &Batch,
    room: Quantity,
    reason: LineReason,
    by: AccountId,
) -> Result<(Quantity, Vec<Allocation>), BatchChangeError> {
    if batch.claimed <= room {
        return Ok((batch.claimed, Vec::new()));
    }
    let claims = lock_open_claims(tx, batch)?;
    let handed_over = batch.claimed.minus(Quantity::sum(claims.iter().map(|open_claim| open_claim.quantity)));
    if room < handed_over {
        return Err(BatchQuantityError::TooMuch { available: handed_over }.into());
    }
    let requests: Vec<_> = claims.iter().map(OpenClaim::allocation_request).collect();
    let shares = allocate(&requests, room.minus(handed_over), quantity_step(tx, now, batch)?);
    let remaining = shrink(tx, now, batch, &claims, &shares, reason, Some(by))?;
    let allocations = claims.iter().zip(shares).map(|(open_claim, share)| open_claim.allocation(share)).collect();
    Ok((handed_over.plus(remaining), allocations))
}

//! What becomes of a batch, when people have ordered of it: a shortage is shared fairly over the lines that are not
//! handed over, and lines, totals and batch change in one transaction.

use super::decide::step_of;
use super::order::LineReason;
use super::postings;
use super::shrink::{Allocation, Held, locked_on, shrink};
use crate::cooperatives::GroupPermit;
use crate::db::{self, Tx};
use crate::events::{self, Event};
use crate::kernel::ids::{AccountId, BatchId};
use crate::kernel::{AmountError, Instant, Quantity, Rupiah};
use crate::ledger::LedgerError;
use crate::supply::{self, Batch, Discard, FiguresError, TransitionError, allocate};

/// Why nothing was recorded.
#[derive(Debug, thiserror::Error)]
pub enum ProduceError {
    /// The batch does not take the figures.
    #[error(transparent)]
    Figures(#[from] FiguresError),
    /// The batch does not take the step.
    #[error(transparent)]
    Transition(#[from] TransitionError),
    /// The sums leave their bounds.
    #[error(transparent)]
    Amount(#[from] AmountError),
    /// It cannot be posted.
    #[error(transparent)]
    Books(#[from] LedgerError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// What came of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The batch as it is now.
    pub batch: Batch,
    /// How a shortage was shared over the lines that were not handed over; empty when there was none.
    pub allocations: Vec<Allocation>,
}

/// Records how much was made of a batch. Less than was ordered is shared over the lines; more goes on the shelf.
pub fn produce(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    id: BatchId,
    made: Quantity,
    unit_cost: Option<Rupiah>,
) -> Result<Outcome, ProduceError> {
    let batch = own_batch(tx, permit, id)?;
    let (claimed, allocations) =
        share(tx, now, &batch, made.minus(batch.discarded), LineReason::Shortage, permit.account)?;
    let batch = supply::set_production(tx, now, id, made, claimed, unit_cost)?;
    let event = Event::new("batch.made", id)
        .by(permit.account)
        .in_cooperative(batch.cooperative_id)
        .of_group(batch.group_id)
        .with("product", batch.product_id)
        .with("made", made)
        .with("claimed", claimed);
    events::record(tx, now, &event)?;
    Ok(Outcome { batch, allocations })
}

/// Records that more of a batch was thrown away or given away.
pub fn discard(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    id: BatchId,
    quantity: Quantity,
    reason: &str,
) -> Result<Outcome, ProduceError> {
    let batch = own_batch(tx, permit, id)?;
    let Some(made) = batch.made else { return Err(FiguresError::WrongStatus(batch.status).into()) };
    let room = made.minus(batch.discarded).minus(quantity);
    let (claimed, allocations) = share(tx, now, &batch, room, LineReason::Discarded, permit.account)?;
    let discard = Discard { id: tx.id(now), quantity, reason: reason.to_owned(), by: permit.account, noted_at: now };
    let batch = supply::set_discard(tx, id, &discard, claimed)?;
    postings::discarded(tx, now, &batch, &discard)?;
    let event = Event::new("batch.discarded", id)
        .by(permit.account)
        .in_cooperative(batch.cooperative_id)
        .of_group(batch.group_id)
        .with("product", batch.product_id)
        .with("discard", discard.id)
        .with("quantity", quantity)
        .with("claimed", claimed);
    events::record(tx, now, &event)?;
    Ok(Outcome { batch, allocations })
}

fn own_batch(tx: &mut Tx<'_>, permit: &GroupPermit, id: BatchId) -> Result<Batch, ProduceError> {
    let batch = supply::lock(tx, id)?;
    if batch.group_id == permit.group { Ok(batch) } else { Err(FiguresError::NotFound.into()) }
}

/// Shrinks the lines on a locked batch until they fit into `room`, and tells what remains claimed of it and how it was
/// shared.
fn share(
    tx: &mut Tx<'_>,
    now: Instant,
    batch: &Batch,
    room: Quantity,
    why: LineReason,
    by: AccountId,
) -> Result<(Quantity, Vec<Allocation>), ProduceError> {
    if batch.claimed <= room {
        return Ok((batch.claimed, Vec::new()));
    }
    let held = locked_on(tx, batch)?;
    let handed_over = batch.claimed.minus(Quantity::sum(held.iter().map(|held| held.quantity)));
    if room < handed_over {
        return Err(FiguresError::TooMuch { available: handed_over }.into());
    }
    let wishes: Vec<_> = held.iter().map(Held::wish).collect();
    let shares = allocate(&wishes, room.minus(handed_over), step_of(tx, now, batch)?);
    let kept = shrink(tx, now, batch, &held, &shares, why, Some(by))?;
    let allocations = held.iter().zip(shares).map(|(held, share)| held.left_with(share)).collect();
    Ok((handed_over.plus(kept), allocations))
}

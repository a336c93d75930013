//! What becomes of a batch, when people have ordered of it: a shortage is shared fairly over the lines that are not
//! handed over, and lines, totals and batch change in one transaction.

use super::fulfilment::FulfilmentStatus;
use super::order::{ClaimedLine, Part};
use super::settle::settle;
use super::store::{self, Step};
use crate::cooperatives::GroupPermit;
use crate::db::{self, Tx};
use crate::events::{self, Event};
use crate::kernel::ids::{AccountId, BatchId, LineId, OrderId};
use crate::kernel::{AmountError, Instant, Quantity, Rupiah};
use crate::supply::{self, Batch, BatchAction, Discard, FiguresError, TransitionError, Wish, allocate};
use crate::web::StaleVersion;

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

/// What a shortage leaves one line of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allocation {
    /// The order.
    pub order: OrderId,
    /// Its line.
    pub line: LineId,
    /// What it had of the batch.
    pub before: Quantity,
    /// What it keeps of it.
    pub quantity: Quantity,
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
    let (claimed, allocations) = shrink(tx, now, &batch, made.minus(batch.discarded), Some(permit.account))?;
    let batch = supply::set_production(tx, id, made, claimed, unit_cost)?;
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
    let (claimed, allocations) = shrink(tx, now, &batch, room, Some(permit.account))?;
    let discard = Discard { id: tx.id(now), quantity, reason: reason.to_owned(), by: permit.account, noted_at: now };
    let batch = supply::set_discard(tx, id, &discard, claimed)?;
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

/// Takes a batch a step further. One that fails or is cancelled lets go of its lines first.
pub fn step(tx: &mut Tx<'_>, now: Instant, id: BatchId, step: supply::Step) -> Result<Batch, ProduceError> {
    match step.action {
        BatchAction::Fail | BatchAction::Cancel => call_off(tx, now, id, step),
        BatchAction::Confirm | BatchAction::Extend | BatchAction::Close => Ok(supply::transition(tx, now, id, step)?),
    }
}

/// Takes a step that leaves lines without goods: what is not handed over is released.
pub fn call_off(tx: &mut Tx<'_>, now: Instant, id: BatchId, step: supply::Step) -> Result<Batch, ProduceError> {
    let batch = supply::lock(tx, id)?;
    StaleVersion::check(step.version, batch.version).map_err(TransitionError::from)?;
    if batch.after(step.action).is_none() {
        return Err(TransitionError::Invalid(batch.status).into());
    }
    let held = held_on(tx, &batch)?;
    let open = Quantity::sum(held.iter().map(|held| held.quantity));
    let (claimed, _) = shrink(tx, now, &batch, batch.claimed.minus(open), step.by)?;
    let released = batch.claimed.minus(claimed);
    if released.is_positive() {
        supply::release(tx, id, released)?;
    }
    Ok(supply::transition(tx, now, id, step)?)
}

fn own_batch(tx: &mut Tx<'_>, permit: &GroupPermit, id: BatchId) -> Result<Batch, ProduceError> {
    let batch = supply::lock(tx, id)?;
    if batch.group_id == permit.group { Ok(batch) } else { Err(FiguresError::NotFound.into()) }
}

/// A claim on the batch that is not handed over.
struct Held {
    order: OrderId,
    line: LineId,
    position: i32,
    quantity: Quantity,
    at_least: Quantity,
}

/// The claims on the batch that are not handed over; their orders are locked from now on.
fn held_on(tx: &mut Tx<'_>, batch: &Batch) -> db::Result<Vec<Held>> {
    let mut held = Vec::new();
    for order in store::orders_on_batch(tx, batch.id)? {
        let Some(whole) = store::locked(tx, order)? else { continue };
        for part in whole.parts.iter().filter(|part| part.fulfilment.status.is_open()) {
            for line in &part.lines {
                let (mut here, mut elsewhere) = (Quantity::ZERO, Quantity::ZERO);
                for claim in &line.claims {
                    if claim.batch == batch.id {
                        here = here.plus(claim.quantity);
                    } else {
                        elsewhere = elsewhere.plus(claim.quantity);
                    }
                }
                if here.is_positive() {
                    let at_least = line.line.at_least.minus(elsewhere).max(Quantity::ZERO);
                    held.push(Held {
                        order,
                        line: line.line.id,
                        position: line.line.position,
                        quantity: here,
                        at_least,
                    });
                }
            }
        }
    }
    Ok(held)
}

/// Shrinks the lines on a locked batch until they fit into `room`, and tells what remains claimed of it and how it was
/// shared.
fn shrink(
    tx: &mut Tx<'_>,
    now: Instant,
    batch: &Batch,
    room: Quantity,
    by: Option<AccountId>,
) -> Result<(Quantity, Vec<Allocation>), ProduceError> {
    if batch.claimed <= room {
        return Ok((batch.claimed, Vec::new()));
    }
    let held = held_on(tx, batch)?;
    let handed_over = batch.claimed.minus(Quantity::sum(held.iter().map(|held| held.quantity)));
    if room < handed_over {
        return Err(FiguresError::TooMuch { available: handed_over }.into());
    }
    let step = supply::terms_of(tx, &[batch.product_id])?.first().map_or(Quantity::units(1), |terms| terms.step);
    let wishes: Vec<Wish<(OrderId, i32)>> = held
        .iter()
        .map(|held| Wish { key: (held.order, held.position), want: held.quantity, at_least: held.at_least })
        .collect();
    let shares = allocate(&wishes, room.minus(handed_over), step);
    let mut touched: Vec<OrderId> = Vec::new();
    for (held, share) in held.iter().zip(&shares) {
        if *share < held.quantity {
            shrink_line(tx, now, batch, held, *share, by)?;
            touched.push(held.order);
        }
    }
    touched.sort_unstable();
    touched.dedup();
    for order in touched {
        settle(tx, order)?;
    }
    let claimed = handed_over.plus(Quantity::sum(shares.iter().copied()));
    let allocation = |(held, share): (&Held, Quantity)| Allocation {
        order: held.order,
        line: held.line,
        before: held.quantity,
        quantity: share,
    };
    Ok((claimed, held.iter().zip(shares).map(allocation).collect()))
}

/// Gives one line less of a batch. A line that is then below what is of use to its buyer gets nothing at all.
fn shrink_line(
    tx: &mut Tx<'_>,
    now: Instant,
    batch: &Batch,
    held: &Held,
    share: Quantity,
    by: Option<AccountId>,
) -> Result<(), ProduceError> {
    let Some(order) = store::order(tx, held.order)? else { return Ok(()) };
    let whole = store::whole(tx, order)?;
    let found = whole
        .parts
        .iter()
        .find_map(|part| part.lines.iter().find(|line| line.line.id == held.line).map(|line| (part, line)));
    let Some((part, line)) = found else { return Ok(()) };
    let of_no_use = share < held.at_least || share == Quantity::ZERO && held.at_least.is_positive();
    let mut quantity = Quantity::ZERO;
    for claim in &line.claims {
        let keeps = match (claim.batch == batch.id, of_no_use) {
            (_, true) => Quantity::ZERO,
            (true, false) => share,
            (false, false) => claim.quantity,
        };
        if keeps < claim.quantity {
            store::set_claim(tx, claim.id, keeps)?;
            if claim.batch != batch.id {
                supply::release(tx, claim.batch, claim.quantity.minus(keeps))?;
            }
        }
        quantity = quantity.plus(keeps);
    }
    let total = quantity.cost(line.line.unit_price)?;
    store::set_line(tx, line.line.id, quantity, total)?;
    let is_this = |other: &&ClaimedLine| other.line.id == line.line.id;
    let others = Rupiah::sum(part.lines.iter().filter(|other| !is_this(other)).map(|other| other.line.total))?;
    let empty = quantity == Quantity::ZERO
        && part.lines.iter().filter(|other| !is_this(other)).all(|other| other.line.quantity == Quantity::ZERO);
    if empty {
        close_empty(tx, part)?;
    }
    store::set_part_total(tx, part.fulfilment.id, others.plus(total)?)?;
    let event = Event::new("order.line_shrunk", held.order)
        .by(by)
        .in_cooperative(batch.cooperative_id)
        .of_group(batch.group_id)
        .with("order", held.order)
        .with("group", batch.group_id)
        .with("fulfilment", part.fulfilment.id)
        .with("line", line.line.id)
        .with("product", line.line.product)
        .with("before", line.line.quantity)
        .with("quantity", quantity);
    events::record(tx, now, &event)?;
    Ok(())
}

/// A part in which nothing is left is over.
fn close_empty(tx: &mut Tx<'_>, part: &Part) -> db::Result<()> {
    let step = Step { status: Some(FulfilmentStatus::Cancelled), ..Step::default() };
    if store::step(tx, &part.fulfilment, &step)? { Ok(()) } else { Err(diesel::result::Error::NotFound.into()) }
}

//! Lines that get less of a batch than they hold of it: line, part, order and claims change in one transaction.

use super::fulfilment::FulfilmentStatus;
use super::order::{ClaimedLine, LineReason, Part, WholeOrder};
use super::produce::ProduceError;
use super::settle::settle;
use super::store::{self, Step};
use crate::db::{self, Conn, Tx};
use crate::events::{self, Event};
use crate::kernel::ids::{AccountId, LineId, OrderId};
use crate::kernel::{Instant, Quantity, Rupiah};
use crate::supply::{self, Batch, Wish};

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

/// A claim on a batch that is not handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) order: OrderId,
    pub(super) line: LineId,
    pub(super) position: i32,
    /// How much of the batch.
    pub(super) quantity: Quantity,
    /// How little of the batch is still of use.
    pub(super) at_least: Quantity,
    /// The deposit on it, if its order's deposits are in.
    pub(super) deposit: Rupiah,
}

impl Held {
    /// What the fair allocator is asked for it.
    pub(super) fn wish(&self) -> Wish<(OrderId, i32)> {
        Wish { key: (self.order, self.position), want: self.quantity, at_least: self.at_least }
    }

    /// What it is left with.
    pub(super) fn left_with(&self, quantity: Quantity) -> Allocation {
        Allocation { order: self.order, line: self.line, before: self.quantity, quantity }
    }
}

/// The claims on the batch that are not handed over; their orders are locked from now on.
pub(super) fn locked_on(tx: &mut Tx<'_>, batch: &Batch) -> db::Result<Vec<Held>> {
    let mut held = Vec::new();
    for order in store::orders_on_batch(tx, batch.id)? {
        held.extend(store::locked(tx, order)?.iter().flat_map(|whole| held_by(whole, batch)));
    }
    Ok(held)
}

/// The same, only looked at.
pub(super) fn seen_on(conn: &mut Conn, batch: &Batch) -> db::Result<Vec<Held>> {
    let mut held = Vec::new();
    for order in store::orders_on_batch(conn, batch.id)? {
        let Some(order) = store::order(conn, order)? else { continue };
        held.extend(held_by(&store::whole(conn, order)?, batch));
    }
    Ok(held)
}

/// What an order holds of the batch.
fn held_by(whole: &WholeOrder, batch: &Batch) -> Vec<Held> {
    let paid = whole.order.paid_total >= whole.order.deposit_due;
    let open = whole.parts.iter().filter(|part| part.fulfilment.status.is_open());
    let mut held = Vec::new();
    for line in open.flat_map(|part| &part.lines) {
        let of = |here: bool| line.claims.iter().filter(move |claim| (claim.batch == batch.id) == here);
        let here = Quantity::sum(of(true).map(|claim| claim.quantity));
        let elsewhere = Quantity::sum(of(false).map(|claim| claim.quantity));
        if here.is_positive() {
            let percent = u8::try_from(line.line.deposit_percent).unwrap_or(0);
            let worth = here.cost(line.line.unit_price).unwrap_or(line.line.total);
            held.push(Held {
                order: whole.order.id,
                line: line.line.id,
                position: line.line.position,
                quantity: here,
                at_least: line.line.at_least.minus(elsewhere).max(Quantity::ZERO),
                deposit: if paid { worth.percent(percent) } else { Rupiah::ZERO },
            });
        }
    }
    held
}

/// Leaves each of these claims on a locked batch its share, and tells how much of the batch they keep together. Who
/// calls it writes the batch's figures.
pub(super) fn shrink(
    tx: &mut Tx<'_>,
    now: Instant,
    batch: &Batch,
    held: &[Held],
    shares: &[Quantity],
    why: LineReason,
    by: Option<AccountId>,
) -> Result<Quantity, ProduceError> {
    let mut touched: Vec<OrderId> = Vec::new();
    for (held, share) in held.iter().zip(shares) {
        if *share < held.quantity {
            shrink_line(tx, now, batch, held, *share, why, by)?;
            touched.push(held.order);
        }
    }
    touched.sort_unstable();
    touched.dedup();
    for order in touched {
        settle(tx, order)?;
    }
    Ok(Quantity::sum(shares.iter().copied()))
}

/// Gives one line less of a batch. A line that is then below what is of use to its buyer gets nothing at all.
fn shrink_line(
    tx: &mut Tx<'_>,
    now: Instant,
    batch: &Batch,
    held: &Held,
    share: Quantity,
    why: LineReason,
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
    store::set_line(tx, line.line.id, quantity, total, why)?;
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
        .with("quantity", quantity)
        .with("reason", why);
    events::record(tx, now, &event)?;
    Ok(())
}

/// A part in which nothing is left is over.
fn close_empty(tx: &mut Tx<'_>, part: &Part) -> db::Result<()> {
    let step = Step { status: Some(FulfilmentStatus::Cancelled), ..Step::default() };
    if store::step(tx, &part.fulfilment, &step)? { Ok(()) } else { Err(diesel::result::Error::NotFound.into()) }
}

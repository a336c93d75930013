//! Shrinks lines that get less of a batch than they claimed: line, fulfilment, order and claims change in one transaction.

use super::events::{self, OrderEvent};
use super::fulfilment::{FulfilmentStatus, FulfilmentWithLines, LineReason, LineWithClaims};
use super::order::OrderWithFulfilments;
use super::store::{self, FulfilmentChange};
use super::totals::update_totals;
use crate::db::{self, Conn, Tx};
use crate::kernel::ids::{AccountId, LineId, OrderId};
use crate::kernel::{AmountError, Instant, Quantity, Rupiah};
use crate::supply::{self, AllocationRequest, Batch};
use crate::web::{Code, Problem, verb_errors};

verb_errors! {
    /// Why lines were not reduced.
    pub enum ShrinkError {
        /// A sum is out of bounds.
        Amount(error: AmountError) => { Problem::new(Code::AmountTooLarge).because(error) },
    }
    + Db(db::Error)
}

impl From<AmountError> for ShrinkError {
    fn from(error: AmountError) -> Self {
        ShrinkError::Amount(error)
    }
}

/// What a shortage leaves to one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allocation {
    /// The order.
    pub order: OrderId,
    /// The line.
    pub line: LineId,
    /// The claimed quantity before.
    pub before: Quantity,
    /// The claimed quantity after.
    pub quantity: Quantity,
}

/// A claim on a batch that is not handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OpenClaim {
    pub(super) order: OrderId,
    pub(super) line: LineId,
    pub(super) position: i32,
    /// The claimed quantity.
    pub(super) quantity: Quantity,
    /// The smallest quantity of the batch that is still of use.
    pub(super) at_least: Quantity,
    /// The deposit on it, if the order's deposit is paid.
    pub(super) deposit: Rupiah,
}

impl OpenClaim {
    /// The request for the fair allocator.
    pub(super) fn allocation_request(&self) -> AllocationRequest<(OrderId, i32)> {
        AllocationRequest { key: (self.order, self.position), wanted: self.quantity, at_least: self.at_least }
    }

    /// The allocation of this quantity.
    pub(super) fn allocation(&self, quantity: Quantity) -> Allocation {
        Allocation { order: self.order, line: self.line, before: self.quantity, quantity }
    }
}

/// Lists the claims on the batch that are not handed over, and locks their orders.
pub(super) fn lock_open_claims(tx: &mut Tx<'_>, batch: &Batch) -> db::Result<Vec<OpenClaim>> {
    let mut claims = Vec::new();
    for order in store::list_orders_on_batch(tx, batch.id)? {
        claims.extend(store::lock_order(tx, order)?.iter().flat_map(|whole| collect_open_claims(whole, batch)));
    }
    Ok(claims)
}

/// Lists the claims on the batch that are not handed over, without locks.
pub(super) fn list_open_claims(conn: &mut Conn, batch: &Batch) -> db::Result<Vec<OpenClaim>> {
    let mut claims = Vec::new();
    for order in store::list_orders_on_batch(conn, batch.id)? {
        let Some(order) = store::find_order(conn, order)? else { continue };
        claims.extend(collect_open_claims(&store::load_with_fulfilments(conn, order)?, batch));
    }
    Ok(claims)
}

/// The open claims of an order on the batch.
fn collect_open_claims(whole: &OrderWithFulfilments, batch: &Batch) -> Vec<OpenClaim> {
    let is_deposit_paid = whole.order.paid_total >= whole.order.deposit_due;
    let open = whole.fulfilments.iter().filter(|fulfilment| fulfilment.row.status.is_open());
    let mut claims = Vec::new();
    for line in open.flat_map(|fulfilment| &fulfilment.lines) {
        let claims_of = |is_this: bool| line.claims.iter().filter(move |claim| (claim.batch == batch.id) == is_this);
        let on_this_batch = Quantity::sum(claims_of(true).map(|claim| claim.quantity));
        let on_other_batches = Quantity::sum(claims_of(false).map(|claim| claim.quantity));
        if on_this_batch.is_positive() {
            let percent = u8::try_from(line.row.deposit_percent).unwrap_or(0);
            let value = on_this_batch.total_at(line.row.unit_price).unwrap_or(line.row.total);
            claims.push(OpenClaim {
                order: whole.order.id,
                line: line.row.id,
                position: line.row.position,
                quantity: on_this_batch,
                at_least: line.row.at_least.minus(on_other_batches).max(Quantity::ZERO),
                deposit: if is_deposit_paid { value.percent(percent) } else { Rupiah::ZERO },
            });
        }
    }
    claims
}

/// The smallest quantity by which the product of a batch is sold.
pub(super) fn quantity_step(conn: &mut Conn, now: Instant, batch: &Batch) -> db::Result<Quantity> {
    let terms = supply::load_terms(conn, now, &[batch.product_id])?;
    Ok(terms.first().map_or(Quantity::from_units(1), |terms| terms.step))
}

/// Reduces these claims on a locked batch to their shares. Returns the quantity of the batch that stays claimed; the
/// caller updates the batch.
pub(super) fn shrink(
    tx: &mut Tx<'_>,
    now: Instant,
    batch: &Batch,
    claims: &[OpenClaim],
    shares: &[Quantity],
    reason: LineReason,
    by: Option<AccountId>,
) -> Result<Quantity, ShrinkError> {
    let mut changed_orders: Vec<OrderId> = Vec::new();
    for (open_claim, share) in claims.iter().zip(shares) {
        if *share < open_claim.quantity {
            shrink_line(tx, now, batch, open_claim, *share, reason, by)?;
            changed_orders.push(open_claim.order);
        }
    }
    changed_orders.sort_unstable();
    changed_orders.dedup();
    for order in changed_orders {
        update_totals(tx, order)?;
    }
    Ok(Quantity::sum(shares.iter().copied()))
}

/// Reduces one line on a batch. A line below the buyer's smallest acceptable quantity gets nothing.
fn shrink_line(
    tx: &mut Tx<'_>,
    now: Instant,
    batch: &Batch,
    open_claim: &OpenClaim,
    share: Quantity,
    reason: LineReason,
    by: Option<AccountId>,
) -> Result<(), ShrinkError> {
    let Some(order) = store::find_order(tx, open_claim.order)? else { return Ok(()) };
    let whole = store::load_with_fulfilments(tx, order)?;
    let fulfilment_and_line = whole.fulfilments.iter().find_map(|fulfilment| {
        fulfilment.lines.iter().find(|line| line.row.id == open_claim.line).map(|line| (fulfilment, line))
    });
    let Some((fulfilment, line)) = fulfilment_and_line else { return Ok(()) };
    let is_too_little = share < open_claim.at_least;
    let mut quantity = Quantity::ZERO;
    for claim in &line.claims {
        let remaining = match (claim.batch == batch.id, is_too_little) {
            (_, true) => Quantity::ZERO,
            (true, false) => share,
            (false, false) => claim.quantity,
        };
        if remaining < claim.quantity {
            store::set_claim(tx, claim.id, remaining)?;
            if claim.batch != batch.id {
                supply::release(tx, claim.batch, claim.quantity.minus(remaining))?;
            }
        }
        quantity = quantity.plus(remaining);
    }
    let total = quantity.total_at(line.row.unit_price)?;
    store::set_line(tx, line.row.id, quantity, total, reason)?;
    let is_this = |other: &&LineWithClaims| other.row.id == line.row.id;
    let others = Rupiah::sum(fulfilment.lines.iter().filter(|other| !is_this(other)).map(|other| other.row.total))?;
    let is_empty = quantity == Quantity::ZERO
        && fulfilment.lines.iter().filter(|other| !is_this(other)).all(|other| other.row.quantity == Quantity::ZERO);
    if is_empty {
        cancel_empty_fulfilment(tx, fulfilment)?;
    }
    store::set_fulfilment_total(tx, fulfilment.row.id, others.plus(total)?)?;
    let event = OrderEvent::LineShrunk {
        order: open_claim.order,
        group: batch.group_id,
        fulfilment: fulfilment.row.id,
        line: line.row.id,
        product: line.row.product,
        before: line.row.quantity,
        quantity,
        reason,
    };
    let event = event.about(open_claim.order).by(by).in_group(batch.cooperative_id, batch.group_id);
    events::record(tx, now, &event)?;
    Ok(())
}

/// Cancels a fulfilment in which all lines are empty.
fn cancel_empty_fulfilment(tx: &mut Tx<'_>, fulfilment: &FulfilmentWithLines) -> db::Result<()> {
    let change = FulfilmentChange { status: Some(FulfilmentStatus::Cancelled), ..FulfilmentChange::default() };
    if store::update_fulfilment(tx, &fulfilment.row, &change)? {
        Ok(())
    } else {
        Err(diesel::result::Error::NotFound.into())
    }
}

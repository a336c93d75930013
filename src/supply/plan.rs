//! Plans from which batches a request is met. Pure functions, the same for quotes and for orders.

use std::cmp::Ordering;

use super::batch::{Batch, BatchKind, BatchStatus};
use super::discount::{Discount, DiscountKind};
use super::{Terms, Unavailable, UnavailableReason};
use crate::kernel::ids::BatchId;
use crate::kernel::{Day, Instant, Quantity, Rupiah};

/// A request for a quantity of one product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimRequest {
    /// The product's terms.
    pub terms: Terms,
    /// The requested day; `None` for the earliest possible one.
    pub ready_on: Option<Day>,
    /// The requested batch; `None` for any.
    pub batch: Option<BatchId>,
    /// The quantity.
    pub quantity: Quantity,
    /// The smallest acceptable quantity; the whole quantity for all or nothing.
    pub at_least: Quantity,
}

/// The source of a part of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SupplySource {
    /// An existing batch.
    Batch(BatchId),
    /// A day of a product that is made to order, whose batch is created by the first claim.
    MadeToOrder,
}

/// A supply of a product on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supply {
    /// The source.
    pub source: SupplySource,
    /// In stock, planned, or made to order.
    pub kind: BatchKind,
    /// The available quantity.
    pub available: Quantity,
    /// The total quantity, ordered or not: the capacity, or the made quantity.
    pub capacity: Quantity,
    /// Its own unit price in rupiah, if it differs from the product's.
    pub price: Option<Rupiah>,
    /// The discount that is active now.
    pub discount: Option<Discount>,
    /// Its own deposit in percent, if it differs from the product's.
    pub deposit_percent: Option<i32>,
    /// The cut-off of orders; `None` for made goods.
    pub cutoff_at: Option<Instant>,
    /// The last day on which the goods can be sold.
    pub best_before: Option<Day>,
    /// The minimum: how much must be ordered for the batch to be made.
    pub minimum: Quantity,
    /// How much of the minimum is still missing.
    pub missing_to_minimum: Quantity,
}

/// How a request would be met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The day on which the goods are ready.
    pub ready_on: Day,
    /// The planned quantity: all that was requested, or less but at least `at_least`.
    pub quantity: Quantity,
    /// The quantity from each source. First-expired-first-out can need two batches.
    pub sources: Vec<(SupplySource, Quantity)>,
    /// The kind of the last of these supplies; `Shelf` when all goods are made.
    pub kind: BatchKind,
    /// The unit price of these batches in rupiah, if it differs from the product's.
    pub unit_price_override: Option<Rupiah>,
    /// The discount of these batches that is active now.
    pub discount: Option<Discount>,
    /// The deposit of these batches in percent, if it differs from the product's.
    pub deposit_percent: Option<i32>,
    /// The earliest cut-off of these batches; `None` when all goods are made.
    pub cutoff_at: Option<Instant>,
    /// The earliest best-before day of the goods; `None` when they do not spoil.
    pub best_before: Option<Day>,
}

impl Plan {
    /// The last day on which the buyer can use the goods: the best-before day of goods in stock, else the day for which they
    /// are made.
    pub fn usable_until(&self) -> Option<Day> {
        if self.kind == BatchKind::Shelf { self.best_before } else { Some(self.ready_on) }
    }
}

/// Lists the supplies of a product for one day, in the order in which they are sold: made goods before future ones, and
/// first-expired first. Empty on a closed day.
///
/// `batches` must contain all made batches of the product with something left, and all batches of today and later with any
/// status.
pub fn list_supplies(terms: &Terms, batches: &[Batch], now: Instant, day: Day) -> Vec<Supply> {
    if terms.closed.contains(day) {
        return Vec::new();
    }
    let mut stock: Vec<&Batch> = batches
        .iter()
        .filter(|batch| batch.status == BatchStatus::Made && batch.kind != BatchKind::Request)
        .filter(|batch| batch.ready_on <= day && batch.is_sellable_on(day))
        .filter(|batch| batch.available().is_positive())
        .collect();
    stock.sort_by(|a, b| compare_expiry(a, b));
    let is_made = |batch: &Batch| batch.status == BatchStatus::Made;
    let mut upcoming: Vec<&Batch> = batches
        .iter()
        .filter(|batch| !is_made(batch) && batch.kind != BatchKind::Request)
        .filter(|batch| batch.ready_on == day && batch.accepts_orders(now))
        .collect();
    upcoming.sort_by_key(|batch| (batch.kind, batch.id));
    // A day with its own batch is not made to order in addition, except after a planned batch failed or was cancelled.
    let has_own_batch = batches.iter().any(|batch| {
        batch.ready_on == day
            && match batch.kind {
                BatchKind::ToOrder => true,
                BatchKind::Planned => !matches!(batch.status, BatchStatus::Failed | BatchStatus::Cancelled),
                _ => false,
            }
    });
    let mut supplies: Vec<Supply> = stock.into_iter().chain(upcoming).map(|batch| to_supply(batch, now)).collect();
    if !has_own_batch && terms.check_made_to_order(now, day).is_ok() {
        supplies.push(Supply {
            source: SupplySource::MadeToOrder,
            kind: BatchKind::ToOrder,
            available: terms.daily_capacity,
            capacity: terms.daily_capacity,
            price: None,
            discount: None,
            deposit_percent: None,
            cutoff_at: Some(terms.cutoff_for(day)),
            best_before: terms.best_before(day),
            minimum: Quantity::ZERO,
            missing_to_minimum: Quantity::ZERO,
        });
    }
    supplies
}

fn compare_expiry(a: &Batch, b: &Batch) -> Ordering {
    let end = |batch: &Batch| batch.best_before.unwrap_or(Day::MAX);
    end(a).cmp(&end(b)).then(a.ready_on.cmp(&b.ready_on)).then(a.id.cmp(&b.id))
}

fn to_supply(batch: &Batch, now: Instant) -> Supply {
    let is_made = batch.status == BatchStatus::Made;
    Supply {
        source: SupplySource::Batch(batch.id),
        kind: if is_made { BatchKind::Shelf } else { batch.kind },
        available: batch.available(),
        capacity: batch.made.unwrap_or(batch.capacity),
        price: batch.price,
        discount: batch.discount().filter(|discount| discount.is_active(now)),
        deposit_percent: batch.deposit_percent,
        cutoff_at: batch.cutoff_at.filter(|_| !is_made),
        best_before: batch.best_before,
        minimum: if is_made { Quantity::ZERO } else { batch.minimum },
        missing_to_minimum: if is_made { Quantity::ZERO } else { batch.missing_to_minimum() },
    }
}

/// Plans a request. `batches` are as for [`list_supplies`].
pub fn plan(batches: &[Batch], now: Instant, request: &ClaimRequest) -> Result<Plan, Unavailable> {
    let terms = &request.terms;
    let unavailable = |(reason, available)| Unavailable {
        reason,
        available,
        next_day: find_next_day(terms, batches, now, request.quantity)
            .filter(|_| reason != UnavailableReason::NotOnSale),
    };
    if !terms.on_sale {
        return Err(unavailable((UnavailableReason::NotOnSale, Quantity::ZERO)));
    }
    match (request.batch, request.ready_on) {
        (Some(batch), day) => plan_for_batch(batches, now, request, batch, day),
        (None, Some(day)) => plan_for_day(batches, now, request, day),
        (None, None) => plan_earliest(batches, now, request),
    }
    .map_err(unavailable)
}

/// Finds the first day on which this quantity is available for one order line.
pub fn find_next_day(terms: &Terms, batches: &[Batch], now: Instant, quantity: Quantity) -> Option<Day> {
    terms.open_days(now).find(|day| {
        select_pool(list_supplies(terms, batches, now, *day), quantity).is_some_and(|pool| pool.1 >= quantity)
    })
}

/// The reason, and the quantity that is available instead.
type PlanFailure = (UnavailableReason, Quantity);

fn plan_for_batch(
    batches: &[Batch],
    now: Instant,
    request: &ClaimRequest,
    id: BatchId,
    requested_day: Option<Day>,
) -> Result<Plan, PlanFailure> {
    let nothing = |reason| (reason, Quantity::ZERO);
    let batch = batches.iter().find(|batch| batch.id == id).ok_or(nothing(UnavailableReason::UnknownBatch))?;
    let earliest = request.terms.today(now).max(batch.ready_on);
    let day = requested_day.unwrap_or_else(|| request.terms.closed.next_open_day(earliest));
    if let Some(requested_day) = requested_day {
        request.terms.check_day(now, requested_day).map_err(nothing)?;
        if requested_day < batch.ready_on {
            return Err(nothing(UnavailableReason::NotMadeThatDay));
        }
    }
    if !batch.accepts_orders(now) {
        let is_over = !matches!(batch.status, BatchStatus::Open | BatchStatus::Confirmed);
        return Err(nothing(if is_over { UnavailableReason::Closed } else { UnavailableReason::CutoffPassed }));
    }
    if !batch.is_sellable_on(day) {
        // The goods may expire before the next open day.
        let is_closed = requested_day.is_none() && batch.is_sellable_on(earliest);
        return Err(nothing(if is_closed { UnavailableReason::GroupClosed } else { UnavailableReason::Spoiled }));
    }
    plan_from(request, day, &[to_supply(batch, now)])
}

/// Plans a request for one day. The error has the reason and the available quantity.
pub(super) fn plan_for_day(
    batches: &[Batch],
    now: Instant,
    request: &ClaimRequest,
    day: Day,
) -> Result<Plan, PlanFailure> {
    request.terms.check_day(now, day).map_err(|reason| (reason, Quantity::ZERO))?;
    let supplies = list_supplies(&request.terms, batches, now, day);
    if supplies.is_empty() {
        return Err((find_reason(batches, now, request, day), Quantity::ZERO));
    }
    let (pool, _) = select_pool(supplies, request.quantity).unwrap_or_default();
    plan_from(request, day, &pool)
}

/// The reason why a day has no supplies.
fn find_reason(batches: &[Batch], now: Instant, request: &ClaimRequest, day: Day) -> UnavailableReason {
    let batches_that_day = || batches.iter().filter(|batch| batch.ready_on == day);
    let is_planned = |batch: &&Batch| matches!(batch.status, BatchStatus::Open | BatchStatus::Confirmed);
    if batches_that_day().any(|batch| is_planned(&batch) && !batch.accepts_orders(now)) {
        return UnavailableReason::CutoffPassed;
    }
    let is_spoiled = |batch: &Batch| {
        batch.status == BatchStatus::Made && batch.available().is_positive() && !batch.is_sellable_on(day)
    };
    match request.terms.check_made_to_order(now, day) {
        // The day would be made to order, but its batch was cancelled.
        Ok(()) if batches_that_day().any(|batch| batch.status == BatchStatus::Cancelled) => UnavailableReason::Closed,
        Ok(()) | Err(UnavailableReason::SoldOut) if batches.iter().any(is_spoiled) => UnavailableReason::Spoiled,
        Ok(()) => UnavailableReason::SoldOut,
        Err(reason) => reason,
    }
}

fn plan_earliest(batches: &[Batch], now: Instant, request: &ClaimRequest) -> Result<Plan, PlanFailure> {
    let mut best: Option<(Day, Vec<Supply>, Quantity)> = None;
    for day in request.terms.open_days(now) {
        let Some((pool, total)) = select_pool(list_supplies(&request.terms, batches, now, day), request.quantity)
        else {
            continue;
        };
        if total >= request.quantity {
            return plan_from(request, day, &pool);
        }
        if best.as_ref().is_none_or(|(_, _, best_total)| total > *best_total) {
            best = Some((day, pool, total));
        }
    }
    match best {
        Some((day, pool, _)) => plan_from(request, day, &pool),
        None => Err((UnavailableReason::SoldOut, Quantity::ZERO)),
    }
}

/// Selects supplies with one price, discount and deposit, because an order line has one of each: the first such pool with
/// enough quantity, else the largest. Returns them with their total.
fn select_pool(supplies: Vec<Supply>, quantity: Quantity) -> Option<(Vec<Supply>, Quantity)> {
    let mut pools: Vec<(Vec<Supply>, Quantity)> = Vec::new();
    for supply in supplies {
        let terms = |supply: &Supply| (supply.price, supply.discount.map(price_terms), supply.deposit_percent);
        let has_same_terms = |other: &Supply| terms(other) == terms(&supply);
        let has_pool_terms = |pool: &&mut (Vec<Supply>, Quantity)| pool.0.first().is_some_and(has_same_terms);
        match pools.iter_mut().find(has_pool_terms) {
            Some(pool) => {
                pool.1 = pool.1.plus(supply.available);
                pool.0.push(supply);
            }
            None => {
                let available = supply.available;
                pools.push((vec![supply], available));
            }
        }
    }
    let sufficient = pools.iter().position(|(_, total)| *total >= quantity);
    let largest = pools.iter().map(|(_, total)| *total).max()?;
    let selected = sufficient.or_else(|| pools.iter().position(|(_, total)| *total == largest))?;
    Some(pools.swap_remove(selected))
}

/// The parts of a discount that decide the price. Batches that differ only in the time of their discount can share a line.
fn price_terms(discount: Discount) -> (DiscountKind, i32, Rupiah) {
    (discount.kind, discount.percent, discount.floor_price)
}

/// Plans the request from these supplies, in their order.
fn plan_from(request: &ClaimRequest, day: Day, supplies: &[Supply]) -> Result<Plan, PlanFailure> {
    let total = Quantity::sum(supplies.iter().map(|supply| supply.available));
    let quantity =
        if total >= request.quantity { request.quantity } else { round_down_to_step(total, request.terms.step) };
    if quantity < request.quantity && (quantity < request.at_least || quantity == Quantity::ZERO) {
        return Err((UnavailableReason::SoldOut, quantity));
    }
    let mut missing = quantity;
    let (mut sources, mut cutoff_at, mut best_before, mut kind) = (Vec::new(), None, None, BatchKind::Shelf);
    for supply in supplies {
        let quantity_taken = supply.available.min(missing);
        if quantity_taken.is_positive() {
            missing = missing.minus(quantity_taken);
            sources.push((supply.source, quantity_taken));
            cutoff_at = [cutoff_at, supply.cutoff_at].into_iter().flatten().min();
            best_before = [best_before, supply.best_before].into_iter().flatten().min();
            kind = supply.kind;
        }
    }
    let unit_price_override = supplies.first().and_then(|supply| supply.price);
    let discount = supplies.first().and_then(|supply| supply.discount);
    let deposit_percent = supplies.first().and_then(|supply| supply.deposit_percent);
    Ok(Plan {
        ready_on: day,
        quantity,
        sources,
        kind,
        unit_price_override,
        discount,
        deposit_percent,
        cutoff_at,
        best_before,
    })
}

/// Rounds down to a multiple of the step.
pub fn round_down_to_step(quantity: Quantity, step: Quantity) -> Quantity {
    let rest = quantity.as_thousandths().checked_rem(step.as_thousandths()).unwrap_or(0);
    quantity.minus(Quantity::from_thousandths(rest))
}

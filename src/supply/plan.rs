//! Deciding from which batches a wish is met: pure, and the same for a quote as for an order.

use std::cmp::Ordering;

use super::batch::{Batch, BatchKind, BatchStatus};
use super::discount::{Discount, DiscountKind};
use super::{Reason, Terms, Unavailable};
use crate::kernel::ids::BatchId;
use crate::kernel::{Day, Instant, Quantity, Rupiah};

/// What a buyer wishes of one product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimWish {
    /// The product's terms.
    pub terms: Terms,
    /// For which day; as soon as it can be had, when none is said.
    pub ready_on: Option<Day>,
    /// Of which batch; of any, when none is said.
    pub batch: Option<BatchId>,
    /// How much.
    pub quantity: Quantity,
    /// Less than this is of no use; the whole quantity, for who wants all or nothing.
    pub at_least: Quantity,
}

/// Where a part comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A batch that is there.
    Batch(BatchId),
    /// The day's promise of a product that is made to order; its batch comes into being when it is claimed.
    Promise,
}

/// Something that can be had on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supply {
    /// Where it comes from.
    pub source: Source,
    /// On the shelf, planned, or made to order.
    pub kind: BatchKind,
    /// How much can be had of it.
    pub available: Quantity,
    /// How much there can be, or was made, in all: ordered or not.
    pub capacity: Quantity,
    /// Its own price, when it is not the product's.
    pub price: Option<Rupiah>,
    /// The discount that it has at this moment.
    pub discount: Option<Discount>,
    /// Its own deposit in percent, when it is not the product's.
    pub deposit_percent: Option<i32>,
    /// Until when it can be ordered; none for what is made.
    pub cutoff_at: Option<Instant>,
    /// The last day on which it may be sold.
    pub best_before: Option<Day>,
    /// How much must be ordered for it to run.
    pub minimum: Quantity,
    /// How much of that is still missing.
    pub needed_to_run: Quantity,
}

/// How a wish would be met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The day on which it is ready.
    pub ready_on: Day,
    /// How much: all that was wanted, or less but at least `at_least`.
    pub quantity: Quantity,
    /// Of which supplies; first-expired-first may need two.
    pub parts: Vec<(Source, Quantity)>,
    /// How the last of these supplies came to be; the shelf, when all of it is made.
    pub kind: BatchKind,
    /// The price of these batches, when it is not the product's.
    pub unit_price_override: Option<Rupiah>,
    /// The discount that they have at this moment.
    pub discount: Option<Discount>,
    /// The deposit of these batches in percent, when it is not the product's.
    pub deposit_percent: Option<i32>,
    /// Until when these batches can be ordered, the earliest; none when all of it is made.
    pub cutoff_at: Option<Instant>,
    /// The last day on which the first of it may be sold; none when it does not spoil.
    pub best_before: Option<Day>,
}

impl Plan {
    /// The last day on which the goods are of use to who ordered them: the day for which they are made, and for goods on
    /// the shelf the day until which they keep.
    pub fn last_useful_day(&self) -> Option<Day> {
        if self.kind == BatchKind::Shelf { self.best_before } else { Some(self.ready_on) }
    }
}

/// Everything that can be had of a product for one day, in the order in which it is sold: made goods before what is
/// still to be made, and what spoils first before what keeps.
///
/// On a day on which its group is shut that is nothing. `batches` are all batches of the product that are not over, and
/// those of today and later that are.
pub fn supplies_on(terms: &Terms, batches: &[Batch], now: Instant, day: Day) -> Vec<Supply> {
    if terms.closed.contains(day) {
        return Vec::new();
    }
    let mut shelf: Vec<&Batch> = batches
        .iter()
        .filter(|batch| batch.status == BatchStatus::Made && batch.kind != BatchKind::Request)
        .filter(|batch| batch.ready_on <= day && batch.keeps_until(day))
        .filter(|batch| batch.available().is_positive())
        .collect();
    shelf.sort_by(|a, b| first_expired(a, b));
    let made = |batch: &Batch| batch.status == BatchStatus::Made;
    let mut ahead: Vec<&Batch> = batches
        .iter()
        .filter(|batch| !made(batch) && batch.kind != BatchKind::Request)
        .filter(|batch| batch.ready_on == day && batch.takes_orders(now))
        .collect();
    ahead.sort_by_key(|batch| (batch.kind, batch.id));
    // A day that has its own batch, whatever became of it, promises nothing beside it.
    let spoken_for = batches.iter().any(|batch| {
        batch.ready_on == day
            && match batch.kind {
                BatchKind::ToOrder => true,
                BatchKind::Planned => !matches!(batch.status, BatchStatus::Failed | BatchStatus::Cancelled),
                _ => false,
            }
    });
    let mut supplies: Vec<Supply> = shelf.into_iter().chain(ahead).map(|batch| supply_of(batch, now)).collect();
    if !spoken_for && terms.check_made_to_order(now, day).is_ok() {
        supplies.push(Supply {
            source: Source::Promise,
            kind: BatchKind::ToOrder,
            available: terms.daily_capacity,
            capacity: terms.daily_capacity,
            price: None,
            discount: None,
            deposit_percent: None,
            cutoff_at: Some(terms.cutoff_for(day)),
            best_before: terms.best_before(day),
            minimum: Quantity::ZERO,
            needed_to_run: Quantity::ZERO,
        });
    }
    supplies
}

fn first_expired(a: &Batch, b: &Batch) -> Ordering {
    let end = |batch: &Batch| batch.best_before.unwrap_or(Day::MAX);
    end(a).cmp(&end(b)).then(a.ready_on.cmp(&b.ready_on)).then(a.id.cmp(&b.id))
}

fn supply_of(batch: &Batch, now: Instant) -> Supply {
    let made = batch.status == BatchStatus::Made;
    Supply {
        source: Source::Batch(batch.id),
        kind: if made { BatchKind::Shelf } else { batch.kind },
        available: batch.available(),
        capacity: batch.made.unwrap_or(batch.capacity),
        price: batch.price,
        discount: batch.discount().filter(|discount| discount.holds(now)),
        deposit_percent: batch.deposit_percent,
        cutoff_at: batch.cutoff_at.filter(|_| !made),
        best_before: batch.best_before,
        minimum: if made { Quantity::ZERO } else { batch.minimum },
        needed_to_run: if made { Quantity::ZERO } else { batch.needed_to_run() },
    }
}

/// Decides how a wish is met. The batches are as for [`supplies_on`].
pub fn plan(batches: &[Batch], now: Instant, wish: &ClaimWish) -> Result<Plan, Unavailable> {
    let terms = &wish.terms;
    let refused = |(reason, available)| Unavailable {
        reason,
        available,
        next_day: next_day(terms, batches, now, wish.quantity).filter(|_| reason != Reason::NotOnSale),
    };
    if !terms.on_sale {
        return Err(refused((Reason::NotOnSale, Quantity::ZERO)));
    }
    match (wish.batch, wish.ready_on) {
        (Some(batch), asked) => of_batch(batches, now, wish, batch, asked),
        (None, Some(day)) => for_day(batches, now, wish, day),
        (None, None) => as_soon_as_possible(batches, now, wish),
    }
    .map_err(refused)
}

/// The first day on which this much can be had in one go.
pub fn next_day(terms: &Terms, batches: &[Batch], now: Instant, quantity: Quantity) -> Option<Day> {
    terms
        .open_days(now)
        .find(|day| best_pool(supplies_on(terms, batches, now, *day), quantity).is_some_and(|pool| pool.1 >= quantity))
}

type Refused = (Reason, Quantity);

fn of_batch(
    batches: &[Batch],
    now: Instant,
    wish: &ClaimWish,
    id: BatchId,
    asked: Option<Day>,
) -> Result<Plan, Refused> {
    let nothing = |reason| (reason, Quantity::ZERO);
    let batch = batches.iter().find(|batch| batch.id == id).ok_or(nothing(Reason::UnknownBatch))?;
    let earliest = wish.terms.today(now).max(batch.ready_on);
    let day = asked.unwrap_or_else(|| wish.terms.closed.first_open_from(earliest));
    if let Some(asked) = asked {
        wish.terms.check_day(now, asked).map_err(nothing)?;
        if asked < batch.ready_on {
            return Err(nothing(Reason::NotMadeThatDay));
        }
    }
    if !batch.takes_orders(now) {
        let over = !matches!(batch.status, BatchStatus::Open | BatchStatus::Confirmed);
        return Err(nothing(if over { Reason::Closed } else { Reason::CutoffPassed }));
    }
    if !batch.keeps_until(day) {
        // It may keep until a day on which the group is shut, and no longer.
        let shut = asked.is_none() && batch.keeps_until(earliest);
        return Err(nothing(if shut { Reason::GroupClosed } else { Reason::Spoiled }));
    }
    take(wish, day, &[supply_of(batch, now)])
}

/// How a wish for one day is met, or why it is not, and how much there is.
pub(super) fn for_day(batches: &[Batch], now: Instant, wish: &ClaimWish, day: Day) -> Result<Plan, Refused> {
    wish.terms.check_day(now, day).map_err(|reason| (reason, Quantity::ZERO))?;
    let supplies = supplies_on(&wish.terms, batches, now, day);
    if supplies.is_empty() {
        return Err((why_nothing(batches, now, wish, day), Quantity::ZERO));
    }
    let (pool, _) = best_pool(supplies, wish.quantity).unwrap_or_default();
    take(wish, day, &pool)
}

/// Why there is nothing at all for a day.
fn why_nothing(batches: &[Batch], now: Instant, wish: &ClaimWish, day: Day) -> Reason {
    let that_day = || batches.iter().filter(|batch| batch.ready_on == day);
    let ahead = |batch: &&Batch| matches!(batch.status, BatchStatus::Open | BatchStatus::Confirmed);
    if that_day().any(|batch| ahead(&batch) && !batch.takes_orders(now)) {
        return Reason::CutoffPassed;
    }
    let spoils =
        |batch: &Batch| batch.status == BatchStatus::Made && batch.available().is_positive() && !batch.keeps_until(day);
    match wish.terms.check_made_to_order(now, day) {
        // It would be made to order, but the day's batch was called off.
        Ok(()) if that_day().any(|batch| batch.status == BatchStatus::Cancelled) => Reason::Closed,
        Ok(()) | Err(Reason::SoldOut) if batches.iter().any(spoils) => Reason::Spoiled,
        Ok(()) => Reason::SoldOut,
        Err(reason) => reason,
    }
}

fn as_soon_as_possible(batches: &[Batch], now: Instant, wish: &ClaimWish) -> Result<Plan, Refused> {
    let mut best: Option<(Day, Vec<Supply>, Quantity)> = None;
    for day in wish.terms.open_days(now) {
        let Some((pool, total)) = best_pool(supplies_on(&wish.terms, batches, now, day), wish.quantity) else {
            continue;
        };
        if total >= wish.quantity {
            return take(wish, day, &pool);
        }
        if best.as_ref().is_none_or(|(_, _, most)| total > *most) {
            best = Some((day, pool, total));
        }
    }
    match best {
        Some((day, pool, _)) => take(wish, day, &pool),
        None => Err((Reason::SoldOut, Quantity::ZERO)),
    }
}

/// The supplies of one price and deposit that together meet the quantity, or come nearest to it: a line has one of each.
fn best_pool(supplies: Vec<Supply>, quantity: Quantity) -> Option<(Vec<Supply>, Quantity)> {
    let mut pools: Vec<(Vec<Supply>, Quantity)> = Vec::new();
    for supply in supplies {
        let terms = |one: &Supply| (one.price, one.discount.map(terms_of), one.deposit_percent);
        let alike = |one: &Supply| terms(one) == terms(&supply);
        let same = |pool: &&mut (Vec<Supply>, Quantity)| pool.0.first().is_some_and(alike);
        match pools.iter_mut().find(same) {
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
    let enough = pools.iter().position(|(_, total)| *total >= quantity);
    let most = pools.iter().map(|(_, total)| *total).max()?;
    let chosen = enough.or_else(|| pools.iter().position(|(_, total)| *total == most))?;
    Some(pools.swap_remove(chosen))
}

/// What of a discount decides the price: of batches that are lowered alike one line can be had.
fn terms_of(discount: Discount) -> (DiscountKind, i32, Rupiah) {
    (discount.kind, discount.percent, discount.floor_price)
}

/// Takes the wish from these supplies, the first first.
fn take(wish: &ClaimWish, day: Day, supplies: &[Supply]) -> Result<Plan, Refused> {
    let total = Quantity::sum(supplies.iter().map(|supply| supply.available));
    let got = if total >= wish.quantity { wish.quantity } else { whole_steps(total, wish.terms.step) };
    if got < wish.quantity && (got < wish.at_least || got == Quantity::ZERO) {
        return Err((Reason::SoldOut, got));
    }
    let mut missing = got;
    let (mut parts, mut cutoff_at, mut best_before, mut kind) = (Vec::new(), None, None, BatchKind::Shelf);
    for supply in supplies {
        let part = supply.available.min(missing);
        if part.is_positive() {
            missing = missing.minus(part);
            parts.push((supply.source, part));
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
        quantity: got,
        parts,
        kind,
        unit_price_override,
        discount,
        deposit_percent,
        cutoff_at,
        best_before,
    })
}

/// The largest whole number of steps that is not more.
pub fn whole_steps(quantity: Quantity, step: Quantity) -> Quantity {
    let rest = quantity.in_thousandths().checked_rem(step.in_thousandths()).unwrap_or(0);
    quantity.minus(Quantity::thousandths(rest))
}

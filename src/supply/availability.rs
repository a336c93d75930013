//! The availability of a product, day by day, by the same rules as a claim.

use super::batch::{Batch, BatchKind};
use super::discount::Discount;
use super::plan::{ClaimRequest, Supply, SupplySource, list_supplies, plan_for_day};
use super::{Terms, UnavailableReason, round_down_to_step};
use crate::kernel::ids::BatchId;
use crate::kernel::{Day, Instant, Quantity, Rupiah};

/// The longest period of days of one availability query.
pub const MAX_PERIOD_DAYS: i64 = 60;

/// The availability of a product on one day, at one price, from one kind of supply. Goods in stock are listed for each
/// day on which they can be sold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AvailableSupply {
    /// The day.
    pub ready_on: Day,
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
    /// The cut-off of orders; `None` for made goods.
    pub cutoff_at: Option<Instant>,
    /// The batches; empty when the day's batch is not created yet.
    pub batches: Vec<BatchId>,
    /// The earliest best-before day of the goods.
    pub best_before: Option<Day>,
    /// The minimum: how much must be ordered for the batch to be made; zero for none.
    pub minimum: Quantity,
    /// How much of the minimum is still missing.
    pub missing_to_minimum: Quantity,
}

/// Lists the availability from `from` to `to`, by day. A sold-out day is listed with zero.
pub fn list_availability(terms: &Terms, batches: &[Batch], now: Instant, from: Day, to: Day) -> Vec<AvailableSupply> {
    if !terms.on_sale {
        return Vec::new();
    }
    terms
        .open_days(now)
        .filter(|day| (from..=to).contains(day))
        .flat_map(|day| list_on_day(terms, batches, now, day))
        .collect()
}

fn list_on_day(terms: &Terms, batches: &[Batch], now: Instant, day: Day) -> Vec<AvailableSupply> {
    let mut rows: Vec<AvailableSupply> = Vec::new();
    for supply in list_supplies(terms, batches, now, day) {
        let is_shelf = supply.kind == BatchKind::Shelf;
        let is_same = |row: &&mut AvailableSupply| {
            is_shelf && row.kind == BatchKind::Shelf && (row.price, row.discount) == (supply.price, supply.discount)
        };
        match rows.iter_mut().find(is_same) {
            Some(row) => {
                row.available = row.available.plus(supply.available);
                row.capacity = row.capacity.plus(supply.capacity);
                row.batches.extend(batch_id(&supply));
            }
            None => rows.push(to_row(day, &supply)),
        }
    }
    for row in &mut rows {
        row.available = round_down_to_step(row.available, terms.step);
    }
    rows.retain(|row| row.kind != BatchKind::Shelf || row.available.is_positive());
    rows
}

fn to_row(day: Day, supply: &Supply) -> AvailableSupply {
    AvailableSupply {
        ready_on: day,
        kind: supply.kind,
        available: supply.available,
        capacity: supply.capacity,
        price: supply.price,
        discount: supply.discount,
        cutoff_at: supply.cutoff_at,
        batches: batch_id(supply).into_iter().collect(),
        best_before: supply.best_before,
        minimum: supply.minimum,
        missing_to_minimum: supply.missing_to_minimum,
    }
}

fn batch_id(supply: &Supply) -> Option<BatchId> {
    match supply.source {
        SupplySource::Batch(batch) => Some(batch),
        SupplySource::MadeToOrder => None,
    }
}

/// The availability of a product on one day for a single order line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayAvailability {
    /// The day.
    pub day: Day,
    /// The largest quantity that one order line can get for the day.
    pub available: Quantity,
    /// Why the product is not available on the day; `None` when it is.
    pub reason: Option<UnavailableReason>,
    /// The next day on which the product is available, when it is not on this day.
    pub next_on: Option<Day>,
}

/// Lists the availability of each day from `from` to `to`. A day counts as available when `least`, the smallest
/// quantity that can be ordered, is available.
pub fn list_day_availability(
    terms: &Terms,
    batches: &[Batch],
    now: Instant,
    least: Quantity,
    (from, to): (Day, Day),
) -> Vec<DayAvailability> {
    let plan_on = |day, quantity| {
        let wish = ClaimRequest { terms: *terms, ready_on: Some(day), batch: None, quantity, at_least: least };
        if terms.on_sale {
            plan_for_day(batches, now, &wish, day)
        } else {
            Err((UnavailableReason::NotOnSale, Quantity::ZERO))
        }
    };
    let available_days: Vec<Day> = terms.open_days(now).filter(|day| plan_on(*day, least).is_ok()).collect();
    let to_availability = |day: Day| match plan_on(day, Quantity::MAX) {
        Ok(plan) => DayAvailability { day, available: plan.quantity, reason: None, next_on: None },
        Err((reason, _)) => DayAvailability {
            day,
            available: Quantity::ZERO,
            reason: Some(reason),
            next_on: available_days.iter().copied().find(|next| *next > day),
        },
    };
    from.iter_days().take_while(|day| *day <= to).map(to_availability).collect()
}

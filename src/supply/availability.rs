//! What can be had of a product, day by day, by the same rules as a claim.

use super::batch::{Batch, BatchKind};
use super::discount::Discount;
use super::plan::{ClaimWish, Source, Supply, for_day, supplies_on};
use super::{Reason, Terms, whole_steps};
use crate::kernel::ids::BatchId;
use crate::kernel::{Day, Instant, Quantity, Rupiah};

/// The longest stretch of days that is told at once.
pub const LONGEST_WINDOW: i64 = 60;

/// What can be had on one day at one price from one kind of supply. Goods on the shelf are told for each day on
/// which they may still be sold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Available {
    /// The day.
    pub ready_on: Day,
    /// On the shelf, planned, or made to order.
    pub kind: BatchKind,
    /// How much.
    pub available: Quantity,
    /// How much there can be, or was made, in all: ordered or not.
    pub capacity: Quantity,
    /// Its own price, when it is not the product's.
    pub price: Option<Rupiah>,
    /// The discount that it has at this moment.
    pub discount: Option<Discount>,
    /// Until when it can be ordered; none for what is made.
    pub cutoff_at: Option<Instant>,
    /// The batches; none when the day's is not there yet.
    pub batches: Vec<BatchId>,
    /// The last day on which the first of it may be sold.
    pub best_before: Option<Day>,
    /// How much must be ordered for it to run; zero when it runs anyway.
    pub minimum: Quantity,
    /// How much of that is still missing.
    pub needed_to_run: Quantity,
}

/// What can be had from `from` to `to`, the days in order. A day that is sold out is told with zero.
pub fn availability(terms: &Terms, batches: &[Batch], now: Instant, from: Day, to: Day) -> Vec<Available> {
    if !terms.on_sale {
        return Vec::new();
    }
    terms
        .open_days(now)
        .filter(|day| (from..=to).contains(day))
        .flat_map(|day| on_day(terms, batches, now, day))
        .collect()
}

fn on_day(terms: &Terms, batches: &[Batch], now: Instant, day: Day) -> Vec<Available> {
    let mut rows: Vec<Available> = Vec::new();
    for supply in supplies_on(terms, batches, now, day) {
        let shelf = supply.kind == BatchKind::Shelf;
        let same = |row: &&mut Available| {
            shelf && row.kind == BatchKind::Shelf && (row.price, row.discount) == (supply.price, supply.discount)
        };
        match rows.iter_mut().find(same) {
            Some(row) => {
                row.available = row.available.plus(supply.available);
                row.capacity = row.capacity.plus(supply.capacity);
                row.batches.extend(batch_of(&supply));
            }
            None => rows.push(row_of(day, &supply)),
        }
    }
    for row in &mut rows {
        row.available = whole_steps(row.available, terms.step);
    }
    rows.retain(|row| row.kind != BatchKind::Shelf || row.available.is_positive());
    rows
}

fn row_of(day: Day, supply: &Supply) -> Available {
    Available {
        ready_on: day,
        kind: supply.kind,
        available: supply.available,
        capacity: supply.capacity,
        price: supply.price,
        discount: supply.discount,
        cutoff_at: supply.cutoff_at,
        batches: batch_of(supply).into_iter().collect(),
        best_before: supply.best_before,
        minimum: supply.minimum,
        needed_to_run: supply.needed_to_run,
    }
}

fn batch_of(supply: &Supply) -> Option<BatchId> {
    match supply.source {
        Source::Batch(batch) => Some(batch),
        Source::Promise => None,
    }
}

/// What one day comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayAhead {
    /// The day.
    pub day: Day,
    /// The most that one line of an order can get for it.
    pub available: Quantity,
    /// Why it cannot be had that day; none when it can.
    pub reason: Option<Reason>,
    /// The next day on which it can be had, when it cannot that day.
    pub next_on: Option<Day>,
}

/// What each day from `from` to `to` comes to for someone who wants the least that can be ordered.
pub fn days_ahead(
    terms: &Terms,
    batches: &[Batch],
    now: Instant,
    least: Quantity,
    (from, to): (Day, Day),
) -> Vec<DayAhead> {
    let on = |day, quantity| {
        let wish = ClaimWish { terms: *terms, ready_on: Some(day), batch: None, quantity, at_least: least };
        if terms.on_sale { for_day(batches, now, &wish, day) } else { Err((Reason::NotOnSale, Quantity::ZERO)) }
    };
    let open: Vec<Day> = terms.open_days(now).filter(|day| on(*day, least).is_ok()).collect();
    let day_ahead = |day: Day| match on(day, Quantity::MAX) {
        Ok(plan) => DayAhead { day, available: plan.quantity, reason: None, next_on: None },
        Err((reason, _)) => DayAhead {
            day,
            available: Quantity::ZERO,
            reason: Some(reason),
            next_on: open.iter().copied().find(|open| *open > day),
        },
    };
    from.iter_days().take_while(|day| *day <= to).map(day_ahead).collect()
}

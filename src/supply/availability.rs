//! What can be had of a product, day by day, by the same rules as a claim.

use super::batch::{Batch, BatchKind};
use super::plan::{Source, Supply, supplies_on};
use super::{Terms, whole_steps};
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
    /// Its own price, when it is not the product's.
    pub price: Option<Rupiah>,
    /// Until when it can be ordered; none for what is made.
    pub cutoff_at: Option<Instant>,
    /// The batch, when it is one, and is there already.
    pub batch: Option<BatchId>,
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
        let same = |row: &&mut Available| shelf && row.kind == BatchKind::Shelf && row.price == supply.price;
        match rows.iter_mut().find(same) {
            Some(row) => {
                row.available = row.available.plus(supply.available);
                row.batch = None;
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
        price: supply.price,
        cutoff_at: supply.cutoff_at,
        batch: match supply.source {
            Source::Batch(batch) => Some(batch),
            Source::Promise => None,
        },
        best_before: supply.best_before,
        minimum: supply.minimum,
        needed_to_run: supply.needed_to_run,
    }
}

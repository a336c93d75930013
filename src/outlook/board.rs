//! A group's board: what is ordered for each of the coming days, and what is still free.

use std::collections::BTreeMap;

use super::store;
use crate::catalogue::{self, Product};
use crate::db::{self, Conn};
use crate::kernel::ids::{BatchId, GroupId, MarketDayId, ProductId};
use crate::kernel::{Day, Instant, Quantity, Rupiah};
use crate::supply::{self, Batch, BatchKind, BatchStatus, SupplySource, Terms, list_supplies};

/// A group's board for a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Board {
    /// Totals of each day, in order.
    pub days: Vec<BoardDay>,
    /// Batches and days of made-to-order products, sorted by day and product.
    pub rows: Vec<BoardRow>,
}

/// Totals of a day, in rupiah at the unit prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoardDay {
    /// The day.
    pub day: Day,
    /// Whether the group is closed on that day.
    pub is_closed: bool,
    /// Value ordered.
    pub committed: Rupiah,
    /// The part of it from standing orders.
    pub standing: Rupiah,
    /// Value that can still be ordered.
    pub free: Rupiah,
}

/// A batch, or a day on which a product can be made to order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardRow {
    /// The day it is ready; the first day of the board for goods on the shelf.
    pub day: Day,
    /// The product.
    pub product: ProductId,
    /// Name of the product.
    pub name: String,
    /// The kind of batch.
    pub kind: BatchKind,
    /// Status of the batch; `None` for a made-to-order day without orders.
    pub status: Option<BatchStatus>,
    /// The batch; `None` for a made-to-order day without orders.
    pub batch: Option<BatchId>,
    /// The market day, for offerings of one.
    pub market_day: Option<MarketDayId>,
    /// Capacity, or quantity made.
    pub capacity: Quantity,
    /// Quantity ordered, handed over or not.
    pub committed: Quantity,
    /// The part of it from standing orders.
    pub standing: Quantity,
    /// Quantity that can still be ordered.
    pub free: Quantity,
    /// Quantity that must be ordered for the batch to be made; zero: it is always made.
    pub minimum: Quantity,
    /// Quantity still missing to the minimum, while the batch is undecided.
    pub needed_to_run: Quantity,
    /// Cut-off for orders; `None` for goods that are made.
    pub cutoff_at: Option<Instant>,
    /// Price per unit, in rupiah.
    pub price: Rupiah,
}

/// Loads the board of a group for a period; both days are today or later.
pub fn load_board(
    conn: &mut Conn,
    now: Instant,
    group: GroupId,
    today: Day,
    (from, to): (Day, Day),
) -> db::Result<Board> {
    let products = store::list_products(conn, group)?;
    let product_rows = catalogue::find_many_of_any_status(conn, &products)?;
    let terms = supply::load_terms(conn, now, &products)?;
    let batches = supply::list_live_batches(conn, &products, today)?;
    let ids: Vec<BatchId> = batches.iter().map(|batch| batch.id).collect();
    let held_quantities = store::sum_held_by_standing_orders(conn, &ids)?;
    let market_days = store::find_market_days(conn, &ids)?;
    let mut rows = Vec::new();
    for product in products.iter().filter_map(|id| product_rows.iter().find(|product| product.id == *id)) {
        let Some(terms) = terms.iter().find(|terms| terms.product == product.id) else { continue };
        let own: Vec<Batch> = batches.iter().filter(|batch| batch.product_id == product.id).cloned().collect();
        for batch in own.iter().filter(|batch| is_ahead(batch, terms, now, from, to)) {
            rows.push(BoardRow {
                market_day: market_days.get(&batch.id).copied(),
                standing: held_quantities.get(&batch.id).copied().unwrap_or_default(),
                ..build_row(product, batch, now, from)
            });
        }
        rows.extend(list_promised_rows(product, terms, &own, now, (from, to)));
    }
    rows.sort_by(|a, b| (a.day, &a.name, a.kind, a.batch).cmp(&(b.day, &b.name, b.kind, b.batch)));
    let is_closed = |day| terms.first().is_some_and(|terms| terms.closed.contains(day));
    let days = sum_days(&rows, from.iter_days().take_while(|day| *day <= to), is_closed);
    Ok(Board { days, rows })
}

/// Whether a batch is on the board: it is ready within the period, or on the shelf.
fn is_ahead(batch: &Batch, terms: &Terms, now: Instant, from: Day, to: Day) -> bool {
    let is_in_period = (from..=to).contains(&batch.ready_on);
    let is_on_shelf = batch.ready_on < from
        && from == terms.today(now)
        && batch.status == BatchStatus::Made
        && batch.available().is_positive()
        && batch.is_sellable_on(from);
    is_in_period || is_on_shelf
}

fn build_row(product: &Product, batch: &Batch, now: Instant, from: Day) -> BoardRow {
    let is_on_shelf = batch.ready_on < from;
    let is_open = batch.accepts_orders(now);
    let is_undecided = batch.status == BatchStatus::Open;
    BoardRow {
        day: batch.ready_on.max(from),
        product: product.id,
        name: product.name.clone(),
        kind: if is_on_shelf { BatchKind::Shelf } else { batch.kind },
        status: Some(batch.status),
        batch: Some(batch.id),
        market_day: None,
        capacity: batch.made.unwrap_or(batch.capacity),
        committed: batch.claimed,
        standing: Quantity::ZERO,
        free: if is_open && batch.kind != BatchKind::Request { batch.available() } else { Quantity::ZERO },
        minimum: batch.minimum,
        needed_to_run: if is_undecided { batch.needed_to_run() } else { Quantity::ZERO },
        cutoff_at: batch.cutoff_at.filter(|_| batch.made.is_none()),
        price: batch.price.unwrap_or(product.price),
    }
}

/// Lists the days on which a product can be made to order and nobody has ordered yet.
fn list_promised_rows(
    product: &Product,
    terms: &Terms,
    batches: &[Batch],
    now: Instant,
    (from, to): (Day, Day),
) -> impl Iterator<Item = BoardRow> {
    let is_on_sale = terms.on_sale;
    let days = from.iter_days().take_while(move |day| *day <= to).filter(move |_| is_on_sale);
    days.flat_map(move |day| {
        let sources = list_supplies(terms, batches, now, day)
            .into_iter()
            .filter(|supply| supply.source == SupplySource::MadeToOrder);
        sources.map(move |supply| BoardRow {
            day,
            product: product.id,
            name: product.name.clone(),
            kind: supply.kind,
            status: None,
            batch: None,
            market_day: None,
            capacity: supply.capacity,
            committed: Quantity::ZERO,
            standing: Quantity::ZERO,
            free: supply.available,
            minimum: supply.minimum,
            needed_to_run: supply.needed_to_run,
            cutoff_at: supply.cutoff_at,
            price: supply.price.unwrap_or(product.price),
        })
    })
}

fn sum_days(rows: &[BoardRow], days: impl Iterator<Item = Day>, is_closed: impl Fn(Day) -> bool) -> Vec<BoardDay> {
    let empty = |day| BoardDay {
        day,
        is_closed: is_closed(day),
        committed: Rupiah::ZERO,
        standing: Rupiah::ZERO,
        free: Rupiah::ZERO,
    };
    let mut totals: BTreeMap<Day, BoardDay> = days.map(|day| (day, empty(day))).collect();
    for row in rows {
        let Some(day) = totals.get_mut(&row.day) else { continue };
        day.committed = add_value(day.committed, row.committed, row.price);
        day.standing = add_value(day.standing, row.standing, row.price);
        day.free = add_value(day.free, row.free, row.price);
    }
    totals.into_values().collect()
}

/// Adds the value of a quantity in whole rupiah. Saturates: the amount is for display only, whatever a group promises.
fn add_value(sum: Rupiah, quantity: Quantity, price: Rupiah) -> Rupiah {
    Rupiah(sum.0.saturating_add(quantity.as_thousandths().saturating_mul(price.0).div_euclid(1000)))
}

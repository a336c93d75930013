//! A group's board: what is ordered for each of the coming days, and what is still free.

use std::collections::BTreeMap;

use serde::Serialize;

use super::store;
use crate::catalogue::{self, Product};
use crate::db::{self, Conn};
use crate::kernel::ids::{BatchId, GroupId, MarketDayId, ProductId};
use crate::kernel::{Day, Instant, Quantity, Rupiah};
use crate::supply::{self, Batch, BatchKind, BatchStatus, SupplySource, Terms, list_supplies};

/// What a group has promised and can still sell on the coming days.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = BoardView)]
pub(super) struct GroupBoard {
    /// First day.
    from: Day,
    /// Last day.
    to: Day,
    /// Totals of each day, in order.
    #[schema(max_items = 62)]
    days: Vec<BoardDay>,
    /// Batches and days of made-to-order products, sorted by day and product.
    #[schema(max_items = 100_000)]
    data: Vec<BoardRow>,
}

/// Totals of a day, in rupiah at the unit prices.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = BoardDayView)]
struct BoardDay {
    day: Day,
    /// Whether the group is closed on that day.
    is_closed: bool,
    /// Value ordered.
    committed: Rupiah,
    /// The part of it from standing orders.
    standing: Rupiah,
    /// Value that can still be ordered.
    free: Rupiah,
}

/// A batch, or a day on which a product can be made to order.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = BoardRowView, example = json!({
    "day": "2026-11-27", "product": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11", "name": "Pastel sayur", "kind": "market",
    "status": "open", "batch": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c12",
    "market_day": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c13", "capacity": 240, "committed": 70, "standing": 40, "free": 170,
    "minimum": 60, "needed_to_run": 0, "cutoff_at": "2026-11-25T10:00:00Z",
    "cutoff_local": "2026-11-25T17:00:00+07:00", "price": 2500,
}))]
struct BoardRow {
    /// The day it is ready; the first day of the board for goods on the shelf.
    day: Day,
    product: ProductId,
    /// Name of the product.
    #[schema(max_length = 80, example = "Pastel sayur")]
    name: String,
    kind: BatchKind,
    /// Status of the batch; null for a made-to-order day without orders.
    status: Option<BatchStatus>,
    batch: Option<BatchId>,
    /// The market day, for offerings of one.
    market_day: Option<MarketDayId>,
    /// Capacity, or quantity made.
    #[schema(example = 240)]
    capacity: Quantity,
    /// Quantity ordered, handed over or not.
    #[schema(example = 70)]
    committed: Quantity,
    /// The part of it from standing orders.
    #[schema(example = 40)]
    standing: Quantity,
    /// Quantity that can still be ordered.
    #[schema(example = 170)]
    free: Quantity,
    /// Quantity that must be ordered for the batch to be made; 0: it is always made.
    #[schema(example = 60)]
    minimum: Quantity,
    /// Quantity still missing to the minimum.
    #[schema(example = 0)]
    needed_to_run: Quantity,
    /// Cut-off for orders; null for goods that are made.
    cutoff_at: Option<Instant>,
    /// The cut-off in the cooperative's time zone.
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-11-25T17:00:00+07:00")]
    cutoff_local: Option<String>,
    /// Price per unit, in rupiah.
    price: Rupiah,
}

/// Loads the board of a group for a period; both days are today or later.
pub(super) fn load_board(
    conn: &mut Conn,
    now: Instant,
    group: GroupId,
    today: Day,
    (from, to): (Day, Day),
) -> db::Result<GroupBoard> {
    let products = store::list_products(conn, group)?;
    let product_rows = catalogue::find_many_of_any_status(conn, &products)?;
    let terms = supply::load_terms(conn, now, &products)?;
    let batches = supply::list_current_batches(conn, &products, today)?;
    let ids: Vec<BatchId> = batches.iter().map(|batch| batch.id).collect();
    let claimed_by_standing_orders = store::sum_claimed_by_standing_orders(conn, &ids)?;
    let market_days = store::find_market_days(conn, &ids)?;
    let mut rows = Vec::new();
    for product in products.iter().filter_map(|id| product_rows.iter().find(|product| product.id == *id)) {
        let Some(terms) = terms.iter().find(|terms| terms.product == product.id) else { continue };
        let product_batches: Vec<Batch> =
            batches.iter().filter(|batch| batch.product_id == product.id).cloned().collect();
        for batch in product_batches.iter().filter(|batch| is_on_board(batch, terms, now, from, to)) {
            rows.push(BoardRow {
                market_day: market_days.get(&batch.id).copied(),
                standing: claimed_by_standing_orders.get(&batch.id).copied().unwrap_or_default(),
                ..build_row(product, terms, batch, now, from)
            });
        }
        rows.extend(list_made_to_order_rows(product, terms, &product_batches, now, (from, to)));
    }
    rows.sort_by(|a, b| (a.day, &a.name, a.kind, a.batch).cmp(&(b.day, &b.name, b.kind, b.batch)));
    // All products have the closed days of their group.
    let is_closed = |day| terms.first().is_some_and(|terms| terms.closed.contains(day));
    let days = sum_days(&rows, from.iter_days().take_while(|day| *day <= to), is_closed);
    Ok(GroupBoard { from, to, days, data: rows })
}

/// Whether a batch is on the board: it is ready within the period, or on the shelf.
fn is_on_board(batch: &Batch, terms: &Terms, now: Instant, from: Day, to: Day) -> bool {
    let is_in_period = (from..=to).contains(&batch.ready_on);
    let is_on_shelf = batch.ready_on < from
        && from == terms.today(now)
        && batch.status == BatchStatus::Made
        && batch.available().is_positive()
        && batch.is_sellable_on(from);
    is_in_period || is_on_shelf
}

fn build_row(product: &Product, terms: &Terms, batch: &Batch, now: Instant, from: Day) -> BoardRow {
    let is_on_shelf = batch.ready_on < from;
    let is_open = batch.accepts_orders(now);
    let is_undecided = batch.status == BatchStatus::Open;
    let cutoff_at = batch.cutoff_at.filter(|_| batch.made.is_none());
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
        needed_to_run: if is_undecided { batch.missing_to_minimum() } else { Quantity::ZERO },
        cutoff_at,
        cutoff_local: cutoff_at.map(|cutoff| terms.zone.local(cutoff)),
        price: batch.price.unwrap_or(product.price),
    }
}

/// Lists the days on which a product can be made to order and nobody has ordered yet.
fn list_made_to_order_rows(
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
            needed_to_run: supply.missing_to_minimum,
            cutoff_at: supply.cutoff_at,
            cutoff_local: supply.cutoff_at.map(|cutoff| terms.zone.local(cutoff)),
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

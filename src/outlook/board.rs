//! A group's board: what it has promised for each of the next days, and what is still free.

use std::collections::BTreeMap;

use super::store;
use crate::catalogue::{self, Product};
use crate::db::{self, Conn};
use crate::kernel::ids::{BatchId, GroupId, MarketDayId, ProductId};
use crate::kernel::{Day, Instant, Quantity, Rupiah};
use crate::supply::{self, Batch, BatchKind, BatchStatus, Source, Terms, supplies_on};

/// What a group has ahead from one day to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Board {
    /// Each day, in order.
    pub days: Vec<BoardDay>,
    /// What there is on them, by day and product.
    pub rows: Vec<BoardRow>,
}

/// What a day comes to in all, in rupiah at the price of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoardDay {
    /// The day.
    pub day: Day,
    /// Whether the group is shut on it.
    pub is_closed: bool,
    /// What is ordered.
    pub committed: Rupiah,
    /// What standing orders hold of that.
    pub standing: Rupiah,
    /// What may still be ordered.
    pub free: Rupiah,
}

/// A batch, or the promise of one, on the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardRow {
    /// On which day it is ready; the first day of the board for what lies on the shelf.
    pub day: Day,
    /// Of which product.
    pub product: ProductId,
    /// What that is called.
    pub name: String,
    /// How it came to be.
    pub kind: BatchKind,
    /// Where the batch stands; none for a promise of which nobody has ordered yet.
    pub status: Option<BatchStatus>,
    /// The batch.
    pub batch: Option<BatchId>,
    /// The market day to which it is brought.
    pub market_day: Option<MarketDayId>,
    /// How much there can be, or was made.
    pub capacity: Quantity,
    /// How much of it is ordered, handed over or not.
    pub committed: Quantity,
    /// How much of that standing orders hold.
    pub standing: Quantity,
    /// How much may still be ordered.
    pub free: Quantity,
    /// How much must be ordered for it to be made; zero when it is made anyway.
    pub minimum: Quantity,
    /// How much of that is still missing, while it is not decided.
    pub needed_to_run: Quantity,
    /// Until when it can be ordered; none for what is made.
    pub cutoff_at: Option<Instant>,
    /// The price of one.
    pub price: Rupiah,
}

/// The board of a group from one day to another; both are today or later.
pub fn board(conn: &mut Conn, now: Instant, group: GroupId, today: Day, (from, to): (Day, Day)) -> db::Result<Board> {
    let products = store::products_of(conn, group)?;
    let known = catalogue::find_many_of_any_status(conn, &products)?;
    let terms = supply::terms_of(conn, now, &products)?;
    let batches = supply::live_batches(conn, &products, today)?;
    let ids: Vec<BatchId> = batches.iter().map(|batch| batch.id).collect();
    let held = store::held_by_standing_orders(conn, &ids)?;
    let market_days = store::market_days_of(conn, &ids)?;
    let mut rows = Vec::new();
    for product in products.iter().filter_map(|id| known.iter().find(|product| product.id == *id)) {
        let Some(terms) = terms.iter().find(|terms| terms.product == product.id) else { continue };
        let own: Vec<Batch> = batches.iter().filter(|batch| batch.product_id == product.id).cloned().collect();
        for batch in own.iter().filter(|batch| is_ahead(batch, terms, now, from, to)) {
            rows.push(BoardRow {
                market_day: market_days.get(&batch.id).copied(),
                standing: held.get(&batch.id).copied().unwrap_or_default(),
                ..row_of(product, batch, now, from)
            });
        }
        rows.extend(promises(product, terms, &own, now, (from, to)));
    }
    rows.sort_by(|one, other| {
        (one.day, &one.name, one.kind, one.batch).cmp(&(other.day, &other.name, other.kind, other.batch))
    });
    let closed = |day| terms.first().is_some_and(|terms| terms.closed.contains(day));
    let days = totals(&rows, from.iter_days().take_while(|day| *day <= to), closed);
    Ok(Board { days, rows })
}

/// Whether a batch stands on the board: it is ready within its days, or lies on the shelf.
fn is_ahead(batch: &Batch, terms: &Terms, now: Instant, from: Day, to: Day) -> bool {
    let within = (from..=to).contains(&batch.ready_on);
    let on_shelf = batch.ready_on < from
        && from == terms.today(now)
        && batch.status == BatchStatus::Made
        && batch.available().is_positive()
        && batch.keeps_until(from);
    within || on_shelf
}

fn row_of(product: &Product, batch: &Batch, now: Instant, from: Day) -> BoardRow {
    let on_shelf = batch.ready_on < from;
    let open = batch.takes_orders(now);
    let undecided = batch.status == BatchStatus::Open;
    BoardRow {
        day: batch.ready_on.max(from),
        product: product.id,
        name: product.name.clone(),
        kind: if on_shelf { BatchKind::Shelf } else { batch.kind },
        status: Some(batch.status),
        batch: Some(batch.id),
        market_day: None,
        capacity: batch.made.unwrap_or(batch.capacity),
        committed: batch.claimed,
        standing: Quantity::ZERO,
        free: if open && batch.kind != BatchKind::Request { batch.available() } else { Quantity::ZERO },
        minimum: batch.minimum,
        needed_to_run: if undecided { batch.needed_to_run() } else { Quantity::ZERO },
        cutoff_at: batch.cutoff_at.filter(|_| batch.made.is_none()),
        price: batch.price.unwrap_or(product.price),
    }
}

/// The days on which a product is made to order and of which nobody has ordered yet.
fn promises(
    product: &Product,
    terms: &Terms,
    batches: &[Batch],
    now: Instant,
    (from, to): (Day, Day),
) -> impl Iterator<Item = BoardRow> {
    let on_sale = terms.on_sale;
    let days = from.iter_days().take_while(move |day| *day <= to).filter(move |_| on_sale);
    days.flat_map(move |day| {
        let promised = supplies_on(terms, batches, now, day).into_iter().filter(|it| it.source == Source::Promise);
        promised.map(move |it| BoardRow {
            day,
            product: product.id,
            name: product.name.clone(),
            kind: it.kind,
            status: None,
            batch: None,
            market_day: None,
            capacity: it.capacity,
            committed: Quantity::ZERO,
            standing: Quantity::ZERO,
            free: it.available,
            minimum: it.minimum,
            needed_to_run: it.needed_to_run,
            cutoff_at: it.cutoff_at,
            price: it.price.unwrap_or(product.price),
        })
    })
}

fn totals(rows: &[BoardRow], days: impl Iterator<Item = Day>, closed: impl Fn(Day) -> bool) -> Vec<BoardDay> {
    let empty = |day| BoardDay {
        day,
        is_closed: closed(day),
        committed: Rupiah::ZERO,
        standing: Rupiah::ZERO,
        free: Rupiah::ZERO,
    };
    let mut totals: BTreeMap<Day, BoardDay> = days.map(|day| (day, empty(day))).collect();
    for row in rows {
        let Some(day) = totals.get_mut(&row.day) else { continue };
        day.committed = with(day.committed, row.committed, row.price);
        day.standing = with(day.standing, row.standing, row.price);
        day.free = with(day.free, row.free, row.price);
    }
    totals.into_values().collect()
}

/// The sum with the worth of this quantity, whole rupiah. It saturates: nobody pays it, and a board is shown whatever a
/// group promises.
fn with(sum: Rupiah, quantity: Quantity, price: Rupiah) -> Rupiah {
    Rupiah(sum.0.saturating_add(quantity.in_thousandths().saturating_mul(price.0).div_euclid(1000)))
}

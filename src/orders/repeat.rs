//! Ordering again: what an earlier order held, fitted to what is sold today.

use std::collections::BTreeMap;

use super::basket::{Agreement, Basket, BasketLine, DeliveryWish};
use super::order::{Order, WholeOrder};
use super::quote::{Quote, QuoteError, quote};
use super::settings::Settings;
use super::store;
use crate::catalogue::{self, ProductStatus};
use crate::db::{self, Conn};
use crate::kernel::ids::ProductId;
use crate::kernel::{Instant, Quantity};

/// An earlier order, quoted once more.
#[derive(Debug, Clone)]
pub struct Repeated {
    /// What it was read as today.
    pub basket: Basket,
    /// What that comes to.
    pub quote: Quote,
    /// What it held and is no longer sold.
    pub gone: Vec<Gone>,
}

/// A product that is no longer sold, under the name it had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// Which product.
    pub product: ProductId,
    /// What it was called.
    pub name: String,
}

/// Quotes an order once more, at today's prices and for the first day the goods can be had.
///
/// What is no longer sold is left out and named; only when nothing is left is there no quote. Quantities grow to what
/// may be ordered today, and a way to the buyer that is no longer offered becomes fetching.
pub fn repeat(
    conn: &mut Conn,
    now: Instant,
    settings: &Settings,
    earlier: &WholeOrder,
) -> Result<Repeated, QuoteError> {
    let order = &earlier.order;
    // By product: an order may hold one of several days or batches.
    let mut held: BTreeMap<ProductId, (Quantity, String)> = BTreeMap::new();
    for line in earlier.parts.iter().flat_map(|part| &part.lines).map(|line| &line.line) {
        let (quantity, _) = held.entry(line.product).or_insert_with(|| (Quantity::ZERO, line.product_name.clone()));
        *quantity = quantity.plus(line.wanted);
    }
    let ids: Vec<ProductId> = held.keys().copied().collect();
    let sold = catalogue::find_many_of_any_status(conn, &ids)?;
    let sold = sold.iter().filter(|product| product.status == ProductStatus::Published);
    let lines = sold.filter_map(|product| {
        let (quantity, _) = held.get(&product.id)?;
        let quantity = product.least_from(*quantity);
        Some(BasketLine { product: product.id, ready_on: None, batch: None, quantity, at_least: None })
    });
    let mut basket = Basket {
        cooperative: order.cooperative,
        lines: lines.collect(),
        delivery: delivery(conn, order)?,
        needed_on: None,
        agreement: Agreement { buyer: order.buyer, ..Agreement::default() },
    };
    let quote = loop {
        match quote(conn, now, settings, &basket) {
            // Its group may be suspended.
            Err(QuoteError::NotOnSale { line }) if basket.lines.len() > 1 => drop(basket.lines.remove(line)),
            _ if basket.lines.is_empty() => return Err(QuoteError::NotOnSale { line: 0 }),
            outcome => break outcome?,
        }
    };
    for line in &basket.lines {
        held.remove(&line.product);
    }
    let gone = held.into_iter().map(|(product, (_, name))| Gone { product, name }).collect();
    Ok(Repeated { basket, quote, gone })
}

/// The way the order took, as far as it is still offered.
fn delivery(conn: &mut Conn, order: &Order) -> db::Result<DeliveryWish> {
    let way = DeliveryWish {
        kind: order.delivery_kind,
        point: order.pickup_point,
        zone: order.delivery_zone,
        address: order.address.clone(),
        // What a courier costs was agreed for that parcel, and is agreed anew with an officer: no buyer may say it.
        fee: None,
    };
    let is_offered = match (way.point, way.zone) {
        (Some(point), _) => store::is_open_point(conn, order.cooperative, point)?,
        (_, Some(zone)) => store::zone_fee(conn, order.cooperative, zone)?.is_some(),
        (None, None) => true,
    };
    Ok(if is_offered { way } else { DeliveryWish::pickup() })
}

//! Ordering again: quotes an earlier order with what is sold today.

use std::collections::BTreeMap;

use serde::Serialize;

use super::basket::{AgreedTerms, Basket, BasketLine};
use super::delivery::DeliveryChoice;
use super::order::{Order, OrderWithFulfilments};
use super::quote::{Quote, QuoteError, quote};
use super::settings::Settings;
use super::store;
use crate::catalogue::{self, ProductStatus};
use crate::db::{self, Conn};
use crate::kernel::ids::ProductId;
use crate::kernel::{Instant, Quantity};

/// An earlier order, quoted again.
#[derive(Debug, Clone)]
pub struct RepeatQuote {
    /// The basket that was quoted.
    pub basket: Basket,
    /// Its quote.
    pub quote: Quote,
    /// Products of the order that are no longer sold.
    pub gone: Vec<DiscontinuedProduct>,
}

/// A product that is no longer sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = GoneView)]
pub struct DiscontinuedProduct {
    product: ProductId,
    /// Its name when ordered.
    #[schema(max_length = 120, example = "Pastel sayur")]
    product_name: String,
}

/// Quotes an order again, at today's prices and for the first available days.
///
/// Products that are no longer sold are left out and listed; if none is left, it fails with [`QuoteError::NotOnSale`].
/// Quantities are raised to today's minimum, and a delivery that is no longer offered becomes pickup.
pub fn repeat(
    conn: &mut Conn,
    now: Instant,
    settings: &Settings,
    earlier: &OrderWithFulfilments,
) -> Result<RepeatQuote, QuoteError> {
    let order = &earlier.order;
    // By product: an order may have several lines of one product, for other days or batches.
    let mut ordered: BTreeMap<ProductId, (Quantity, String)> = BTreeMap::new();
    for line in earlier.fulfilments.iter().flat_map(|fulfilment| &fulfilment.lines).map(|line| &line.row) {
        let (quantity, _) = ordered.entry(line.product).or_insert_with(|| (Quantity::ZERO, line.product_name.clone()));
        *quantity = quantity.plus(line.wanted);
    }
    let ids: Vec<ProductId> = ordered.keys().copied().collect();
    let sold = catalogue::find_many_of_any_status(conn, &ids)?;
    let sold = sold.iter().filter(|product| product.status == ProductStatus::Published);
    let lines = sold.filter_map(|product| {
        let (quantity, _) = ordered.get(&product.id)?;
        let quantity = product.round_up_quantity(*quantity);
        Some(BasketLine { product: product.id, ready_on: None, batch: None, quantity, at_least: None })
    });
    let mut basket = Basket {
        cooperative: order.cooperative,
        lines: lines.collect(),
        delivery: delivery(conn, order)?,
        needed_on: None,
        agreement: AgreedTerms { buyer: order.buyer, ..AgreedTerms::default() },
    };
    let quote = loop {
        match quote(conn, now, settings, &basket) {
            // The group of a product may be suspended.
            Err(QuoteError::NotOnSale { line }) if basket.lines.len() > 1 => drop(basket.lines.remove(line)),
            _ if basket.lines.is_empty() => return Err(QuoteError::NotOnSale { line: 0 }),
            outcome => break outcome?,
        }
    };
    for line in &basket.lines {
        ordered.remove(&line.product);
    }
    let gone = ordered.into_iter();
    let gone = gone.map(|(product, (_, product_name))| DiscontinuedProduct { product, product_name }).collect();
    Ok(RepeatQuote { basket, quote, gone })
}

/// The order's delivery, if it is still offered; else pickup.
fn delivery(conn: &mut Conn, order: &Order) -> db::Result<DeliveryChoice> {
    let choice = DeliveryChoice {
        kind: order.delivery_kind,
        point: order.pickup_point,
        zone: order.delivery_zone,
        address: order.address.clone(),
        // A courier fee was agreed for that parcel; only officers may set one.
        fee: None,
    };
    let is_offered = match (choice.point, choice.zone) {
        (Some(point), _) => store::is_active_point(conn, order.cooperative, point)?,
        (_, Some(zone)) => store::find_zone_fee(conn, order.cooperative, zone)?.is_some(),
        (None, None) => true,
    };
    Ok(if is_offered { choice } else { DeliveryChoice::pickup() })
}

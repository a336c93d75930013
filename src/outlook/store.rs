//! All SQL of the outlook.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::db::schema::{claims, fulfilments, market_offerings, order_lines, products, standing_occurrences};
use crate::db::{Conn, Result};
use crate::kernel::Quantity;
use crate::kernel::ids::{BatchId, GroupId, MarketDayId, ProductId};
use crate::orders::FulfilmentStatus::{Accepted, HandedOver, Pending, Preparing, Ready};

/// Sums the quantities that standing orders claim of these batches.
pub(super) fn sum_claimed_by_standing_orders(
    conn: &mut Conn,
    batches: &[BatchId],
) -> Result<HashMap<BatchId, Quantity>> {
    let rows: Vec<(BatchId, Quantity)> = claims::table
        .inner_join(order_lines::table.inner_join(fulfilments::table))
        .inner_join(standing_occurrences::table.on(standing_occurrences::order_id.eq(order_lines::order_id.nullable())))
        .filter(claims::batch_id.eq_any(batches.to_vec()))
        .filter(claims::quantity.gt(Quantity::ZERO))
        .filter(fulfilments::status.eq_any([Pending, Accepted, Preparing, Ready, HandedOver]))
        .select((claims::batch_id, claims::quantity))
        .load(conn)?;
    let mut sums: HashMap<BatchId, Quantity> = HashMap::new();
    for (batch, quantity) in rows {
        let sum = sums.entry(batch).or_default();
        *sum = sum.plus(quantity);
    }
    Ok(sums)
}

/// Finds the market days of these batches.
pub(super) fn find_market_days(conn: &mut Conn, batches: &[BatchId]) -> Result<HashMap<BatchId, MarketDayId>> {
    let rows: Vec<(Option<BatchId>, MarketDayId)> = market_offerings::table
        .filter(market_offerings::batch_id.eq_any(batches.to_vec()))
        .select((market_offerings::batch_id, market_offerings::market_day_id))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(batch, day)| Some((batch?, day))).collect())
}

/// Lists the products that a group sells or has sold, by name.
pub(super) fn list_products(conn: &mut Conn, group: GroupId) -> Result<Vec<ProductId>> {
    Ok(products::table
        .filter(products::group_id.eq(group))
        .filter(products::status.ne("draft"))
        .order((products::sort_name.asc(), products::id.asc()))
        .select(products::id)
        .load(conn)?)
}

//! The public product list filtered by availability on a day, by the same rules as a quote and a claim.

use super::plan::ClaimRequest;
use super::stock::Stock;
use super::store;
use crate::catalogue::{self, Filters, ListKey, ListedProduct, Sort};
use crate::db::{self, Conn};
use crate::kernel::ids::ProductId;
use crate::kernel::{Day, Instant};

/// Bounds of the number of rows that one query reads: many are read for a short page, because some are not available.
const MIN_ROWS_PER_QUERY: i64 = 30;
const MAX_ROWS_PER_QUERY: i64 = 120;

/// Lists the published products of which at least the minimum quantity is available on this day, after the given key, at
/// most `limit`. SQL excludes what is certainly not available (`store::available_condition`); [`plan`](super::plan())
/// decides the rest. A page is full as long as there are more rows.
pub fn list_available_on(
    conn: &mut Conn,
    now: Instant,
    day: Day,
    filters: &Filters,
    sort: Sort,
    after: Option<&ListKey>,
    limit: i64,
) -> db::Result<Vec<ListedProduct>> {
    let page_size = usize::try_from(limit).unwrap_or(0);
    let rows_per_query = limit.clamp(MIN_ROWS_PER_QUERY, MAX_ROWS_PER_QUERY);
    let mut available: Vec<ListedProduct> = Vec::new();
    let mut after = after.cloned();
    while available.len() < page_size {
        let condition = Some(store::available_condition(now, day));
        let rows = catalogue::list_published_where(conn, filters, sort, after.as_ref(), rows_per_query, condition)?;
        let is_last = i64::try_from(rows.len()).is_ok_and(|rows| rows < rows_per_query);
        after = rows.last().map(|row| row.key(sort));
        let products: Vec<ProductId> = rows.iter().map(|row| row.product.id).collect();
        let stock = Stock::load(conn, now, &products)?;
        let orderable = rows.into_iter().filter(|row| {
            let least = row.product.minimum_quantity;
            stock.terms(row.product.id).is_some_and(|terms| {
                let request =
                    ClaimRequest { terms: *terms, ready_on: Some(day), batch: None, quantity: least, at_least: least };
                stock.plan(now, &request).is_ok()
            })
        });
        available.extend(orderable);
        if is_last {
            break;
        }
    }
    available.truncate(page_size);
    Ok(available)
}

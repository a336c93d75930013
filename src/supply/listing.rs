//! The public list narrowed to what can be had on a day, by the same rules as a quote and a claim.

use super::plan::ClaimWish;
use super::stock::Stock;
use super::store;
use crate::catalogue::{self, Filters, ListKey, Listed, Sort};
use crate::db::{self, Conn};
use crate::kernel::ids::ProductId;
use crate::kernel::{Day, Instant};

/// The least and the most rows that are looked at in one go.
const BATCH_SIZE: std::ops::RangeInclusive<i64> = 30..=120;

/// The rows of the public list of which at least the smallest order can be had on this day, behind this key, at most
/// `limit`: a page is full as long as there are more. The database leaves out what is surely not there
/// (`store::may_be_had`); the rules of [`plan`](super::plan()) decide about the rest.
pub fn listing_on(
    conn: &mut Conn,
    now: Instant,
    day: Day,
    filters: &Filters,
    sort: Sort,
    after: Option<&ListKey>,
    limit: i64,
) -> db::Result<Vec<Listed>> {
    let wanted = usize::try_from(limit).unwrap_or(0);
    let at_once = limit.clamp(*BATCH_SIZE.start(), *BATCH_SIZE.end());
    let mut found: Vec<Listed> = Vec::new();
    let mut after = after.cloned();
    while found.len() < wanted {
        let maybe = Some(store::may_be_had(now, day));
        let rows = catalogue::listing_where(conn, filters, sort, after.as_ref(), at_once, maybe)?;
        let was_last = i64::try_from(rows.len()).is_ok_and(|rows| rows < at_once);
        after = rows.last().map(|row| row.key(sort));
        let products: Vec<ProductId> = rows.iter().map(|row| row.product.id).collect();
        let stock = Stock::of(conn, now, &products)?;
        let there = rows.into_iter().filter(|row| {
            let least = row.product.minimum_quantity;
            stock.terms(row.product.id).is_some_and(|terms| {
                let wish =
                    ClaimWish { terms: *terms, ready_on: Some(day), batch: None, quantity: least, at_least: least };
                stock.plan(now, &wish).is_ok()
            })
        });
        found.extend(there);
        if was_last {
            break;
        }
    }
    found.truncate(wanted);
    Ok(found)
}

//! The public list narrowed to what can be had on a day, by the same rules as a quote and a claim.

use std::collections::HashMap;

use super::batch::Batch;
use super::plan::{ClaimWish, plan};
use super::{Terms, store};
use crate::catalogue::{self, Filters, ListKey, Listed, Sort};
use crate::db::{self, Conn};
use crate::kernel::ids::ProductId;
use crate::kernel::{Day, Instant, Quantity};

/// The least and the most rows that are looked at in one go.
const AT_ONCE: std::ops::RangeInclusive<i64> = 30..=120;

/// The rows of the public list of which at least the smallest order can be had on this day, behind this key, at most
/// `limit`: a page is full as long as there are more. The database leaves out what is surely not there
/// ([`store::may_be_had`]); the rules of [`plan`](plan()) decide about the rest.
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
    let at_once = limit.clamp(*AT_ONCE.start(), *AT_ONCE.end());
    let mut found: Vec<Listed> = Vec::new();
    let mut after = after.cloned();
    while found.len() < wanted {
        let maybe = Some(store::may_be_had(now, day));
        let rows = catalogue::listing_where(conn, filters, sort, after.as_ref(), at_once, maybe)?;
        let was_last = i64::try_from(rows.len()).is_ok_and(|rows| rows < at_once);
        after = rows.last().map(|row| row.key(sort));
        let supplies = Supplies::of(conn, now, &rows)?;
        let there = rows.into_iter().filter(|row| {
            let product = &row.product;
            supplies.can_be_had(now, day, product.id, product.minimum_quantity)
        });
        found.extend(there);
        if was_last {
            break;
        }
    }
    found.truncate(wanted);
    Ok(found)
}

/// What there is of some products.
struct Supplies {
    terms: HashMap<ProductId, Terms>,
    batches: HashMap<ProductId, Vec<Batch>>,
}

impl Supplies {
    fn of(conn: &mut Conn, now: Instant, rows: &[Listed]) -> db::Result<Self> {
        let ids: Vec<ProductId> = rows.iter().map(|row| row.product.id).collect();
        let terms: HashMap<_, _> =
            store::terms_of(conn, &ids)?.into_iter().map(|terms| (terms.product, terms)).collect();
        // The earliest of their days, so that no zone misses a batch of its own today.
        let today = terms.values().map(|terms| terms.today(now)).min().unwrap_or(now.utc_day());
        let mut batches: HashMap<ProductId, Vec<Batch>> = HashMap::new();
        for batch in store::live_batches(conn, &ids, today)? {
            batches.entry(batch.product_id).or_default().push(batch);
        }
        Ok(Supplies { terms, batches })
    }

    fn can_be_had(&self, now: Instant, day: Day, product: ProductId, quantity: Quantity) -> bool {
        let Some(terms) = self.terms.get(&product) else { return false };
        let batches = self.batches.get(&product).map_or(&[] as &[Batch], Vec::as_slice);
        let wish = ClaimWish { terms: *terms, ready_on: Some(day), batch: None, quantity, at_least: quantity };
        plan(batches, now, &wish).is_ok()
    }
}

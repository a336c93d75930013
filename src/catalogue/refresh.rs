//! Updates the search text of products after their groups were renamed: it contains the group's name.

use super::search::search_text;
use super::store;
use crate::db::{self, Db};
use crate::jobs::TaskError;
use crate::kernel::Instant;

const PRODUCTS_PER_TRANSACTION: i64 = 200;

/// Updates every outdated search text and returns how many were updated.
pub(super) fn refresh_search_text(db: &Db, _now: Instant) -> Result<usize, TaskError> {
    let (mut after, mut updated) = (None, 0_usize);
    loop {
        let batch = db.read_blocking::<_, db::Error>(move |conn| {
            store::list_search_texts(conn, after, PRODUCTS_PER_TRANSACTION)
        })?;
        let Some((last, ..)) = batch.last() else { return Ok(updated) };
        after = Some(last.id);
        let stale: Vec<_> = batch
            .into_iter()
            .map(|(product, group, current)| (product.id, search_text(&product.offering, &group), current))
            .filter(|(_, new, current)| new != current)
            .collect();
        updated = updated.saturating_add(stale.len());
        if !stale.is_empty() {
            db.write_blocking::<_, db::Error, _>(move |tx| {
                stale.iter().try_for_each(|(id, new, current)| store::set_search_text(tx, *id, current, new))
            })?;
        }
    }
}

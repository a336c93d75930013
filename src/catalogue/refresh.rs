//! Products are found by their group's name too; groups change theirs without asking products.

use super::search::search_text;
use super::store;
use crate::db::{self, Db};
use crate::jobs::TaskError;
use crate::kernel::Instant;

/// Products looked at in one transaction.
const PART: i64 = 200;

/// Writes anew what products are found by, where it is no longer what it should be; tells of how many.
pub(super) fn refresh_search_text(db: &Db, _now: Instant) -> Result<usize, TaskError> {
    let (mut after, mut written) = (None, 0_usize);
    loop {
        let part = db.read_blocking::<_, db::Error>(move |conn| store::search_texts(conn, after, PART))?;
        let Some((last, ..)) = part.last() else { return Ok(written) };
        after = Some(last.id);
        let stale: Vec<_> = part
            .into_iter()
            .map(|(product, group, known)| (product.id, search_text(&product.offering, &group), known))
            .filter(|(_, wanted, known)| wanted != known)
            .collect();
        written = written.saturating_add(stale.len());
        if !stale.is_empty() {
            db.write_blocking::<_, db::Error, _>(move |tx| {
                stale.iter().try_for_each(|(id, wanted, known)| store::set_search_text(tx, *id, known, wanted))
            })?;
        }
    }
}

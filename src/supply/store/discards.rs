//! The SQL of discards.

use diesel::prelude::*;

use crate::db::schema::discards;
use crate::db::{Conn, Result, Tx};
use crate::kernel::ids::{BatchId, DiscardId};
use crate::supply::{Batch, Discard};

/// Inserts a discard.
pub fn insert_discard(tx: &mut Tx<'_>, batch: &Batch, discard: &Discard) -> Result<()> {
    diesel::insert_into(discards::table)
        .values((
            discards::id.eq(discard.id),
            discards::cooperative_id.eq(batch.cooperative_id),
            discards::batch_id.eq(batch.id),
            discards::quantity.eq(discard.quantity),
            discards::reason.eq(&discard.reason),
            discards::noted_by.eq(discard.by),
            discards::noted_at.eq(discard.noted_at),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Lists the discards of a batch, oldest first, after the given one.
pub fn list_discards(conn: &mut Conn, batch: BatchId, after: Option<DiscardId>, limit: i64) -> Result<Vec<Discard>> {
    let mut query = discards::table
        .filter(discards::batch_id.eq(batch))
        .order(discards::id.asc())
        .limit(limit)
        .select((discards::id, discards::quantity, discards::reason, discards::noted_by, discards::noted_at))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(discards::id.gt(after));
    }
    Ok(query.load(conn)?)
}

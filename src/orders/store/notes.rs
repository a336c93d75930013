//! Notes between buyer and officers.

use diesel::prelude::*;

use crate::db::schema::{order_notes, orders};
use crate::db::{Conn, Result, Tx};
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, NoteId, OrderId};
use crate::orders::note::Note;

/// Inserts a note.
pub fn insert_note(tx: &mut Tx<'_>, note: &Note) -> Result<()> {
    diesel::insert_into(order_notes::table).values(note).execute(&mut **tx)?;
    Ok(())
}

/// The notes of an order, oldest first.
pub fn list_notes(conn: &mut Conn, order: OrderId, after: Option<(Instant, NoteId)>, limit: i64) -> Result<Vec<Note>> {
    let mut query = order_notes::table.filter(order_notes::order_id.eq(order)).select(Note::as_select()).into_boxed();
    if let Some((written_at, id)) = after {
        query = query.filter(
            order_notes::written_at
                .gt(written_at)
                .or(order_notes::written_at.eq(written_at).and(order_notes::id.gt(id))),
        );
    }
    Ok(query.order((order_notes::written_at.asc(), order_notes::id.asc())).limit(limit).load(conn)?)
}

/// Notes by this author, including those written as a guest under an order that they claimed later.
macro_rules! written_by {
    ($author:expr) => {
        order_notes::author_id.eq($author).or(order_notes::author_id
            .is_null()
            .and(order_notes::order_id.eq_any(orders::table.filter(orders::buyer_id.eq($author)).select(orders::id))))
    };
}

/// A page of a person's notes after this id, for their data export.
pub fn list_notes_for_export(
    conn: &mut Conn,
    author: AccountId,
    after: Option<NoteId>,
    limit: i64,
) -> Result<Vec<Note>> {
    let mut query = order_notes::table.filter(written_by!(author)).select(Note::as_select()).into_boxed();
    if let Some(after) = after {
        query = query.filter(order_notes::id.gt(after));
    }
    Ok(query.order(order_notes::id.asc()).limit(limit).load(conn)?)
}

/// Redacts what a person wrote as a buyer.
pub fn redact_notes(tx: &mut Tx<'_>, author: AccountId) -> Result<usize> {
    let own = order_notes::table.filter(order_notes::from_buyer.eq(true)).filter(written_by!(author));
    Ok(diesel::update(own).set(order_notes::text.eq("—")).execute(&mut **tx)?)
}

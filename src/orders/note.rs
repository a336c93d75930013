//! Notes between buyer and officers.

use super::access::Viewer;
use super::events::{self, OrderEvent};
use super::order::{Note, Order};
use super::store;
use crate::db::{self, Tx};
use crate::kernel::Instant;

/// Adds a note to an order that the viewer sees.
pub fn write_note(tx: &mut Tx<'_>, now: Instant, viewer: &Viewer, order: &Order, text: &str) -> db::Result<Note> {
    let note = Note {
        id: tx.id(now),
        cooperative: order.cooperative,
        order: order.id,
        author: viewer.account(),
        from_buyer: viewer.is_buyer(order),
        text: text.trim().to_owned(),
        written_at: now,
    };
    store::insert_note(tx, &note)?;
    let event = OrderEvent::Noted { order: order.id, note: note.id, from_buyer: note.from_buyer };
    events::record(tx, now, &event.about(order.id).by(viewer.account()).in_cooperative(order.cooperative))?;
    Ok(note)
}

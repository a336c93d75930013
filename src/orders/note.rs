//! Notes between buyer and officers.

use diesel::prelude::*;

use super::access::Viewer;
use super::events::{self, OrderEvent};
use super::order::Order;
use super::store;
use crate::db::schema::order_notes;
use crate::db::{self, Tx};
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, CooperativeId, NoteId, OrderId};

/// A note between buyer and officers.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = order_notes)]
#[diesel(treat_none_as_default_value = false)]
pub struct Note {
    /// Its id.
    pub id: NoteId,
    /// The order's cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// The order.
    #[diesel(column_name = order_id)]
    pub order: OrderId,
    /// The author's account; `None` for guests.
    #[diesel(column_name = author_id)]
    pub author: Option<AccountId>,
    /// Whether the buyer wrote it.
    pub from_buyer: bool,
    /// The text.
    pub text: String,
    /// When it was recorded.
    pub written_at: Instant,
}

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

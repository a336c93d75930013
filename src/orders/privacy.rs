//! A person's own orders: taken out with their data, and kept without their name when they go.

use serde_json::{Value, json};

use super::order::{Contact, Note};
use super::store;
use crate::db::{Conn, Result, Tx};
use crate::kernel::ids::{AccountId, NoteId, OrderId};
use crate::kernel::{Json, Language};
use crate::web::idempotency;

/// Who this account is to a group that serves them, and the language they read.
pub fn contact_of(conn: &mut Conn, account: AccountId) -> Result<Option<(Contact, Language)>> {
    let person = store::person(conn, account)?;
    Ok(person.map(|(name, phone, email, language)| (Contact { name, phone, email }, language)))
}

/// So many of a person's orders behind this one, as JSON, and the last of them where more may follow.
pub fn export_orders(
    conn: &mut Conn,
    account: AccountId,
    after: Option<OrderId>,
    most: i64,
) -> Result<(Vec<Value>, Option<OrderId>)> {
    let orders = store::orders_taken_out(conn, account, after, most)?;
    let last = orders.last().map(|order| order.id).filter(|_| is_full(orders.len(), most));
    let wholes = store::whole_many(conn, orders)?;
    let orders: Vec<Value> = wholes
        .iter()
        .map(|whole| {
            let order = &whole.order;
            let lines: Vec<Value> = whole
                .parts
                .iter()
                .flat_map(|part| &part.lines)
                .map(|line| {
                    let line = &line.line;
                    json!({
                        "product": line.product, "product_name": line.product_name, "ready_on": line.ready_on,
                        "quantity": line.quantity, "unit_price": line.unit_price, "total": line.total,
                    })
                })
                .collect();
            json!({
                "id": order.id, "number": order.number, "status": order.status, "placed_at": order.placed_at,
                "contact": order.contact(), "recipient": order.recipient(), "address": order.address,
                "note": order.note, "total": order.total, "paid_total": order.paid_total, "lines": lines,
            })
        })
        .collect();
    Ok((orders, last))
}

/// So much of what a person wrote under orders behind this, as JSON, and the last of it where more may follow.
pub fn export_notes(
    conn: &mut Conn,
    account: AccountId,
    after: Option<NoteId>,
    most: i64,
) -> Result<(Vec<Value>, Option<NoteId>)> {
    let notes = store::notes_taken_out(conn, account, after, most)?;
    let last = notes.last().map(|note| note.id).filter(|_| is_full(notes.len(), most));
    let told = |note: &Note| json!({ "order": note.order, "text": note.text, "written_at": note.written_at });
    Ok((notes.iter().map(told).collect(), last))
}

fn is_full(rows: usize, most: i64) -> bool {
    i64::try_from(rows).is_ok_and(|rows| rows >= most)
}

/// Takes a person out of their orders, and out of what officers were answered about them. The figures stay, because
/// the cooperative must account for them.
pub fn forget(tx: &mut Tx<'_>, account: AccountId) -> Result<()> {
    let nobody = Contact { name: "—".into(), phone: None, email: None };
    store::forget_buyer(tx, account, &Json::of(&nobody))?;
    store::forget_notes_of(tx, account)?;
    let orders = store::ids_of_buyer(tx, account)?;
    idempotency::forget_about(tx, &orders)
}

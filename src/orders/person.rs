//! A person's own orders: taken out with their data, and kept without their name when they go.

use serde_json::{Value, json};

use super::order::Contact;
use super::store;
use crate::db::{Conn, Result, Tx};
use crate::kernel::Json;
use crate::kernel::ids::AccountId;
use crate::web::idempotency;

/// Everything that orders know of a person, as JSON.
pub fn export(conn: &mut Conn, account: AccountId) -> Result<Value> {
    let orders = store::all_of_buyer(conn, account)?;
    let wholes = store::whole_many(conn, orders)?;
    let notes = store::all_notes_of(conn, account)?;
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
    let notes: Vec<Value> = notes
        .iter()
        .map(|note| json!({ "order": note.order, "text": note.text, "written_at": note.written_at }))
        .collect();
    Ok(json!({ "orders": orders, "notes": notes }))
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

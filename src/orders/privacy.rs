//! Export and anonymization of a person's orders.

use serde_json::{Value, json};

use super::contact::OrderContact;
use super::note::Note;
use super::store;
use crate::db::{Conn, Result, Tx};
use crate::kernel::ids::{AccountId, NoteId, OrderId};
use crate::kernel::{Json, Language};
use crate::web::idempotency;

/// The contact data and language of an account; `None` if there is no such account.
pub fn find_contact(conn: &mut Conn, account: AccountId) -> Result<Option<(OrderContact, Language)>> {
    let person = store::find_account_contact(conn, account)?;
    Ok(person.map(|(name, phone, email, language)| (OrderContact { name, phone, email }, language)))
}

/// A page of a person's orders after this id, as JSON; and the id to continue from, if there may be more.
pub fn export_orders(
    conn: &mut Conn,
    account: AccountId,
    after: Option<OrderId>,
    limit: i64,
) -> Result<(Vec<Value>, Option<OrderId>)> {
    let orders = store::list_orders_for_export(conn, account, after, limit)?;
    let last = orders.last().map(|order| order.id).filter(|_| is_full(orders.len(), limit));
    let wholes = store::load_many_with_fulfilments(conn, orders)?;
    let orders: Vec<Value> = wholes
        .iter()
        .map(|whole| {
            let order = &whole.order;
            let lines: Vec<Value> = whole
                .fulfilments
                .iter()
                .flat_map(|fulfilment| &fulfilment.lines)
                .map(|line| {
                    let line = &line.row;
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

/// A page of a person's order notes after this id, as JSON; and the id to continue from, if there may be more.
pub fn export_notes(
    conn: &mut Conn,
    account: AccountId,
    after: Option<NoteId>,
    limit: i64,
) -> Result<(Vec<Value>, Option<NoteId>)> {
    let notes = store::list_notes_for_export(conn, account, after, limit)?;
    let last = notes.last().map(|note| note.id).filter(|_| is_full(notes.len(), limit));
    let render = |note: &Note| json!({ "order": note.order, "text": note.text, "written_at": note.written_at });
    Ok((notes.iter().map(render).collect(), last))
}

fn is_full(rows: usize, limit: i64) -> bool {
    i64::try_from(rows).is_ok_and(|rows| rows >= limit)
}

/// Anonymizes a person's orders and deletes stored responses about them. Amounts are kept, because the cooperative must
/// account for them.
pub fn forget(tx: &mut Tx<'_>, account: AccountId) -> Result<()> {
    let nobody = OrderContact { name: "—".into(), phone: None, email: None };
    store::anonymize_buyer(tx, account, &Json::new(&nobody))?;
    store::redact_notes(tx, account)?;
    let orders = store::list_order_ids_of_buyer(tx, account)?;
    idempotency::erase_responses_about(tx, &orders)
}

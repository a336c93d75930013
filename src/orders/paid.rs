//! What payments need of orders: the one place where an order learns what was paid.

use super::order::{Order, WholeOrder};
use super::store;
use crate::db::{self, Conn, Tx};
use crate::events::{self, Event};
use crate::kernel::ids::OrderId;
use crate::kernel::{Instant, Rupiah};

/// The order, with its row locked until the end of the transaction, for whoever records a payment.
pub fn find_for_payment(tx: &mut Tx<'_>, id: OrderId) -> db::Result<Option<WholeOrder>> {
    store::locked(tx, id)
}

/// The order of this id.
pub fn find(conn: &mut Conn, id: OrderId) -> db::Result<Option<Order>> {
    store::order(conn, id)
}

/// The order of this id with its parts and lines.
pub fn find_whole(conn: &mut Conn, id: OrderId) -> db::Result<Option<WholeOrder>> {
    store::order(conn, id)?.map(|order| store::whole(conn, order)).transpose()
}

/// Notes what has been paid of an order in all, less what went back, and what went back.
pub fn set_paid_total(tx: &mut Tx<'_>, now: Instant, id: OrderId, paid: Rupiah, refunded: Rupiah) -> db::Result<Order> {
    store::set_paid(tx, id, paid, refunded)?;
    let order = store::order(tx, id)?.ok_or(diesel::result::Error::NotFound)?;
    let event = Event::new("order.paid_total_changed", id)
        .in_cooperative(order.cooperative)
        .with("order", id)
        .with("paid_total", paid)
        .with("payment_state", order.payment_state());
    events::record(tx, now, &event)?;
    Ok(order)
}

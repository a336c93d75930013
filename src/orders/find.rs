//! Reading and locking single orders, for other slices.

use super::order::{Order, OrderWithFulfilments};
use super::store;
use crate::db::{self, Conn, Tx};
use crate::kernel::ids::OrderId;

/// The order with this id.
pub fn find(conn: &mut Conn, id: OrderId) -> db::Result<Option<Order>> {
    store::find_order(conn, id)
}

/// The order with this id, with its fulfilments and lines.
pub fn find_with_fulfilments(conn: &mut Conn, id: OrderId) -> db::Result<Option<OrderWithFulfilments>> {
    store::find_order(conn, id)?.map(|order| store::load_with_fulfilments(conn, order)).transpose()
}

/// The order with its fulfilments, its row locked until the end of the transaction, before a payment is recorded.
pub fn lock_for_payment(tx: &mut Tx<'_>, id: OrderId) -> db::Result<Option<OrderWithFulfilments>> {
    store::lock_order(tx, id)
}

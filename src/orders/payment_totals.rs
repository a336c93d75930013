//! Payment totals of orders; written by payments only.

use super::events::{self, OrderEvent};
use super::order::Order;
use super::store;
use crate::db::{self, Tx};
use crate::kernel::ids::OrderId;
use crate::kernel::{Instant, Rupiah};

/// Writes the payments less refunds, and the refunds, of an order; records the event `order.paid_total_changed`.
pub fn set_paid_total(tx: &mut Tx<'_>, now: Instant, id: OrderId, paid: Rupiah, refunded: Rupiah) -> db::Result<Order> {
    store::set_paid(tx, id, paid, refunded)?;
    let order = store::find_order(tx, id)?.ok_or(diesel::result::Error::NotFound)?;
    let event = OrderEvent::PaidTotalChanged { order: id, paid_total: paid, payment_state: order.payment_state() };
    events::record(tx, now, &event.about(id).in_cooperative(order.cooperative))?;
    Ok(order)
}

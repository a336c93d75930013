//! Derives an order's status and totals after a change of its fulfilments.

use super::events::{self, OrderEvent};
use super::fulfilment::{Fulfilment, FulfilmentStatus, FulfilmentWithLines};
use super::order::{Order, OrderWithFulfilments};
use super::status::OrderStatus;
use super::store::{self, OrderTotals};
use crate::db::{self, Tx};
use crate::kernel::ids::{AccountId, OrderId};
use crate::kernel::{AmountError, Instant, Rupiah};
use crate::supply;

/// The totals of an order with these parts.
fn totals(order: &Order, fulfilments: &[FulfilmentWithLines]) -> OrderTotals {
    let statuses: Vec<_> = fulfilments.iter().map(|fulfilment| fulfilment.row.status).collect();
    let counting = || fulfilments.iter().filter(|fulfilment| fulfilment.row.status.counts());
    // Sums were within bounds when the order was placed, and only become smaller.
    let goods = Rupiah::sum(counting().map(|fulfilment| fulfilment.row.goods_total)).unwrap_or(order.goods_total);
    let deposits = counting().flat_map(|fulfilment| &fulfilment.lines).map(|line| line.row.deposit());
    let delivery_fee = if counting().next().is_some() { order.delivery_fee } else { Rupiah::ZERO };
    let total = goods.plus(delivery_fee).unwrap_or(order.total);
    OrderTotals {
        status: OrderStatus::derived(&statuses),
        goods,
        delivery_fee,
        total,
        deposit_due: Rupiah::sum(deposits).unwrap_or(order.deposit_due),
        delivered: delivered(order, fulfilments).unwrap_or(order.delivered_total),
    }
}

/// What is delivered of an order with these parts; the first hand-over includes the delivery fee.
fn delivered(order: &Order, fulfilments: &[FulfilmentWithLines]) -> Result<Rupiah, AmountError> {
    let mut handed_over =
        fulfilments.iter().filter(|fulfilment| fulfilment.row.status == FulfilmentStatus::HandedOver).peekable();
    let fee = if handed_over.peek().is_some() { order.delivery_fee } else { Rupiah::ZERO };
    handed_over.try_fold(fee, |sum, fulfilment| sum.plus(fulfilment.row.goods_total))
}

/// Reads the order again, writes its derived totals, and returns it with its fulfilments.
pub(super) fn update_totals(tx: &mut Tx<'_>, id: OrderId) -> db::Result<OrderWithFulfilments> {
    let whole = store::find_order(tx, id)?.ok_or(diesel::result::Error::NotFound)?;
    let whole = store::load_with_fulfilments(tx, whole)?;
    store::set_totals(tx, id, totals(&whole.order, &whole.fulfilments))?;
    let order = store::find_order(tx, id)?.ok_or(diesel::result::Error::NotFound)?;
    Ok(OrderWithFulfilments { order, fulfilments: whole.fulfilments })
}

/// Releases the claims of these fulfilments, batch by batch by id. A batch that was made for a request alone is cancelled
/// with it.
pub(super) fn release_claims<'a>(
    tx: &mut Tx<'_>,
    now: Instant,
    fulfilments: impl IntoIterator<Item = &'a FulfilmentWithLines>,
) -> db::Result<()> {
    for (batch, quantity) in OrderWithFulfilments::claims(fulfilments) {
        supply::release(tx, batch, quantity)?;
        supply::cancel_unclaimed(tx, now, batch)?;
    }
    Ok(())
}

/// Records an event about a part of an order.
pub(super) fn record_event(
    tx: &mut Tx<'_>,
    now: Instant,
    by: Option<AccountId>,
    fulfilment: &FulfilmentWithLines,
    event: OrderEvent,
) -> db::Result<()> {
    let Fulfilment { id, cooperative, group, .. } = fulfilment.row;
    events::record(tx, now, &event.about(id).by(by).in_group(cooperative, group)).map(drop)
}

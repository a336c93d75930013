//! Derives an order's status and totals after a change of its parts.

use super::fulfilment::FulfilmentStatus;
use super::order::{Order, Part, WholeOrder};
use super::status::OrderStatus;
use super::store::{self, OrderTotals};
use crate::db::{self, Tx};
use crate::events::{self, Event, Kind};
use crate::kernel::ids::{AccountId, OrderId};
use crate::kernel::{AmountError, Instant, Rupiah};
use crate::supply;

/// The totals of an order with these parts.
fn totals(order: &Order, parts: &[Part]) -> OrderTotals {
    let statuses: Vec<_> = parts.iter().map(|part| part.fulfilment.status).collect();
    let counting = || parts.iter().filter(|part| part.fulfilment.status.counts());
    // Sums were within bounds when the order was placed, and only become smaller.
    let goods = Rupiah::sum(counting().map(|part| part.fulfilment.goods_total)).unwrap_or(order.goods_total);
    let deposits = counting().flat_map(|part| &part.lines).map(|line| line.line.deposit());
    let delivery_fee = if counting().next().is_some() { order.delivery_fee } else { Rupiah::ZERO };
    let total = goods.plus(delivery_fee).unwrap_or(order.total);
    OrderTotals {
        status: OrderStatus::derived(&statuses),
        goods,
        delivery_fee,
        total,
        deposit_due: Rupiah::sum(deposits).unwrap_or(order.deposit_due),
        delivered: delivered(order, parts).unwrap_or(order.delivered_total),
    }
}

/// What is delivered of an order with these parts; the first hand-over includes the delivery fee.
fn delivered(order: &Order, parts: &[Part]) -> Result<Rupiah, AmountError> {
    let mut delivered_parts =
        parts.iter().filter(|part| part.fulfilment.status == FulfilmentStatus::HandedOver).peekable();
    let fee = if delivered_parts.peek().is_some() { order.delivery_fee } else { Rupiah::ZERO };
    delivered_parts.try_fold(fee, |sum, part| sum.plus(part.fulfilment.goods_total))
}

/// Reads the order again, writes its derived totals, and returns it with its parts.
pub(super) fn update_totals(tx: &mut Tx<'_>, id: OrderId) -> db::Result<WholeOrder> {
    let whole = store::find_order(tx, id)?.ok_or(diesel::result::Error::NotFound)?;
    let whole = store::load_whole(tx, whole)?;
    store::set_totals(tx, id, totals(&whole.order, &whole.parts))?;
    let order = store::find_order(tx, id)?.ok_or(diesel::result::Error::NotFound)?;
    Ok(WholeOrder { order, parts: whole.parts })
}

/// Releases the claims of these parts, batch by batch by id. A batch that was made for a request alone is cancelled
/// with it.
pub(super) fn release_claims<'a>(
    tx: &mut Tx<'_>,
    now: Instant,
    parts: impl IntoIterator<Item = &'a Part>,
) -> db::Result<()> {
    for (batch, quantity) in WholeOrder::claims(parts) {
        supply::release(tx, batch, quantity)?;
        supply::cancel_unclaimed(tx, now, batch)?;
    }
    Ok(())
}

/// Records an event about a part of an order.
pub(super) fn record_event(
    tx: &mut Tx<'_>,
    now: Instant,
    kind: Kind,
    by: Option<AccountId>,
    part: &Part,
    more: impl FnOnce(Event) -> Event,
) -> db::Result<()> {
    let fulfilment = &part.fulfilment;
    let event = Event::new(kind, fulfilment.id)
        .by(by)
        .in_cooperative(fulfilment.cooperative)
        .for_group(fulfilment.group)
        .with("order", fulfilment.order)
        .with("fulfilment", fulfilment.id)
        .with("group", fulfilment.group);
    events::record(tx, now, &more(event))?;
    Ok(())
}

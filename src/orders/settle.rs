//! After every change of a part: what the order comes to now, and where it stands.

use super::fulfilment::FulfilmentStatus;
use super::order::{Order, Part, WholeOrder};
use super::status::OrderStatus;
use super::store::{self, Totals};
use crate::db::{self, Tx};
use crate::events::{self, Event, Kind};
use crate::kernel::ids::{AccountId, OrderId};
use crate::kernel::{AmountError, Instant, Rupiah};
use crate::supply;

/// What an order with these parts comes to.
fn totals(order: &Order, parts: &[Part]) -> Totals {
    let statuses: Vec<_> = parts.iter().map(|part| part.fulfilment.status).collect();
    let counting = || parts.iter().filter(|part| part.fulfilment.status.counts());
    // The sums were within their bounds when the order was placed, and have only become smaller.
    let goods = Rupiah::sum(counting().map(|part| part.fulfilment.goods_total)).unwrap_or(order.goods_total);
    let deposits = counting().flat_map(|part| &part.lines).map(|line| line.line.deposit());
    let delivery_fee = if counting().next().is_some() { order.delivery_fee } else { Rupiah::ZERO };
    let total = goods.plus(delivery_fee).unwrap_or(order.total);
    Totals {
        status: OrderStatus::derived(&statuses),
        goods,
        delivery_fee,
        total,
        deposit_due: Rupiah::sum(deposits).unwrap_or(order.deposit_due),
        delivered: delivered(order, parts).unwrap_or(order.delivered_total),
    }
}

/// What of an order with these parts is in the buyer's hands: the way is gone with the first part.
fn delivered(order: &Order, parts: &[Part]) -> Result<Rupiah, AmountError> {
    let mut there = parts.iter().filter(|part| part.fulfilment.status == FulfilmentStatus::HandedOver).peekable();
    let way = if there.peek().is_some() { order.delivery_fee } else { Rupiah::ZERO };
    there.try_fold(way, |sum, part| sum.plus(part.fulfilment.goods_total))
}

/// Reads the order again, writes what follows from its parts, and gives it back whole.
pub(super) fn settle(tx: &mut Tx<'_>, id: OrderId) -> db::Result<WholeOrder> {
    let whole = store::order(tx, id)?.ok_or(diesel::result::Error::NotFound)?;
    let whole = store::whole(tx, whole)?;
    store::set_totals(tx, id, totals(&whole.order, &whole.parts))?;
    let order = store::order(tx, id)?.ok_or(diesel::result::Error::NotFound)?;
    Ok(WholeOrder { order, parts: whole.parts })
}

/// Gives back what these parts have claimed, batch by batch in the order of their ids. What was to be made for a request
/// alone is called off with it.
pub(super) fn release<'a>(tx: &mut Tx<'_>, now: Instant, parts: impl IntoIterator<Item = &'a Part>) -> db::Result<()> {
    for (batch, quantity) in WholeOrder::claims(parts) {
        supply::release(tx, batch, quantity)?;
        supply::drop_unwanted(tx, now, batch)?;
    }
    Ok(())
}

/// Tells what happened to a part of an order.
pub(super) fn tell(
    tx: &mut Tx<'_>,
    now: Instant,
    kind: Kind,
    by: Option<AccountId>,
    part: &Part,
    more: impl FnOnce(Event) -> Event,
) -> db::Result<()> {
    let it = &part.fulfilment;
    let event = Event::new(kind, it.id)
        .by(by)
        .in_cooperative(it.cooperative)
        .of_group(it.group)
        .with("order", it.order)
        .with("fulfilment", it.id)
        .with("group", it.group);
    events::record(tx, now, &more(event))?;
    Ok(())
}

//! Consignment sales as orders: the goods are claimed since they were delivered to the outlet, and are handed over when
//! they are counted as sold.

use super::contact::OrderContact;
use super::events::{FulfilmentPayload, OrderEvent};
use super::fulfilment::{Claim, Fulfilment, FulfilmentAction, FulfilmentStatus, OrderLine};
use super::number::{format_order_number, order_number_month};
use super::order::{Channel, Order, OrderWithFulfilments};
use super::place::record_placed;
use super::postings;
use super::settings::Settings;
use super::status::OrderStatus;
use super::store::{self, FulfilmentChange, SaleKind, Seller};
use super::totals::{record_event, update_totals};
use super::transition::{FulfilmentError, TransitionRequest, apply_action, reverse_sale};
use crate::cooperatives::{GroupPermit, load_group_names};
use crate::db::Tx;
use crate::kernel::ids::{AccountId, BatchId, OrderId, OutletId, ProductId};
use crate::kernel::{Day, Instant, Quantity, Rupiah};
use crate::supply::{self, Discard};

/// What an outlet sold of one group's goods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsignedSale {
    /// The outlet.
    pub outlet: OutletId,
    /// The outlet's contact.
    pub contact: OrderContact,
    /// Payment deadline of the outlet.
    pub pay_by: Instant,
    /// The sold lines, ordered by batch.
    pub lines: Vec<ConsignedLine>,
}

/// What an outlet sold of one batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsignedLine {
    /// The product.
    pub product: ProductId,
    /// The product's name.
    pub name: String,
    /// The product's unit.
    pub unit: String,
    /// The batch.
    pub batch: BatchId,
    /// The day on which the batch was ready.
    pub ready_on: Day,
    /// The sold quantity.
    pub quantity: Quantity,
    /// The price of a unit that the outlet owes.
    pub unit_price: Rupiah,
    /// The retail price of a unit, if the outlet keeps a margin.
    pub retail_price: Option<Rupiah>,
    /// The cooperative's service fee, in percent.
    pub service_percent: i32,
}

/// Creates the order of a consignment sale and hands it over. Its goods are claimed already.
pub fn sell_consigned(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &Settings,
    permit: &GroupPermit,
    sale: &ConsignedSale,
) -> Result<OrderWithFulfilments, FulfilmentError> {
    let seller = store::find_seller(tx, permit.cooperative)?.ok_or(FulfilmentError::NotFound)?;
    let order = build_order(tx, now, &seller, permit, sale)?;
    let ready_on = sale.lines.iter().map(|line| line.ready_on).max().ok_or(FulfilmentError::NotFound)?;
    let fulfilment = Fulfilment {
        goods_total: order.goods_total,
        ..Fulfilment::new(tx.id(now), order.id, order.cooperative, permit.group, ready_on, Some(now))
    };
    let (mut lines, mut claims) = (Vec::new(), Vec::new());
    for (line, position) in sale.lines.iter().zip(0_i32..) {
        let row = build_line(tx, now, &fulfilment, position, line)?;
        let (cooperative, id) = (permit.cooperative, tx.id(now));
        claims.push(Claim { id, cooperative, line: row.id, batch: line.batch, quantity: line.quantity });
        lines.push(row);
    }
    let groups = load_group_names(tx, [permit.group])?;
    let placed = store::insert_order(tx, order, vec![fulfilment], &groups, lines, claims)?;
    record_placed(tx, now, &placed, true, Some(permit.account))?;
    let request = TransitionRequest::new(FulfilmentAction::HandOver);
    for fulfilment in &placed.fulfilments {
        apply_action(tx, now, settings, &placed, fulfilment, Some(permit.account), &request)?;
    }
    Ok(update_totals(tx, placed.order.id)?)
}

/// Reverses the sale of a wrong count, whatever its age. The goods stay claimed: the outlet has them again to sell.
pub fn undo_consigned(
    tx: &mut Tx<'_>,
    now: Instant,
    by: AccountId,
    id: OrderId,
) -> Result<OrderWithFulfilments, FulfilmentError> {
    let whole = store::lock_order(tx, id)?.ok_or(FulfilmentError::NotFound)?;
    for fulfilment in &whole.fulfilments {
        let change = FulfilmentChange {
            status: Some(FulfilmentStatus::Cancelled),
            handed_over_at: Some(None),
            ..FulfilmentChange::default()
        };
        if fulfilment.row.status != FulfilmentStatus::HandedOver
            || !store::update_fulfilment(tx, &fulfilment.row, &change)?
        {
            return Err(FulfilmentError::WrongStatus(fulfilment.row.status));
        }
        reverse_sale(tx, now, &whole, fulfilment, SaleKind::Undo, Some(by))?;
        record_event(tx, now, Some(by), fulfilment, OrderEvent::Undone(FulfilmentPayload::new(fulfilment)))?;
    }
    Ok(update_totals(tx, id)?)
}

/// Discards goods that an outlet returned and that cannot be sold; posts the compensation of the group if the
/// cooperative bears discards.
pub fn discard_consigned(
    tx: &mut Tx<'_>,
    now: Instant,
    batch: BatchId,
    discard: &Discard,
) -> Result<(), FulfilmentError> {
    let batch = supply::discard_returned(tx, batch, discard)?;
    Ok(postings::post_discard(tx, now, &batch, discard)?)
}

fn build_order(
    tx: &mut Tx<'_>,
    now: Instant,
    seller: &Seller,
    permit: &GroupPermit,
    sale: &ConsignedSale,
) -> Result<Order, FulfilmentError> {
    let month = order_number_month(now, seller.zone);
    let number = format_order_number(&seller.code, &month, store::next_number(tx, seller.id, &month)?);
    let goods = sale.lines.iter().map(|line| line.quantity.total_at(line.unit_price)).collect::<Result<Vec<_>, _>>()?;
    let total = Rupiah::sum(goods)?;
    Ok(Order {
        status: OrderStatus::Confirmed,
        captured_by: Some(permit.account),
        pay_by: Some(sale.pay_by),
        cancellable_until: Some(now),
        outlet: Some(sale.outlet),
        ..Order::new(tx.id(now), permit.cooperative, number, Channel::Consignment, &sale.contact, total, now)
    })
}

fn build_line(
    tx: &Tx<'_>,
    now: Instant,
    fulfilment: &Fulfilment,
    position: i32,
    sold: &ConsignedLine,
) -> Result<OrderLine, FulfilmentError> {
    Ok(OrderLine {
        id: tx.id(now),
        cooperative: fulfilment.cooperative,
        order: fulfilment.order,
        fulfilment: fulfilment.id,
        product: sold.product,
        position,
        product_name: sold.name.clone(),
        unit: sold.unit.clone(),
        ready_on: sold.ready_on,
        wanted: sold.quantity,
        at_least: sold.quantity,
        quantity: sold.quantity,
        unit_price: sold.unit_price,
        total: sold.quantity.total_at(sold.unit_price)?,
        deposit_percent: 0,
        reason: None,
        discount: None,
        was_price: sold.retail_price,
        service_percent: sold.service_percent,
    })
}

//! What an outlet has sold on consignment becomes an order: claimed since the goods were brought there, and handed over the
//! moment it is counted.

use super::fulfilment::{Action, FulfilmentStatus};
use super::number::{month, number};
use super::order::{Channel, Claim, Contact, DeliveryKind, Fulfilment, Line, Order, WholeOrder};
use super::postings;
use super::settings::Settings;
use super::settle::{settle, tell};
use super::status::OrderStatus;
use super::store::{self, SaleKind, Seller, Step};
use super::transition::{TransitionError, TransitionRequest, take, turn_back};
use crate::cooperatives::GroupPermit;
use crate::db::{self, Tx};
use crate::events::{self, Event};
use crate::kernel::ids::{AccountId, BatchId, FulfilmentId, OrderId, OutletId, ProductId};
use crate::kernel::{Day, Instant, Json, Language, Quantity, Rupiah};
use crate::supply::{self, Discard};

/// What an outlet has sold of a group's goods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsignedSale {
    /// The outlet.
    pub outlet: OutletId,
    /// Who keeps it.
    pub contact: Contact,
    /// Until when it pays.
    pub pay_by: Instant,
    /// What of which batch, by batch.
    pub lines: Vec<ConsignedLine>,
}

/// What an outlet has sold of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsignedLine {
    /// The product.
    pub product: ProductId,
    /// Its name.
    pub name: String,
    /// In what it is counted.
    pub unit: String,
    /// The batch.
    pub batch: BatchId,
    /// When it was ready.
    pub ready_on: Day,
    /// How much of it.
    pub quantity: Quantity,
    /// What the outlet owes for a unit.
    pub unit_price: Rupiah,
    /// What a unit costs there, when the outlet keeps a part of it.
    pub retail_price: Option<Rupiah>,
    /// What the cooperative keeps, in percent.
    pub service_percent: i32,
}

/// Writes the order of what was sold and hands it over. Its goods are claimed already.
pub fn sell_consigned(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &Settings,
    permit: &GroupPermit,
    sale: &ConsignedSale,
) -> Result<WholeOrder, TransitionError> {
    let seller = seller(tx, permit)?;
    let order = order_of(tx, now, &seller, permit, sale)?;
    let part = part_of(tx, now, &order, permit, sale)?;
    let (mut lines, mut claims) = (Vec::new(), Vec::new());
    for (line, position) in sale.lines.iter().zip(0_i32..) {
        let row = line_of(tx, now, &part, position, line)?;
        let (cooperative, id) = (permit.cooperative, tx.id(now));
        claims.push(Claim { id, cooperative, line: row.id, batch: line.batch, quantity: line.quantity });
        lines.push(row);
    }
    let whole = store::insert(tx, order, vec![part], lines, claims)?;
    let (order, parts) = (&whole.order, &whole.parts);
    let event = Event::new("order.placed", order.id)
        .by(permit.account)
        .in_cooperative(order.cooperative)
        .of_group(permit.group)
        .with("order", order.id)
        .with("group", permit.group)
        .with("groups", [permit.group])
        .with("fulfilments", parts.iter().map(|part| part.fulfilment.id).collect::<Vec<_>>())
        .with("channel", order.channel)
        .with("total", order.total)
        .with("promised", true);
    events::record(tx, now, &event)?;
    for part in parts {
        take(tx, now, settings, &whole, part, Some(permit.account), &TransitionRequest::just(Action::HandOver))?;
    }
    Ok(settle(tx, order.id)?)
}

/// Takes the sale of a count back that was wrong, however long ago: its goods are the outlet's to sell again, and stay
/// claimed.
pub fn undo_consigned(
    tx: &mut Tx<'_>,
    now: Instant,
    by: AccountId,
    id: OrderId,
) -> Result<WholeOrder, TransitionError> {
    let whole = store::locked(tx, id)?.ok_or(TransitionError::NotFound)?;
    for part in &whole.parts {
        let step = Step { status: Some(FulfilmentStatus::Cancelled), handed_over_at: Some(None), ..Step::default() };
        if part.fulfilment.status != FulfilmentStatus::HandedOver || !store::step(tx, &part.fulfilment, &step)? {
            return Err(TransitionError::Invalid(part.fulfilment.status));
        }
        turn_back(tx, now, &whole, part, SaleKind::Undo, Some(by))?;
        tell(tx, now, "fulfilment.undone", Some(by), part, |event| event.with("amount", part.fulfilment.goods_total))?;
    }
    Ok(settle(tx, id)?)
}

/// Throws away what an outlet gave back and nobody can sell; the cooperative pays the group for it where it bears that.
pub fn discard_consigned(
    tx: &mut Tx<'_>,
    now: Instant,
    batch: BatchId,
    discard: &Discard,
) -> Result<(), TransitionError> {
    let batch = supply::discard_returned(tx, batch, discard)?;
    Ok(postings::discarded(tx, now, &batch, discard)?)
}

fn seller(tx: &mut Tx<'_>, permit: &GroupPermit) -> Result<Seller, TransitionError> {
    Ok(store::seller(tx, permit.cooperative)?.ok_or(diesel::result::Error::NotFound).map_err(db::Error::from)?)
}

fn order_of(
    tx: &mut Tx<'_>,
    now: Instant,
    seller: &Seller,
    permit: &GroupPermit,
    sale: &ConsignedSale,
) -> Result<Order, TransitionError> {
    let month = month(now, seller.zone);
    let number = number(&seller.code, &month, store::next_number(tx, seller.id, &month)?);
    let goods = sale.lines.iter().map(|line| line.quantity.cost(line.unit_price)).collect::<Result<Vec<_>, _>>()?;
    let total = Rupiah::sum(goods)?;
    Ok(Order {
        id: tx.id(now),
        cooperative: permit.cooperative,
        number,
        status: OrderStatus::Confirmed,
        channel: Channel::Consignment,
        buyer: None,
        captured_by: Some(permit.account),
        contact: Json::of(&sale.contact),
        recipient: None,
        delivery_kind: DeliveryKind::Pickup,
        pickup_point: None,
        delivery_zone: None,
        address: None,
        needed_on: None,
        note: None,
        locale: Language::Indonesian,
        goods_total: total,
        delivery_fee: Rupiah::ZERO,
        total,
        deposit_due: Rupiah::ZERO,
        placed_total: total,
        paid_total: Rupiah::ZERO,
        refunded_total: Rupiah::ZERO,
        placed_at: now,
        answer_by: None,
        pay_by: Some(sale.pay_by),
        cancellable_until: Some(now),
        version: 1,
        delivered_total: Rupiah::ZERO,
        outlet: Some(sale.outlet),
    })
}

fn part_of(
    tx: &Tx<'_>,
    now: Instant,
    order: &Order,
    permit: &GroupPermit,
    sale: &ConsignedSale,
) -> Result<Fulfilment, TransitionError> {
    let ready_on = sale.lines.iter().map(|line| line.ready_on).max();
    Ok(Fulfilment {
        id: tx.id::<FulfilmentId>(now),
        cooperative: permit.cooperative,
        order: order.id,
        group: permit.group,
        status: FulfilmentStatus::Accepted,
        goods_total: order.goods_total,
        ready_on: ready_on.ok_or(TransitionError::NotFound)?,
        answer_by: None,
        answered_at: Some(now),
        ready_at: None,
        handed_over_at: None,
        reason: None,
        courier: None,
        tracking_number: None,
        received_by: None,
        version: 1,
    })
}

fn line_of(
    tx: &Tx<'_>,
    now: Instant,
    part: &Fulfilment,
    position: i32,
    it: &ConsignedLine,
) -> Result<Line, TransitionError> {
    Ok(Line {
        id: tx.id(now),
        cooperative: part.cooperative,
        order: part.order,
        fulfilment: part.id,
        product: it.product,
        position,
        product_name: it.name.clone(),
        unit: it.unit.clone(),
        ready_on: it.ready_on,
        wanted: it.quantity,
        at_least: it.quantity,
        quantity: it.quantity,
        unit_price: it.unit_price,
        total: it.quantity.cost(it.unit_price)?,
        deposit_percent: 0,
        reason: None,
        discount: None,
        was_price: it.retail_price,
        service_percent: it.service_percent,
    })
}

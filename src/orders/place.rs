//! Placing an order: priced, claimed and written in one transaction, or not at all.

use std::collections::BTreeMap;

use super::basket::Basket;
use super::fulfilment::FulfilmentStatus;
use super::number::{month, number};
use super::order::{Channel, Claim, Contact, Fulfilment, Line, LineReason, Order, Recipient, WholeOrder};
use super::quote::{Quote, QuoteError, QuotedLine, quote};
use super::settings::Settings;
use super::status::OrderStatus;
use super::store;
use crate::db::{self, Tx};
use crate::events::{self, Event};
use crate::kernel::ids::{AccountId, BatchId, FulfilmentId, GroupId, LineId, OrderId};
use crate::kernel::{AmountError, Instant, Json, Language, Quantity, Rupiah};
use crate::supply::{self, BatchKind, ClaimError, ClaimWish, Plan, Unavailable};

/// Everything an order needs beside what is wished for.
#[derive(Debug, Clone)]
pub struct NewOrder {
    /// Its id, new.
    pub id: OrderId,
    /// What is wished for.
    pub basket: Basket,
    /// Whose order it becomes; nobody's when a guest's.
    pub buyer: Option<AccountId>,
    /// The officer who takes it for someone.
    pub captured_by: Option<AccountId>,
    /// By which way it comes.
    pub channel: Channel,
    /// Who orders.
    pub contact: Contact,
    /// Who receives the goods, when it is someone else.
    pub recipient: Option<Recipient>,
    /// What the buyer wants known.
    pub note: Option<String>,
    /// The language the buyer reads.
    pub locale: Language,
    /// What the buyer believes it comes to; unsaid by those who set the price themselves.
    pub expected_total: Option<Rupiah>,
    /// Whether the groups have promised it beforehand, so that nobody needs to accept it any more.
    pub promised: bool,
}

/// Why no order was placed; nothing is kept of it.
#[derive(Debug, thiserror::Error)]
pub enum PlaceOrderError {
    /// The wish itself is not good.
    #[error(transparent)]
    Quote(QuoteError),
    /// A line cannot be had.
    #[error("line {line} cannot be had")]
    Unavailable {
        /// Which line.
        line: usize,
        /// Why, and what could be had.
        shortage: Unavailable,
    },
    /// It comes to something else than the buyer believes.
    #[error("the total has changed")]
    TotalChanged(Box<Quote>),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<QuoteError> for PlaceOrderError {
    fn from(error: QuoteError) -> Self {
        match error {
            QuoteError::Db(error) => PlaceOrderError::Db(error),
            error => PlaceOrderError::Quote(error),
        }
    }
}

impl From<AmountError> for PlaceOrderError {
    fn from(error: AmountError) -> Self {
        PlaceOrderError::Quote(error.into())
    }
}

/// Prices the lines, claims their batches, writes the order and tells of it.
pub fn place(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &Settings,
    new_order: &NewOrder,
) -> Result<WholeOrder, PlaceOrderError> {
    let quoted = quote(tx, now, settings, &new_order.basket.by(new_order.buyer))?;
    for (line, it) in quoted.lines.iter().enumerate() {
        if let (None, Some(shortage)) = (&it.plan, it.shortage) {
            return Err(PlaceOrderError::Unavailable { line, shortage });
        }
    }
    if new_order.expected_total.is_some_and(|expected| expected != quoted.total) {
        return Err(PlaceOrderError::TotalChanged(Box::new(quoted)));
    }
    let claimed = claim_lines(tx, now, settings, new_order, &quoted)?;
    let count = {
        let month = month(now, quoted.cooperative.zone);
        number(&quoted.cooperative.code, &month, store::next_number(tx, quoted.cooperative.id, &month)?)
    };
    let order = order_of(new_order, &quoted, now, count);
    let (parts, lines, claims) = parts_of(tx, now, settings, new_order, &quoted, &claimed)?;
    let whole = store::insert(tx, order, parts, lines, claims)?;
    let (order, parts) = (&whole.order, || whole.parts.iter().map(|part| &part.fulfilment));
    let groups: Vec<GroupId> = parts().map(|part| part.group).collect();
    let mut event = Event::new("order.placed", order.id)
        .by(new_order.captured_by.or(new_order.buyer))
        .in_cooperative(order.cooperative)
        .with("order", order.id)
        .with("groups", &groups)
        .with("fulfilments", parts().map(|part| part.id).collect::<Vec<_>>())
        .with("channel", order.channel)
        .with("total", order.total)
        .with("promised", new_order.promised);
    if let [group] = groups.as_slice() {
        event = event.of_group(*group).with("group", group);
    }
    events::record(tx, now, &event)?;
    Ok(whole)
}

/// What each line has claimed, in the order of the lines.
type ClaimedParts = Vec<Vec<(BatchId, Quantity)>>;

/// Claims line by line, in the order in which they were planned.
fn claim_lines(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &Settings,
    new_order: &NewOrder,
    quoted: &Quote,
) -> Result<ClaimedParts, PlaceOrderError> {
    let mut claimed: ClaimedParts = vec![Vec::new(); quoted.lines.len()];
    for place in new_order.basket.claiming_order() {
        let Some((line, plan)) = quoted.lines.get(place).and_then(|line| Some((line, line.plan.as_ref()?))) else {
            return Err(PlaceOrderError::Quote(QuoteError::NotOnSale { line: place }));
        };
        let basket = ClaimWish {
            terms: line.terms,
            ready_on: Some(plan.ready_on),
            batch: new_order.basket.lines.get(place).and_then(|line| line.batch),
            quantity: line.quantity,
            at_least: line.quantity,
        };
        match supply::claim(tx, now, &basket, plan) {
            Ok(got) if (got.unit_price_override, got.discount) == (plan.unit_price_override, plan.discount) => {
                if let Some(slot) = claimed.get_mut(place) {
                    *slot = got.parts;
                }
            }
            // Somebody was faster; the whole transaction is given up, and the buyer told how things are now.
            Ok(_) => return Err(overtaken(tx, now, settings, new_order)?),
            Err(ClaimError::Unavailable(shortage)) if line.at_least == line.wanted => {
                return Err(PlaceOrderError::Unavailable { line: place, shortage });
            }
            Err(ClaimError::Unavailable(_)) => return Err(overtaken(tx, now, settings, new_order)?),
            Err(ClaimError::Db(error)) => return Err(error.into()),
        }
    }
    Ok(claimed)
}

/// What to tell a buyer whom somebody overtook. What this transaction has claimed already counts as gone in it, so
/// that the figures are on the careful side.
fn overtaken(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &Settings,
    new_order: &NewOrder,
) -> Result<PlaceOrderError, PlaceOrderError> {
    let quoted = quote(tx, now, settings, &new_order.basket.by(new_order.buyer))?;
    for (line, it) in quoted.lines.iter().enumerate() {
        if let (None, Some(shortage)) = (&it.plan, it.shortage) {
            return Ok(PlaceOrderError::Unavailable { line, shortage });
        }
    }
    Ok(PlaceOrderError::TotalChanged(Box::new(quoted)))
}

fn order_of(new_order: &NewOrder, quoted: &Quote, now: Instant, number: String) -> Order {
    let delivery = &new_order.basket.delivery;
    let tidy =
        |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    Order {
        id: new_order.id,
        cooperative: quoted.cooperative.id,
        number,
        status: if new_order.promised { OrderStatus::Confirmed } else { OrderStatus::Placed },
        channel: new_order.channel,
        buyer: new_order.buyer,
        captured_by: new_order.captured_by,
        contact: Json::of(&new_order.contact),
        recipient: new_order.recipient.as_ref().map(Json::of),
        delivery_kind: delivery.kind,
        pickup_point: delivery.point,
        delivery_zone: delivery.zone,
        address: tidy(&delivery.address),
        needed_on: new_order.basket.needed_on,
        note: tidy(&new_order.note),
        locale: new_order.locale,
        goods_total: quoted.goods_total,
        delivery_fee: quoted.delivery_fee,
        total: quoted.total,
        deposit_due: quoted.deposit_due,
        placed_total: quoted.total,
        paid_total: Rupiah::ZERO,
        refunded_total: Rupiah::ZERO,
        placed_at: now,
        answer_by: (!new_order.promised).then_some(quoted.answer_by),
        pay_by: Some(quoted.pay_by),
        cancellable_until: Some(quoted.cancellable_until),
        version: 1,
        delivered_total: Rupiah::ZERO,
        outlet: None,
    }
}

/// Until when a group answers, with this line among the others of its part. What it brings to a market day is answered by
/// the closing; only then may waiting for the group come to an end.
fn answer_by(now: Instant, settings: &Settings, quoted: &Quote, line: &QuotedLine, others: Option<Instant>) -> Instant {
    let plan = line.plan.as_ref();
    let closing = plan.filter(|plan| plan.kind == BatchKind::Market).and_then(|plan| plan.cutoff_at);
    match (closing, others) {
        (Some(closing), others) => others.map_or(closing, |other| other.max(closing)).after(settings.answer_time()),
        (None, others) => {
            let until = settings.answer_by(now, quoted.cooperative.zone, plan.and_then(Plan::last_useful_day));
            others.map_or(until, |other| other.min(until))
        }
    }
}

/// One part a group, with its lines and their claims.
fn parts_of(
    tx: &Tx<'_>,
    now: Instant,
    settings: &Settings,
    new_order: &NewOrder,
    quoted: &Quote,
    claimed: &ClaimedParts,
) -> Result<(Vec<Fulfilment>, Vec<Line>, Vec<Claim>), PlaceOrderError> {
    let (order, cooperative) = (new_order.id, quoted.cooperative.id);
    let mut parts: BTreeMap<GroupId, Fulfilment> = BTreeMap::new();
    let (mut lines, mut claims) = (Vec::new(), Vec::new());
    for (position, (it, held)) in quoted.lines.iter().zip(claimed).enumerate() {
        let Some(ready_on) = it.ready_on() else { continue };
        let group = it.product.group;
        let part = parts.entry(group).or_insert_with(|| Fulfilment {
            id: tx.id::<FulfilmentId>(now),
            cooperative,
            order,
            group,
            status: if new_order.promised { FulfilmentStatus::Accepted } else { FulfilmentStatus::Pending },
            goods_total: Rupiah::ZERO,
            ready_on,
            answer_by: None,
            answered_at: new_order.promised.then_some(now),
            ready_at: None,
            handed_over_at: None,
            reason: None,
            courier: None,
            tracking_number: None,
            received_by: None,
            version: 1,
        });
        part.goods_total = part.goods_total.plus(it.total)?;
        part.ready_on = part.ready_on.max(ready_on);
        if !new_order.promised {
            part.answer_by = Some(answer_by(now, settings, quoted, it, part.answer_by));
        }
        let line = Line {
            id: tx.id::<LineId>(now),
            cooperative,
            order,
            fulfilment: part.id,
            product: it.product.id,
            position: i32::try_from(position).unwrap_or(i32::MAX),
            product_name: it.product.name.clone(),
            unit: it.product.unit.as_str().to_owned(),
            ready_on,
            wanted: it.wanted,
            at_least: it.at_least,
            quantity: it.quantity,
            unit_price: it.unit_price,
            discount: it.lowered.map(|(kind, _)| kind),
            was_price: it.lowered.map(|(_, usual)| usual),
            service_percent: it.product.service_percent.map_or(quoted.cooperative.service_percent, i32::from),
            total: it.total,
            deposit_percent: it.deposit_percent.into(),
            reason: (it.quantity < it.wanted).then_some(LineReason::Shortage),
        };
        for (batch, quantity) in held {
            claims.push(Claim { id: tx.id(now), cooperative, line: line.id, batch: *batch, quantity: *quantity });
        }
        lines.push(line);
    }
    Ok((parts.into_values().collect(), lines, claims))
}

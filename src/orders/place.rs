//! Placing an order: priced, claimed and written in one transaction, or not at all.

use std::collections::BTreeMap;

use super::error::PlaceOrderError;
use super::events::{self, OrderEvent};
use super::fulfilment::{Claim, Fulfilment, LineReason, OrderLine};
use super::number::{format_order_number, order_number_month};
use super::order::{NewOrder, Order, OrderWithFulfilments};
use super::quote::{Quote, QuoteError, QuotedLine, quote};
use super::settings::Settings;
use super::store;
use crate::db::{self, Tx};
use crate::kernel::ids::{AccountId, BatchId, GroupId, LineId};
use crate::kernel::{Instant, Quantity};
use crate::supply::{self, BatchKind, ClaimError, ClaimRequest, Plan};

/// Prices the lines, claims their batches, inserts the order and records the event `order.placed`.
pub fn place(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &Settings,
    new_order: &NewOrder,
) -> Result<OrderWithFulfilments, PlaceOrderError> {
    let quoted = quote(tx, now, settings, &new_order.basket.with_buyer(new_order.buyer))?;
    if let Some(error) = find_unavailable(&quoted) {
        return Err(error);
    }
    if new_order.expected_total.is_some_and(|expected| expected != quoted.total) {
        return Err(PlaceOrderError::TotalChanged(Box::new(quoted)));
    }
    let claimed = claim_lines(tx, now, settings, new_order, &quoted)?;
    let order_number = {
        let month = order_number_month(now, quoted.cooperative.zone);
        format_order_number(&quoted.cooperative.code, &month, store::next_number(tx, quoted.cooperative.id, &month)?)
    };
    let order = Order {
        goods_total: quoted.goods_total,
        delivery_fee: quoted.delivery_fee,
        deposit_due: quoted.deposit_due,
        answer_by: (!new_order.promised).then_some(quoted.answer_by),
        pay_by: Some(quoted.pay_by),
        cancellable_until: Some(quoted.cancellable_until),
        ..new_order.to_order(order_number, quoted.total, now)
    };
    let (fulfilments, lines, claims) = build_fulfilments(tx, now, settings, new_order, &quoted, &claimed)?;
    let placed = store::insert_order(tx, order, fulfilments, &quoted.groups, lines, claims)?;
    record_placed(tx, now, &placed, new_order.promised, new_order.captured_by.or(new_order.buyer))?;
    Ok(placed)
}

/// Records the event `order.placed`.
pub(super) fn record_placed(
    tx: &mut Tx<'_>,
    now: Instant,
    OrderWithFulfilments { order, fulfilments }: &OrderWithFulfilments,
    promised: bool,
    by: Option<AccountId>,
) -> db::Result<()> {
    let groups: Vec<GroupId> = fulfilments.iter().map(|fulfilment| fulfilment.row.group).collect();
    let group = groups.first().copied().filter(|_| groups.len() == 1);
    let event = OrderEvent::Placed {
        order: order.id,
        group,
        groups,
        fulfilments: fulfilments.iter().map(|fulfilment| fulfilment.row.id).collect(),
        channel: order.channel,
        total: order.total,
        promised,
    };
    events::record(tx, now, &event.about(order.id).by(by).in_group(order.cooperative, group)).map(drop)
}

/// The claims of each line, in the order of the lines.
type ClaimedBatches = Vec<Vec<(BatchId, Quantity)>>;

/// Claims the lines in [`Basket::claiming_order`].
fn claim_lines(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &Settings,
    new_order: &NewOrder,
    quoted: &Quote,
) -> Result<ClaimedBatches, PlaceOrderError> {
    let mut claimed: ClaimedBatches = vec![Vec::new(); quoted.lines.len()];
    for index in new_order.basket.claiming_order() {
        let Some((line, plan)) = quoted.lines.get(index).and_then(|line| Some((line, line.plan.as_ref()?))) else {
            return Err(PlaceOrderError::Quote(QuoteError::NotOnSale { line: index }));
        };
        let request = ClaimRequest {
            terms: line.terms,
            ready_on: Some(plan.ready_on),
            batch: new_order.basket.lines.get(index).and_then(|line| line.batch),
            quantity: line.quantity,
            at_least: line.quantity,
        };
        match supply::claim(tx, now, &request, plan) {
            Ok(claimed_line)
                if (claimed_line.unit_price_override, claimed_line.discount)
                    == (plan.unit_price_override, plan.discount) =>
            {
                if let Some(slot) = claimed.get_mut(index) {
                    *slot = claimed_line.batches;
                }
            }
            // Another transaction claimed first: the caller rolls back and the buyer gets a new quote.
            Ok(_) => return Err(conflict_error(tx, now, settings, new_order)?),
            Err(ClaimError::Unavailable(unavailable)) if line.at_least == line.wanted => {
                return Err(PlaceOrderError::Unavailable { line: index, unavailable });
            }
            Err(ClaimError::Unavailable(_)) => return Err(conflict_error(tx, now, settings, new_order)?),
            Err(ClaimError::Db(error)) => return Err(error.into()),
        }
    }
    Ok(claimed)
}

/// The error for a buyer whose goods were claimed by another transaction. The claims made so far in this transaction
/// count as claimed here, so that the quote may show less than is available after the rollback.
fn conflict_error(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &Settings,
    new_order: &NewOrder,
) -> Result<PlaceOrderError, PlaceOrderError> {
    let quoted = quote(tx, now, settings, &new_order.basket.with_buyer(new_order.buyer))?;
    Ok(find_unavailable(&quoted).unwrap_or_else(|| PlaceOrderError::TotalChanged(Box::new(quoted))))
}

/// The error for the first line without a plan, if there is one.
fn find_unavailable(quoted: &Quote) -> Option<PlaceOrderError> {
    quoted.lines.iter().enumerate().find_map(|(line, quoted_line)| match (&quoted_line.plan, quoted_line.unavailable) {
        (None, Some(unavailable)) => Some(PlaceOrderError::Unavailable { line, unavailable }),
        _ => None,
    })
}

/// The deadline of a group's answer: the earliest that its lines need. Goods of a market batch are answered when the
/// market day closes, so the deadline is not before that. `others`: the deadline for the lines before this one.
fn answer_by(now: Instant, settings: &Settings, quoted: &Quote, line: &QuotedLine, others: Option<Instant>) -> Instant {
    let plan = line.plan.as_ref();
    let closing = plan.filter(|plan| plan.kind == BatchKind::Market).and_then(|plan| plan.cutoff_at);
    match (closing, others) {
        (Some(closing), others) => others.map_or(closing, |other| other.max(closing)).after(settings.answer_time()),
        (None, others) => {
            let until = settings.answer_by(now, quoted.cooperative.zone, plan.and_then(Plan::usable_until));
            others.map_or(until, |other| other.min(until))
        }
    }
}

/// Builds one fulfilment for each group, with its lines and their claims.
fn build_fulfilments(
    tx: &Tx<'_>,
    now: Instant,
    settings: &Settings,
    new_order: &NewOrder,
    quoted: &Quote,
    claimed: &ClaimedBatches,
) -> Result<(Vec<Fulfilment>, Vec<OrderLine>, Vec<Claim>), PlaceOrderError> {
    let (order, cooperative) = (new_order.id, quoted.cooperative.id);
    let mut fulfilments: BTreeMap<GroupId, Fulfilment> = BTreeMap::new();
    let (mut lines, mut claims) = (Vec::new(), Vec::new());
    for (position, (quoted_line, batches)) in quoted.lines.iter().zip(claimed).enumerate() {
        let Some(ready_on) = quoted_line.ready_on() else { continue };
        let group = quoted_line.product.group;
        let promised_at = new_order.promised.then_some(now);
        let fulfilment = fulfilments
            .entry(group)
            .or_insert_with(|| Fulfilment::new(tx.id(now), order, cooperative, group, ready_on, promised_at));
        fulfilment.goods_total = fulfilment.goods_total.plus(quoted_line.total)?;
        fulfilment.ready_on = fulfilment.ready_on.max(ready_on);
        if !new_order.promised {
            fulfilment.answer_by = Some(answer_by(now, settings, quoted, quoted_line, fulfilment.answer_by));
        }
        let line = OrderLine {
            id: tx.id::<LineId>(now),
            cooperative,
            order,
            fulfilment: fulfilment.id,
            product: quoted_line.product.id,
            position: i32::try_from(position).unwrap_or(i32::MAX),
            product_name: quoted_line.product.name.clone(),
            unit: quoted_line.product.unit.as_str().to_owned(),
            ready_on,
            wanted: quoted_line.wanted,
            at_least: quoted_line.at_least,
            quantity: quoted_line.quantity,
            unit_price: quoted_line.unit_price,
            discount: quoted_line.discounted_from.map(|(kind, _)| kind),
            was_price: quoted_line.discounted_from.map(|(_, usual)| usual),
            service_percent: quoted_line.product.service_percent.map_or(quoted.cooperative.service_percent, i32::from),
            total: quoted_line.total,
            deposit_percent: quoted_line.deposit_percent.into(),
            reason: (quoted_line.quantity < quoted_line.wanted).then_some(LineReason::Shortage),
        };
        for (batch, quantity) in batches {
            claims.push(Claim { id: tx.id(now), cooperative, line: line.id, batch: *batch, quantity: *quantity });
        }
        lines.push(line);
    }
    Ok((fulfilments.into_values().collect(), lines, claims))
}

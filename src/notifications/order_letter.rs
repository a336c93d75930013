//! Letters about an order.

use serde_json::{Value, json};

use super::order_notice::{Audience, OrderNotice};
use crate::catalogue::format_amount;
use crate::kernel::ids::EventId;
use crate::kernel::{Day, Language, Quantity, Rupiah, Zone, format};
use crate::mail::{self, Letter, LetterRecipient};
use crate::orders::events::OrderEvent;
use crate::orders::{FulfilmentStatus, FulfilmentWithLines, LineReason, OrderLine, OrderWithFulfilments};

/// Values of a letter that are not in the order.
#[derive(Debug, Clone)]
pub(super) struct LetterContext {
    pub(super) cooperative: String,
    pub(super) zone: Zone,
    /// The pickup point.
    pub(super) point: Option<String>,
    /// The link to the order.
    pub(super) link: Option<String>,
    /// The next day on which the cancelled quantity is available.
    pub(super) next_day: Option<Day>,
}

/// Composes the letter: the text, and the order below it.
pub(super) fn compose(
    (event, change): (EventId, &OrderEvent),
    whole: &OrderWithFulfilments,
    notice: &OrderNotice<'_>,
    recipient: LetterRecipient,
    context: &LetterContext,
) -> Result<Letter, minijinja::Error> {
    let (language, order) = (recipient.language, &whole.order);
    let groups: Vec<&str> = notice.fulfilments.iter().map(|fulfilment| fulfilment.group.name.as_str()).collect();
    let (line, quantity, before, reason, until, day_before) = match *change {
        OrderEvent::LineShrunk { line, quantity, before, reason, .. } => {
            (Some(line), Some(quantity), Some(before), Some(reason), None, None)
        }
        OrderEvent::Moved { line, until, day_before, .. } => {
            (Some(line), None, None, None, Some(until), Some(day_before))
        }
        OrderEvent::BatchConfirmed(ref of) | OrderEvent::BatchExtended(ref of) => {
            (Some(of.line), Some(of.quantity), None, None, of.until, None)
        }
        _ => (None, None, None, None, None, None),
    };
    let line = line.and_then(|id| order_lines(&notice.fulfilments).find(|line| line.id == id));
    let amount = |quantity: Option<Quantity>| {
        quantity.zip(line).map(|(quantity, line)| format_amount(language, quantity, &line.unit)).unwrap_or_default()
    };
    let moment = |moment| format::moment(language, context.zone, moment);
    let day = |day| format::day(language, day);
    let is_pending = |fulfilment: &&&FulfilmentWithLines| fulfilment.row.status == FulfilmentStatus::Pending;
    let answer_by =
        notice.fulfilments.iter().filter(is_pending).filter_map(|fulfilment| fulfilment.row.answer_by).min();
    let ready_on = notice.fulfilments.iter().map(|fulfilment| fulfilment.row.ready_on).max();

    let is_whole = matches!(change, OrderEvent::Placed { .. }) && notice.audience == Audience::Buyer;
    let goods = if is_whole { order.goods_total } else { sum_goods(&notice.fulfilments) };
    let fee = Some(order.delivery_fee).filter(|fee| is_whole && *fee != Rupiah::ZERO);
    let total = if is_whole { order.total } else { goods };
    let values = json!({
        "number": order.number,
        "buyer": order.contact().name,
        "cooperative": context.cooperative,
        "group": groups.join(", "),
        "answer_by": answer_by.map(moment),
        "ready_on": ready_on.map(day).unwrap_or_default(),
        "reason": notice.fulfilments.iter().find_map(|fulfilment| fulfilment.row.reason.clone()),
        "pickup": order.delivery_kind.terms().is_collected,
        "point": context.point,
        "product": line.map(|line| line.product_name.as_str()).unwrap_or_default(),
        "quantity": amount(quantity),
        "before": amount(before),
        "nothing": line.is_some_and(|line| line.quantity == Quantity::ZERO),
        // The reason of a reduced quantity.
        "why": reason.map(LineReason::as_str).unwrap_or_default(),
        "until": until.map(moment).unwrap_or_default(),
        "day_before": day_before.map(day).unwrap_or_default(),
        "next_day": context.next_day.map(day),
        // Whether the group has promised the order before, or has answered.
        "promised": matches!(change, OrderEvent::Placed { promised: true, .. })
            || !notice.fulfilments.iter().any(|fulfilment| is_pending(&fulfilment)),
        "lines": order_lines(&notice.fulfilments).map(|line| describe_line(language, line)).collect::<Vec<_>>(),
        "goods": goods.to_string(),
        "fee": fee.map(|fee| fee.to_string()),
        "total": total.to_string(),
        "order_url": context.link,
    });
    mail::compose(notice.kind, Some(event), recipient, values)
}

fn order_lines<'a>(fulfilments: &'a [&'a FulfilmentWithLines]) -> impl Iterator<Item = &'a OrderLine> {
    fulfilments.iter().flat_map(|fulfilment| &fulfilment.lines).map(|line| &line.row)
}

fn sum_goods(fulfilments: &[&FulfilmentWithLines]) -> Rupiah {
    Rupiah::sum(fulfilments.iter().map(|fulfilment| fulfilment.row.goods_total)).unwrap_or(Rupiah::ZERO)
}

fn describe_line(language: Language, line: &OrderLine) -> Value {
    json!({
        "name": line.product_name,
        "quantity": format_amount(language, line.quantity, &line.unit),
        "price": line.unit_price.to_string(),
        "total": line.total.to_string(),
    })
}

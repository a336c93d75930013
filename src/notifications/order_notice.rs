//! Which letters the events of an order cause.

use crate::kernel::ids::{FulfilmentId, OrderId};
use crate::mail::{LetterKind, letter_kind};
use crate::orders::events::{FulfilmentPayload, LinePayload, OrderEvent};
use crate::orders::{FulfilmentStatus, FulfilmentWithLines, OrderWithFulfilments};

/// The recipients of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Audience {
    Buyer,
    Officers,
}

/// What a side is to be told of an order: it becomes one letter to each recipient, about these fulfilments.
#[derive(Debug)]
pub(super) struct OrderNotice<'a> {
    pub(super) kind: LetterKind,
    pub(super) audience: Audience,
    pub(super) fulfilments: Vec<&'a FulfilmentWithLines>,
}

/// Lists the notices of an event, by the current state of the order.
pub(super) fn list_notices<'a>(event: &OrderEvent, whole: &'a OrderWithFulfilments) -> Vec<OrderNotice<'a>> {
    let notice =
        |kind, audience, fulfilments: Vec<&'a FulfilmentWithLines>| OrderNotice { kind, audience, fulfilments };
    let parts_with = |matches: fn(FulfilmentStatus) -> bool| {
        whole.fulfilments.iter().filter(|fulfilment| matches(fulfilment.row.status)).collect::<Vec<_>>()
    };
    let find_fulfilment =
        |id: FulfilmentId| whole.fulfilments.iter().filter(|fulfilment| fulfilment.row.id == id).collect::<Vec<_>>();
    // Fulfilments that are delivered meanwhile, or at once at the stall, need no notice.
    let are_delivered = |fulfilments: &[&FulfilmentWithLines]| {
        fulfilments.iter().all(|fulfilment| fulfilment.row.status == FulfilmentStatus::HandedOver)
    };
    // Fulfilments that ended meanwhile have a notice of their own, and must not be announced as coming.
    let find_fulfilment_if = |id: FulfilmentId, matches: fn(FulfilmentStatus) -> bool| {
        let mut fulfilments = find_fulfilment(id);
        fulfilments.retain(|fulfilment| matches(fulfilment.row.status));
        fulfilments
    };
    let mut notices = match event {
        OrderEvent::Placed { promised, .. } => {
            let open = parts_with(FulfilmentStatus::is_open);
            // Officers are asked for an answer; fulfilments that are accepted already are included only if they were promised
            // before.
            let to_answer =
                if *promised { open.clone() } else { parts_with(|status| status == FulfilmentStatus::Pending) };
            let coming = if open.is_empty() { Vec::new() } else { parts_with(FulfilmentStatus::counts) };
            vec![
                notice(letter_kind!("order-placed"), Audience::Buyer, coming),
                notice(letter_kind!("order-arrived"), Audience::Officers, to_answer),
            ]
        }
        OrderEvent::Accepted(of) => {
            let accepted = find_fulfilment_if(of.fulfilment, FulfilmentStatus::is_open);
            vec![notice(letter_kind!("order-accepted"), Audience::Buyer, accepted)]
        }
        OrderEvent::Declined(of) => {
            let declined = find_fulfilment(of.fulfilment);
            let mut notices = vec![notice(letter_kind!("order-declined"), Audience::Buyer, declined.clone())];
            if of.by_board {
                notices.push(notice(letter_kind!("order-called-off"), Audience::Officers, declined));
            }
            notices
        }
        OrderEvent::Ready(of) => {
            let ready = find_fulfilment_if(of.fulfilment, |status| status == FulfilmentStatus::Ready);
            vec![notice(letter_kind!("order-ready"), Audience::Buyer, ready)]
        }
        OrderEvent::Expired(of) => {
            vec![
                notice(letter_kind!("order-expired"), Audience::Buyer, find_fulfilment(of.fulfilment)),
                notice(letter_kind!("order-missed"), Audience::Officers, find_fulfilment(of.fulfilment)),
            ]
        }
        OrderEvent::Cancelled { groups, by_buyer, .. } => {
            let fulfilments: Vec<_> =
                whole.fulfilments.iter().filter(|fulfilment| groups.contains(&fulfilment.row.group)).collect();
            let mut notices = vec![notice(letter_kind!("order-called-off"), Audience::Officers, fulfilments.clone())];
            if !by_buyer {
                notices.push(notice(letter_kind!("order-cancelled"), Audience::Buyer, fulfilments));
            }
            notices
        }
        OrderEvent::LineShrunk { fulfilment, .. } => {
            vec![notice(letter_kind!("order-shrunk"), Audience::Buyer, find_fulfilment(*fulfilment))]
        }
        OrderEvent::BatchConfirmed(of) => {
            let confirmed = find_fulfilment_if(of.fulfilment, FulfilmentStatus::is_open);
            vec![notice(letter_kind!("order-batch-confirmed"), Audience::Buyer, confirmed)]
        }
        OrderEvent::BatchExtended(of) => {
            let extended = find_fulfilment_if(of.fulfilment, FulfilmentStatus::is_open);
            vec![notice(letter_kind!("order-batch-extended"), Audience::Buyer, extended)]
        }
        OrderEvent::Moved { fulfilment, .. } => {
            let moved = find_fulfilment_if(*fulfilment, FulfilmentStatus::is_open);
            vec![notice(letter_kind!("order-moved"), Audience::Buyer, moved)]
        }
        _ => Vec::new(),
    };
    notices.retain(|notice| !notice.fulfilments.is_empty() && !are_delivered(&notice.fulfilments));
    notices
}

/// The order of an event that may cause a notice.
pub(super) fn find_notified_order(event: &OrderEvent) -> Option<OrderId> {
    match event {
        OrderEvent::Placed { order, .. }
        | OrderEvent::Cancelled { order, .. }
        | OrderEvent::LineShrunk { order, .. }
        | OrderEvent::Moved { order, .. }
        | OrderEvent::BatchConfirmed(LinePayload { order, .. })
        | OrderEvent::BatchExtended(LinePayload { order, .. })
        | OrderEvent::Accepted(FulfilmentPayload { order, .. })
        | OrderEvent::Declined(FulfilmentPayload { order, .. })
        | OrderEvent::Ready(FulfilmentPayload { order, .. })
        | OrderEvent::Expired(FulfilmentPayload { order, .. }) => Some(*order),
        _ => None,
    }
}

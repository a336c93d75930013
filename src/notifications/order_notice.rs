//! Which letters the events of an order cause.

use crate::events::RecordedEvent;
use crate::mail::{LetterKind, letter_kind};
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
pub(super) fn list_notices<'a>(event: &RecordedEvent, whole: &'a OrderWithFulfilments) -> Vec<OrderNotice<'a>> {
    let notice =
        |kind, audience, fulfilments: Vec<&'a FulfilmentWithLines>| OrderNotice { kind, audience, fulfilments };
    let parts_with = |matches: fn(FulfilmentStatus) -> bool| {
        whole.fulfilments.iter().filter(|fulfilment| matches(fulfilment.row.status)).collect::<Vec<_>>()
    };
    let fulfilments_named = |member: &str| {
        let id = event.payload.get(member).and_then(|id| id.as_str()).unwrap_or_default().to_owned();
        whole.fulfilments.iter().filter(|fulfilment| fulfilment.row.id.to_string() == id).collect::<Vec<_>>()
    };
    // Fulfilments that are delivered meanwhile, or at once at the stall, need no notice.
    let are_delivered = |fulfilments: &[&FulfilmentWithLines]| {
        fulfilments.iter().all(|fulfilment| fulfilment.row.status == FulfilmentStatus::HandedOver)
    };
    let event_fulfilments = || fulfilments_named("fulfilment");
    // Fulfilments that ended meanwhile have a notice of their own, and must not be announced as coming.
    let event_parts_if = |matches: fn(FulfilmentStatus) -> bool| {
        let mut fulfilments = fulfilments_named("fulfilment");
        fulfilments.retain(|fulfilment| matches(fulfilment.row.status));
        fulfilments
    };
    let is_set = |member: &str| event.payload.get(member) == Some(&serde_json::Value::Bool(true));
    let mut notices = match event.kind.as_str() {
        "order.placed" => {
            let open = parts_with(FulfilmentStatus::is_open);
            // Officers are asked for an answer; fulfilments that are accepted already are included only if they were promised
            // before.
            let to_answer = if is_set("promised") {
                open.clone()
            } else {
                parts_with(|status| status == FulfilmentStatus::Pending)
            };
            let coming = if open.is_empty() { Vec::new() } else { parts_with(FulfilmentStatus::counts) };
            vec![
                notice(letter_kind!("order-placed"), Audience::Buyer, coming),
                notice(letter_kind!("order-arrived"), Audience::Officers, to_answer),
            ]
        }
        "fulfilment.accepted" => {
            vec![notice(letter_kind!("order-accepted"), Audience::Buyer, event_parts_if(FulfilmentStatus::is_open))]
        }
        "fulfilment.declined" => {
            let mut notices = vec![notice(letter_kind!("order-declined"), Audience::Buyer, event_fulfilments())];
            if is_set("by_board") {
                notices.push(notice(letter_kind!("order-called-off"), Audience::Officers, event_fulfilments()));
            }
            notices
        }
        "fulfilment.ready" => {
            vec![notice(
                letter_kind!("order-ready"),
                Audience::Buyer,
                event_parts_if(|status| status == FulfilmentStatus::Ready),
            )]
        }
        "fulfilment.expired" => {
            vec![
                notice(letter_kind!("order-expired"), Audience::Buyer, event_fulfilments()),
                notice(letter_kind!("order-missed"), Audience::Officers, event_fulfilments()),
            ]
        }
        "order.cancelled" => {
            let groups: Vec<String> = event
                .payload
                .get("groups")
                .and_then(|groups| groups.as_array())
                .map(|groups| groups.iter().filter_map(|group| group.as_str()).map(str::to_owned).collect())
                .unwrap_or_default();
            let fulfilments: Vec<_> = whole
                .fulfilments
                .iter()
                .filter(|fulfilment| groups.contains(&fulfilment.row.group.to_string()))
                .collect();
            let mut notices = vec![notice(letter_kind!("order-called-off"), Audience::Officers, fulfilments.clone())];
            if !is_set("by_buyer") {
                notices.push(notice(letter_kind!("order-cancelled"), Audience::Buyer, fulfilments));
            }
            notices
        }
        "order.line_shrunk" => vec![notice(letter_kind!("order-shrunk"), Audience::Buyer, event_fulfilments())],
        "order.batch_confirmed" => {
            vec![notice(
                letter_kind!("order-batch-confirmed"),
                Audience::Buyer,
                event_parts_if(FulfilmentStatus::is_open),
            )]
        }
        "order.batch_extended" => {
            vec![notice(
                letter_kind!("order-batch-extended"),
                Audience::Buyer,
                event_parts_if(FulfilmentStatus::is_open),
            )]
        }
        "order.moved" => {
            vec![notice(letter_kind!("order-moved"), Audience::Buyer, event_parts_if(FulfilmentStatus::is_open))]
        }
        _ => Vec::new(),
    };
    notices.retain(|notice| !notice.fulfilments.is_empty() && !are_delivered(&notice.fulfilments));
    notices
}

/// Whether the event may cause a notice about an order.
pub(super) fn is_order_event(kind: &str) -> bool {
    matches!(
        kind,
        "order.placed"
            | "fulfilment.accepted"
            | "fulfilment.declined"
            | "fulfilment.ready"
            | "fulfilment.expired"
            | "order.cancelled"
            | "order.line_shrunk"
            | "order.batch_confirmed"
            | "order.batch_extended"
            | "order.moved"
    )
}

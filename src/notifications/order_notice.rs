//! Notices about orders, and the events that cause them.

use super::store::LetterRecipient;
use crate::events::RecordedEvent;
use crate::kernel::Language;
use crate::kernel::text_enum::text_enum;
use crate::orders::{FulfilmentStatus, Part, WholeOrder};

text_enum! {
    /// Kind of a notice about an order.
    OrderNoticeKind {
        /// To the buyer: the order is placed.
        Placed = "order-placed",
        /// To officers: there is a new order.
        Arrived = "order-arrived",
        /// To the buyer: a group has accepted.
        Accepted = "order-accepted",
        /// To the buyer: a group has declined.
        Declined = "order-declined",
        /// To the buyer: the goods are ready.
        Ready = "order-ready",
        /// To the buyer: the order was cancelled for them.
        Cancelled = "order-cancelled",
        /// To officers: the order was cancelled.
        CalledOff = "order-called-off",
        /// To the buyer: a group did not answer.
        Expired = "order-expired",
        /// To officers: they did not answer.
        Missed = "order-missed",
        /// To the buyer: the quantity was reduced.
        Shrunk = "order-shrunk",
        /// To the buyer: a batch with a minimum is confirmed.
        BatchConfirmed = "order-batch-confirmed",
        /// To the buyer: a batch with a minimum gets more time.
        BatchExtended = "order-batch-extended",
        /// To the buyer: the day of the delivery was moved.
        Moved = "order-moved",
    }
}

macro_rules! templates {
    ($kind:expr, $language:expr, $($variant:ident = $file:literal),* $(,)?) => {
        match ($kind, $language) {
            $(
                (OrderNoticeKind::$variant, Language::Indonesian) => include_str!(concat!("templates/", $file, ".id.txt")),
                (OrderNoticeKind::$variant, Language::English) => include_str!(concat!("templates/", $file, ".en.txt")),
            )*
        }
    };
}

impl OrderNoticeKind {
    /// The template: a line for the subject, a line for the heading, and the text.
    pub(super) fn template(self, language: Language) -> &'static str {
        templates!(
            self,
            language,
            Placed = "order-placed",
            Arrived = "order-arrived",
            Accepted = "order-accepted",
            Declined = "order-declined",
            Ready = "order-ready",
            Cancelled = "order-cancelled",
            CalledOff = "order-called-off",
            Expired = "order-expired",
            Missed = "order-missed",
            Shrunk = "order-shrunk",
            BatchConfirmed = "order-batch-confirmed",
            BatchExtended = "order-batch-extended",
            Moved = "order-moved",
        )
    }
}

/// The recipients of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Audience {
    Buyer,
    Officers,
}

/// A notice about these parts of the order.
#[derive(Debug)]
pub(super) struct OrderNotice<'a> {
    pub(super) kind: OrderNoticeKind,
    pub(super) audience: Audience,
    pub(super) parts: Vec<&'a Part>,
}

/// Lists the notices of an event, by the current state of the order.
pub(super) fn list_notices<'a>(event: &RecordedEvent, whole: &'a WholeOrder) -> Vec<OrderNotice<'a>> {
    let notice = |kind, audience, parts: Vec<&'a Part>| OrderNotice { kind, audience, parts };
    let parts_with = |matches: fn(FulfilmentStatus) -> bool| {
        whole.parts.iter().filter(|part| matches(part.fulfilment.status)).collect::<Vec<_>>()
    };
    let parts_named = |member: &str| {
        let id = event.payload.get(member).and_then(|id| id.as_str()).unwrap_or_default().to_owned();
        whole.parts.iter().filter(|part| part.fulfilment.id.to_string() == id).collect::<Vec<_>>()
    };
    // Parts that are delivered meanwhile, or at once at the stall, need no notice.
    let are_delivered =
        |parts: &[&Part]| parts.iter().all(|part| part.fulfilment.status == FulfilmentStatus::HandedOver);
    let event_parts = || parts_named("fulfilment");
    // Parts that ended meanwhile have a notice of their own, and must not be announced as coming.
    let event_parts_if = |matches: fn(FulfilmentStatus) -> bool| {
        let mut parts = parts_named("fulfilment");
        parts.retain(|part| matches(part.fulfilment.status));
        parts
    };
    let is_set = |member: &str| event.payload.get(member) == Some(&serde_json::Value::Bool(true));
    let mut notices = match event.kind.as_str() {
        "order.placed" => {
            let open = parts_with(FulfilmentStatus::is_open);
            // Officers are asked for an answer; parts that are accepted already are included only if they were promised
            // before.
            let to_answer = if is_set("promised") {
                open.clone()
            } else {
                parts_with(|status| status == FulfilmentStatus::Pending)
            };
            let coming = if open.is_empty() { Vec::new() } else { parts_with(FulfilmentStatus::counts) };
            vec![
                notice(OrderNoticeKind::Placed, Audience::Buyer, coming),
                notice(OrderNoticeKind::Arrived, Audience::Officers, to_answer),
            ]
        }
        "fulfilment.accepted" => {
            vec![notice(OrderNoticeKind::Accepted, Audience::Buyer, event_parts_if(FulfilmentStatus::is_open))]
        }
        "fulfilment.declined" => {
            let mut notices = vec![notice(OrderNoticeKind::Declined, Audience::Buyer, event_parts())];
            if is_set("by_board") {
                notices.push(notice(OrderNoticeKind::CalledOff, Audience::Officers, event_parts()));
            }
            notices
        }
        "fulfilment.ready" => {
            vec![notice(
                OrderNoticeKind::Ready,
                Audience::Buyer,
                event_parts_if(|status| status == FulfilmentStatus::Ready),
            )]
        }
        "fulfilment.expired" => {
            vec![
                notice(OrderNoticeKind::Expired, Audience::Buyer, event_parts()),
                notice(OrderNoticeKind::Missed, Audience::Officers, event_parts()),
            ]
        }
        "order.cancelled" => {
            let groups: Vec<String> = event
                .payload
                .get("groups")
                .and_then(|groups| groups.as_array())
                .map(|groups| groups.iter().filter_map(|group| group.as_str()).map(str::to_owned).collect())
                .unwrap_or_default();
            let parts: Vec<_> =
                whole.parts.iter().filter(|part| groups.contains(&part.fulfilment.group.to_string())).collect();
            let mut notices = vec![notice(OrderNoticeKind::CalledOff, Audience::Officers, parts.clone())];
            if !is_set("by_buyer") {
                notices.push(notice(OrderNoticeKind::Cancelled, Audience::Buyer, parts));
            }
            notices
        }
        "order.line_shrunk" => vec![notice(OrderNoticeKind::Shrunk, Audience::Buyer, event_parts())],
        "order.batch_confirmed" => {
            vec![notice(OrderNoticeKind::BatchConfirmed, Audience::Buyer, event_parts_if(FulfilmentStatus::is_open))]
        }
        "order.batch_extended" => {
            vec![notice(OrderNoticeKind::BatchExtended, Audience::Buyer, event_parts_if(FulfilmentStatus::is_open))]
        }
        "order.moved" => {
            vec![notice(OrderNoticeKind::Moved, Audience::Buyer, event_parts_if(FulfilmentStatus::is_open))]
        }
        _ => Vec::new(),
    };
    notices.retain(|notice| !notice.parts.is_empty() && !are_delivered(&notice.parts));
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

/// Groups the parts by officer, each once, without the actor.
pub(super) fn group_by_recipient<'a>(
    officers: impl IntoIterator<Item = (LetterRecipient, &'a Part)>,
    actor: Option<crate::kernel::ids::AccountId>,
) -> Vec<(LetterRecipient, Vec<&'a Part>)> {
    let mut grouped: Vec<(LetterRecipient, Vec<&'a Part>)> = Vec::new();
    for (person, part) in officers {
        if person.account.is_some() && person.account == actor {
            continue;
        }
        match grouped.iter_mut().find(|(other, _)| other.address == person.address) {
            Some((_, parts)) => parts.push(part),
            None => grouped.push((person, vec![part])),
        }
    }
    grouped
}

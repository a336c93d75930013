//! What people are told, and which events make it necessary.

use super::store::Person;
use crate::events::RecordedEvent;
use crate::kernel::Language;
use crate::kernel::text_enum::text_enum;
use crate::orders::{FulfilmentStatus, Part, WholeOrder};

text_enum! {
    /// One kind of letter about an order.
    Notice {
        /// To the buyer: it has arrived.
        Placed = "order-placed",
        /// To officers: something is ordered.
        Arrived = "order-arrived",
        /// To the buyer: a group will deliver.
        Accepted = "order-accepted",
        /// To the buyer: a group will not deliver.
        Declined = "order-declined",
        /// To the buyer: the goods wait.
        Ready = "order-ready",
        /// To the buyer: it was cancelled for them.
        Cancelled = "order-cancelled",
        /// To officers: it was cancelled.
        CalledOff = "order-called-off",
        /// To the buyer: a group did not answer.
        Expired = "order-expired",
        /// To officers: they did not answer.
        Missed = "order-missed",
        /// To the buyer: there is less than was ordered.
        Shrunk = "order-shrunk",
        /// To the buyer: what waited for a minimum will be made.
        BatchConfirmed = "order-batch-confirmed",
        /// To the buyer: what waits for a minimum is given more time.
        BatchExtended = "order-batch-extended",
        /// To the buyer: the day on which it is handed over was moved.
        Moved = "order-moved",
    }
}

macro_rules! words {
    ($notice:expr, $language:expr, $($variant:ident = $file:literal),* $(,)?) => {
        match ($notice, $language) {
            $(
                (Notice::$variant, Language::Indonesian) => include_str!(concat!("templates/", $file, ".id.txt")),
                (Notice::$variant, Language::English) => include_str!(concat!("templates/", $file, ".en.txt")),
            )*
        }
    };
}

impl Notice {
    /// Its words: a line for the subject, a line for the heading, and what is told.
    pub(super) fn words(self, language: Language) -> &'static str {
        words!(
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

/// Who is to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Audience {
    Buyer,
    Officers,
}

/// One thing to be told about these parts of the order.
#[derive(Debug)]
pub(super) struct OrderNotice<'a> {
    pub(super) notice: Notice,
    pub(super) audience: Audience,
    pub(super) parts: Vec<&'a Part>,
}

/// What this event makes necessary, with the order as it stands now.
pub(super) fn tellings<'a>(event: &RecordedEvent, whole: &'a WholeOrder) -> Vec<OrderNotice<'a>> {
    let telling = |notice, audience, parts: Vec<&'a Part>| OrderNotice { notice, audience, parts };
    let those = |wanted: fn(FulfilmentStatus) -> bool| {
        whole.parts.iter().filter(|part| wanted(part.fulfilment.status)).collect::<Vec<_>>()
    };
    let named = |member: &str| {
        let id = event.payload.get(member).and_then(|id| id.as_str()).unwrap_or_default().to_owned();
        whole.parts.iter().filter(|part| part.fulfilment.id.to_string() == id).collect::<Vec<_>>()
    };
    // What was handed over meanwhile, or at the stall at once, needs no more words.
    let handed_over = |parts: &[&Part]| parts.iter().all(|part| part.fulfilment.status == FulfilmentStatus::HandedOver);
    let it = || named("fulfilment");
    // What has come to an end meanwhile has a letter of its own that says so: nobody is told of it as if it were to come.
    let it_if = |wanted: fn(FulfilmentStatus) -> bool| {
        let mut parts = named("fulfilment");
        parts.retain(|part| wanted(part.fulfilment.status));
        parts
    };
    let says = |member: &str| event.payload.get(member) == Some(&serde_json::Value::Bool(true));
    let mut tellings = match event.kind.as_str() {
        "order.placed" => {
            let open = those(FulfilmentStatus::is_open);
            // Officers are asked for an answer: of what is answered already only when they have promised it beforehand.
            let asked =
                if says("promised") { open.clone() } else { those(|status| status == FulfilmentStatus::Pending) };
            let coming = if open.is_empty() { Vec::new() } else { those(FulfilmentStatus::counts) };
            vec![telling(Notice::Placed, Audience::Buyer, coming), telling(Notice::Arrived, Audience::Officers, asked)]
        }
        "fulfilment.accepted" => vec![telling(Notice::Accepted, Audience::Buyer, it_if(FulfilmentStatus::is_open))],
        "fulfilment.declined" => {
            let mut both = vec![telling(Notice::Declined, Audience::Buyer, it())];
            if says("by_board") {
                both.push(telling(Notice::CalledOff, Audience::Officers, it()));
            }
            both
        }
        "fulfilment.ready" => {
            vec![telling(Notice::Ready, Audience::Buyer, it_if(|status| status == FulfilmentStatus::Ready))]
        }
        "fulfilment.expired" => {
            vec![telling(Notice::Expired, Audience::Buyer, it()), telling(Notice::Missed, Audience::Officers, it())]
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
            let mut both = vec![telling(Notice::CalledOff, Audience::Officers, parts.clone())];
            if !says("by_buyer") {
                both.push(telling(Notice::Cancelled, Audience::Buyer, parts));
            }
            both
        }
        "order.line_shrunk" => vec![telling(Notice::Shrunk, Audience::Buyer, it())],
        "order.batch_confirmed" => {
            vec![telling(Notice::BatchConfirmed, Audience::Buyer, it_if(FulfilmentStatus::is_open))]
        }
        "order.batch_extended" => {
            vec![telling(Notice::BatchExtended, Audience::Buyer, it_if(FulfilmentStatus::is_open))]
        }
        "order.moved" => vec![telling(Notice::Moved, Audience::Buyer, it_if(FulfilmentStatus::is_open))],
        _ => Vec::new(),
    };
    tellings.retain(|telling| !telling.parts.is_empty() && !handed_over(&telling.parts));
    tellings
}

/// Whether this event may make a letter necessary at all.
pub(super) fn is_about_orders(kind: &str) -> bool {
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

/// The officers of several groups, each once with the parts of their groups; not the one who did it.
pub(super) fn each_once<'a>(
    officers: impl IntoIterator<Item = (Person, &'a Part)>,
    actor: Option<crate::kernel::ids::AccountId>,
) -> Vec<(Person, Vec<&'a Part>)> {
    let mut told: Vec<(Person, Vec<&'a Part>)> = Vec::new();
    for (person, part) in officers {
        if person.account.is_some() && person.account == actor {
            continue;
        }
        match told.iter_mut().find(|(known, _)| known.address == person.address) {
            Some((_, parts)) => parts.push(part),
            None => told.push((person, vec![part])),
        }
    }
    told
}

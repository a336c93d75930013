//! Event types.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, CooperativeId, EventId, GroupId, Id};

/// An event to record, in the transaction of its change. Events contain ids, never personal data.
#[derive(Debug, Clone)]
pub struct Event {
    pub(super) actor: Option<AccountId>,
    pub(super) cooperative: Option<CooperativeId>,
    pub(super) group: Option<GroupId>,
    pub(super) subject: Uuid,
    pub(super) kind: &'static str,
    pub(super) payload: Value,
}

impl Event {
    /// An event without payload of a kind, which is `subject.verb`. Slices declare theirs with `events!` instead.
    pub fn new(kind: &'static str, subject: impl Id) -> Self {
        Event {
            actor: None,
            cooperative: None,
            group: None,
            subject: subject.uuid(),
            kind,
            payload: Value::Object(serde_json::Map::new()),
        }
    }

    /// A declared event about a subject.
    pub(crate) fn declared(event: &impl DeclaredEvents, subject: impl Id) -> Self {
        let kind = event.kind();
        let tagged = serde_json::to_value(event).unwrap_or_default();
        Event { payload: tagged.get(kind).cloned().unwrap_or_default(), ..Event::new(kind, subject) }
    }

    /// Sets the acting account; `None` for the system.
    #[must_use]
    pub fn by(mut self, actor: impl Into<Option<AccountId>>) -> Self {
        self.actor = actor.into();
        self
    }

    /// Puts the event into the cooperative's feed.
    #[must_use]
    pub fn in_cooperative(mut self, cooperative: CooperativeId) -> Self {
        self.cooperative = Some(cooperative);
        self
    }

    /// Puts the event into the cooperative's feed, as one of this group.
    #[must_use]
    pub fn in_group(self, cooperative: CooperativeId, group: impl Into<Option<GroupId>>) -> Self {
        Event { group: group.into(), ..self.in_cooperative(cooperative) }
    }

    /// Adds a payload member: an id or a figure.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Serialize) -> Self {
        if let Value::Object(members) = &mut self.payload {
            members.insert(name.to_owned(), serde_json::to_value(value).unwrap_or(Value::Null));
        }
        self
    }
}

/// A recorded event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedEvent {
    /// The event's id.
    pub id: EventId,
    /// The position in the log, in commit order.
    pub seq: i64,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// The acting account; `None` for the system.
    pub actor: Option<AccountId>,
    /// The cooperative whose feed has the event.
    pub cooperative: Option<CooperativeId>,
    /// The group concerned.
    pub group: Option<GroupId>,
    /// The subject's id.
    pub subject: Uuid,
    /// The kind.
    pub kind: String,
    /// Further ids and figures.
    pub payload: Value,
}

impl RecordedEvent {
    /// The event as a slice declares it; `None` if it is of another slice.
    pub(crate) fn read<E: DeclaredEvents>(&self) -> Option<E> {
        E::KINDS.iter().find(|(kind, _)| *kind == self.kind)?;
        serde_json::from_value(serde_json::json!({ self.kind.as_str(): self.payload }))
            .inspect_err(|error| tracing::error!(event = %self.id, kind = self.kind, %error, "an event is unreadable"))
            .ok()
    }
}

/// The events of a slice, as `events!` declares them.
pub(crate) trait DeclaredEvents: Serialize + DeserializeOwned {
    /// The kinds with their variants.
    const KINDS: &'static [(&'static str, &'static str)];

    /// The kind.
    fn kind(&self) -> &'static str;
}

/// Declares the events of a slice as an enum, the kind of each as it is recorded, and below it the payloads that several
/// kinds share. Payloads hold ids and figures, never personal data.
///
/// `events! { /// doc OrderEvent { "order.noted" => Noted { order: OrderId }, "order.paid" => Paid(PaidPayload), } }`
macro_rules! events {
    (
        $(#[$doc:meta])* $name:ident { $($kind:literal => $variant:ident $fields:tt,)* }
        $($payload:ident { $($(#[$attribute:meta])* $field:ident: $type:ty),* $(,)? })*
    ) => {
        pub(crate) use $crate::events::record;

        $(#[$doc])*
        #[derive(Debug, serde::Serialize, serde::Deserialize)]
        pub(crate) enum $name { $(#[serde(rename = $kind)] $variant $fields,)* }

        impl $crate::events::DeclaredEvents for $name {
            const KINDS: &'static [(&'static str, &'static str)] =
                &[$(($kind, concat!(stringify!($name), "::", stringify!($variant)))),*];

            fn kind(&self) -> &'static str {
                match self { $($name::$variant { .. } => $kind,)* }
            }
        }

        impl $name {
            /// The event about this subject, to record.
            pub(crate) fn about(self, subject: impl $crate::kernel::ids::Id) -> $crate::events::Event {
                $crate::events::Event::declared(&self, subject)
            }
        }

        $(
            #[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
            pub(crate) struct $payload { $($(#[$attribute])* pub(crate) $field: $type,)* }
        )*
    };
}
pub(crate) use events;

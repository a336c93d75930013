//! Event types.

use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, CooperativeId, EventId, GroupId, Id};

/// The kind of an event, as `subject.verb`: `order.placed`, `group.approved`.
pub type Kind = &'static str;

/// An event to record, in the transaction of its change. Events contain ids, never personal data.
#[derive(Debug, Clone)]
pub struct Event {
    pub(super) actor: Option<AccountId>,
    pub(super) cooperative: Option<CooperativeId>,
    pub(super) group: Option<GroupId>,
    pub(super) subject: Uuid,
    pub(super) kind: Kind,
    pub(super) payload: Value,
}

impl Event {
    /// An event of this kind about a subject.
    pub fn new(kind: Kind, subject: impl Id) -> Self {
        Event {
            actor: None,
            cooperative: None,
            group: None,
            subject: subject.uuid(),
            kind,
            payload: Value::Object(serde_json::Map::new()),
        }
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

    /// Sets the group.
    #[must_use]
    pub fn for_group(mut self, group: GroupId) -> Self {
        self.group = Some(group);
        self
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

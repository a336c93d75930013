//! What an event says.

use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, CooperativeId, EventId, GroupId, Id};

/// What happened, as `subject.verb`: `order.placed`, `group.approved`. Slices name their own as constants.
pub type Kind = &'static str;

/// Something that happened, told in the transaction in which it happened. Events carry ids, never personal data.
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
    /// This happened to that.
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

    /// Done by this person; by the system, when nobody is named.
    #[must_use]
    pub fn by(mut self, actor: impl Into<Option<AccountId>>) -> Self {
        self.actor = actor.into();
        self
    }

    /// In this cooperative's feed.
    #[must_use]
    pub fn in_cooperative(mut self, cooperative: CooperativeId) -> Self {
        self.cooperative = Some(cooperative);
        self
    }

    /// About this group.
    #[must_use]
    pub fn of_group(mut self, group: GroupId) -> Self {
        self.group = Some(group);
        self
    }

    /// With more ids or figures.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Serialize) -> Self {
        if let Value::Object(members) = &mut self.payload {
            members.insert(name.to_owned(), serde_json::to_value(value).unwrap_or(Value::Null));
        }
        self
    }
}

/// An event as readers get it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedEvent {
    /// Its own id.
    pub id: EventId,
    /// Its place in the log, in commit order.
    pub seq: i64,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// Who did it; nobody when the system did.
    pub actor: Option<AccountId>,
    /// The cooperative it belongs to.
    pub cooperative: Option<CooperativeId>,
    /// The group it is about.
    pub group: Option<GroupId>,
    /// What it happened to.
    pub subject: Uuid,
    /// What happened.
    pub kind: String,
    /// Ids and figures.
    pub payload: Value,
}

//! The event feed of a cooperative, in commit order: for synchronization, auditing and following.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::cooperatives::Overseer;
use crate::db;
use crate::events::{self, RecordedEvent};
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, CooperativeId, EventId, GroupId};
use crate::web::{ApiResponse, AppState, FieldError, FieldErrors, PathIds, Problem, Query, Routes, routes};

pub(super) fn routes() -> Routes {
    routes!["cooperatives": list_cooperative_events]
}

/// Paging of the feed.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct FeedQuery {
    /// Only events with a larger `seq`: `next` of the previous response. From the beginning by default.
    #[param(minimum = 0, maximum = 9_007_199_254_740_991_i64, example = 1200)]
    after: Option<i64>,
    /// How many events, 1 to 100; 20 by default.
    #[param(minimum = 1, maximum = 100, example = 50)]
    limit: Option<i64>,
}

/// A page of the feed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Feed {
    /// The events, in commit order.
    #[schema(max_items = 100)]
    data: Vec<EventView>,
    /// Send it as `after` for the next page. At the end of the feed it stays the same until there are new events.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, example = 1250)]
    next: i64,
}

/// An event. It contains ids and figures only, never personal data.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EventView {
    /// The event's id.
    id: EventId,
    /// The position in commit order. It only grows: no event ever gets a smaller number than one already visible.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 1201)]
    seq: i64,
    /// When the event was recorded.
    recorded_at: Instant,
    /// The account that caused it; null for the system.
    actor: Option<AccountId>,
    /// The group concerned.
    group: Option<GroupId>,
    /// The id of the object concerned.
    #[schema(value_type = String, format = Uuid, max_length = 36)]
    subject: Uuid,
    /// The kind of event, `subject.verb`.
    #[schema(max_length = 60, example = "order.placed")]
    kind: String,
    /// Further ids and figures.
    #[schema(value_type = Object)]
    payload: serde_json::Value,
}

impl From<RecordedEvent> for EventView {
    fn from(event: RecordedEvent) -> Self {
        EventView {
            id: event.id,
            seq: event.seq,
            recorded_at: event.recorded_at,
            actor: event.actor,
            group: event.group,
            subject: event.subject,
            kind: event.kind,
            payload: event.payload,
        }
    }
}

impl FeedQuery {
    fn validate(self) -> Result<(i64, i64), Problem> {
        let (after, limit) = (self.after.unwrap_or(0), self.limit.unwrap_or(20));
        let mut errors = FieldErrors::default();
        errors.check_range("/after", after, 0..=i64::MAX);
        errors.require((1..=100).contains(&limit), "/limit", FieldError::OutOfRange(1, 100));
        errors.into_query_result().map(|()| (after, limit))
    }
}

/// List a cooperative's events
///
/// All changes in commit order, for every office of the cooperative. Continue with `next`: no event is ever skipped, however
/// many are written concurrently.
#[utoipa::path(get, path = "/v1/cooperatives/{id}/events", responses((status = 200, body = Feed)))]
pub(super) async fn list_cooperative_events(
    state: Data<AppState>,
    overseer: Overseer,
    PathIds(cooperative): PathIds<CooperativeId>,
    Query(query): Query<FeedQuery>,
) -> Result<ApiResponse, Problem> {
    let permit = overseer.permit(cooperative)?;
    let (after, limit) = query.validate()?;
    state.db.write::<_, db::Error, _>(events::assign_seq).await?;
    let read = state.db.read(move |conn| events::list_after(conn, after, Some(permit.cooperative), limit));
    let events = read.await?;
    let next = events.last().map_or(after, |event| event.seq);
    Ok(ApiResponse::ok(&Feed { data: events.into_iter().map(EventView::from).collect(), next }))
}

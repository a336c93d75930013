//! The events of a cooperative, in the order in which they were committed: for syncing, auditing and following.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::Overseer;
use crate::db;
use crate::events::{self, RecordedEvent};
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, CooperativeId, EventId, GroupId};
use crate::web::{ApiResponse, AppState, Code, FieldError, FieldErrors, PathIds, Problem, Query, Routes, routes};

/// The route of the feed.
pub(super) fn routes() -> Routes {
    routes![cooperative_events]
}

/// Where to go on reading.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct FeedQuery {
    /// The place behind which to read: `next` of the answer before. From the beginning when it is not said.
    #[param(minimum = 0, maximum = 9_007_199_254_740_991_i64, example = 1200)]
    after: Option<i64>,
    /// How many events, 1 to 100; 20 when it is not said.
    #[param(minimum = 1, maximum = 100, example = 50)]
    limit: Option<i64>,
}

/// A piece of the feed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Feed {
    /// The events, in commit order.
    #[schema(max_items = 100)]
    data: Vec<EventView>,
    /// Where to go on: send it as `after`. At the end of the feed it stays the same until something happens.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, example = 1250)]
    next: i64,
}

/// Something that happened. Ids and figures only, never personal data.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EventView {
    /// Its own id.
    id: EventId,
    /// Its place in the log; places only grow, and none that was passed is filled later.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 1201)]
    seq: i64,
    /// When it happened.
    recorded_at: Instant,
    /// Whose account did it; null when the system did.
    actor: Option<AccountId>,
    /// The group it is about.
    group: Option<GroupId>,
    /// What it happened to.
    #[schema(value_type = String, format = Uuid, max_length = 36)]
    subject: Uuid,
    /// What happened, as `subject.verb`.
    #[schema(max_length = 60, example = "order.placed")]
    kind: String,
    /// More ids and figures.
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
    fn bounds(self) -> Result<(i64, i64), Problem> {
        let (after, limit) = (self.after.unwrap_or(0), self.limit.unwrap_or(20));
        let mut errors = FieldErrors::default();
        errors.range("/after", after, 0..=i64::MAX);
        errors.require((1..=100).contains(&limit), "/limit", FieldError::OutOfRange(1, 100));
        if errors.is_empty() { Ok((after, limit)) } else { Err(Problem::new(Code::QueryInvalid).with_faults(errors)) }
    }
}

/// Events of a cooperative
///
/// Everything that changed, in commit order; for everyone who holds an office there. Read on from `next`: no event is
/// ever skipped, however many are written at once.
#[utoipa::path(
    get,
    path = "/v1/cooperatives/{id}/events",
    tag = "cooperatives",
    operation_id = "cooperative_events",
    params(("id" = CooperativeId, Path, description = "The cooperative"), FeedQuery),
    responses(
        (status = 200, description = "The events behind `after`", body = Feed),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn cooperative_events(
    state: Data<AppState>,
    overseer: Overseer,
    PathIds(cooperative): PathIds<CooperativeId>,
    Query(query): Query<FeedQuery>,
) -> Result<ApiResponse, Problem> {
    let permit = overseer.of(cooperative)?;
    let (after, limit) = query.bounds()?;
    state.db.write::<_, db::Error, _>(events::stamp).await?;
    let found = state
        .db
        .read::<_, db::Error, _>(move |conn| events::after(conn, after, Some(permit.cooperative), limit))
        .await?;
    let next = found.last().map_or(after, |event| event.seq);
    Ok(ApiResponse::ok(&Feed { data: found.into_iter().map(EventView::from).collect(), next }))
}

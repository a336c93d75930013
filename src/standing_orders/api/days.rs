//! Single days of a standing order: left out, looked at, confirmed.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::Deserialize;

use super::views::{OccurrenceView, StandingOrderView};
use super::{answer, own};
use crate::accounts::SignedIn;
use crate::kernel::Day;
use crate::kernel::ids::StandingOrderId;
use crate::standing_orders::Rules;
use crate::standing_orders::confirm::confirm;
use crate::standing_orders::skip::{skip, unskip};
use crate::standing_orders::store;
use crate::web::{
    ApiResponse, AppState, Body, FieldErrors, Idempotency, Page, PageQuery, Paging, PathIds, Problem, Query, Routes,
    Validate, routes,
};

/// The routes of this part.
pub(super) fn routes() -> Routes {
    routes![skip_day, unskip_day, list_occurrences, confirm_occurrence]
}

/// Leave out a day
///
/// Its order, when there is one, is cancelled.
#[utoipa::path(
    put, path = "/v1/standing_orders/{id}/skips/{day}", tag = "market", operation_id = "skip_day",
    params(
        ("id" = StandingOrderId, Path, description = "The standing order"),
        ("day" = String, Path, description = "The day", format = Date, max_length = 10),
    ),
    responses(
        (status = 200, description = "The standing order as it is now", body = StandingOrderView),
        (status = 409, description = "`cancel-too-late`: its order can no longer be cancelled"),
        (status = 422, description = "The day is over"),
    ),
    security(("bearer" = [])),
)]
async fn skip_day(
    state: Data<AppState>,
    person: SignedIn,
    ids: PathIds<(StandingOrderId, Day)>,
) -> Result<ApiResponse, Problem> {
    let (now, (id, day)) = (state.now(), ids.0);
    state
        .db
        .write::<_, Problem, _>(move |tx| {
            let it = skip(tx, now, person.account, id, day)?;
            let lines = store::lines_of(tx, id)?;
            Ok(answer(&it, &lines))
        })
        .await
}

/// Do not leave out a day after all
///
/// It claims for that day anew, as of now.
#[utoipa::path(
    delete, path = "/v1/standing_orders/{id}/skips/{day}", tag = "market", operation_id = "unskip_day",
    params(
        ("id" = StandingOrderId, Path, description = "The standing order"),
        ("day" = String, Path, description = "The day", format = Date, max_length = 10),
    ),
    responses((status = 200, description = "The standing order as it is now", body = StandingOrderView)),
    security(("bearer" = [])),
)]
async fn unskip_day(
    state: Data<AppState>,
    rules: Data<Rules>,
    person: SignedIn,
    ids: PathIds<(StandingOrderId, Day)>,
) -> Result<ApiResponse, Problem> {
    let (now, (id, day)) = (state.now(), ids.0);
    let Rules { orders, market: settings } = **rules;
    state
        .db
        .write::<_, Problem, _>(move |tx| {
            let it = unskip(tx, now, (&orders, &settings), person.account, id, day)?;
            let lines = store::lines_of(tx, id)?;
            Ok(answer(&it, &lines))
        })
        .await
}

/// List the days of a standing order
///
/// What came of each day on which it came round, the latest first: its order, or why there is less or none.
#[utoipa::path(
    get, path = "/v1/standing_orders/{id}/occurrences", tag = "market", operation_id = "list_occurrences",
    params(("id" = StandingOrderId, Path, description = "The standing order"), PageQuery),
    responses((status = 200, description = "A page of days", body = Page<OccurrenceView>)),
    security(("bearer" = [])),
)]
async fn list_occurrences(
    state: Data<AppState>,
    person: SignedIn,
    id: PathIds<StandingOrderId>,
    request: HttpRequest,
    Query(PageQuery { cursor, limit }): Query<PageQuery>,
) -> Result<ApiResponse, Problem> {
    let list = format!("occurrences {}", id.0);
    let paging = Paging::<Day>::read(&state.signer, list, limit, cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.rows_to_read());
    let found = state
        .db
        .read::<_, Problem, _>(move |conn| {
            own(conn, &person, id.0)?;
            Ok(store::occurrences(conn, id.0, after, rows)?)
        })
        .await?;
    let page = paging.page(&state.signer, found, |it| it.due_on, |it| OccurrenceView::from(&it));
    Ok(page.answer(request.path(), request.query_string()))
}

/// A day that is wanted.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"day": "2026-11-27"}))]
struct ConfirmOccurrence {
    /// The day.
    #[schema(value_type = String, format = Date)]
    day: Day,
}

impl Validate for ConfirmOccurrence {
    fn check(&self, _: &mut FieldErrors) {}
}

/// Confirm a day
///
/// For standing orders that are confirmed each time.
#[utoipa::path(
    post, path = "/v1/standing_orders/{id}/confirmations", tag = "market", operation_id = "confirm_occurrence",
    params(
        ("id" = StandingOrderId, Path, description = "The standing order"),
        ("Idempotency-Key" = String, Header),
    ),
    request_body = ConfirmOccurrence,
    responses(
        (status = 200, description = "The day as it is now", body = OccurrenceView),
        (status = 409, description = "`transition-invalid`: there is nothing to confirm, or no more"),
    ),
    security(("bearer" = [])),
)]
async fn confirm_occurrence(
    state: Data<AppState>,
    person: SignedIn,
    id: PathIds<StandingOrderId>,
    key: Idempotency,
    body: Body<ConfirmOccurrence>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, day, id) = (state.now(), person.scope(), body.value.day, id.0);
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let confirmed = confirm(tx, now, person.account, id, day)?;
            Ok::<_, Problem>(ApiResponse::ok(&OccurrenceView::from(&confirmed)))
        })
        .await
}

//! Routes for single days of a standing order: skip, list, confirm.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::Deserialize;

use super::views::{OccurrenceView, StandingOrderView};
use super::{find_own, respond};
use crate::accounts::SignedIn;
use crate::kernel::Day;
use crate::kernel::ids::StandingOrderId;
use crate::standing_orders::Rules;
use crate::standing_orders::confirm::confirm;
use crate::standing_orders::skip::{skip, unskip};
use crate::standing_orders::store;
use crate::web::{
    ApiResponse, AppState, Body, FieldErrors, IdempotencyKey, Page, PageQuery, Paging, PathIds, Problem, Query, Routes,
    Validate, routes,
};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes!["market": skip_day, unskip_day, list_occurrences, confirm_occurrence]
}

/// Skip a day
///
/// An order placed for that day is cancelled.
#[utoipa::path(
    put, path = "/v1/standing_orders/{id}/skips/{day}",
    responses(
        (status = 200, body = StandingOrderView),
        (status = 409, description = "`cancel-too-late`: its order can no longer be cancelled"),
        (status = 422, description = "The day is over"),
    ),
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
            let standing_order = skip(tx, now, person.account, id, day)?;
            let lines = store::list_lines(tx, id)?;
            Ok(respond(&standing_order, &lines))
        })
        .await
}

/// Undo the skipping of a day
///
/// Goods for that day are claimed now, if available.
#[utoipa::path(
    delete, path = "/v1/standing_orders/{id}/skips/{day}",
    responses((status = 200, body = StandingOrderView)),
)]
async fn unskip_day(
    state: Data<AppState>,
    rules: Data<Rules>,
    person: SignedIn,
    ids: PathIds<(StandingOrderId, Day)>,
) -> Result<ApiResponse, Problem> {
    let (now, (id, day)) = (state.now(), ids.0);
    let Rules { orders, settings } = **rules;
    state
        .db
        .write::<_, Problem, _>(move |tx| {
            let standing_order = unskip(tx, now, (&orders, &settings), person.account, id, day)?;
            let lines = store::list_lines(tx, id)?;
            Ok(respond(&standing_order, &lines))
        })
        .await
}

/// List the occurrences of a standing order
///
/// The outcome of each day on which it was due, the latest first: its order, or why the buyer gets less or nothing.
#[utoipa::path(
    get, path = "/v1/standing_orders/{id}/occurrences",
    params(PageQuery),
    responses((status = 200, body = Page<OccurrenceView>)),
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
    let (after, rows) = (paging.after, paging.fetch_limit());
    let occurrences = state
        .db
        .read::<_, Problem, _>(move |conn| {
            find_own(conn, &person, id.0)?;
            Ok(store::list_occurrences(conn, id.0, after, rows)?)
        })
        .await?;
    let page = paging.page(
        &state.signer,
        occurrences,
        |occurrence| occurrence.due_on,
        |occurrence| OccurrenceView::from(&occurrence),
    );
    Ok(page.to_response(request.path(), request.query_string()))
}

/// A day to confirm.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"day": "2026-11-27"}))]
struct ConfirmOccurrence {
    /// The day.
    day: Day,
}

impl Validate for ConfirmOccurrence {
    fn validate(&self, _: &mut FieldErrors) {}
}

/// Confirm the order of a day
///
/// For standing orders with `confirms_first`.
#[utoipa::path(
    post, path = "/v1/standing_orders/{id}/confirmations",
    params(("Idempotency-Key" = String, Header)),
    responses(
        (status = 200, body = OccurrenceView),
        (status = 409, description = "`transition-invalid`: there is nothing to confirm"),
    ),
)]
async fn confirm_occurrence(
    state: Data<AppState>,
    person: SignedIn,
    id: PathIds<StandingOrderId>,
    key: IdempotencyKey,
    body: Body<ConfirmOccurrence>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, day, id) = (state.now(), person.scope(), body.value.day, id.0);
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let occurrence = confirm(tx, now, person.account, id, day)?;
            Ok::<_, Problem>(ApiResponse::ok(&OccurrenceView::from(&occurrence)))
        })
        .await
}

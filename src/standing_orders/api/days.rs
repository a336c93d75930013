//! Routes for single days of a standing order: skip, list, confirm.

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
use crate::web::{ApiResponse, KeyRequired, List, Page, PathIds, Problem, Routes, Validate, Write, routes};

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
    call: Write,
    person: SignedIn,
    PathIds((id, day)): PathIds<(StandingOrderId, Day)>,
) -> Result<ApiResponse, Problem> {
    call.run(move |tx, now, _| {
        let standing_order = skip(tx, now, person.account, id, day)?;
        respond(tx, &standing_order)
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
    call: Write,
    rules: Data<Rules>,
    person: SignedIn,
    PathIds((id, day)): PathIds<(StandingOrderId, Day)>,
) -> Result<ApiResponse, Problem> {
    call.run(move |tx, now, _| {
        let standing_order = unskip(tx, now, (&rules.orders, &rules.settings), person.account, id, day)?;
        respond(tx, &standing_order)
    })
    .await
}

/// List the occurrences of a standing order
///
/// The outcome of each day on which it was due, the latest first: its order, or why the buyer gets less or nothing.
#[utoipa::path(
    get, path = "/v1/standing_orders/{id}/occurrences",
    responses((status = 200, body = Page<OccurrenceView>)),
)]
async fn list_occurrences(
    list: List<Day>,
    person: SignedIn,
    id: PathIds<StandingOrderId>,
) -> Result<ApiResponse, Problem> {
    let rows = list.read(move |conn, list| {
        find_own(conn, &person, id.0)?;
        Ok(store::list_occurrences(conn, id.0, list.after, list.limit)?)
    });
    Ok(rows.await?.answer(|occurrence| occurrence.due_on, |occurrence| OccurrenceView::from(&occurrence)))
}

/// A day to confirm.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"day": "2026-11-27"}))]
struct ConfirmOccurrence {
    /// The day.
    day: Day,
}

impl Validate for ConfirmOccurrence {}

/// Confirm the order of a day
///
/// For standing orders with `confirms_first`.
#[utoipa::path(
    post, path = "/v1/standing_orders/{id}/confirmations",
    responses(
        (status = 200, body = OccurrenceView),
        (status = 409, description = "`transition-invalid`: there is nothing to confirm"),
    ),
)]
async fn confirm_occurrence(
    call: Write<ConfirmOccurrence, KeyRequired>,
    person: SignedIn,
    id: PathIds<StandingOrderId>,
) -> Result<ApiResponse, Problem> {
    call.once(person.idempotency_scope(), move |tx, now, body| {
        let occurrence = confirm(tx, now, person.account, id.0, body.day)?;
        Ok(ApiResponse::ok(&OccurrenceView::from(&occurrence)))
    })
    .await
}

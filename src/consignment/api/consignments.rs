//! Goods at outlets: listed, shown, brought there.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::Deserialize;

use super::bodies::DeliverConsignment;
use super::seen;
use super::views::ConsignmentView;
use crate::consignment::deliver::deliver;
use crate::consignment::error::{ConsignmentError, NOT_THERE};
use crate::consignment::print;
use crate::consignment::store::{self, ConsignmentKey};
use crate::consignment::viewer::Sight;
use crate::cooperatives::{AccessError, Caller, Officer};
use crate::kernel::Language;
use crate::kernel::ids::{ConsignmentId, OutletId};
use crate::supply;
use crate::web::html::{HtmlPage, Reader};
use crate::web::{
    ApiResponse, AppState, Body, FieldErrors, Idempotency, Page, Paging, PathIds, Problem, Query, Routes, routes,
};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes![list_consignments, deliver_consignment, show_consignment]
}

/// Which goods at an outlet.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ConsignmentsQuery {
    /// Only those of which something is there.
    #[serde(default)]
    open: bool,
    /// The page behind this cursor.
    #[param(max_length = 600)]
    cursor: Option<String>,
    /// Rows on a page.
    #[param(minimum = 1, maximum = 100, example = 20)]
    limit: Option<u32>,
}

/// List what was brought to an outlet
///
/// The latest first. Members see their own groups' goods; the board, the treasurer, the supervisors and the companions all.
#[utoipa::path(
    get, path = "/v1/outlets/{id}/consignments", tag = "consignment", operation_id = "list_consignments",
    params(("id" = OutletId, Path, description = "The outlet"), ConsignmentsQuery),
    responses((status = 200, description = "A page of consignments", body = Page<ConsignmentView>)),
    security(("bearer" = [])),
)]
async fn list_consignments(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<OutletId>,
    Query(ConsignmentsQuery { open, cursor, limit }): Query<ConsignmentsQuery>,
    request: HttpRequest,
) -> Result<ApiResponse, Problem> {
    let list = format!("consignments at {} {open}", id.0);
    let paging = Paging::<ConsignmentKey>::read(&state.signer, list, limit, cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.rows_to_read());
    let found = state
        .db
        .read::<_, Problem, _>(move |conn| {
            let (_, sight) = seen(conn, &caller.roles, id.0)?;
            Ok(store::consignments_at(conn, id.0, &sight, open, after, rows)?)
        })
        .await?;
    let key = |it: &store::Shown| (it.consignment.delivered_at, it.consignment.id);
    let page = paging.page(&state.signer, found, key, ConsignmentView::from);
    Ok(page.answer(request.path(), request.query_string()))
}

/// Bring goods to an outlet
///
/// For the officers of the group that made them. They are claimed, so that nobody else is sold them, and stay the group's
/// until a count finds them sold.
#[utoipa::path(
    post, path = "/v1/outlets/{id}/consignments", tag = "consignment", operation_id = "deliver_consignment",
    params(("id" = OutletId, Path, description = "The outlet"), ("Idempotency-Key" = String, Header)),
    request_body = DeliverConsignment,
    responses(
        (status = 201, description = "Brought there", body = ConsignmentView),
        (status = 409, description = "`sold-out` with `available`, `outlet-not-active`, `transition-invalid`: it is not made"),
    ),
    security(("bearer" = [])),
)]
async fn deliver_consignment(
    state: Data<AppState>,
    caller: Caller,
    officer: Officer,
    key: Idempotency,
    id: PathIds<OutletId>,
    body: Body<DeliverConsignment>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, asked) = (state.now(), officer.person.scope(), body.value);
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let (outlet, _) = seen(tx, &caller.roles, id.0)?;
            if !caller.roles.is_officer_in(outlet.cooperative) {
                return Err(AccessError::Forbidden.into());
            }
            let maker = supply::find(tx, asked.batch())?.filter(|batch| caller.roles.is_officer_of(batch.group_id));
            let Some(batch) = maker else {
                return Err(ConsignmentError::Invalid(FieldErrors::one("/batch", NOT_THERE)).into());
            };
            let permit = officer.of(batch.group_id)?;
            let delivery = asked.delivery(tx.id(now));
            let it = deliver(tx, now, &permit, outlet.id, &delivery)?;
            let shown = store::consignment(tx, it.id)?.ok_or(AccessError::Hidden)?;
            Ok::<_, Problem>(
                ApiResponse::created(format!("/v1/consignments/{}", it.id), &ConsignmentView::from(shown))
                    .version(it.version),
            )
        })
        .await
}

/// Show goods at an outlet
///
/// For the members of their group, and for the board, the treasurer, the supervisors and the companions. As JSON, or in a
/// browser as a note of what was brought, for both sides to sign.
#[utoipa::path(
    get, path = "/v1/consignments/{id}", tag = "consignment", operation_id = "consignment",
    params(("id" = ConsignmentId, Path, description = "The consignment")),
    responses((status = 200, description = "The consignment", content(
        (ConsignmentView = "application/json"), (HtmlPage = "text/html"),
    ))),
    security(("bearer" = [])),
)]
async fn show_consignment(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<ConsignmentId>,
    reader: Reader,
    language: Language,
) -> Result<ApiResponse, Problem> {
    state
        .db
        .read::<_, Problem, _>(move |conn| {
            let shown = store::consignment(conn, id.0)?.ok_or(AccessError::Hidden)?;
            let sight = Sight::of(&caller.roles, shown.consignment.cooperative)?;
            if !sight.sees(shown.consignment.group) {
                return Err(AccessError::Hidden.into());
            }
            if reader == Reader::Person {
                return print::of_delivery(&shown, language);
            }
            let version = shown.consignment.version;
            Ok(ApiResponse::ok(&ConsignmentView::from(shown)).version(version))
        })
        .await
}

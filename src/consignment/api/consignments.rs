//! Routes of consignments: goods delivered to outlets.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::Deserialize;

use super::bodies::CreateConsignment;
use super::find_visible_outlet;
use super::views::ConsignmentView;
use crate::consignment::access::GoodsAccess;
use crate::consignment::create_consignment::create_consignment;
use crate::consignment::error::ConsignmentError;
use crate::consignment::print;
use crate::consignment::store::{self, ConsignmentKey};
use crate::cooperatives::{AccessError, Caller, Officer};
use crate::kernel::Language;
use crate::kernel::ids::{ConsignmentId, OutletId};
use crate::supply;
use crate::web::html::{HtmlPage, Reader};
use crate::web::{
    ApiResponse, AppState, Body, FieldErrors, Idempotency, Page, Paging, PathIds, Problem, Query, Routes, Rule, routes,
};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes!["consignment": list_consignments, deliver_consignment, get_consignment]
}

/// Filters of consignments.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ConsignmentsQuery {
    /// Only consignments with goods on hand.
    #[serde(default)]
    open: bool,
    /// Cursor of the page, from `next` of the previous one.
    #[param(max_length = 600)]
    cursor: Option<String>,
    /// Rows per page.
    #[param(minimum = 1, maximum = 100, example = 20)]
    limit: Option<u32>,
}

/// List the consignments at an outlet
///
/// The newest first. Members see those of their own groups; board, treasurer, supervisors and companions see all.
#[utoipa::path(
    get, path = "/v1/outlets/{id}/consignments",
    params(ConsignmentsQuery),
    responses((status = 200, body = Page<ConsignmentView>)),
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
    let (after, rows) = (paging.after, paging.fetch_limit());
    let consignments = state
        .db
        .read::<_, Problem, _>(move |conn| {
            let (_, sight) = find_visible_outlet(conn, &caller.roles, id.0)?;
            Ok(store::list_consignments(conn, id.0, &sight, open, after, rows)?)
        })
        .await?;
    let key = |details: &store::ConsignmentDetails| (details.consignment.delivered_at, details.consignment.id);
    let page = paging.page(&state.signer, consignments, key, ConsignmentView::from);
    Ok(page.to_response(request.path(), request.query_string()))
}

/// Deliver goods to an outlet
///
/// For officers of the group that made the goods. The goods are claimed from the batch, so that nobody else can order
/// them, and belong to the group until a count finds them sold.
#[utoipa::path(
    post, path = "/v1/outlets/{id}/consignments",
    params(("Idempotency-Key" = String, Header)),
    responses(
        (status = 201, body = ConsignmentView),
        (status = 409, description = "`sold-out` with `available`, `outlet-not-active`, `transition-invalid`: the batch is not made"),
    ),
)]
async fn deliver_consignment(
    state: Data<AppState>,
    caller: Caller,
    officer: Officer,
    key: Idempotency,
    id: PathIds<OutletId>,
    body: Body<CreateConsignment>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, input) = (state.now(), officer.person.scope(), body.value);
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let (outlet, _) = find_visible_outlet(tx, &caller.roles, id.0)?;
            if !caller.roles.is_officer_in_cooperative(outlet.cooperative) {
                return Err(AccessError::Forbidden.into());
            }
            let batch =
                supply::find(tx, input.batch())?.filter(|batch| caller.roles.is_officer_of_group(batch.group_id));
            let Some(batch) = batch else {
                return Err(ConsignmentError::Invalid(FieldErrors::single("/batch", Rule::NotThere)).into());
            };
            let permit = officer.permit(batch.group_id)?;
            let new_consignment = input.new_consignment(tx.id(now));
            let consignment = create_consignment(tx, now, &permit, outlet.id, &new_consignment)?;
            let details = store::find_consignment(tx, consignment.id)?.ok_or(AccessError::Hidden)?;
            Ok::<_, Problem>(
                ApiResponse::created(format!("/v1/consignments/{}", consignment.id), &ConsignmentView::from(details))
                    .with_version(consignment.version),
            )
        })
        .await
}

/// Get a consignment
///
/// For members of the group, and for board, treasurer, supervisors and companions. Returns JSON, or for browsers a
/// printable delivery note for both sides to sign.
#[utoipa::path(
    get, path = "/v1/consignments/{id}",
    responses(
        (status = 200, description = "The consignment", content( (ConsignmentView = "application/json"), (HtmlPage = "text/html"), )),
    ),
)]
async fn get_consignment(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<ConsignmentId>,
    reader: Reader,
    language: Language,
) -> Result<ApiResponse, Problem> {
    state
        .db
        .read::<_, Problem, _>(move |conn| {
            let details = store::find_consignment(conn, id.0)?.ok_or(AccessError::Hidden)?;
            let sight = GoodsAccess::of(&caller.roles, details.consignment.cooperative)?;
            if !sight.sees(details.consignment.group) {
                return Err(AccessError::Hidden.into());
            }
            if reader == Reader::Person {
                return print::render_delivery_note(&details, language);
            }
            let version = details.consignment.version;
            Ok(ApiResponse::ok(&ConsignmentView::from(details)).with_version(version))
        })
        .await
}

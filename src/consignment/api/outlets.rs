//! Routes of outlets.

use actix_web::HttpRequest;
use actix_web::web::Data;

use super::bodies::OutletBody;
use super::find_visible_outlet;
use super::views::OutletView;
use crate::consignment::access::GoodsAccess;
use crate::consignment::error::ConsignmentError;
use crate::consignment::outlet;
use crate::consignment::store::{self, OutletKey};
use crate::cooperatives::{AccessError, Board, Caller};
use crate::kernel::ids::{CooperativeId, OutletId};
use crate::web::{
    ApiResponse, AppState, Body, Idempotency, IfMatch, Page, PageQuery, Paging, PathIds, Problem, Query, Routes, routes,
};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes!["consignment": list_outlets, create_outlet, get_outlet, replace_outlet]
}

/// List the outlets of a cooperative
///
/// Sorted by name. For members of the cooperative's groups, and for board, treasurer, supervisors and companions.
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/outlets",
    params(PageQuery),
    responses((status = 200, body = Page<OutletView>)),
)]
async fn list_outlets(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<CooperativeId>,
    Query(PageQuery { cursor, limit }): Query<PageQuery>,
    request: HttpRequest,
) -> Result<ApiResponse, Problem> {
    GoodsAccess::of(&caller.roles, id.0)?;
    let list = format!("outlets of {}", id.0);
    let paging = Paging::<OutletKey>::read(&state.signer, list, limit, cursor.as_deref())?;
    let (after, rows) = (paging.after.clone(), paging.fetch_limit());
    let outlets = state.db.read(move |conn| store::list_outlets(conn, id.0, after, rows)).await?;
    let page = paging.page(&state.signer, outlets, |outlet| (outlet.name.clone(), outlet.id), OutletView::from);
    Ok(page.to_response(request.path(), request.query_string()))
}

/// Create an outlet
///
/// For the board: a shop that sells for the groups, with its commission and payment term.
#[utoipa::path(
    post, path = "/v1/cooperatives/{id}/outlets",
    responses((status = 201, body = OutletView), (status = 409, description = "`too-many-outlets`")),
)]
async fn create_outlet(
    state: Data<AppState>,
    board: Board,
    key: Idempotency,
    id: PathIds<CooperativeId>,
    body: Body<OutletBody>,
) -> Result<ApiResponse, Problem> {
    let permit = board.permit(id.0)?;
    let (now, scope, input) = (state.now(), board.person.scope(), body.value);
    key.once(&state.db, now, scope, body.fingerprint, move |tx| {
        let id = tx.id(now);
        let outlet = outlet::create_outlet(tx, now, &permit, id, &input.terms())?;
        let version = outlet.version;
        let response = ApiResponse::created(format!("/v1/outlets/{id}"), &OutletView::from(outlet));
        Ok::<_, ConsignmentError>(response.with_version(version))
    })
    .await
}

/// Get an outlet
///
/// For members of the cooperative's groups, and for board, treasurer, supervisors and companions.
#[utoipa::path(get, path = "/v1/outlets/{id}", responses((status = 200, body = OutletView)))]
async fn get_outlet(state: Data<AppState>, caller: Caller, id: PathIds<OutletId>) -> Result<ApiResponse, Problem> {
    let (outlet, _) = state.db.read(move |conn| find_visible_outlet(conn, &caller.roles, id.0)).await?;
    let version = outlet.version;
    Ok(ApiResponse::ok(&OutletView::from(outlet)).with_version(version))
}

/// Replace the data of an outlet
///
/// For the board. Goods delivered before keep the price agreed at delivery.
#[utoipa::path(put, path = "/v1/outlets/{id}", responses((status = 200, body = OutletView)))]
async fn replace_outlet(
    state: Data<AppState>,
    board: Board,
    caller: Caller,
    id: PathIds<OutletId>,
    version: IfMatch,
    body: Body<OutletBody>,
) -> Result<ApiResponse, Problem> {
    let (now, input, id) = (state.now(), body.value, id.0);
    state
        .db
        .write(move |tx| {
            let (outlet, _) = find_visible_outlet(tx, &caller.roles, id)?;
            let permit = board.permit(outlet.cooperative).map_err(|_| AccessError::Forbidden)?;
            let outlet = outlet::update_outlet(tx, now, &permit, id, version.0, &input.terms())?;
            let version = outlet.version;
            Ok::<_, Problem>(ApiResponse::ok(&OutletView::from(outlet)).with_version(version))
        })
        .await
}

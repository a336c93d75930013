//! Outlets: listed, noted, changed.

use actix_web::HttpRequest;
use actix_web::web::Data;

use super::bodies::NoteOutlet;
use super::seen;
use super::views::OutletView;
use crate::consignment::error::ConsignmentError;
use crate::consignment::outlet::{add_outlet, change_outlet};
use crate::consignment::store::{self, OutletKey};
use crate::consignment::viewer::Sight;
use crate::cooperatives::{AccessError, Board, Caller};
use crate::kernel::ids::{CooperativeId, OutletId};
use crate::web::{
    ApiResponse, AppState, Body, Idempotency, IfMatch, Page, PageQuery, Paging, PathIds, Problem, Query, Routes, routes,
};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes![list_outlets, note_outlet, show_outlet, change_outlet_terms]
}

/// List a cooperative's outlets
///
/// By name. For the members of its groups, and for the board, the treasurer, the supervisors and the companions.
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/outlets", tag = "consignment", operation_id = "list_outlets",
    params(("id" = CooperativeId, Path, description = "The cooperative"), PageQuery),
    responses((status = 200, description = "A page of outlets", body = Page<OutletView>)),
    security(("bearer" = [])),
)]
async fn list_outlets(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<CooperativeId>,
    Query(PageQuery { cursor, limit }): Query<PageQuery>,
    request: HttpRequest,
) -> Result<ApiResponse, Problem> {
    Sight::of(&caller.roles, id.0)?;
    let list = format!("outlets of {}", id.0);
    let paging = Paging::<OutletKey>::read(&state.signer, list, limit, cursor.as_deref())?;
    let (after, rows) = (paging.after.clone(), paging.rows_to_read());
    let found = state.db.read(move |conn| store::outlets_of(conn, id.0, after, rows)).await?;
    let page = paging.page(&state.signer, found, |it| (it.name.clone(), it.id), OutletView::from);
    Ok(page.answer(request.path(), request.query_string()))
}

/// Note an outlet
///
/// For the board: who sells for the groups, what they keep of the price, and how soon they pay.
#[utoipa::path(
    post, path = "/v1/cooperatives/{id}/outlets", tag = "consignment", operation_id = "note_outlet",
    params(("id" = CooperativeId, Path, description = "The cooperative"), ("Idempotency-Key" = Option<String>, Header)),
    request_body = NoteOutlet,
    responses(
        (status = 201, description = "Noted", body = OutletView),
        (status = 409, description = "`too-many-outlets`"),
    ),
    security(("bearer" = [])),
)]
async fn note_outlet(
    state: Data<AppState>,
    board: Board,
    key: Idempotency,
    id: PathIds<CooperativeId>,
    body: Body<NoteOutlet>,
) -> Result<ApiResponse, Problem> {
    let permit = board.of(id.0)?;
    let (now, scope, asked) = (state.now(), board.person.scope(), body.value);
    key.once(&state.db, now, scope, body.fingerprint, move |tx| {
        let id = tx.id(now);
        let outlet = add_outlet(tx, now, &permit, id, &asked.terms())?;
        let version = outlet.version;
        let answer = ApiResponse::created(format!("/v1/outlets/{id}"), &OutletView::from(outlet));
        Ok::<_, ConsignmentError>(answer.version(version))
    })
    .await
}

/// Show an outlet
///
/// For the members of the cooperative's groups, and for its board, treasurer, supervisors and companions.
#[utoipa::path(
    get, path = "/v1/outlets/{id}", tag = "consignment", operation_id = "outlet",
    params(("id" = OutletId, Path, description = "The outlet")),
    responses((status = 200, description = "The outlet", body = OutletView)),
    security(("bearer" = [])),
)]
async fn show_outlet(state: Data<AppState>, caller: Caller, id: PathIds<OutletId>) -> Result<ApiResponse, Problem> {
    let (outlet, _) = state.db.read(move |conn| seen(conn, &caller.roles, id.0)).await?;
    let version = outlet.version;
    Ok(ApiResponse::ok(&OutletView::from(outlet)).version(version))
}

/// Change what is noted of an outlet
///
/// For the board. What is there already is owed for as it was agreed when it was brought.
#[utoipa::path(
    put, path = "/v1/outlets/{id}", tag = "consignment", operation_id = "change_outlet",
    params(("id" = OutletId, Path, description = "The outlet"), ("If-Match" = String, Header)),
    request_body = NoteOutlet,
    responses((status = 200, description = "The outlet as it is now", body = OutletView)),
    security(("bearer" = [])),
)]
async fn change_outlet_terms(
    state: Data<AppState>,
    board: Board,
    caller: Caller,
    id: PathIds<OutletId>,
    seen_version: IfMatch,
    body: Body<NoteOutlet>,
) -> Result<ApiResponse, Problem> {
    let (now, asked, id) = (state.now(), body.value, id.0);
    state
        .db
        .write(move |tx| {
            let (outlet, _) = seen(tx, &caller.roles, id)?;
            let permit = board.of(outlet.cooperative).map_err(|_| AccessError::Forbidden)?;
            let outlet = change_outlet(tx, now, &permit, id, seen_version.required()?, &asked.terms())?;
            let version = outlet.version;
            Ok::<_, Problem>(ApiResponse::ok(&OutletView::from(outlet)).version(version))
        })
        .await
}

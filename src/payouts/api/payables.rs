//! What the cooperative owes its groups.

use actix_web::HttpRequest;
use actix_web::web::Data;

use super::inside;
use super::views::{PayableItem, PayableView};
use crate::cooperatives::{Auditor, Caller};
use crate::kernel::ids::{CooperativeId, GroupId};
use crate::payouts::error::CapitalError;
use crate::payouts::store::{self, DueKey};
use crate::web::{ApiResponse, AppState, Page, PageQuery, Paging, PathIds, Problem, Query, Routes, routes};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes![list_payables, list_payable_items]
}

/// List what groups are owed
///
/// The groups with whom not all is even, by name: what each has earned and not been paid, what of it pays advances back,
/// and what its members laid out. For the board, the treasurer and the supervisors.
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/payables", tag = "capital", operation_id = "list_payables",
    params(("id" = CooperativeId, Path, description = "The cooperative"), PageQuery),
    responses((status = 200, description = "A page of groups", body = Page<PayableView>)),
    security(("bearer" = [])),
)]
async fn list_payables(
    state: Data<AppState>,
    auditor: Auditor,
    id: PathIds<CooperativeId>,
    Query(PageQuery { cursor, limit }): Query<PageQuery>,
    request: HttpRequest,
) -> Result<ApiResponse, Problem> {
    let permit = auditor.of(id.0)?;
    let list = format!("payables of {}", permit.cooperative);
    let paging = Paging::<(String, GroupId)>::read(&state.signer, list, limit, cursor.as_deref())?;
    let found = state.db.read::<_, CapitalError, _>(move |conn| Ok(store::accounts(conn, permit.cooperative)?)).await?;
    let page = paging.page_of_whole(&state.signer, found, |it| (it.name.clone(), it.group), PayableView::from);
    Ok(page.answer(request.path(), request.query_string()))
}

/// List what a group is owed for
///
/// Every sale, and whatever else, that no payout has settled, the oldest first. For the group's members, and for the board,
/// the treasurer, the supervisors and the companions.
#[utoipa::path(
    get, path = "/v1/groups/{id}/payable_items", tag = "capital", operation_id = "list_payable_items",
    params(("id" = GroupId, Path, description = "The group"), PageQuery),
    responses((status = 200, description = "A page of entries", body = Page<PayableItem>)),
    security(("bearer" = [])),
)]
async fn list_payable_items(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<GroupId>,
    Query(PageQuery { cursor, limit }): Query<PageQuery>,
    request: HttpRequest,
) -> Result<ApiResponse, Problem> {
    let list = format!("payable items of {}", id.0);
    let paging = Paging::<DueKey>::read(&state.signer, list, limit, cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.rows_to_read());
    let found = state
        .db
        .read::<_, CapitalError, _>(move |conn| {
            inside(conn, &caller.roles, id.0)?;
            Ok(store::unpaid_items(conn, id.0, after, rows)?)
        })
        .await?;
    let page = paging.page(&state.signer, found, |it| (it.on, it.due.entry, it.due.position), PayableItem::from);
    Ok(page.answer(request.path(), request.query_string()))
}

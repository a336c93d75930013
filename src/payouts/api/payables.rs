//! Payables to groups.

use actix_web::HttpRequest;
use actix_web::web::Data;

use super::find_accessible_group;
use super::views::{PayableItem, PayableView};
use crate::cooperatives::{Auditor, Caller};
use crate::kernel::ids::{CooperativeId, GroupId};
use crate::payouts::error::PayoutError;
use crate::payouts::store::{self, PayableKey};
use crate::web::{ApiResponse, AppState, Page, PageQuery, Paging, PathIds, Problem, Query, Routes, routes};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes!["capital": list_payables, list_payable_items]
}

/// List the payables to groups
///
/// The groups with an open balance, by name: what each has earned and not been paid, its advances, and the open
/// receipts of its members. For the board, the treasurer and the supervisors.
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/payables",
    params(PageQuery),
    responses((status = 200, body = Page<PayableView>)),
)]
async fn list_payables(
    state: Data<AppState>,
    auditor: Auditor,
    id: PathIds<CooperativeId>,
    Query(PageQuery { cursor, limit }): Query<PageQuery>,
    request: HttpRequest,
) -> Result<ApiResponse, Problem> {
    let permit = auditor.permit(id.0)?;
    let list = format!("payables of {}", permit.cooperative);
    let paging = Paging::<(String, GroupId)>::read(&state.signer, list, limit, cursor.as_deref())?;
    let balances = state
        .db
        .read::<_, PayoutError, _>(move |conn| Ok(store::list_group_balances(conn, permit.cooperative)?))
        .await?;
    let page = paging.page_from_all(
        &state.signer,
        balances,
        |balance| (balance.name.clone(), balance.group),
        PayableView::from,
    );
    Ok(page.to_response(request.path(), request.query_string()))
}

/// List the payable items of a group
///
/// Every sale and other entry that no payout has settled, the oldest first. For the group's members, the board, the
/// treasurer, the supervisors and the companions.
#[utoipa::path(
    get, path = "/v1/groups/{id}/payable_items",
    params(PageQuery),
    responses((status = 200, body = Page<PayableItem>)),
)]
async fn list_payable_items(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<GroupId>,
    Query(PageQuery { cursor, limit }): Query<PageQuery>,
    request: HttpRequest,
) -> Result<ApiResponse, Problem> {
    let list = format!("payable items of {}", id.0);
    let paging = Paging::<PayableKey>::read(&state.signer, list, limit, cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.fetch_limit());
    let items = state
        .db
        .read::<_, PayoutError, _>(move |conn| {
            find_accessible_group(conn, &caller.roles, id.0)?;
            Ok(store::list_payables(conn, id.0, after, rows)?)
        })
        .await?;
    let page = paging.page(
        &state.signer,
        items,
        |item| (item.on, item.posting.entry, item.posting.position),
        PayableItem::from,
    );
    Ok(page.to_response(request.path(), request.query_string()))
}

//! Ingredient receipts.

use actix_web::HttpRequest;
use actix_web::web::Data;

use super::bodies::{CreateReceipt, ReceiptAction, ReceiptsQuery, TransitionReceipt};
use super::find_accessible_group;
use super::views::ReceiptView;
use crate::cooperatives::{Caller, Officer};
use crate::db::Conn;
use crate::kernel::ids::{GroupId, ReceiptId};
use crate::payouts::error::PayoutError;
use crate::payouts::receipt::Receipt;
use crate::payouts::record_receipt::{record_receipt, void_receipt};
use crate::payouts::store::{self, ReceiptKey};
use crate::web::{ApiResponse, AppState, Body, IdempotencyKey, Page, Paging, PathIds, Problem, Query, Routes, routes};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes!["capital": create_ingredient_receipt, list_ingredient_receipts, transition_ingredient_receipt]
}

fn load_view(conn: &mut Conn, receipt: Receipt) -> Result<ReceiptView, PayoutError> {
    let name = store::find_member_name(conn, receipt.group, receipt.member)?.unwrap_or_default();
    Ok(ReceiptView::of((receipt, name)))
}

/// Record an ingredient receipt
///
/// For the group's officers. The next payout repays it before earnings are divided.
#[utoipa::path(
    post, path = "/v1/groups/{id}/ingredient_receipts",
    params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = ReceiptView)),
)]
async fn create_ingredient_receipt(
    state: Data<AppState>,
    officer: Officer,
    key: IdempotencyKey,
    id: PathIds<GroupId>,
    body: Body<CreateReceipt>,
) -> Result<ApiResponse, Problem> {
    let permit = officer.permit(id.0)?;
    let (now, scope, request) = (state.now(), officer.person.scope(), body.value);
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let id = tx.id(now);
            let receipt = record_receipt(tx, now, &permit, &request.to_receipt(id))?;
            let list = format!("/v1/groups/{}/ingredient_receipts", permit.group);
            Ok::<_, PayoutError>(ApiResponse::created(list, &load_view(tx, receipt)?))
        })
        .await
}

/// List the ingredient receipts of a group
///
/// The latest day first. For the group's members, the board, the treasurer, the supervisors and the companions.
#[utoipa::path(get, path = "/v1/groups/{id}/ingredient_receipts", responses((status = 200, body = Page<ReceiptView>)))]
async fn list_ingredient_receipts(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<GroupId>,
    Query(query): Query<ReceiptsQuery>,
    request: HttpRequest,
) -> Result<ApiResponse, Problem> {
    let list = format!("receipts of {} {:?}", id.0, query.status);
    let paging = Paging::<ReceiptKey>::read(&state.signer, list, query.limit, query.cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.fetch_limit());
    let receipts = state
        .db
        .read::<_, PayoutError, _>(move |conn| {
            find_accessible_group(conn, &caller.roles, id.0)?;
            Ok(store::list_receipts(conn, id.0, query.status, after, rows)?)
        })
        .await?;
    let page = paging.page(&state.signer, receipts, |(receipt, _)| (receipt.bought_on, receipt.id), ReceiptView::of);
    Ok(page.to_response(request.path(), request.query_string()))
}

/// Void a receipt
///
/// For the group's officers, as long as it is not repaid.
#[utoipa::path(
    post, path = "/v1/ingredient_receipts/{id}/transitions",
    params(("Idempotency-Key" = String, Header)),
    responses(
        (status = 200, body = ReceiptView),
        (status = 409, description = "`transition-invalid`: it was paid back, or is void already"),
    ),
)]
async fn transition_ingredient_receipt(
    state: Data<AppState>,
    caller: Caller,
    key: IdempotencyKey,
    id: PathIds<ReceiptId>,
    body: Body<TransitionReceipt>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, TransitionReceipt { action: ReceiptAction::Void }) =
        (state.now(), caller.person.scope(), body.value);
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let receipt = void_receipt(tx, now, &caller.roles, id.0)?;
            Ok::<_, PayoutError>(ApiResponse::ok(&load_view(tx, receipt)?))
        })
        .await
}

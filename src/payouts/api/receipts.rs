//! Receipts of ingredients.

use actix_web::HttpRequest;
use actix_web::web::Data;

use super::bodies::{NoteReceipt, ReceiptAction, ReceiptsQuery, StepReceipt};
use super::inside;
use super::views::ReceiptView;
use crate::cooperatives::{Caller, Officer};
use crate::db::Conn;
use crate::kernel::ids::{GroupId, ReceiptId};
use crate::payouts::error::CapitalError;
use crate::payouts::receipt::{Receipt, note_receipt, void};
use crate::payouts::store::{self, ReceiptKey};
use crate::web::{ApiResponse, AppState, Body, Idempotency, Page, Paging, PathIds, Problem, Query, Routes, routes};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes![note_ingredient_receipt, list_ingredient_receipts, step_ingredient_receipt]
}

fn view(conn: &mut Conn, receipt: Receipt) -> Result<ReceiptView, CapitalError> {
    let name = store::member_name(conn, receipt.group, receipt.member)?.unwrap_or_default();
    Ok(ReceiptView::of((receipt, name)))
}

/// Note what a member laid out for ingredients
///
/// For the group's officers. The next payout pays it back before anything is divided.
#[utoipa::path(
    post, path = "/v1/groups/{id}/ingredient_receipts", tag = "capital", operation_id = "note_ingredient_receipt",
    params(("id" = GroupId, Path, description = "The group"), ("Idempotency-Key" = String, Header)),
    request_body = NoteReceipt,
    responses((status = 201, description = "Noted", body = ReceiptView)),
    security(("bearer" = [])),
)]
async fn note_ingredient_receipt(
    state: Data<AppState>,
    officer: Officer,
    key: Idempotency,
    id: PathIds<GroupId>,
    body: Body<NoteReceipt>,
) -> Result<ApiResponse, Problem> {
    let permit = officer.of(id.0)?;
    let (now, scope, asked) = (state.now(), officer.person.scope(), body.value);
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let id = tx.id(now);
            let receipt = note_receipt(tx, now, &permit, &asked.spent(id))?;
            let list = format!("/v1/groups/{}/ingredient_receipts", permit.group);
            Ok::<_, CapitalError>(ApiResponse::created(list, &view(tx, receipt)?))
        })
        .await
}

/// List what members laid out for ingredients
///
/// The latest day first. For the group's members, and for the board, the treasurer, the supervisors and the companions.
#[utoipa::path(
    get, path = "/v1/groups/{id}/ingredient_receipts", tag = "capital", operation_id = "list_ingredient_receipts",
    params(("id" = GroupId, Path, description = "The group"), ReceiptsQuery),
    responses((status = 200, description = "A page of receipts", body = Page<ReceiptView>)),
    security(("bearer" = [])),
)]
async fn list_ingredient_receipts(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<GroupId>,
    Query(query): Query<ReceiptsQuery>,
    request: HttpRequest,
) -> Result<ApiResponse, Problem> {
    let list = format!("receipts of {} {:?}", id.0, query.status);
    let paging = Paging::<ReceiptKey>::read(&state.signer, list, query.limit, query.cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.rows_to_read());
    let found = state
        .db
        .read::<_, CapitalError, _>(move |conn| {
            inside(conn, &caller.roles, id.0)?;
            Ok(store::receipts_of(conn, id.0, query.status, after, rows)?)
        })
        .await?;
    let page = paging.page(&state.signer, found, |(it, _)| (it.bought_on, it.id), ReceiptView::of);
    Ok(page.answer(request.path(), request.query_string()))
}

/// Void a receipt
///
/// For the group's officers, as long as it was not paid back.
#[utoipa::path(
    post, path = "/v1/ingredient_receipts/{id}/transitions", tag = "capital",
    operation_id = "step_ingredient_receipt",
    params(("id" = ReceiptId, Path, description = "The receipt"), ("Idempotency-Key" = String, Header)),
    request_body = StepReceipt,
    responses(
        (status = 200, description = "The receipt as it is now", body = ReceiptView),
        (status = 409, description = "`transition-invalid`: it was paid back, or is void already"),
    ),
    security(("bearer" = [])),
)]
async fn step_ingredient_receipt(
    state: Data<AppState>,
    caller: Caller,
    key: Idempotency,
    id: PathIds<ReceiptId>,
    body: Body<StepReceipt>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, StepReceipt { action: ReceiptAction::Void }) = (state.now(), caller.person.scope(), body.value);
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let receipt = void(tx, now, &caller.roles, id.0)?;
            Ok::<_, CapitalError>(ApiResponse::ok(&view(tx, receipt)?))
        })
        .await
}

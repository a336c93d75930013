//! Receipts of ingredients.

use actix_web::HttpRequest;
use actix_web::web::Data;

use super::bodies::{NoteReceipt, ReceiptAction, ReceiptsQuery, StepReceipt};
use super::inside;
use super::views::ReceiptView;
use crate::capital::error::CapitalError;
use crate::capital::receipt::{Receipt, note_receipt, void};
use crate::capital::store::{self, ReceiptKey};
use crate::cooperatives::{Insider, Officer};
use crate::db::Conn;
use crate::kernel::ids::{GroupId, ReceiptId};
use crate::web::{Answer, Body, Idempotency, Page, Paging, PathIds, Problem, Query, Routes, Site, routes};

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
    site: Data<Site>,
    officer: Officer,
    key: Idempotency,
    id: PathIds<GroupId>,
    body: Body<NoteReceipt>,
) -> Result<Answer, Problem> {
    let permit = officer.of(id.0)?;
    let (now, scope, asked) = (site.now(), officer.person.scope(), body.value);
    key.required()?
        .once(&site.db, now, scope, body.fingerprint, move |tx| {
            let id = tx.id(now);
            let receipt = note_receipt(tx, now, &permit, &asked.spent(id))?;
            let list = format!("/v1/groups/{}/ingredient_receipts", permit.group);
            Ok::<_, CapitalError>(Answer::created(list, &view(tx, receipt)?))
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
    site: Data<Site>,
    caller: Insider,
    id: PathIds<GroupId>,
    Query(query): Query<ReceiptsQuery>,
    request: HttpRequest,
) -> Result<Answer, Problem> {
    let list = format!("receipts of {} {:?}", id.0, query.status);
    let paging = Paging::<ReceiptKey>::read(&site.sealer, list, query.limit, query.cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.rows_to_read());
    let found = site
        .db
        .read::<_, CapitalError, _>(move |conn| {
            inside(conn, &caller.standing, id.0)?;
            Ok(store::receipts_of(conn, id.0, query.status, after, rows)?)
        })
        .await?;
    let page = paging.page(&site.sealer, found, |(it, _)| (it.bought_on, it.id), ReceiptView::of);
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
    site: Data<Site>,
    caller: Insider,
    key: Idempotency,
    id: PathIds<ReceiptId>,
    body: Body<StepReceipt>,
) -> Result<Answer, Problem> {
    let (now, scope, StepReceipt { action: ReceiptAction::Void }) = (site.now(), caller.person.scope(), body.value);
    key.required()?
        .once(&site.db, now, scope, body.fingerprint, move |tx| {
            let receipt = void(tx, now, &caller.standing, id.0)?;
            Ok::<_, CapitalError>(Answer::ok(&view(tx, receipt)?))
        })
        .await
}

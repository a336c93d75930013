//! Ingredient receipts.

use super::bodies::{CreateReceipt, ReceiptAction, ReceiptFilter, TransitionReceipt};
use super::find_accessible_group;
use super::views::ReceiptView;
use crate::cooperatives::{Caller, Officer, load_group_name};
use crate::db::Conn;
use crate::kernel::ids::{GroupId, ReceiptId};
use crate::payouts::error::PayoutError;
use crate::payouts::receipt::Receipt;
use crate::payouts::record_receipt::{record_receipt, void_receipt};
use crate::payouts::store::{self, ReceiptPageKey};
use crate::web::{ApiResponse, KeyRequired, List, Page, PathIds, Problem, Routes, Write, routes};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes!["capital": create_ingredient_receipt, list_ingredient_receipts, transition_ingredient_receipt]
}

fn load_view(conn: &mut Conn, receipt: Receipt) -> Result<ReceiptView, PayoutError> {
    let name = store::find_member_name(conn, receipt.group, receipt.member)?.unwrap_or_default();
    let group = load_group_name(conn, receipt.group)?;
    Ok(ReceiptView::of((receipt, name, group)))
}

/// Record an ingredient receipt
///
/// For the group's officers. The next payout repays it before earnings are divided.
#[utoipa::path(
    post, path = "/v1/groups/{id}/ingredient_receipts",
    responses((status = 201, body = ReceiptView)),
)]
async fn create_ingredient_receipt(
    call: Write<CreateReceipt, KeyRequired>,
    officer: Officer,
    id: PathIds<GroupId>,
) -> Result<ApiResponse, Problem> {
    let permit = officer.permit(id.0)?;
    call.once(officer.person.idempotency_scope(), move |tx, now, body| {
        let receipt = record_receipt(tx, now, &permit, &body.to_receipt(tx.id(now)))?;
        let list = format!("/v1/groups/{}/ingredient_receipts", permit.group);
        Ok(ApiResponse::created(list, &load_view(tx, receipt)?))
    })
    .await
}

/// List the ingredient receipts of a group
///
/// The latest day first. For the group's members, the board, the treasurer, the supervisors and the companions.
#[utoipa::path(get, path = "/v1/groups/{id}/ingredient_receipts", responses((status = 200, body = Page<ReceiptView>)))]
async fn list_ingredient_receipts(
    list: List<ReceiptPageKey, ReceiptFilter>,
    caller: Caller,
    id: PathIds<GroupId>,
) -> Result<ApiResponse, Problem> {
    let rows = list.read(move |conn, list| {
        find_accessible_group(conn, &caller.roles, id.0)?;
        Ok(store::list_receipts(conn, id.0, list.filter.status, list.after, list.limit)?)
    });
    Ok(rows.await?.answer(|(receipt, ..)| (receipt.bought_on, receipt.id), ReceiptView::of))
}

/// Void a receipt
///
/// For the group's officers, as long as it is not repaid.
#[utoipa::path(
    post, path = "/v1/ingredient_receipts/{id}/transitions",
    responses(
        (status = 200, body = ReceiptView),
        (status = 409, description = "`transition-invalid`: it was paid back, or is void already"),
    ),
)]
async fn transition_ingredient_receipt(
    call: Write<TransitionReceipt, KeyRequired>,
    caller: Caller,
    id: PathIds<ReceiptId>,
) -> Result<ApiResponse, Problem> {
    let ReceiptAction::Void = call.body.action;
    call.once(caller.person.idempotency_scope(), move |tx, now, _| {
        let receipt = void_receipt(tx, now, &caller.roles, id.0)?;
        Ok(ApiResponse::ok(&load_view(tx, receipt)?))
    })
    .await
}

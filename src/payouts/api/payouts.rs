//! Payables to groups, and the payouts that settle them.

use actix_web::web::Data;

use super::bodies::{DryRunQuery, PayGroup, PayoutFilter, TransitionPayout};
use super::find_accessible_group;
use super::views::{PayableItem, PayableView, PayoutContext, PayoutLine, PayoutView};
use crate::cooperatives::{AccessError, Auditor, Caller, Office, Roles, Treasurer, load_group_name};
use crate::db::Conn;
use crate::kernel::Language;
use crate::kernel::ids::{CooperativeId, GroupId, PayoutId};
use crate::payouts::error::PayoutError;
use crate::payouts::payable::PayableDetails;
use crate::payouts::payout::{Payout, PayoutAction};
use crate::payouts::plan::{PayoutPlan, pay, plan_payout};
use crate::payouts::print::print_payout;
use crate::payouts::reverse::reverse;
use crate::payouts::store::{self, PayablePageKey, PayoutPageKey};
use crate::web::html::{HtmlPage, Reader};
use crate::web::{
    ApiResponse, AppState, IfMatch, KeyRequired, List, Page, PathIds, Problem, Query, Read, Routes, Write, routes,
};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes![
        "capital": list_payables,
        list_payable_items,
        pay_group,
        list_payouts,
        list_group_payouts,
        get_payout,
        list_payout_items,
        transition_payout
    ]
}

/// Makes the view of a payout for a caller who is the treasurer or not.
fn load_view(conn: &mut Conn, payout: Payout, can_reverse: bool) -> Result<PayoutView, PayoutError> {
    let context = PayoutContext {
        group: load_group_name(conn, payout.group)?,
        voucher: store::find_voucher_number(conn, payout.id)?,
        items: store::count_items(conn, payout.id)?,
        shares: store::list_shares(conn, payout.id)?,
        dry_run: false,
        can_reverse,
    };
    Ok(PayoutView::of(payout, context)?)
}

/// Makes the view of a planned payout.
fn load_preview(conn: &mut Conn, plan: PayoutPlan) -> Result<PayoutView, PayoutError> {
    let mut shares = Vec::new();
    for share in plan.division.shares {
        shares.push((share, store::find_member_name(conn, plan.payout.group, share.member)?.unwrap_or_default()));
    }
    shares.sort_by(|(left, left_name), (right, right_name)| {
        left_name.cmp(right_name).then(left.member.cmp(&right.member))
    });
    let items = i64::try_from(plan.items.len()).unwrap_or(i64::MAX);
    let group = load_group_name(conn, plan.payout.group)?;
    let context = PayoutContext { group, voucher: None, items, shares, dry_run: true, can_reverse: false };
    Ok(PayoutView::of(plan.payout, context)?)
}

/// List the payables to groups
///
/// The groups with an open balance, by name: what each has earned and not been paid, its advances, and the open
/// receipts of its members. For the board, the treasurer and the supervisors.
#[utoipa::path(get, path = "/v1/cooperatives/{id}/payables", responses((status = 200, body = Page<PayableView>)))]
async fn list_payables(
    list: List<(String, GroupId)>,
    auditor: Auditor,
    id: PathIds<CooperativeId>,
) -> Result<ApiResponse, Problem> {
    let permit = auditor.permit(id.0)?;
    let rows = list.read(move |conn, _| Ok(store::list_group_balances(conn, permit.cooperative)?));
    Ok(rows.await?.answer_from_all(|balance| (balance.name.clone(), balance.group), PayableView::from))
}

/// List the payable items of a group
///
/// Every sale and other entry that no payout has settled, the oldest first. For the group's members, the board, the
/// treasurer, the supervisors and the companions.
#[utoipa::path(get, path = "/v1/groups/{id}/payable_items", responses((status = 200, body = Page<PayableItem>)))]
async fn list_payable_items(
    list: List<PayablePageKey>,
    caller: Caller,
    id: PathIds<GroupId>,
) -> Result<ApiResponse, Problem> {
    let rows = list.read(move |conn, list| {
        find_accessible_group(conn, &caller.roles, id.0)?;
        Ok(store::list_payables(conn, id.0, list.after, list.limit)?)
    });
    Ok(rows.await?.answer(PayableDetails::key, PayableItem::from))
}

/// Pay a group
///
/// For the treasurer: settles everything that is payable to the group until that day, each entry once, less its
/// advances, and divides the rest inside the group: receipts are repaid, the group's fund gets its percentage, and the
/// rest goes to the members by their work. If returns exceed sales nothing is paid, and the balance is carried over to
/// the next sales. With `dry_run` nothing is written.
#[utoipa::path(
    post, path = "/v1/cooperatives/{id}/payouts",
    responses(
        (status = 201, description = "Paid", body = PayoutView),
        (status = 200, description = "What it would come to", body = PayoutView),
        (status = 409, description = "`nothing-owed-to-group`"),
    ),
)]
async fn pay_group(
    call: Write<PayGroup, KeyRequired>,
    state: Data<AppState>,
    treasurer: Treasurer,
    id: PathIds<CooperativeId>,
    Query(query): Query<DryRunQuery>,
) -> Result<ApiResponse, Problem> {
    let permit = treasurer.permit(id.0)?;
    if query.dry_run == Some(true) {
        let id = state.db.entropy().id(call.now);
        let preview = call.preview(move |conn, now, body| {
            let plan = plan_payout(conn, now, &permit, id, &body.to_request())?;
            Ok(ApiResponse::ok(&load_preview(conn, plan)?))
        });
        return preview.await;
    }
    call.once(treasurer.person.idempotency_scope(), move |tx, now, body| {
        let id = tx.id(now);
        let paid = pay(tx, now, &permit, id, &body.to_request())?;
        let view = load_view(tx, paid.payout, true)?;
        Ok(ApiResponse::created(format!("/v1/payouts/{id}"), &view).with_version(view.version))
    })
    .await
}

/// List the payouts of a cooperative
///
/// The latest first. For the board, the treasurer and the supervisors.
#[utoipa::path(get, path = "/v1/cooperatives/{id}/payouts", responses((status = 200, body = Page<PayoutLine>)))]
async fn list_payouts(
    list: List<PayoutPageKey, PayoutFilter>,
    auditor: Auditor,
    id: PathIds<CooperativeId>,
) -> Result<ApiResponse, Problem> {
    let permit = auditor.permit(id.0)?;
    let rows = list.read(move |conn, list| {
        let PayoutFilter { group, status } = list.filter;
        Ok(store::list_payouts(conn, permit.cooperative, group, status, list.after, list.limit)?)
    });
    Ok(rows.await?.answer(|(payout, _)| (payout.paid_at, payout.id), PayoutLine::of))
}

/// List the payouts of a group
///
/// The latest first. For the group's members, the board, the treasurer, the supervisors and the companions.
#[utoipa::path(get, path = "/v1/groups/{id}/payouts", responses((status = 200, body = Page<PayoutLine>)))]
async fn list_group_payouts(
    list: List<PayoutPageKey>,
    caller: Caller,
    id: PathIds<GroupId>,
) -> Result<ApiResponse, Problem> {
    let rows = list.read(move |conn, list| {
        let group = find_accessible_group(conn, &caller.roles, id.0)?;
        Ok(store::list_payouts(conn, group.cooperative_id, Some(group.id), None, list.after, list.limit)?)
    });
    Ok(rows.await?.answer(|(payout, _)| (payout.paid_at, payout.id), PayoutLine::of))
}

/// Finds a payout that the caller may see.
fn find_accessible_payout(conn: &mut Conn, roles: &Roles, id: PayoutId) -> Result<Payout, PayoutError> {
    let payout = store::find_payout(conn, id)?.ok_or(AccessError::Hidden)?;
    find_accessible_group(conn, roles, payout.group)?;
    Ok(payout)
}

/// Get a payout
///
/// As JSON, or in a browser as a receipt for both sides to print and sign. For the group's members, the board, the
/// treasurer, the supervisors and the companions.
#[utoipa::path(
    get, path = "/v1/payouts/{id}",
    responses(
        (status = 200, content( (PayoutView = "application/json"), (HtmlPage = "text/html"), )),
    ),
)]
async fn get_payout(
    read: Read,
    caller: Caller,
    id: PathIds<PayoutId>,
    reader: Reader,
    language: Language,
) -> Result<ApiResponse, Problem> {
    read.run(move |conn, _| {
        let payout = find_accessible_payout(conn, &caller.roles, id.0)?;
        if reader == Reader::Person {
            return print_payout(conn, &payout, language);
        }
        let can_reverse = caller.roles.has_office(Office::Treasurer, payout.cooperative);
        let view = load_view(conn, payout, can_reverse)?;
        Ok(ApiResponse::ok(&view).with_version(view.version))
    })
    .await
}

/// List the items of a payout
///
/// Every sale and other entry that it settles, the oldest first. No other payout settles any of them.
#[utoipa::path(get, path = "/v1/payouts/{id}/items", responses((status = 200, body = Page<PayableItem>)))]
async fn list_payout_items(
    list: List<PayablePageKey>,
    caller: Caller,
    id: PathIds<PayoutId>,
) -> Result<ApiResponse, Problem> {
    let rows = list.read(move |conn, list| {
        find_accessible_payout(conn, &caller.roles, id.0)?;
        Ok(store::list_payout_items(conn, id.0, list.after, list.limit)?)
    });
    Ok(rows.await?.answer(PayableDetails::key, PayableItem::from))
}

/// Reverse a payout
///
/// For the treasurer, when it was a mistake and the money is back: an entry reverses the first one, and what it settled
/// is payable again.
#[utoipa::path(
    post, path = "/v1/payouts/{id}/transitions",
    responses(
        (status = 200, body = PayoutView),
        (status = 409, description = "`transition-invalid`: it was reversed already"),
    ),
)]
async fn transition_payout(
    call: Write<TransitionPayout, KeyRequired>,
    caller: Caller,
    treasurer: Treasurer,
    IfMatch(version): IfMatch<Option<i64>>,
    id: PathIds<PayoutId>,
) -> Result<ApiResponse, Problem> {
    let PayoutAction::Reverse = call.body.action;
    call.once(treasurer.person.idempotency_scope(), move |tx, now, body| {
        let payout = find_accessible_payout(tx, &caller.roles, id.0)?;
        let permit = treasurer.permit(payout.cooperative).map_err(|_| AccessError::Forbidden)?;
        let reversed = reverse(tx, now, &permit, payout.id, &body.reason, version)?;
        let view = load_view(tx, reversed, true)?;
        Ok(ApiResponse::ok(&view).with_version(view.version))
    })
    .await
}

//! Payouts to groups.

use actix_web::HttpRequest;
use actix_web::web::Data;

use super::bodies::{DryRunQuery, PayGroup, PayoutsQuery, TransitionPayout};
use super::find_accessible_group;
use super::views::{PayableItem, PayoutContext, PayoutLine, PayoutView};
use crate::cooperatives::{AccessError, Auditor, Caller, Office, Roles, Treasurer};
use crate::db::Conn;
use crate::kernel::Language;
use crate::kernel::ids::{CooperativeId, GroupId, PayoutId};
use crate::payouts::error::PayoutError;
use crate::payouts::payout::{Payout, PayoutAction, PayoutShare};
use crate::payouts::plan::{PayoutPlan, pay, plan_payout};
use crate::payouts::reverse::reverse;
use crate::payouts::store::{self, PayableKey, PayoutKey, PayoutScope};
use crate::web::html::{HtmlPage, Reader};
use crate::web::{
    ApiResponse, AppState, Body, IdempotencyKey, IfMatch, Page, PageQuery, Paging, PathIds, Problem, Query, Routes,
    routes,
};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes!["capital": pay_group, list_payouts, list_group_payouts, get_payout, list_payout_items, transition_payout]
}

/// Makes the view of a payout for this caller.
fn load_view(conn: &mut Conn, payout: Payout, roles: &Roles) -> Result<PayoutView, PayoutError> {
    let context = PayoutContext {
        voucher: store::find_voucher_number(conn, payout.id)?,
        items: store::count_items(conn, payout.id)?,
        shares: store::list_shares(conn, payout.id)?,
        dry_run: false,
        can_reverse: roles.has_office(Office::Treasurer, payout.cooperative),
    };
    Ok(PayoutView::of(payout, context)?)
}

/// Makes the view of a planned payout.
fn load_preview(conn: &mut Conn, plan: PayoutPlan) -> Result<PayoutView, PayoutError> {
    let with_name = |conn: &mut Conn, share: PayoutShare| {
        let name = store::find_member_name(conn, plan.payout.group, share.member)?.unwrap_or_default();
        Ok::<_, PayoutError>((share, name))
    };
    let mut shares = Vec::new();
    for share in plan.shares() {
        shares.push(with_name(conn, share)?);
    }
    shares.sort_by(|(left, left_name), (right, right_name)| {
        left_name.cmp(right_name).then(left.member.cmp(&right.member))
    });
    let items = i64::try_from(plan.items.len()).unwrap_or(i64::MAX);
    let context = PayoutContext { voucher: None, items, shares, dry_run: true, can_reverse: true };
    Ok(PayoutView::of(plan.payout, context)?)
}

/// Pay a group
///
/// For the treasurer: settles everything that is payable to the group until that day, each entry once, less its
/// advances, and divides the rest inside the group: receipts are repaid, the group's fund gets its percentage, and the
/// rest goes to the members by their work. If returns exceed sales nothing is paid, and the balance is carried over to
/// the next sales. With `dry_run` nothing is written.
#[utoipa::path(
    post, path = "/v1/cooperatives/{id}/payouts",
    params(("Idempotency-Key" = String, Header)),
    responses(
        (status = 201, description = "Paid", body = PayoutView),
        (status = 200, description = "What it would come to", body = PayoutView),
        (status = 409, description = "`nothing-owed-to-group`"),
    ),
)]
async fn pay_group(
    state: Data<AppState>,
    treasurer: Treasurer,
    key: IdempotencyKey,
    id: PathIds<CooperativeId>,
    Query(query): Query<DryRunQuery>,
    body: Body<PayGroup>,
) -> Result<ApiResponse, Problem> {
    let permit = treasurer.permit(id.0)?;
    let (now, scope, request) = (state.now(), treasurer.person.scope(), body.value.into_request());
    let key = key.required()?;
    if query.dry_run == Some(true) {
        let id = state.db.entropy().id(now);
        let preview = state.db.read::<_, PayoutError, _>(move |conn| {
            let plan = plan_payout(conn, now, &permit, id, &request)?;
            load_preview(conn, plan)
        });
        return Ok(ApiResponse::ok(&preview.await?));
    }
    key.once(&state.db, now, scope, body.fingerprint, move |tx| {
        let id = tx.id(now);
        let paid = pay(tx, now, &permit, id, &request)?;
        let context = PayoutContext {
            voucher: store::find_voucher_number(tx, id)?,
            items: i64::try_from(paid.items.len()).unwrap_or(i64::MAX),
            shares: store::list_shares(tx, id)?,
            dry_run: false,
            can_reverse: true,
        };
        let view = PayoutView::of(paid.payout, context)?;
        Ok::<_, PayoutError>(ApiResponse::created(format!("/v1/payouts/{id}"), &view).with_version(view.version))
    })
    .await
}

/// List the payouts of a cooperative
///
/// The latest first. For the board, the treasurer and the supervisors.
#[utoipa::path(get, path = "/v1/cooperatives/{id}/payouts", responses((status = 200, body = Page<PayoutLine>)))]
async fn list_payouts(
    state: Data<AppState>,
    auditor: Auditor,
    id: PathIds<CooperativeId>,
    Query(query): Query<PayoutsQuery>,
    request: HttpRequest,
) -> Result<ApiResponse, Problem> {
    let permit = auditor.permit(id.0)?;
    let scope = PayoutScope::Cooperative(permit.cooperative, query.group);
    let list = format!("payouts {scope:?} {:?}", query.status);
    let paging = Paging::<PayoutKey>::read(&state.signer, list, query.limit, query.cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.fetch_limit());
    let rows = state
        .db
        .read::<_, PayoutError, _>(move |conn| Ok(store::list_payouts(conn, scope, query.status, after, rows)?))
        .await?;
    let page = paging.page(&state.signer, rows, |(payout, _)| (payout.paid_at, payout.id), PayoutLine::of);
    Ok(page.to_response(request.path(), request.query_string()))
}

/// List the payouts of a group
///
/// The latest first. For the group's members, the board, the treasurer, the supervisors and the companions.
#[utoipa::path(
    get, path = "/v1/groups/{id}/payouts",
    params(PageQuery),
    responses((status = 200, body = Page<PayoutLine>)),
)]
async fn list_group_payouts(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<GroupId>,
    Query(PageQuery { cursor, limit }): Query<PageQuery>,
    request: HttpRequest,
) -> Result<ApiResponse, Problem> {
    let paging = Paging::<PayoutKey>::read(&state.signer, format!("payouts of {}", id.0), limit, cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.fetch_limit());
    let rows = state
        .db
        .read::<_, PayoutError, _>(move |conn| {
            find_accessible_group(conn, &caller.roles, id.0)?;
            Ok(store::list_payouts(conn, PayoutScope::Group(id.0), None, after, rows)?)
        })
        .await?;
    let page = paging.page(&state.signer, rows, |(payout, _)| (payout.paid_at, payout.id), PayoutLine::of);
    Ok(page.to_response(request.path(), request.query_string()))
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
        (status = 200, description = "The payout", content( (PayoutView = "application/json"), (HtmlPage = "text/html"), )),
    ),
)]
async fn get_payout(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<PayoutId>,
    reader: Reader,
    language: Language,
) -> Result<ApiResponse, Problem> {
    state
        .db
        .read::<_, Problem, _>(move |conn| {
            let payout = find_accessible_payout(conn, &caller.roles, id.0)?;
            if reader == Reader::Person {
                return crate::payouts::print::print_payout(conn, &payout, language);
            }
            let view = load_view(conn, payout, &caller.roles)?;
            let version = view.version;
            Ok(ApiResponse::ok(&view).with_version(version))
        })
        .await
}

/// List the items of a payout
///
/// Every sale and other entry that it settles, the oldest first. No other payout settles any of them.
#[utoipa::path(
    get, path = "/v1/payouts/{id}/items",
    params(PageQuery),
    responses((status = 200, body = Page<PayableItem>)),
)]
async fn list_payout_items(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<PayoutId>,
    Query(PageQuery { cursor, limit }): Query<PageQuery>,
    request: HttpRequest,
) -> Result<ApiResponse, Problem> {
    let list = format!("items of payout {}", id.0);
    let paging = Paging::<PayableKey>::read(&state.signer, list, limit, cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.fetch_limit());
    let rows = state
        .db
        .read::<_, PayoutError, _>(move |conn| {
            find_accessible_payout(conn, &caller.roles, id.0)?;
            Ok(store::list_payout_items(conn, id.0, after, rows)?)
        })
        .await?;
    let page = paging.page(
        &state.signer,
        rows,
        |item| (item.on, item.posting.entry, item.posting.position),
        PayableItem::from,
    );
    Ok(page.to_response(request.path(), request.query_string()))
}

/// Reverse a payout
///
/// For the treasurer, when it was a mistake and the money is back: an entry reverses the first one, and what it settled
/// is payable again.
#[utoipa::path(
    post, path = "/v1/payouts/{id}/transitions",
    params(("Idempotency-Key" = String, Header)),
    responses(
        (status = 200, body = PayoutView),
        (status = 409, description = "`transition-invalid`: it was reversed already"),
    ),
)]
async fn transition_payout(
    state: Data<AppState>,
    caller: Caller,
    treasurer: Treasurer,
    key: IdempotencyKey,
    if_match: IfMatch<Option<i64>>,
    id: PathIds<PayoutId>,
    body: Body<TransitionPayout>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, TransitionPayout { action: PayoutAction::Reverse, reason }) =
        (state.now(), treasurer.person.scope(), body.value);
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let payout = find_accessible_payout(tx, &caller.roles, id.0)?;
            if !caller.roles.has_office(Office::Treasurer, payout.cooperative) {
                return Err(Problem::from(AccessError::Forbidden));
            }
            let permit = treasurer.permit(payout.cooperative)?;
            let reversed = reverse(tx, now, &permit, payout.id, &reason, if_match.0)?;
            let view = load_view(tx, reversed, &caller.roles)?;
            let version = view.version;
            Ok(ApiResponse::ok(&view).with_version(version))
        })
        .await
}

//! Payouts to groups.

use actix_web::HttpRequest;
use actix_web::web::Data;

use super::bodies::{DryRunQuery, PayGroup, PayoutsQuery, StepPayout};
use super::inside;
use super::views::{Beside, PayableItem, PayoutLine, PayoutView};
use crate::cooperatives::{AccessError, Auditor, Caller, Office, Roles, Treasurer};
use crate::db::Conn;
use crate::kernel::Language;
use crate::kernel::ids::{CooperativeId, GroupId, Id, PayoutId, SourceId};
use crate::ledger::{self, EntryKind};
use crate::payouts::error::CapitalError;
use crate::payouts::payout::{Payout, PayoutAction, PayoutShare};
use crate::payouts::plan::{Plan, pay, plan};
use crate::payouts::reverse::reverse;
use crate::payouts::store::{self, DueKey, Payee, PayoutKey};
use crate::web::html::{HtmlPage, Reader};
use crate::web::{
    ApiResponse, AppState, Body, Idempotency, IfMatch, Page, PageQuery, Paging, PathIds, Problem, Query, Routes, routes,
};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes![pay_group, list_payouts, list_group_payouts, show_payout, list_payout_items, step_payout]
}

/// The payout as this caller sees it.
fn view(conn: &mut Conn, payout: Payout, roles: &Roles) -> Result<PayoutView, CapitalError> {
    let beside = Beside {
        voucher: voucher(conn, payout.id)?,
        items: store::count_items(conn, payout.id)?,
        shares: store::shares_of(conn, payout.id)?,
        dry_run: false,
        treasurer: roles.holds(Office::Treasurer, payout.cooperative),
    };
    Ok(PayoutView::of(payout, beside)?)
}

/// What the payout is filed under.
pub(in crate::payouts) fn voucher(conn: &mut Conn, payout: PayoutId) -> Result<Option<String>, CapitalError> {
    let entry = ledger::entry_of_source(conn, EntryKind::Payout, SourceId::from_uuid(payout.uuid()))?;
    Ok(entry.map(|entry| entry.filed_as()))
}

/// What paying would come to.
fn planned(conn: &mut Conn, plan: Plan) -> Result<PayoutView, CapitalError> {
    let named = |conn: &mut Conn, share: PayoutShare| {
        let name = store::member_name(conn, plan.payout.group, share.member)?.unwrap_or_default();
        Ok::<_, CapitalError>((share, name))
    };
    let mut shares = Vec::new();
    for share in plan.shares() {
        shares.push(named(conn, share)?);
    }
    shares.sort_by(|(one, a), (other, b)| a.cmp(b).then(one.member.cmp(&other.member)));
    let items = i64::try_from(plan.items.len()).unwrap_or(i64::MAX);
    let beside = Beside { voucher: None, items, shares, dry_run: true, treasurer: true };
    Ok(PayoutView::of(plan.payout, beside)?)
}

/// Pay a group
///
/// For the treasurer: everything that the group was owed for until that day, each entry settled once, less what it owes for
/// ingredients. It says how the rest divides inside the group: receipts are paid back, the group's fund gets its part, and
/// the rest goes by what each member did. Where more came back than was sold nothing is paid, and it is carried to the
/// next sales. With `dry_run` nothing is written.
#[utoipa::path(
    post, path = "/v1/cooperatives/{id}/payouts", tag = "capital", operation_id = "pay_group",
    params(
        ("id" = CooperativeId, Path, description = "The cooperative"),
        DryRunQuery,
        ("Idempotency-Key" = String, Header),
    ),
    request_body = PayGroup,
    responses(
        (status = 201, description = "Paid", body = PayoutView),
        (status = 200, description = "What it would come to", body = PayoutView),
        (status = 409, description = "`nothing-owed-to-group`"),
    ),
    security(("bearer" = [])),
)]
async fn pay_group(
    state: Data<AppState>,
    treasurer: Treasurer,
    key: Idempotency,
    id: PathIds<CooperativeId>,
    Query(query): Query<DryRunQuery>,
    body: Body<PayGroup>,
) -> Result<ApiResponse, Problem> {
    let permit = treasurer.of(id.0)?;
    let (now, scope, asked) = (state.now(), treasurer.person.scope(), body.value.asked());
    let key = key.required()?;
    if query.dry_run == Some(true) {
        let id = state.db.entropy().id(now);
        let look = state.db.read::<_, CapitalError, _>(move |conn| {
            let plan = plan(conn, now, &permit, id, &asked)?;
            planned(conn, plan)
        });
        return Ok(ApiResponse::ok(&look.await?));
    }
    key.once(&state.db, now, scope, body.fingerprint, move |tx| {
        let id = tx.id(now);
        let paid = pay(tx, now, &permit, id, &asked)?;
        let beside = Beside {
            voucher: voucher(tx, id)?,
            items: i64::try_from(paid.items.len()).unwrap_or(i64::MAX),
            shares: store::shares_of(tx, id)?,
            dry_run: false,
            treasurer: true,
        };
        let view = PayoutView::of(paid.payout, beside)?;
        Ok::<_, CapitalError>(ApiResponse::created(format!("/v1/payouts/{id}"), &view).version(view.version))
    })
    .await
}

/// List the payouts of a cooperative
///
/// The latest first; for the board, the treasurer and the supervisors.
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/payouts", tag = "capital", operation_id = "list_payouts",
    params(("id" = CooperativeId, Path, description = "The cooperative"), PayoutsQuery),
    responses((status = 200, description = "A page of payouts", body = Page<PayoutLine>)),
    security(("bearer" = [])),
)]
async fn list_payouts(
    state: Data<AppState>,
    auditor: Auditor,
    id: PathIds<CooperativeId>,
    Query(query): Query<PayoutsQuery>,
    request: HttpRequest,
) -> Result<ApiResponse, Problem> {
    let permit = auditor.of(id.0)?;
    let payee = Payee::Cooperative(permit.cooperative, query.group);
    let list = format!("payouts {payee:?} {:?}", query.status);
    let paging = Paging::<PayoutKey>::read(&state.signer, list, query.limit, query.cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.rows_to_read());
    let found = state
        .db
        .read::<_, CapitalError, _>(move |conn| Ok(store::payouts_of(conn, payee, query.status, after, rows)?))
        .await?;
    let page = paging.page(&state.signer, found, |(it, _)| (it.paid_at, it.id), PayoutLine::of);
    Ok(page.answer(request.path(), request.query_string()))
}

/// List the payouts of a group
///
/// The latest first. For the group's members, and for the board, the treasurer, the supervisors and the companions.
#[utoipa::path(
    get, path = "/v1/groups/{id}/payouts", tag = "capital", operation_id = "list_group_payouts",
    params(("id" = GroupId, Path, description = "The group"), PageQuery),
    responses((status = 200, description = "A page of payouts", body = Page<PayoutLine>)),
    security(("bearer" = [])),
)]
async fn list_group_payouts(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<GroupId>,
    Query(PageQuery { cursor, limit }): Query<PageQuery>,
    request: HttpRequest,
) -> Result<ApiResponse, Problem> {
    let paging = Paging::<PayoutKey>::read(&state.signer, format!("payouts of {}", id.0), limit, cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.rows_to_read());
    let found = state
        .db
        .read::<_, CapitalError, _>(move |conn| {
            inside(conn, &caller.roles, id.0)?;
            Ok(store::payouts_of(conn, Payee::Group(id.0), None, after, rows)?)
        })
        .await?;
    let page = paging.page(&state.signer, found, |(it, _)| (it.paid_at, it.id), PayoutLine::of);
    Ok(page.answer(request.path(), request.query_string()))
}

/// The payout of this id, for somebody who sees it.
fn find(conn: &mut Conn, roles: &Roles, id: PayoutId) -> Result<Payout, CapitalError> {
    let payout = store::payout(conn, id)?.ok_or(AccessError::Hidden)?;
    inside(conn, roles, payout.group)?;
    Ok(payout)
}

/// Show a payout
///
/// As JSON, or in a browser as a receipt for both sides to print and sign. For the group's members, and for the board,
/// the treasurer, the supervisors and the companions.
#[utoipa::path(
    get, path = "/v1/payouts/{id}", tag = "capital", operation_id = "show_payout",
    params(("id" = PayoutId, Path, description = "The payout")),
    responses((status = 200, description = "The payout", content(
        (PayoutView = "application/json"), (HtmlPage = "text/html"),
    ))),
    security(("bearer" = [])),
)]
async fn show_payout(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<PayoutId>,
    reader: Reader,
    language: Language,
) -> Result<ApiResponse, Problem> {
    state
        .db
        .read::<_, Problem, _>(move |conn| {
            let payout = find(conn, &caller.roles, id.0)?;
            if reader == Reader::Person {
                return crate::payouts::print::payout(conn, &payout, language);
            }
            let view = view(conn, payout, &caller.roles)?;
            let version = view.version;
            Ok(ApiResponse::ok(&view).version(version))
        })
        .await
}

/// List what a payout settled
///
/// Every sale, and whatever else, that makes it up, the oldest first. None of them stands in another payout.
#[utoipa::path(
    get, path = "/v1/payouts/{id}/items", tag = "capital", operation_id = "list_payout_items",
    params(("id" = PayoutId, Path, description = "The payout"), PageQuery),
    responses((status = 200, description = "A page of entries", body = Page<PayableItem>)),
    security(("bearer" = [])),
)]
async fn list_payout_items(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<PayoutId>,
    Query(PageQuery { cursor, limit }): Query<PageQuery>,
    request: HttpRequest,
) -> Result<ApiResponse, Problem> {
    let list = format!("items of payout {}", id.0);
    let paging = Paging::<DueKey>::read(&state.signer, list, limit, cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.rows_to_read());
    let found = state
        .db
        .read::<_, CapitalError, _>(move |conn| {
            find(conn, &caller.roles, id.0)?;
            Ok(store::items_of(conn, id.0, after, rows)?)
        })
        .await?;
    let page = paging.page(&state.signer, found, |it| (it.on, it.due.entry, it.due.position), PayableItem::from);
    Ok(page.answer(request.path(), request.query_string()))
}

/// Reverse a payout
///
/// For the treasurer, when it was a mistake and the money is back: an entry takes the first one back, and what it settled
/// is owed again.
#[utoipa::path(
    post, path = "/v1/payouts/{id}/transitions", tag = "capital", operation_id = "step_payout",
    params(
        ("id" = PayoutId, Path, description = "The payout"),
        ("Idempotency-Key" = String, Header),
        ("If-Match" = Option<String>, Header),
    ),
    request_body = StepPayout,
    responses(
        (status = 200, description = "The payout as it is now", body = PayoutView),
        (status = 409, description = "`transition-invalid`: it was reversed already"),
    ),
    security(("bearer" = [])),
)]
async fn step_payout(
    state: Data<AppState>,
    caller: Caller,
    treasurer: Treasurer,
    key: Idempotency,
    seen: IfMatch,
    id: PathIds<PayoutId>,
    body: Body<StepPayout>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, StepPayout { action: PayoutAction::Reverse, reason }) =
        (state.now(), treasurer.person.scope(), body.value);
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let payout = find(tx, &caller.roles, id.0)?;
            if !caller.roles.holds(Office::Treasurer, payout.cooperative) {
                return Err(Problem::from(AccessError::Forbidden));
            }
            let permit = treasurer.of(payout.cooperative)?;
            let reversed = reverse(tx, now, &permit, payout.id, &reason, seen.sent())?;
            let view = view(tx, reversed, &caller.roles)?;
            let version = view.version;
            Ok(ApiResponse::ok(&view).version(version))
        })
        .await
}

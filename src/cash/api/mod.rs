//! Routes of cash handovers and counts.

mod bodies;
mod views;

use serde::Deserialize;
use utoipa::IntoParams;

use self::bodies::{CountCash, DeclareHandover, TransitionHandover};
use self::views::{CashCountView, HandoverView};
use super::access::{can_see_all, find_visible_handover, require_access, require_treasurer};
use super::count::count;
use super::declare::{NewHandover, declare};
use super::handover::{HandoverAction, HandoverStatus};
use super::print;
use super::receive::{receive, refuse};
use super::store::{self, CashCountPageKey, HandoverPageKey};
use crate::cooperatives::{AccessError, Auditor, Caller, Treasurer};
use crate::kernel::Language;
use crate::kernel::ids::{CooperativeId, HandoverId};
use crate::web::html::{HtmlPage, Reader};
use crate::web::{ApiResponse, IfMatch, KeyRequired, List, Page, PathIds, Problem, Read, Routes, Write, routes};

/// The routes of this slice.
pub(super) fn routes() -> Routes {
    routes!["payments": declare_handover, list_handovers, get_handover, transition_handover, count_cash, list_cash_counts]
}

/// Hand cash over to the treasurer
///
/// An officer declares which payments they hand over; all whose cash they hold by default. The treasurer counts and
/// receives it, or records it received at once by sending holder and count.
#[utoipa::path(
    post, path = "/v1/cooperatives/{id}/handovers",
    responses((status = 201, body = HandoverView), (status = 409, description = "`nothing-held`")),
)]
async fn declare_handover(
    call: Write<DeclareHandover, KeyRequired>,
    caller: Caller,
    PathIds(cooperative): PathIds<CooperativeId>,
) -> Result<ApiResponse, Problem> {
    require_access(&caller, cooperative)?;
    let permit = call.body.counted.map(|_| require_treasurer(&caller, cooperative)).transpose()?;
    call.once(caller.person.idempotency_scope(), move |tx, now, body| {
        let by = caller.person.account;
        let new_handover = NewHandover {
            id: tx.id(now),
            cooperative,
            holder: body.holder.unwrap_or(by),
            payments: body.payments.clone(),
            note: body.note.clone(),
            by,
        };
        let mut handover = declare(tx, now, &new_handover)?;
        if let (Some(permit), Some(counted)) = (&permit, body.counted) {
            handover = receive(tx, now, permit, handover.id, counted, None)?;
        }
        let view = HandoverView::load(tx, &caller, handover)?;
        Ok(ApiResponse::created(format!("/v1/handovers/{}", view.id), &view).with_version(view.version))
    })
    .await
}

/// Filter of handovers.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct HandoversFilter {
    /// Only with this status.
    #[param(inline)]
    status: Option<HandoverStatus>,
}

/// List handovers of cash
///
/// Newest first: all of them for the board, the treasurer and the supervisors; officers get their own.
#[utoipa::path(get, path = "/v1/cooperatives/{id}/handovers", responses((status = 200, body = Page<HandoverView>)))]
async fn list_handovers(
    list: List<HandoverPageKey, HandoversFilter>,
    caller: Caller,
    id: PathIds<CooperativeId>,
) -> Result<ApiResponse, Problem> {
    require_access(&caller, id.0)?;
    let holder = (!can_see_all(&caller, id.0)).then_some(caller.person.account);
    let views = list.read(move |conn, list| {
        let handovers = store::list_handovers(conn, id.0, holder, list.filter.status, list.after, list.limit)?;
        handovers.into_iter().map(|handover| HandoverView::load(conn, &caller, handover)).collect()
    });
    Ok(views.await?.answer(|view| (view.declared_at, view.id), |view| view))
}

/// Get a handover of cash
///
/// As JSON; browsers get a receipt to print and sign.
#[utoipa::path(
    get, path = "/v1/handovers/{id}",
    responses((status = 200, content((HandoverView = "application/json"), (HtmlPage = "text/html")))),
)]
async fn get_handover(
    read: Read,
    caller: Caller,
    id: PathIds<HandoverId>,
    reader: Reader,
    language: Language,
) -> Result<ApiResponse, Problem> {
    read.run(move |conn, _| {
        let handover = find_visible_handover(conn, &caller, id.0)?;
        if reader == Reader::Person {
            return print::render(conn, &handover, language);
        }
        let view = HandoverView::load(conn, &caller, handover)?;
        Ok(ApiResponse::ok(&view).with_version(view.version))
    })
    .await
}

/// Receive or refuse a handover
///
/// The treasurer counts and receives the cash; a shortfall is posted as a difference. The treasurer or the holder
/// refuses it if it did not take place.
#[utoipa::path(
    post, path = "/v1/handovers/{id}/transitions",
    responses(
        (status = 200, body = HandoverView),
        (status = 409, description = "`transition-invalid`: it is decided already"),
    ),
)]
async fn transition_handover(
    call: Write<TransitionHandover, KeyRequired>,
    caller: Caller,
    IfMatch(expected_version): IfMatch<Option<i64>>,
    id: PathIds<HandoverId>,
) -> Result<ApiResponse, Problem> {
    call.once(caller.person.idempotency_scope(), move |tx, now, body| {
        let before = find_visible_handover(tx, &caller, id.0)?;
        let permit = require_treasurer(&caller, before.cooperative);
        let handover = match body.action {
            HandoverAction::Receive => {
                receive(tx, now, &permit?, id.0, body.counted.unwrap_or_default(), expected_version)?
            }
            HandoverAction::Refuse => {
                AccessError::forbid_unless(permit.is_ok() || before.holder == caller.person.account)?;
                refuse(tx, now, caller.person.account, id.0, expected_version)?
            }
        };
        let view = HandoverView::load(tx, &caller, handover)?;
        Ok(ApiResponse::ok(&view).with_version(view.version))
    })
    .await
}

/// Count the cash box
///
/// For the treasurer, at the end of a day. The difference from the ledger is posted.
#[utoipa::path(post, path = "/v1/cooperatives/{id}/cash_counts", responses((status = 201, body = CashCountView)))]
async fn count_cash(
    call: Write<CountCash, KeyRequired>,
    treasurer: Treasurer,
    id: PathIds<CooperativeId>,
) -> Result<ApiResponse, Problem> {
    let permit = treasurer.permit(id.0)?;
    call.once(treasurer.person.idempotency_scope(), move |tx, now, body| {
        let cash_count = count(tx, now, &permit, tx.id(now), body.counted, body.note.clone())?;
        let location = format!("/v1/cooperatives/{}/cash_counts", permit.cooperative);
        Ok(ApiResponse::created(location, &CashCountView::from(cash_count)))
    })
    .await
}

/// List counts of the cash box
///
/// Newest first; for the board, the treasurer and the supervisors.
#[utoipa::path(get, path = "/v1/cooperatives/{id}/cash_counts", responses((status = 200, body = Page<CashCountView>)))]
async fn list_cash_counts(
    list: List<CashCountPageKey>,
    auditor: Auditor,
    id: PathIds<CooperativeId>,
) -> Result<ApiResponse, Problem> {
    let permit = auditor.permit(id.0)?;
    let rows = list.read(move |conn, list| Ok(store::list_counts(conn, permit.cooperative, list.after, list.limit)?));
    Ok(rows.await?.answer(|count| (count.counted_on, count.id), CashCountView::from))
}

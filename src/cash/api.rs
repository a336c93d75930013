//! The routes of cash on its way.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::Deserialize;
use utoipa::IntoParams;

use super::bodies::{CountCash, DeclareHandover, StepHandover};
use super::count::count;
use super::declare::{Declaring, declare};
use super::error::CashError;
use super::handover::{Handover, HandoverAction, HandoverStatus};
use super::print;
use super::settle::{receive, refuse};
use super::store::{self, CountKey, HandoverKey};
use super::views::{CashCountView, HandoverView};
use crate::cooperatives::{AccessError, Auditor, Caller, CooperativePermit, Office, Roles, Treasurer};
use crate::db::Conn;
use crate::kernel::Language;
use crate::kernel::ids::{AccountId, CooperativeId, HandoverId};
use crate::web::html::Reader;
use crate::web::{
    ApiResponse, AppState, Body, Idempotency, IfMatch, Page, PageQuery, Paging, PathIds, Problem, Query, Routes, routes,
};

/// The routes of this sub-slice.
pub(super) fn routes() -> Routes {
    routes![declare_handover, list_handovers, show_handover, step_handover, count_cash, list_cash_counts]
}

/// Somebody before the handovers of one cooperative.
#[derive(Debug, Clone, Copy)]
struct Handler {
    account: AccountId,
    treasurer: bool,
    /// Whether they see all; others see their own.
    audits: bool,
}

impl Handler {
    /// Whoever holds an office of the books, or is an officer there.
    fn of(roles: &Roles, cooperative: CooperativeId) -> Result<Handler, AccessError> {
        let account = roles.account.ok_or(AccessError::Hidden)?;
        let holds = |office| roles.holds(office, cooperative);
        let treasurer = holds(Office::Treasurer);
        let audits = treasurer || holds(Office::Board) || holds(Office::Supervisor);
        if audits || roles.is_officer_in(cooperative) {
            Ok(Handler { account, treasurer, audits })
        } else if roles.belongs_to(cooperative) {
            Err(AccessError::Forbidden)
        } else {
            Err(AccessError::Hidden)
        }
    }

    fn permit(self, cooperative: CooperativeId) -> Result<CooperativePermit, AccessError> {
        let permit = CooperativePermit { account: self.account, cooperative, office: Office::Treasurer };
        if self.treasurer { Ok(permit) } else { Err(AccessError::Forbidden) }
    }

    fn steps(self, it: &Handover) -> Vec<HandoverAction> {
        if it.status != HandoverStatus::Declared {
            return Vec::new();
        }
        let receives = self.treasurer.then_some(HandoverAction::Receive);
        let refuses = (self.treasurer || it.holder == self.account).then_some(HandoverAction::Refuse);
        receives.into_iter().chain(refuses).collect()
    }

    /// The handover of this id, for somebody who sees it.
    fn find(conn: &mut Conn, roles: &Roles, id: HandoverId) -> Result<(Handover, Handler), CashError> {
        let it = store::handover(conn, id)?.ok_or(AccessError::Hidden)?;
        if roles.account == Some(it.holder) {
            let treasurer = roles.holds(Office::Treasurer, it.cooperative);
            return Ok((it.clone(), Handler { account: it.holder, treasurer, audits: false }));
        }
        let handler = Handler::of(roles, it.cooperative)?;
        if handler.audits { Ok((it, handler)) } else { Err(AccessError::Hidden.into()) }
    }
}

/// Hand cash over to the treasurer
///
/// An officer declares which payments they hand over: all whose cash they hold, when they name none. The treasurer counts
/// and receives it, or takes it in at once by naming holder and count.
#[utoipa::path(
    post, path = "/v1/cooperatives/{id}/handovers", tag = "payments", operation_id = "declare_handover",
    params(("id" = CooperativeId, Path, description = "The cooperative"), ("Idempotency-Key" = String, Header)),
    request_body = DeclareHandover,
    responses(
        (status = 201, description = "Declared, or taken in", body = HandoverView),
        (status = 409, description = "`nothing-held`"),
    ),
    security(("bearer" = [])),
)]
async fn declare_handover(
    state: Data<AppState>,
    caller: Caller,
    key: Idempotency,
    id: PathIds<CooperativeId>,
    body: Body<DeclareHandover>,
) -> Result<ApiResponse, Problem> {
    let handler = Handler::of(&caller.roles, id.0)?;
    let (now, scope, asked) = (state.now(), caller.person.scope(), body.value);
    let taken_in = match asked.counted {
        Some(counted) => Some((handler.permit(id.0)?, counted)),
        None => None,
    };
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let declaring = Declaring {
                id: tx.id(now),
                cooperative: id.0,
                holder: asked.holder.unwrap_or(handler.account),
                payments: asked.payments.clone(),
                note: asked.note.clone(),
                by: handler.account,
            };
            let mut it = declare(tx, now, &declaring)?;
            if let Some((permit, counted)) = &taken_in {
                it = receive(tx, now, permit, it.id, *counted, None)?;
            }
            let (id, version, steps) = (it.id, it.version, handler.steps(&it));
            let view = HandoverView::of(tx, it, steps)?;
            Ok::<_, Problem>(ApiResponse::created(format!("/v1/handovers/{id}"), &view).version(version))
        })
        .await
}

/// Which handovers.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct HandoversQuery {
    /// Only those that stand so.
    #[param(inline)]
    status: Option<HandoverStatus>,
    /// The page behind this cursor.
    #[param(max_length = 600)]
    cursor: Option<String>,
    /// Rows on a page.
    #[param(minimum = 1, maximum = 100, example = 20)]
    limit: Option<u32>,
}

/// List handovers of cash
///
/// The latest first: all of them for the board, the treasurer and the supervisors, their own for officers.
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/handovers", tag = "payments", operation_id = "list_handovers",
    params(("id" = CooperativeId, Path, description = "The cooperative"), HandoversQuery),
    responses((status = 200, description = "A page of handovers", body = Page<HandoverView>)),
    security(("bearer" = [])),
)]
async fn list_handovers(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<CooperativeId>,
    Query(query): Query<HandoversQuery>,
    request: HttpRequest,
) -> Result<ApiResponse, Problem> {
    let handler = Handler::of(&caller.roles, id.0)?;
    let own = (!handler.audits).then_some(handler.account);
    let list = format!("handovers {} {own:?} {:?}", id.0, query.status);
    let paging = Paging::<HandoverKey>::read(&state.signer, list, query.limit, query.cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.rows_to_read());
    let found = state
        .db
        .read::<_, CashError, _>(move |conn| {
            let handovers = store::handovers_of(conn, id.0, own, query.status, after, rows)?;
            let mut views = Vec::with_capacity(handovers.len());
            for it in handovers {
                let (key, steps) = ((it.declared_at, it.id), handler.steps(&it));
                views.push((key, HandoverView::of(conn, it, steps)?));
            }
            Ok(views)
        })
        .await?;
    let page = paging.page(&state.signer, found, |(key, _)| *key, |(_, view)| view);
    Ok(page.answer(request.path(), request.query_string()))
}

/// Show a handover of cash
///
/// As JSON, or in a browser as a receipt for both sides to print and sign.
#[utoipa::path(
    get, path = "/v1/handovers/{id}", tag = "payments", operation_id = "show_handover",
    params(("id" = HandoverId, Path, description = "The handover")),
    responses((status = 200, description = "The handover", content(
        (HandoverView = "application/json"), (crate::web::html::HtmlPage = "text/html"),
    ))),
    security(("bearer" = [])),
)]
async fn show_handover(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<HandoverId>,
    reader: Reader,
    language: Language,
) -> Result<ApiResponse, Problem> {
    state
        .db
        .read::<_, Problem, _>(move |conn| {
            let (it, handler) = Handler::find(conn, &caller.roles, id.0)?;
            if reader == Reader::Person {
                return print::of(conn, &it, language);
            }
            let (version, steps) = (it.version, handler.steps(&it));
            Ok(ApiResponse::ok(&HandoverView::of(conn, it, steps)?).version(version))
        })
        .await
}

/// Receive or refuse cash
///
/// The treasurer counts and receives it; what is missing is posted as a difference. The treasurer or the holder says that
/// it did not come about.
#[utoipa::path(
    post, path = "/v1/handovers/{id}/transitions", tag = "payments", operation_id = "step_handover",
    params(
        ("id" = HandoverId, Path, description = "The handover"),
        ("Idempotency-Key" = String, Header),
        ("If-Match" = Option<String>, Header),
    ),
    request_body = StepHandover,
    responses(
        (status = 200, description = "The handover as it is now", body = HandoverView),
        (status = 409, description = "`transition-invalid`: it is decided already"),
    ),
    security(("bearer" = [])),
)]
async fn step_handover(
    state: Data<AppState>,
    caller: Caller,
    key: Idempotency,
    seen: IfMatch,
    id: PathIds<HandoverId>,
    body: Body<StepHandover>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, asked) = (state.now(), caller.person.scope(), body.value);
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let (before, handler) = Handler::find(tx, &caller.roles, id.0)?;
            let it = match (asked.action, asked.counted) {
                (HandoverAction::Receive, counted) => {
                    let permit = handler.permit(before.cooperative)?;
                    receive(tx, now, &permit, id.0, counted.unwrap_or_default(), seen.sent())?
                }
                (HandoverAction::Refuse, _) if handler.treasurer || before.holder == handler.account => {
                    refuse(tx, now, handler.account, id.0, seen.sent())?
                }
                (HandoverAction::Refuse, _) => return Err(AccessError::Forbidden.into()),
            };
            let (version, steps) = (it.version, handler.steps(&it));
            Ok::<_, Problem>(ApiResponse::ok(&HandoverView::of(tx, it, steps)?).version(version))
        })
        .await
}

/// Count the cash box
///
/// For the treasurer, at the end of a day. The books follow what is there; the difference is posted.
#[utoipa::path(
    post, path = "/v1/cooperatives/{id}/cash_counts", tag = "payments", operation_id = "count_cash",
    params(("id" = CooperativeId, Path, description = "The cooperative"), ("Idempotency-Key" = String, Header)),
    request_body = CountCash,
    responses((status = 201, description = "Counted", body = CashCountView)),
    security(("bearer" = [])),
)]
async fn count_cash(
    state: Data<AppState>,
    treasurer: Treasurer,
    key: Idempotency,
    id: PathIds<CooperativeId>,
    body: Body<CountCash>,
) -> Result<ApiResponse, Problem> {
    let permit = treasurer.of(id.0)?;
    let (now, scope, CountCash { counted, note }) = (state.now(), treasurer.person.scope(), body.value);
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let id = tx.id(now);
            let it = count(tx, now, &permit, id, counted, note.clone())?;
            let location = format!("/v1/cooperatives/{}/cash_counts", permit.cooperative);
            Ok::<_, Problem>(ApiResponse::created(location, &CashCountView::from(it)))
        })
        .await
}

/// List counts of the cash box
///
/// The latest first; for the board, the treasurer and the supervisors.
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/cash_counts", tag = "payments", operation_id = "list_cash_counts",
    params(("id" = CooperativeId, Path, description = "The cooperative"), PageQuery),
    responses((status = 200, description = "A page of counts", body = Page<CashCountView>)),
    security(("bearer" = [])),
)]
async fn list_cash_counts(
    state: Data<AppState>,
    auditor: Auditor,
    id: PathIds<CooperativeId>,
    Query(PageQuery { cursor, limit }): Query<PageQuery>,
    request: HttpRequest,
) -> Result<ApiResponse, Problem> {
    let permit = auditor.of(id.0)?;
    let list = format!("cash counts of {}", permit.cooperative);
    let paging = Paging::<CountKey>::read(&state.signer, list, limit, cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.rows_to_read());
    let found = state
        .db
        .read::<_, CashError, _>(move |conn| Ok(store::counts_of(conn, permit.cooperative, after, rows)?))
        .await?;
    let page = paging.page(&state.signer, found, |it| (it.counted_on, it.id), CashCountView::from);
    Ok(page.answer(request.path(), request.query_string()))
}

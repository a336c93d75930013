//! Routes of cash hand-overs and counts.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::Deserialize;
use utoipa::IntoParams;

use super::bodies::{CountCash, DeclareHandover, TransitionHandover};
use super::count::count;
use super::declare::{NewHandover, declare};
use super::error::CashError;
use super::handover::{Handover, HandoverAction, HandoverStatus};
use super::print;
use super::receive::{receive, refuse};
use super::store::{self, CashCountKey, HandoverKey};
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
    routes!["payments": declare_handover, list_handovers, get_handover, transition_handover, count_cash, list_cash_counts]
}

/// A caller's access to the hand-overs of one cooperative.
#[derive(Debug, Clone, Copy)]
struct Handler {
    account: AccountId,
    treasurer: bool,
    /// Whether they see all hand-overs; others see their own.
    audits: bool,
}

impl Handler {
    /// Board, treasurer, supervisors and officers of the cooperative; else forbidden or hidden.
    fn of(roles: &Roles, cooperative: CooperativeId) -> Result<Handler, AccessError> {
        let account = roles.account.ok_or(AccessError::Hidden)?;
        let holds = |office| roles.has_office(office, cooperative);
        let treasurer = holds(Office::Treasurer);
        let audits = treasurer || holds(Office::Board) || holds(Office::Supervisor);
        if audits || roles.is_officer_in_cooperative(cooperative) {
            Ok(Handler { account, treasurer, audits })
        } else if roles.is_affiliated_with(cooperative) {
            Err(AccessError::Forbidden)
        } else {
            Err(AccessError::Hidden)
        }
    }

    fn permit(self, cooperative: CooperativeId) -> Result<CooperativePermit, AccessError> {
        let permit = CooperativePermit { account: self.account, cooperative, office: Office::Treasurer };
        if self.treasurer { Ok(permit) } else { Err(AccessError::Forbidden) }
    }

    fn available_actions(self, handover: &Handover) -> Vec<HandoverAction> {
        if handover.status != HandoverStatus::Declared {
            return Vec::new();
        }
        let receives = self.treasurer.then_some(HandoverAction::Receive);
        let refuses = (self.treasurer || handover.holder == self.account).then_some(HandoverAction::Refuse);
        receives.into_iter().chain(refuses).collect()
    }

    /// The hand-over with this id, if the caller may see it.
    fn find(conn: &mut Conn, roles: &Roles, id: HandoverId) -> Result<(Handover, Handler), CashError> {
        let handover = store::find_handover(conn, id)?.ok_or(AccessError::Hidden)?;
        if roles.account == Some(handover.holder) {
            let treasurer = roles.has_office(Office::Treasurer, handover.cooperative);
            return Ok((handover.clone(), Handler { account: handover.holder, treasurer, audits: false }));
        }
        let handler = Handler::of(roles, handover.cooperative)?;
        if handler.audits { Ok((handover, handler)) } else { Err(AccessError::Hidden.into()) }
    }
}

/// Hand cash over to the treasurer
///
/// An officer declares which payments they hand over; all whose cash they hold by default. The treasurer counts and
/// receives it, or records it received at once by sending holder and count.
#[utoipa::path(
    post, path = "/v1/cooperatives/{id}/handovers",
    params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = HandoverView), (status = 409, description = "`nothing-held`")),
)]
async fn declare_handover(
    state: Data<AppState>,
    caller: Caller,
    key: Idempotency,
    id: PathIds<CooperativeId>,
    body: Body<DeclareHandover>,
) -> Result<ApiResponse, Problem> {
    let handler = Handler::of(&caller.roles, id.0)?;
    let (now, scope, request_body) = (state.now(), caller.person.scope(), body.value);
    let received_count = match request_body.counted {
        Some(counted) => Some((handler.permit(id.0)?, counted)),
        None => None,
    };
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let new_handover = NewHandover {
                id: tx.id(now),
                cooperative: id.0,
                holder: request_body.holder.unwrap_or(handler.account),
                payments: request_body.payments.clone(),
                note: request_body.note.clone(),
                by: handler.account,
            };
            let mut handover = declare(tx, now, &new_handover)?;
            if let Some((permit, counted)) = &received_count {
                handover = receive(tx, now, permit, handover.id, *counted, None)?;
            }
            let (id, version, actions) = (handover.id, handover.version, handler.available_actions(&handover));
            let view = HandoverView::of(tx, handover, actions)?;
            Ok::<_, Problem>(ApiResponse::created(format!("/v1/handovers/{id}"), &view).with_version(version))
        })
        .await
}

/// Filter and page of hand-overs.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct HandoversQuery {
    /// Only with this status.
    #[param(inline)]
    status: Option<HandoverStatus>,
    /// The `next` of the page before.
    #[param(max_length = 600)]
    cursor: Option<String>,
    /// Page size.
    #[param(minimum = 1, maximum = 100, example = 20)]
    limit: Option<u32>,
}

/// List hand-overs of cash
///
/// Newest first: all of them for the board, the treasurer and the supervisors; officers get their own.
#[utoipa::path(get, path = "/v1/cooperatives/{id}/handovers", responses((status = 200, body = Page<HandoverView>)))]
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
    let (after, rows) = (paging.after, paging.fetch_limit());
    let rows_read = state
        .db
        .read::<_, CashError, _>(move |conn| {
            let handovers = store::list_handovers_of(conn, id.0, own, query.status, after, rows)?;
            let mut views = Vec::with_capacity(handovers.len());
            for handover in handovers {
                let (key, actions) = ((handover.declared_at, handover.id), handler.available_actions(&handover));
                views.push((key, HandoverView::of(conn, handover, actions)?));
            }
            Ok(views)
        })
        .await?;
    let page = paging.page(&state.signer, rows_read, |(key, _)| *key, |(_, view)| view);
    Ok(page.to_response(request.path(), request.query_string()))
}

/// Get a hand-over of cash
///
/// As JSON; browsers get a receipt to print and sign.
#[utoipa::path(
    get, path = "/v1/handovers/{id}",
    responses(
        (status = 200, description = "The handover", content( (HandoverView = "application/json"), (crate::web::html::HtmlPage = "text/html"), )),
    ),
)]
async fn get_handover(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<HandoverId>,
    reader: Reader,
    language: Language,
) -> Result<ApiResponse, Problem> {
    state
        .db
        .read::<_, Problem, _>(move |conn| {
            let (handover, handler) = Handler::find(conn, &caller.roles, id.0)?;
            if reader == Reader::Person {
                return print::render(conn, &handover, language);
            }
            let (version, actions) = (handover.version, handler.available_actions(&handover));
            Ok(ApiResponse::ok(&HandoverView::of(conn, handover, actions)?).with_version(version))
        })
        .await
}

/// Receive or refuse a hand-over
///
/// The treasurer counts and receives the cash; a shortfall is posted as a difference. The treasurer or the holder
/// refuses it if it did not take place.
#[utoipa::path(
    post, path = "/v1/handovers/{id}/transitions",
    params(("Idempotency-Key" = String, Header)),
    responses(
        (status = 200, body = HandoverView),
        (status = 409, description = "`transition-invalid`: it is decided already"),
    ),
)]
async fn transition_handover(
    state: Data<AppState>,
    caller: Caller,
    key: Idempotency,
    if_match: IfMatch<Option<i64>>,
    id: PathIds<HandoverId>,
    body: Body<TransitionHandover>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, request_body) = (state.now(), caller.person.scope(), body.value);
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let (before, handler) = Handler::find(tx, &caller.roles, id.0)?;
            let handover = match (request_body.action, request_body.counted) {
                (HandoverAction::Receive, counted) => {
                    let permit = handler.permit(before.cooperative)?;
                    receive(tx, now, &permit, id.0, counted.unwrap_or_default(), if_match.0)?
                }
                (HandoverAction::Refuse, _) if handler.treasurer || before.holder == handler.account => {
                    refuse(tx, now, handler.account, id.0, if_match.0)?
                }
                (HandoverAction::Refuse, _) => return Err(AccessError::Forbidden.into()),
            };
            let (version, actions) = (handover.version, handler.available_actions(&handover));
            Ok::<_, Problem>(ApiResponse::ok(&HandoverView::of(tx, handover, actions)?).with_version(version))
        })
        .await
}

/// Count the cash box
///
/// For the treasurer, at the end of a day. The difference from the ledger is posted.
#[utoipa::path(
    post, path = "/v1/cooperatives/{id}/cash_counts",
    params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = CashCountView)),
)]
async fn count_cash(
    state: Data<AppState>,
    treasurer: Treasurer,
    key: Idempotency,
    id: PathIds<CooperativeId>,
    body: Body<CountCash>,
) -> Result<ApiResponse, Problem> {
    let permit = treasurer.permit(id.0)?;
    let (now, scope, CountCash { counted, note }) = (state.now(), treasurer.person.scope(), body.value);
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let id = tx.id(now);
            let cash_count = count(tx, now, &permit, id, counted, note.clone())?;
            let location = format!("/v1/cooperatives/{}/cash_counts", permit.cooperative);
            Ok::<_, Problem>(ApiResponse::created(location, &CashCountView::from(cash_count)))
        })
        .await
}

/// List counts of the cash box
///
/// Newest first; for the board, the treasurer and the supervisors.
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/cash_counts",
    params(PageQuery),
    responses((status = 200, body = Page<CashCountView>)),
)]
async fn list_cash_counts(
    state: Data<AppState>,
    auditor: Auditor,
    id: PathIds<CooperativeId>,
    Query(PageQuery { cursor, limit }): Query<PageQuery>,
    request: HttpRequest,
) -> Result<ApiResponse, Problem> {
    let permit = auditor.permit(id.0)?;
    let list = format!("cash counts of {}", permit.cooperative);
    let paging = Paging::<CashCountKey>::read(&state.signer, list, limit, cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.fetch_limit());
    let rows_read = state
        .db
        .read::<_, CashError, _>(move |conn| Ok(store::list_counts(conn, permit.cooperative, after, rows)?))
        .await?;
    let page = paging.page(&state.signer, rows_read, |count| (count.counted_on, count.id), CashCountView::from);
    Ok(page.to_response(request.path(), request.query_string()))
}

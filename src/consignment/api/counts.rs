//! Routes of counts at outlets.

use actix_web::HttpRequest;
use actix_web::web::Data;

use super::bodies::{CreateOutletCount, OutletCountAction, TransitionOutletCount};
use super::find_visible_outlet;
use super::views::OutletCountView;
use crate::consignment::access::GoodsAccess;
use crate::consignment::print;
use crate::consignment::record_count;
use crate::consignment::reverse::reverse_count;
use crate::consignment::store::{self, OutletCountKey};
use crate::cooperatives::{AccessError, Caller, Officer};
use crate::db::Conn;
use crate::kernel::Language;
use crate::kernel::ids::{OutletCountId, OutletId};
use crate::orders;
use crate::web::html::{HtmlPage, Reader};
use crate::web::{
    ApiResponse, AppState, Body, Idempotency, Page, PageQuery, Paging, PathIds, Problem, Query, Routes, routes,
};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes!["consignment": list_outlet_counts, create_outlet_count, get_outlet_count, transition_outlet_count]
}

fn load_view(conn: &mut Conn, id: OutletCountId) -> Result<OutletCountView, Problem> {
    let row = store::find_count_row(conn, id)?.ok_or(AccessError::Hidden)?;
    Ok(OutletCountView::of(row, &store::list_count_lines(conn, &[id])?))
}

/// List the counts of an outlet
///
/// The newest first. Members see those of their own groups; board, treasurer, supervisors and companions see all.
#[utoipa::path(
    get, path = "/v1/outlets/{id}/counts",
    params(PageQuery),
    responses((status = 200, body = Page<OutletCountView>)),
)]
async fn list_outlet_counts(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<OutletId>,
    Query(PageQuery { cursor, limit }): Query<PageQuery>,
    request: HttpRequest,
) -> Result<ApiResponse, Problem> {
    let list = format!("counts of {}", id.0);
    let paging = Paging::<OutletCountKey>::read(&state.signer, list, limit, cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.fetch_limit());
    let (counts, lines) = state
        .db
        .read::<_, Problem, _>(move |conn| {
            let (_, sight) = find_visible_outlet(conn, &caller.roles, id.0)?;
            let counts = store::list_counts(conn, id.0, &sight, after, rows)?;
            let ids: Vec<OutletCountId> = counts.iter().map(|(count, _)| count.id).collect();
            let lines = store::list_count_lines(conn, &ids)?;
            Ok((counts, lines))
        })
        .await?;
    let key = |(count, _): &store::CountRow| (count.counted_at, count.id);
    let page = paging.page(&state.signer, counts, key, |row| OutletCountView::of(row, &lines));
    Ok(page.to_response(request.path(), request.query_string()))
}

/// Record a count at an outlet
///
/// For officers of the group that owns the goods. Goods that are neither left nor returned nor damaged count as sold:
/// they become an order of the outlet, handed over at once and due after the outlet's payment term.
#[utoipa::path(
    post, path = "/v1/outlets/{id}/counts",
    params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = OutletCountView)),
)]
async fn create_outlet_count(
    state: Data<AppState>,
    settings: Data<orders::Settings>,
    caller: Caller,
    officer: Officer,
    key: Idempotency,
    id: PathIds<OutletId>,
    body: Body<CreateOutletCount>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, input) = (state.now(), officer.person.scope(), body.value);
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let (outlet, _) = find_visible_outlet(tx, &caller.roles, id.0)?;
            if !caller.roles.is_officer_in_cooperative(outlet.cooperative) {
                return Err(AccessError::Forbidden.into());
            }
            let permit = officer.permit(input.group)?;
            let new_count = input.new_count(tx.id(now));
            record_count::record_count(tx, now, &settings, &permit, outlet.id, &new_count)?;
            let location = format!("/v1/outlet_counts/{}", new_count.id);
            Ok::<_, Problem>(ApiResponse::created(location, &load_view(tx, new_count.id)?))
        })
        .await
}

/// Get a count
///
/// For members of its group, and for board, treasurer, supervisors and companions. Returns JSON, or for browsers a
/// printable note of what is to be paid, for both sides to sign.
#[utoipa::path(
    get, path = "/v1/outlet_counts/{id}",
    responses(
        (status = 200, description = "The count", content( (OutletCountView = "application/json"), (HtmlPage = "text/html"), )),
    ),
)]
async fn get_outlet_count(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<OutletCountId>,
    reader: Reader,
    language: Language,
) -> Result<ApiResponse, Problem> {
    state
        .db
        .read::<_, Problem, _>(move |conn| {
            let count = store::find_count(conn, id.0)?.ok_or(AccessError::Hidden)?;
            if !GoodsAccess::of(&caller.roles, count.cooperative)?.sees(count.group) {
                return Err(AccessError::Hidden.into());
            }
            if reader == Reader::Person {
                return print::render_count_note(conn, &count, language);
            }
            Ok(ApiResponse::ok(&load_view(conn, id.0)?).with_etag())
        })
        .await
}

/// Reverse a wrong count
///
/// For officers of its group. Goods found sold are on hand again, to be counted anew, and their sale is undone;
/// returned and discarded goods stay so. What the outlet has paid already becomes its credit.
#[utoipa::path(
    post, path = "/v1/outlet_counts/{id}/transitions",
    params(("Idempotency-Key" = String, Header)),
    responses(
        (status = 200, body = OutletCountView),
        (status = 409, description = "`transition-invalid`: it has no sale to reverse, or is reversed already"),
    ),
)]
async fn transition_outlet_count(
    state: Data<AppState>,
    caller: Caller,
    officer: Officer,
    key: Idempotency,
    id: PathIds<OutletCountId>,
    body: Body<TransitionOutletCount>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, id) = (state.now(), officer.person.scope(), id.0);
    let OutletCountAction::Reverse = body.value.action;
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let count = store::find_count(tx, id)?.ok_or(AccessError::Hidden)?;
            if !GoodsAccess::of(&caller.roles, count.cooperative)?.sees(count.group) {
                return Err(AccessError::Hidden.into());
            }
            if !caller.roles.is_officer_of_group(count.group) {
                return Err(AccessError::Forbidden.into());
            }
            let permit = officer.permit(count.group)?;
            reverse_count(tx, now, &permit, id)?;
            Ok::<_, Problem>(ApiResponse::ok(&load_view(tx, id)?))
        })
        .await
}

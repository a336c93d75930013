//! Counts of what outlets have left.

use actix_web::HttpRequest;
use actix_web::web::Data;

use super::bodies::{CountOutlet, OutletCountAction, StepOutletCount};
use super::seen;
use super::views::OutletCountView;
use crate::consignment::count::count;
use crate::consignment::print;
use crate::consignment::reverse::reverse;
use crate::consignment::store::{self, CountKey};
use crate::consignment::viewer::Sight;
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
    routes![list_outlet_counts, count_outlet, show_outlet_count, step_outlet_count]
}

fn view(conn: &mut Conn, id: OutletCountId) -> Result<OutletCountView, Problem> {
    let row = store::count_row(conn, id)?.ok_or(AccessError::Hidden)?;
    Ok(OutletCountView::of(row, &store::lines_of(conn, &[id])?))
}

/// List the counts of an outlet
///
/// The latest first. Members see those of their own groups' goods; the board, the treasurer, the supervisors and the
/// companions all.
#[utoipa::path(
    get, path = "/v1/outlets/{id}/counts", tag = "consignment", operation_id = "list_outlet_counts",
    params(("id" = OutletId, Path, description = "The outlet"), PageQuery),
    responses((status = 200, description = "A page of counts", body = Page<OutletCountView>)),
    security(("bearer" = [])),
)]
async fn list_outlet_counts(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<OutletId>,
    Query(PageQuery { cursor, limit }): Query<PageQuery>,
    request: HttpRequest,
) -> Result<ApiResponse, Problem> {
    let list = format!("counts of {}", id.0);
    let paging = Paging::<CountKey>::read(&state.signer, list, limit, cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.rows_to_read());
    let (found, lines) = state
        .db
        .read::<_, Problem, _>(move |conn| {
            let (_, sight) = seen(conn, &caller.roles, id.0)?;
            let found = store::counts_at(conn, id.0, &sight, after, rows)?;
            let ids: Vec<OutletCountId> = found.iter().map(|(it, _)| it.id).collect();
            let lines = store::lines_of(conn, &ids)?;
            Ok((found, lines))
        })
        .await?;
    let key = |(it, _): &store::CountRow| (it.counted_at, it.id);
    let page = paging.page(&state.signer, found, key, |row| OutletCountView::of(row, &lines));
    Ok(page.answer(request.path(), request.query_string()))
}

/// Count what an outlet has left
///
/// For the officers of the group whose goods they are. What is neither there nor given back nor damaged is sold: it becomes
/// an order of the outlet, handed over at once and to be paid in as many days as was agreed.
#[utoipa::path(
    post, path = "/v1/outlets/{id}/counts", tag = "consignment", operation_id = "count_outlet",
    params(("id" = OutletId, Path, description = "The outlet"), ("Idempotency-Key" = String, Header)),
    request_body = CountOutlet,
    responses((status = 201, description = "Counted", body = OutletCountView)),
    security(("bearer" = [])),
)]
async fn count_outlet(
    state: Data<AppState>,
    settings: Data<orders::Settings>,
    caller: Caller,
    officer: Officer,
    key: Idempotency,
    id: PathIds<OutletId>,
    body: Body<CountOutlet>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, asked) = (state.now(), officer.person.scope(), body.value);
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let (outlet, _) = seen(tx, &caller.roles, id.0)?;
            if !caller.roles.is_officer_in(outlet.cooperative) {
                return Err(AccessError::Forbidden.into());
            }
            let permit = officer.of(asked.group)?;
            let counting = asked.counting(tx.id(now));
            count(tx, now, &settings, &permit, outlet.id, &counting)?;
            let location = format!("/v1/outlet_counts/{}", counting.id);
            Ok::<_, Problem>(ApiResponse::created(location, &view(tx, counting.id)?))
        })
        .await
}

/// Show a count
///
/// For the members of its group, and for the board, the treasurer, the supervisors and the companions. As JSON, or in a
/// browser as a note of what is to be paid, for both sides to sign.
#[utoipa::path(
    get, path = "/v1/outlet_counts/{id}", tag = "consignment", operation_id = "outlet_count",
    params(("id" = OutletCountId, Path, description = "The count")),
    responses((status = 200, description = "The count", content(
        (OutletCountView = "application/json"), (HtmlPage = "text/html"),
    ))),
    security(("bearer" = [])),
)]
async fn show_outlet_count(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<OutletCountId>,
    reader: Reader,
    language: Language,
) -> Result<ApiResponse, Problem> {
    state
        .db
        .read::<_, Problem, _>(move |conn| {
            let count = store::outlet_count(conn, id.0)?.ok_or(AccessError::Hidden)?;
            if !Sight::of(&caller.roles, count.cooperative)?.sees(count.group) {
                return Err(AccessError::Hidden.into());
            }
            if reader == Reader::Person {
                return print::of_count(conn, &count, language);
            }
            Ok(ApiResponse::ok(&view(conn, id.0)?).tagged())
        })
        .await
}

/// Take a count back that was wrong
///
/// For the officers of its group. What it found sold is on hand again, to be counted anew, and its sale is undone; what was
/// given back or thrown away stays so. What the outlet has paid for it already is due to it.
#[utoipa::path(
    post, path = "/v1/outlet_counts/{id}/transitions", tag = "consignment", operation_id = "step_outlet_count",
    params(("id" = OutletCountId, Path, description = "The count"), ("Idempotency-Key" = String, Header)),
    request_body = StepOutletCount,
    responses(
        (status = 200, description = "The count as it is now", body = OutletCountView),
        (status = 409, description = "`transition-invalid`: it found nothing sold, or is taken back already"),
    ),
    security(("bearer" = [])),
)]
async fn step_outlet_count(
    state: Data<AppState>,
    caller: Caller,
    officer: Officer,
    key: Idempotency,
    id: PathIds<OutletCountId>,
    body: Body<StepOutletCount>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, id) = (state.now(), officer.person.scope(), id.0);
    let OutletCountAction::Reverse = body.value.action;
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let count = store::outlet_count(tx, id)?.ok_or(AccessError::Hidden)?;
            if !Sight::of(&caller.roles, count.cooperative)?.sees(count.group) {
                return Err(AccessError::Hidden.into());
            }
            if !caller.roles.is_officer_of(count.group) {
                return Err(AccessError::Forbidden.into());
            }
            let permit = officer.of(count.group)?;
            reverse(tx, now, &permit, id)?;
            Ok::<_, Problem>(ApiResponse::ok(&view(tx, id)?))
        })
        .await
}

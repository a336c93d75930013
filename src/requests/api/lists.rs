//! Lists of requests: one's own, and those that a group could answer.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::Deserialize;

use super::views::RequestView;
use crate::cooperatives::{self, Caller, Roles};
use crate::kernel::ids::{GroupId, RequestId};
use crate::kernel::{Day, Instant};
use crate::requests::request::RequestStatus;
use crate::requests::shown::{Shown, shown};
use crate::requests::store;
use crate::requests::viewer::Relation;
use crate::web::{ApiResponse, AppState, Page, PageQuery, Paging, PathIds, Problem, Query, Routes, routes};

/// The routes of this file.
pub fn routes() -> Routes {
    routes![list_my_requests, list_group_requests]
}

/// Which requests.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RequestFilter {
    /// Only those that stand there.
    #[param(inline)]
    status: Option<RequestStatus>,
    /// Where the page before ended.
    #[param(max_length = 600)]
    cursor: Option<String>,
    /// How many, 1 to 100.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// The request as this caller sees it; one that they no longer keep is seen as a member sees it.
fn view(shown: Shown, roles: &Roles, now: Instant) -> RequestView {
    let relation = Relation::of(&shown.request, roles).unwrap_or(Relation::Member);
    RequestView::of(shown, relation, roles, now)
}

/// Lists what the caller asked for or wrote down for others, the newest first
#[utoipa::path(
    get, path = "/v1/requests", tag = "market", operation_id = "list_my_requests",
    params(RequestFilter),
    responses((status = 200, description = "A page of requests", body = Page<RequestView>)),
    security(("bearer" = [])),
)]
async fn list_my_requests(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller,
    filter: Query<RequestFilter>,
) -> Result<ApiResponse, Problem> {
    let (now, account) = (state.now(), caller.person.account);
    let Query(RequestFilter { status, cursor, limit }) = filter;
    let list = format!("requests of {account} {status:?}");
    let paging = Paging::<(Instant, RequestId)>::read(&state.signer, list, limit, cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.rows_to_read());
    let found = state
        .db
        .read::<_, crate::db::Error, _>(move |conn| {
            let requests = store::requests_of(conn, account, status, after, rows)?;
            shown(conn, requests)
        })
        .await?;
    let page = paging.page(
        &state.signer,
        found,
        |shown| (shown.request.created_at, shown.request.id),
        |shown| view(shown, &caller.roles, now),
    );
    Ok(page.answer(request.path(), request.query_string()))
}

/// Lists the open requests that a group could answer, the soonest first
///
/// For its members and the offices of its cooperative: those for no kind of goods in particular, and those for a kind that
/// the group lists.
#[utoipa::path(
    get, path = "/v1/groups/{id}/requests", tag = "market", operation_id = "list_group_requests",
    params(("id" = GroupId, Path, description = "The group"), PageQuery),
    responses((status = 200, description = "A page of requests", body = Page<RequestView>)),
    security(("bearer" = [])),
)]
async fn list_group_requests(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller,
    group: PathIds<GroupId>,
    page: Query<PageQuery>,
) -> Result<ApiResponse, Problem> {
    let (now, group) = (state.now(), group.0);
    let Query(PageQuery { cursor, limit }) = page;
    let paging =
        Paging::<(Day, RequestId)>::read(&state.signer, format!("requests for {group}"), limit, cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.rows_to_read());
    let roles = caller.roles.clone();
    let found = state
        .db
        .read::<_, Problem, _>(move |conn| {
            let known = cooperatives::find_group(conn, group)?.filter(|group| roles.is_inside(group));
            known.ok_or_else(Problem::not_found)?;
            let requests = store::open_for_group(conn, group, after, rows)?;
            Ok(shown(conn, requests)?)
        })
        .await?;
    let page = paging.page(
        &state.signer,
        found,
        |shown| (shown.request.needed_on, shown.request.id),
        |shown| view(shown, &caller.roles, now),
    );
    Ok(page.answer(request.path(), request.query_string()))
}

//! Routes of lists of requests: the caller's own, and those that a group could answer.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::Deserialize;

use super::views::RequestView;
use crate::cooperatives::{self, Caller, Roles};
use crate::kernel::ids::{GroupId, RequestId};
use crate::kernel::{Day, Instant};
use crate::requests::access::RequestRelation;
use crate::requests::request::RequestStatus;
use crate::requests::store;
use crate::requests::summary::{RequestSummary, load_summaries};
use crate::web::{ApiResponse, AppState, Page, PageQuery, Paging, PathIds, Problem, Query, Routes, routes};

/// The routes of this file.
pub fn routes() -> Routes {
    routes!["market": list_my_requests, list_group_requests]
}

/// Filters of requests.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RequestFilter {
    /// Only requests with this status.
    #[param(inline)]
    status: Option<RequestStatus>,
    /// Cursor of the page, from `next` of the previous one.
    #[param(max_length = 600)]
    cursor: Option<String>,
    /// Rows per page, 1 to 100.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// The request as the caller may see it. A caller who no longer acts for it sees it as a member does.
fn to_view(summary: RequestSummary, roles: &Roles, now: Instant) -> RequestView {
    let relation = RequestRelation::of(&summary.request, roles).unwrap_or(RequestRelation::Member);
    RequestView::of(summary, relation, roles, now)
}

/// List the caller's requests
#[utoipa::path(get, path = "/v1/requests", responses((status = 200, body = Page<RequestView>)))]
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
    let (after, rows) = (paging.after, paging.fetch_limit());
    let summaries = state
        .db
        .read::<_, crate::db::Error, _>(move |conn| {
            let requests = store::list_requests(conn, account, status, after, rows)?;
            load_summaries(conn, requests)
        })
        .await?;
    let page = paging.page(
        &state.signer,
        summaries,
        |summary| (summary.request.created_at, summary.request.id),
        |summary| to_view(summary, &caller.roles, now),
    );
    Ok(page.to_response(request.path(), request.query_string()))
}

/// List the open requests that a group could answer
///
/// For members of the group and office holders of its cooperative. Sorted by `needed_on`, the soonest first. Contains
/// requests without a category and those whose category the group lists.
#[utoipa::path(get, path = "/v1/groups/{id}/requests", responses((status = 200, body = Page<RequestView>)))]
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
    let (after, rows) = (paging.after, paging.fetch_limit());
    let roles = caller.roles.clone();
    let summaries = state
        .db
        .read::<_, Problem, _>(move |conn| {
            let row = cooperatives::find_group(conn, group)?.filter(|group| roles.can_see_inside(group));
            row.ok_or_else(Problem::not_found)?;
            let requests = store::list_open_for_group(conn, group, after, rows)?;
            Ok(load_summaries(conn, requests)?)
        })
        .await?;
    let page = paging.page(
        &state.signer,
        summaries,
        |summary| (summary.request.needed_on, summary.request.id),
        |summary| to_view(summary, &caller.roles, now),
    );
    Ok(page.to_response(request.path(), request.query_string()))
}

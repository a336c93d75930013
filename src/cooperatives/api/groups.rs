//! Groups over HTTP.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::Deserialize;

use super::bodies::{CreateGroup, TransitionGroup, UpdateGroup};
use super::views::GroupView;
use super::{is_repeated, non_empty};
use crate::accounts::SignedIn;
use crate::cooperatives::access::Roles;
use crate::cooperatives::create_group::{self};
use crate::cooperatives::extract::{Caller, OptionalCaller};
use crate::cooperatives::group::GroupStatus;
use crate::cooperatives::store::{self, GroupFilter};
use crate::db;
use crate::kernel::fold;
use crate::kernel::ids::{CooperativeId, GroupId};
use crate::web::{
    ApiResponse, AppState, Body, FieldError, Idempotency, IfMatch, Page, Paging, PathIds, Problem, Query, Routes,
    routes,
};

pub(super) fn routes() -> Routes {
    routes!["groups": list_groups, list_cooperative_groups, get_group, create_group, update_group, transition_group]
}

/// Create a group
///
/// Any signed-in caller creates a group as a draft and becomes its chair; the board approves it when it is submitted.
#[utoipa::path(
    post, path = "/v1/cooperatives/{id}/groups",
    responses(
        (status = 201, description = "Created", body = GroupView),
        (status = 200, description = "Created before by the same request", body = GroupView),
    ),
)]
async fn create_group(
    state: Data<AppState>,
    person: SignedIn,
    cooperative: PathIds<CooperativeId>,
    key: Idempotency,
    body: Body<CreateGroup>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, account) = (state.now(), person.scope(), person.account);
    let (new, fingerprint) = (body.value.into_new_group(), body.fingerprint.clone());
    key.once(&state.db, now, scope.clone(), body.fingerprint, move |tx| {
        let repeated = is_repeated(tx, now, new.id, &scope, &fingerprint)?;
        let group = match new.id {
            Some(id) if repeated => store::find_group(tx, id)?.ok_or_else(Problem::not_found)?,
            _ => create_group::create_group(tx, now, account, cooperative.0, &new)?,
        };
        let roles = Roles::load(tx, account)?;
        let view = GroupView::load_one(tx, &roles, group)?;
        let location = format!("/v1/groups/{}", view.id);
        let response = if repeated { ApiResponse::ok(&view) } else { ApiResponse::created(location, &view) };
        Ok::<_, Problem>(response.with_version(view.version))
    })
    .await
}

/// Filter and paging of groups.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListGroups {
    /// Only groups of this cooperative.
    cooperative: Option<CooperativeId>,
    /// Prefix of the name, regardless of case and accents.
    #[param(max_length = 100, example = "sekar")]
    q: Option<String>,
    /// The `next` of the previous page.
    #[param(max_length = 600)]
    cursor: Option<String>,
    /// Rows per page.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
}

/// Filter and paging of a cooperative's groups.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListCooperativeGroups {
    /// Only groups in this status.
    status: Option<GroupStatus>,
    /// The `next` of the previous page.
    #[param(max_length = 600)]
    cursor: Option<String>,
    /// Rows per page.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
}

async fn list_page(
    state: &AppState,
    request: &HttpRequest,
    roles: Roles,
    filter: GroupFilter,
    (limit, cursor): (Option<u32>, Option<String>),
) -> Result<ApiResponse, Problem> {
    let list = format!("groups {filter:?}");
    let paging: Paging<(String, GroupId)> = Paging::read(&state.signer, list, limit, cursor.as_deref())?;
    let (after, rows) = (paging.after.clone(), paging.fetch_limit());
    let (groups, views) = state
        .db
        .read::<_, db::Error, _>(move |conn| {
            let groups = store::list_groups(conn, &filter, after, rows)?;
            let rows = groups.iter().map(|(group, _)| group.clone()).collect();
            Ok((groups, GroupView::load_all(conn, &roles, rows)?))
        })
        .await?;
    let rows = groups.into_iter().zip(views).collect();
    let page = paging.page(&state.signer, rows, |((group, text), _)| (text.clone(), group.id), |(_, view)| view);
    Ok(page.to_response(request.path(), request.query_string()).with_etag())
}

/// List groups
///
/// Public: the groups that may sell, by name.
#[utoipa::path(get, path = "/v1/groups", responses((status = 200, body = Page<GroupView>)))]
async fn list_groups(
    state: Data<AppState>,
    request: HttpRequest,
    query: Query<ListGroups>,
) -> Result<ApiResponse, Problem> {
    let query = query.0;
    let prefix = query.q.as_deref().map(fold);
    if prefix.as_deref().is_some_and(|prefix| prefix.chars().count() > 100) {
        return Err(Problem::invalid_parameter("/q", FieldError::TooLong(100)));
    }
    let filter = GroupFilter { cooperative: query.cooperative, prefix, status: Some(GroupStatus::Active) };
    let response = list_page(&state, &request, Roles::default(), filter, (query.limit, query.cursor)).await?;
    Ok(response.public())
}

/// List a cooperative's groups
///
/// All groups in any status, for its offices and administrators.
#[utoipa::path(get, path = "/v1/cooperatives/{id}/groups", responses((status = 200, body = Page<GroupView>)))]
async fn list_cooperative_groups(
    state: Data<AppState>,
    request: HttpRequest,
    caller: Caller,
    id: PathIds<CooperativeId>,
    query: Query<ListCooperativeGroups>,
) -> Result<ApiResponse, Problem> {
    if !caller.roles.admin && !caller.roles.has_any_office(id.0) {
        return Err(Problem::not_found());
    }
    let filter = GroupFilter { cooperative: Some(id.0), prefix: None, status: query.0.status };
    list_page(&state, &request, caller.roles, filter, (query.0.limit, query.0.cursor)).await
}

/// Get a group
///
/// Public while it may sell; otherwise for its members, its cooperative's offices and administrators.
#[utoipa::path(get, path = "/v1/groups/{id}", responses((status = 200, body = GroupView)))]
async fn get_group(
    state: Data<AppState>,
    caller: OptionalCaller,
    id: PathIds<GroupId>,
) -> Result<ApiResponse, Problem> {
    let view = state
        .db
        .read(move |conn| {
            let group = store::find_group(conn, id.0)?
                .filter(|group| group.is_active() || caller.roles.can_see_inside(group))
                .ok_or_else(Problem::not_found)?;
            GroupView::load_one(conn, &caller.roles, group)
        })
        .await?;
    Ok(ApiResponse::ok(&view).with_version(view.version))
}

/// Update a group
///
/// By its officers or the board of its cooperative.
#[utoipa::path(
    patch, path = "/v1/groups/{id}",
    responses((status = 200, body = GroupView), (status = 409, description = "`group-name-taken`")),
)]
async fn update_group(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<GroupId>,
    version: IfMatch,
    body: Body<UpdateGroup>,
) -> Result<ApiResponse, Problem> {
    let (now, expected, change) = (state.now(), version.0, body.value.into_change());
    let view = state
        .db
        .write(move |tx| {
            let group = create_group::update_group(tx, now, &caller.roles, id.0, expected, &change)?;
            GroupView::load_one(tx, &caller.roles, group)
        })
        .await?;
    Ok(ApiResponse::ok(&view).with_version(view.version))
}

/// Transition a group
///
/// Officers submit, withdraw and close a draft; the board approves, returns, suspends, reopens and closes. The products of
/// a suspended group are not listed; its open orders continue unless the board cancels them.
#[utoipa::path(post, path = "/v1/groups/{id}/transitions", responses((status = 200, body = GroupView)))]
async fn transition_group(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<GroupId>,
    version: IfMatch<Option<i64>>,
    key: Idempotency,
    body: Body<TransitionGroup>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, expected) = (state.now(), caller.person.scope(), version.0);
    let (action, reason) = (body.value.action, non_empty(body.value.reason.as_deref()));
    key.once(&state.db, now, scope, body.fingerprint, move |tx| {
        let group = create_group::transition_group(tx, now, &caller.roles, id.0, expected, action, reason.as_deref())?;
        let view = GroupView::load_one(tx, &caller.roles, group)?;
        Ok::<_, Problem>(ApiResponse::ok(&view).with_version(view.version))
    })
    .await
}

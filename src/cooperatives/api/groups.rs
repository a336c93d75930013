//! Groups over HTTP.

use serde::Deserialize;

use super::bodies::{CreateGroup, TransitionGroup, UpdateGroup};
use super::views::GroupView;
use super::{non_empty, search_prefix};
use crate::accounts::SignedIn;
use crate::cooperatives::access::{AccessError, Roles};
use crate::cooperatives::create_group::{self};
use crate::cooperatives::extract::{Caller, OptionalCaller};
use crate::cooperatives::group::GroupStatus;
use crate::cooperatives::store::{self, GroupFilter};
use crate::db::Conn;
use crate::kernel::ids::{CooperativeId, GroupId};
use crate::web::{ApiResponse, ClientId, IfMatch, List, Page, PathIds, Problem, Read, Routes, Write, routes};

pub(super) fn routes() -> Routes {
    routes!["groups": list_groups, list_cooperative_groups, get_group, create_group, update_group, transition_group]
}

/// Create a group
///
/// Any signed-in caller creates a group as a draft and becomes its chair; the board approves it when it is submitted.
#[utoipa::path(
    post, path = "/v1/cooperatives/{id}/groups",
    responses(
        (status = 201, body = GroupView),
        (status = 200, description = "Created before by the same request", body = GroupView),
    ),
)]
async fn create_group(
    call: Write<CreateGroup>,
    person: SignedIn,
    cooperative: PathIds<CooperativeId>,
) -> Result<ApiResponse, Problem> {
    let client_id = |body: &CreateGroup| body.id;
    call.create_once(person.idempotency_scope(), client_id, move |tx, now, body, id| {
        let group = match id {
            ClientId::Repeated(id) => store::find_group(tx, id)?.ok_or(AccessError::Hidden)?,
            ClientId::New(id) => {
                create_group::create_group(tx, now, person.account, cooperative.0, id, &body.to_new_group())?
            }
        };
        let roles = Roles::load(tx, person.account)?;
        let view = GroupView::load_one(tx, &roles, group)?;
        Ok(id.respond(format!("/v1/groups/{}", view.id), &view).with_version(view.version))
    })
    .await
}

/// Filter of groups.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
struct ListGroups {
    /// Only groups of this cooperative.
    cooperative: Option<CooperativeId>,
    /// Prefix of the name, regardless of case and accents.
    #[param(max_length = 100, example = "sekar")]
    q: Option<String>,
}

/// Filter of a cooperative's groups.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
struct ListCooperativeGroups {
    /// Only groups in this status.
    status: Option<GroupStatus>,
}

type GroupPageKey = (String, GroupId);

fn load_rows<F>(
    conn: &mut Conn,
    roles: &Roles,
    filter: &GroupFilter,
    list: &List<GroupPageKey, F>,
) -> Result<Vec<(String, GroupView)>, Problem> {
    let rows = store::list_groups(conn, filter, list.after.clone(), list.limit)?;
    let (groups, names): (_, Vec<_>) = rows.into_iter().unzip();
    Ok(names.into_iter().zip(GroupView::load_all(conn, roles, groups)?).collect())
}

fn row_key((name, view): &(String, GroupView)) -> GroupPageKey {
    (name.clone(), view.id)
}

/// List groups
///
/// Public: the groups that may sell, by name.
#[utoipa::path(get, path = "/v1/groups", responses((status = 200, body = Page<GroupView>)))]
async fn list_groups(list: List<GroupPageKey, ListGroups>) -> Result<ApiResponse, Problem> {
    let prefix = search_prefix(list.filter.q.as_deref())?;
    let filter = GroupFilter { cooperative: list.filter.cooperative, prefix, status: Some(GroupStatus::Active) };
    let rows = list.read(move |conn, list| load_rows(conn, &Roles::default(), &filter, list));
    Ok(rows.await?.answer(row_key, |(_, view)| view).with_etag().public())
}

/// List a cooperative's groups
///
/// All groups in any status, for its offices and administrators.
#[utoipa::path(get, path = "/v1/cooperatives/{id}/groups", responses((status = 200, body = Page<GroupView>)))]
async fn list_cooperative_groups(
    list: List<GroupPageKey, ListCooperativeGroups>,
    caller: Caller,
    id: PathIds<CooperativeId>,
) -> Result<ApiResponse, Problem> {
    caller.roles.require_any_office_or_admin(id.0)?;
    let filter = GroupFilter { cooperative: Some(id.0), prefix: None, status: list.filter.status };
    let rows = list.read(move |conn, list| load_rows(conn, &caller.roles, &filter, list));
    Ok(rows.await?.answer(row_key, |(_, view)| view).with_etag())
}

/// Get a group
///
/// Public while it may sell; otherwise for its members, its cooperative's offices and administrators.
#[utoipa::path(get, path = "/v1/groups/{id}", responses((status = 200, body = GroupView)))]
async fn get_group(read: Read, caller: OptionalCaller, id: PathIds<GroupId>) -> Result<ApiResponse, Problem> {
    read.run(move |conn, _| {
        let group = store::find_group(conn, id.0)?.ok_or(AccessError::Hidden)?;
        AccessError::hide_unless(group.is_active() || caller.roles.can_see_inside(&group))?;
        let view = GroupView::load_one(conn, &caller.roles, group)?;
        Ok(ApiResponse::ok(&view).with_version(view.version))
    })
    .await
}

/// Update a group
///
/// By its officers or the board of its cooperative.
#[utoipa::path(
    patch, path = "/v1/groups/{id}",
    responses((status = 200, body = GroupView), (status = 409, description = "`group-name-taken`")),
)]
async fn update_group(
    call: Write<UpdateGroup>,
    caller: Caller,
    id: PathIds<GroupId>,
    IfMatch(expected_version): IfMatch,
) -> Result<ApiResponse, Problem> {
    call.run(move |tx, now, body| {
        let group = create_group::update_group(tx, now, &caller.roles, id.0, expected_version, &body.to_change())?;
        let view = GroupView::load_one(tx, &caller.roles, group)?;
        Ok(ApiResponse::ok(&view).with_version(view.version))
    })
    .await
}

/// Transition a group
///
/// Officers submit, withdraw and close a draft; the board approves, returns, suspends, reopens and closes. The products of
/// a suspended group are not listed; its open orders continue unless the board cancels them.
#[utoipa::path(post, path = "/v1/groups/{id}/transitions", responses((status = 200, body = GroupView)))]
async fn transition_group(
    call: Write<TransitionGroup>,
    caller: Caller,
    id: PathIds<GroupId>,
    IfMatch(expected_version): IfMatch<Option<i64>>,
) -> Result<ApiResponse, Problem> {
    call.once(caller.person.idempotency_scope(), move |tx, now, body| {
        let (action, reason) = (body.action, non_empty(body.reason.as_deref()));
        let group = create_group::transition_group(tx, now, &caller.roles, id.0, expected_version, action, reason)?;
        let view = GroupView::load_one(tx, &caller.roles, group)?;
        Ok(ApiResponse::ok(&view).with_version(view.version))
    })
    .await
}

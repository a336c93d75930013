//! A group's members.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::{is_repeated, never_null, trimmed};
use crate::cooperatives::access::{Caller, MemberRole, Roles};
use crate::cooperatives::group::{Group, Membership};
use crate::cooperatives::membership::{MemberChange, NewMember, add_member as add, change_member, leave};
use crate::cooperatives::store;
use crate::db::Conn;
use crate::kernel::ids::{AccountId, GroupId, MembershipId};
use crate::kernel::{Instant, Phone};
use crate::web::{
    ApiResponse, AppState, Body, FieldErrors, Idempotency, IfMatch, Page, PageQuery, Paging, Patch, PathIds, Problem,
    Query, Routes, Validate, routes,
};

pub(super) fn routes() -> Routes {
    routes![list_members, add_member, show_member, edit_member, remove_member]
}

/// A new member, who needs neither phone nor account.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Contoh Wati", "role": "member", "phone": "0812-0000-0003"}))]
struct AddMember {
    /// An id made by the client.
    id: Option<MembershipId>,
    /// How the person is called in the group.
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    /// What they are in the group.
    role: MemberRole,
    /// Where they can be called; only officers see it.
    phone: Option<Phone>,
}

/// What changes about a member.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"role": "treasurer", "phone": null}))]
struct EditMember {
    /// How the person is called in the group.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 80)]
    name: Patch<String>,
    /// What they are in the group. Only its chair and the board give and take the chair.
    #[serde(default)]
    #[schema(value_type = Option<MemberRole>)]
    role: Patch<MemberRole>,
    /// Where they can be called; null clears.
    #[serde(default)]
    #[schema(value_type = Option<Phone>)]
    phone: Patch<Phone>,
}

/// A member of a group.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(super) struct MemberView {
    /// The membership's own id, used in contributions.
    id: MembershipId,
    /// In which group.
    group: GroupId,
    /// How the person is called there.
    #[schema(max_length = 80, example = "Contoh Wati")]
    name: String,
    /// What they are there.
    role: MemberRole,
    /// Where they can be called; for officers, the board, companions and themselves.
    phone: Option<Phone>,
    /// Whether an account is linked.
    has_account: bool,
    /// Whose account; for officers and the board.
    account: Option<AccountId>,
    /// Since when.
    joined_at: Instant,
    /// Counts its changes.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 3)]
    pub(super) version: i64,
}

impl Validate for AddMember {
    fn check(&self, errors: &mut FieldErrors) {
        errors.line("/name", &self.name, 1..=80);
    }
}

impl Validate for EditMember {
    fn check(&self, errors: &mut FieldErrors) {
        never_null(errors, "/name", &self.name);
        never_null(errors, "/role", &self.role);
        if let Some(name) = self.name.value() {
            errors.line("/name", name, 1..=80);
        }
    }
}

impl MemberView {
    /// A member as this person, who sees the group from inside, sees them.
    pub(super) fn of(roles: &Roles, group: &Group, it: Membership) -> MemberView {
        let officer = roles.require_officer(group).is_ok();
        let may_call = officer || roles.oversees(group.cooperative_id) || roles.membership_in(group.id) == Some(it.id);
        MemberView {
            id: it.id,
            group: it.group_id,
            name: it.name,
            role: it.role,
            phone: it.phone.filter(|_| may_call),
            has_account: it.account_id.is_some(),
            account: it.account_id.filter(|_| officer),
            joined_at: it.joined_at,
            version: it.version,
        }
    }
}

/// The group, for who sees it from inside.
pub(super) fn inside(conn: &mut Conn, roles: &Roles, id: GroupId) -> Result<Group, Problem> {
    store::group(conn, id)?.filter(|group| roles.is_inside(group)).ok_or_else(Problem::not_found)
}

/// List a group's members
///
/// For its members, its cooperative's offices and administrators, in the order in which they joined.
#[utoipa::path(
    get,
    path = "/v1/groups/{id}/members",
    tag = "groups",
    operation_id = "list_members",
    params(("id" = GroupId, Path), PageQuery),
    responses(
        (status = 200, description = "Members", body = Page<MemberView>),
    ),
    security(("bearer" = [])),
)]
async fn list_members(
    state: Data<AppState>,
    request: HttpRequest,
    caller: Caller,
    id: PathIds<GroupId>,
    query: Query<PageQuery>,
) -> Result<ApiResponse, Problem> {
    let list = format!("members {}", id.0);
    let paging: Paging<MembershipId> = Paging::read(&state.signer, list, query.0.limit, query.0.cursor.as_deref())?;
    let (after, rows, roles) = (paging.after, paging.rows_to_read(), caller.roles.clone());
    let (group, found) = state
        .db
        .read(move |conn| {
            let group = inside(conn, &roles, id.0)?;
            let found = store::members(conn, id.0, after, rows)?;
            Ok::<_, Problem>((group, found))
        })
        .await?;
    let page = paging.page(&state.signer, found, |it| it.id, |it| MemberView::of(&caller.roles, &group, it));
    Ok(page.answer(request.path(), request.query_string()).tagged())
}

/// Show a member
///
/// For the group's members, its cooperative's offices and administrators.
#[utoipa::path(
    get,
    path = "/v1/groups/{id}/members/{membership}",
    tag = "groups",
    operation_id = "show_member",
    params(("id" = GroupId, Path), ("membership" = MembershipId, Path)),
    responses(
        (status = 200, description = "The member", body = MemberView),
    ),
    security(("bearer" = [])),
)]
async fn show_member(
    state: Data<AppState>,
    caller: Caller,
    ids: PathIds<(GroupId, MembershipId)>,
) -> Result<ApiResponse, Problem> {
    let (group, membership) = ids.0;
    let view = state
        .db
        .read(move |conn| {
            let group = inside(conn, &caller.roles, group)?;
            let member = store::member(conn, group.id, membership)?.ok_or_else(Problem::not_found)?;
            Ok::<_, Problem>(MemberView::of(&caller.roles, &group, member))
        })
        .await?;
    Ok(ApiResponse::ok(&view).version(view.version))
}

/// Add a member
///
/// By the group's officers or the board. An invitation links an account later.
#[utoipa::path(
    post,
    path = "/v1/groups/{id}/members",
    tag = "groups",
    operation_id = "add_member",
    params(
        ("id" = GroupId, Path),
    ),
    request_body = AddMember,
    responses(
        (status = 201, description = "Added", body = MemberView),
        (status = 200, description = "Added before by the same request", body = MemberView),
    ),
    security(("bearer" = [])),
)]
async fn add_member(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<GroupId>,
    key: Idempotency,
    body: Body<AddMember>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, asked, fingerprint) = (state.now(), caller.person.scope(), body.value, body.fingerprint.clone());
    let new = NewMember { id: asked.id, name: trimmed(&asked.name), phone: asked.phone, role: asked.role };
    key.once(&state.db, now, scope.clone(), body.fingerprint, move |tx| {
        let group = inside(tx, &caller.roles, id.0)?;
        let repeated = is_repeated(tx, now, new.id, &scope, &fingerprint)?;
        let member = match new.id {
            Some(id) if repeated => store::member(tx, group.id, id)?.ok_or_else(Problem::not_found)?,
            _ => add(tx, now, &caller.roles, group.id, &new)?,
        };
        let view = MemberView::of(&caller.roles, &group, member);
        let location = format!("/v1/groups/{}/members/{}", group.id, view.id);
        let answer = if repeated { ApiResponse::ok(&view) } else { ApiResponse::created(location, &view) };
        Ok::<_, Problem>(answer.version(view.version).about_subject(view.id))
    })
    .await
}

/// Change a member
///
/// By the group's officers or the board. A role bites on the person's next request.
#[utoipa::path(
    patch,
    path = "/v1/groups/{id}/members/{membership}",
    tag = "groups",
    operation_id = "edit_member",
    params(
        ("id" = GroupId, Path),
        ("membership" = MembershipId, Path),
    ),
    request_body(content = EditMember, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, description = "Changed", body = MemberView),
        (status = 409, description = "`last-chair`: a group is never without one"),
    ),
    security(("bearer" = [])),
)]
async fn edit_member(
    state: Data<AppState>,
    caller: Caller,
    ids: PathIds<(GroupId, MembershipId)>,
    version: IfMatch,
    body: Body<EditMember>,
) -> Result<ApiResponse, Problem> {
    let (now, expected, asked, (group, membership)) = (state.now(), version.required()?, body.value, ids.0);
    let change = MemberChange {
        name: asked.name.value().map(|name| trimmed(name)),
        phone: asked.phone,
        role: asked.role.value().copied(),
    };
    let view = state
        .db
        .write(move |tx| {
            let group = inside(tx, &caller.roles, group)?;
            let member = change_member(tx, now, &caller.roles, group.id, membership, expected, &change)?;
            // The caller may have given up what they held.
            let roles = Roles::of(tx, caller.person.account)?;
            Ok::<_, Problem>(MemberView::of(&roles, &group, member))
        })
        .await?;
    Ok(ApiResponse::ok(&view).version(view.version))
}

/// Leave a group, or see a member off
///
/// Members leave by themselves; officers and the board see others off. The only chair names another one first.
#[utoipa::path(
    delete,
    path = "/v1/groups/{id}/members/{membership}",
    tag = "groups",
    operation_id = "remove_member",
    params(
        ("id" = GroupId, Path),
        ("membership" = MembershipId, Path),
        ("If-Match" = String, Header),
    ),
    responses(
        (status = 204, description = "Gone"),
        (status = 409, description = "`last-chair`: a group is never without one"),
    ),
    security(("bearer" = [])),
)]
async fn remove_member(
    state: Data<AppState>,
    caller: Caller,
    ids: PathIds<(GroupId, MembershipId)>,
    version: IfMatch,
) -> Result<ApiResponse, Problem> {
    let (now, expected, (group, membership)) = (state.now(), version.required()?, ids.0);
    state
        .db
        .write(move |tx| {
            inside(tx, &caller.roles, group)?;
            leave(tx, now, &caller.roles, group, membership, expected)?;
            Ok::<_, Problem>(())
        })
        .await?;
    Ok(ApiResponse::no_content())
}

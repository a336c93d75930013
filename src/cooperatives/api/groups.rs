//! Founding, finding, changing groups, and taking them through the steps of their life.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::{filled, is_repeated, never_null, trimmed};
use crate::accounts::SignedIn;
use crate::cooperatives::access::{Caller, MemberRole, OptionalCaller, Roles};
use crate::cooperatives::create_group::{
    GroupChange, NewGroup, change_group, found_group as found, step_group, steps_of,
};
use crate::cooperatives::group::{Group, GroupAction, GroupStatus, slug_of};
use crate::cooperatives::store::{self, GroupFilter};
use crate::db::{self, Conn};
use crate::kernel::ids::{CooperativeId, GroupId, MembershipId};
use crate::kernel::{Instant, Phone, fold};
use crate::web::{
    ApiResponse, AppState, Body, Code, FieldError, FieldErrors, Idempotency, IfMatch, Page, Paging, Patch, PathIds,
    Problem, Query, Routes, Validate, routes,
};

pub(super) fn routes() -> Routes {
    routes![list_groups, list_cooperative_groups, show_group, found_group, edit_group, step]
}

/// A new group.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Sekar Laras", "description": "Pastel sayur, risoles dan snack box.",
    "hamlet": "Grumbul Karanganyar", "phone": "0812-0000-0001"}))]
struct FoundGroup {
    /// An id made by the client.
    id: Option<GroupId>,
    /// Its name, unique in the cooperative.
    #[schema(min_length = 3, max_length = 80)]
    name: String,
    /// What it makes.
    #[schema(max_length = 2000)]
    description: Option<String>,
    /// The hamlet it works in.
    #[schema(max_length = 100)]
    hamlet: Option<String>,
    /// Its NIB, 13 digits.
    #[schema(max_length = 13, pattern = "^[0-9]{13}$")]
    business_id: Option<String>,
    /// The number it gives to buyers; it is public.
    phone: Option<Phone>,
}

/// What changes about a group.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"description": "Pastel, risoles dan snack box untuk hajatan.", "hamlet": null}))]
struct EditGroup {
    /// Its name; its address stays, so that shared links live on.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 3, max_length = 80)]
    name: Patch<String>,
    /// What it makes.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2000)]
    description: Patch<String>,
    /// The hamlet it works in; null clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 100)]
    hamlet: Patch<String>,
    /// Its NIB, 13 digits; null clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 13)]
    business_id: Patch<String>,
    /// The number it gives to buyers; null clears.
    #[serde(default)]
    #[schema(value_type = Option<Phone>)]
    phone: Patch<Phone>,
}

/// A step of a group's life.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "suspend", "reason": "Izin P-IRT sudah habis."}))]
struct StepGroup {
    /// What is done.
    action: GroupAction,
    /// Why; needed when the board suspends, closes or gives back.
    #[schema(max_length = 500)]
    reason: Option<String>,
}

/// A group.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(super) struct GroupView {
    /// Its id.
    id: GroupId,
    /// Whose it is.
    cooperative: CooperativeId,
    /// Its name.
    #[schema(max_length = 80, example = "Sekar Laras")]
    name: String,
    /// Its name in addresses.
    #[schema(max_length = 80, example = "sekar-laras")]
    slug: String,
    /// What it makes.
    #[schema(max_length = 2000, example = "Pastel sayur, risoles dan snack box")]
    description: String,
    /// The hamlet it works in.
    #[schema(max_length = 100, example = "Grumbul Karanganyar")]
    hamlet: Option<String>,
    /// Its NIB.
    #[schema(max_length = 13)]
    business_id: Option<String>,
    /// The number it gives to buyers.
    phone: Option<Phone>,
    /// How many people are in it.
    #[schema(minimum = 0, maximum = 200)]
    members: i64,
    /// Where it stands.
    status: GroupStatus,
    /// Why it stands there; for those inside.
    #[schema(max_length = 500)]
    status_reason: Option<String>,
    /// What you are in it.
    your_role: Option<MemberRole>,
    /// Your own membership of it.
    your_membership: Option<MembershipId>,
    /// What you may do with it now.
    #[schema(max_items = 5)]
    actions: Vec<GroupAction>,
    /// When it was founded.
    created_at: Instant,
    /// Counts its changes.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 3)]
    version: i64,
}

const NIB_INVALID: FieldError =
    FieldError::Rule { code: "business-id-invalid", id: "NIB terdiri dari 13 angka.", en: "A NIB has 13 digits." };

fn is_nib(text: &str) -> bool {
    text.len() == 13 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn check_name(errors: &mut FieldErrors, name: &str) {
    errors.line("/name", name, 3..=80);
    errors.require(!slug_of(name).is_empty(), "/name", FieldError::Malformed);
}

impl Validate for FoundGroup {
    fn check(&self, errors: &mut FieldErrors) {
        check_name(errors, &self.name);
        errors.text("/description", self.description.as_deref().unwrap_or_default(), 0..=2000);
        errors.line("/hamlet", self.hamlet.as_deref().unwrap_or_default(), 0..=100);
        errors.require(self.business_id.as_deref().is_none_or(is_nib), "/business_id", NIB_INVALID);
    }
}

impl Validate for EditGroup {
    fn check(&self, errors: &mut FieldErrors) {
        never_null(errors, "/name", &self.name);
        if let Some(name) = self.name.value() {
            check_name(errors, name);
        }
        errors.text("/description", self.description.value().map_or("", String::as_str), 0..=2000);
        errors.line("/hamlet", self.hamlet.value().map_or("", String::as_str), 0..=100);
        errors.require(self.business_id.value().is_none_or(|nib| is_nib(nib)), "/business_id", NIB_INVALID);
    }
}

impl Validate for StepGroup {
    fn check(&self, errors: &mut FieldErrors) {
        errors.text("/reason", self.reason.as_deref().unwrap_or_default(), 0..=500);
    }
}

impl FoundGroup {
    fn meant(self) -> NewGroup {
        NewGroup {
            id: self.id,
            name: trimmed(&self.name),
            description: filled(self.description.as_deref()).unwrap_or_default(),
            hamlet: filled(self.hamlet.as_deref()),
            business_id: self.business_id,
            phone: self.phone,
        }
    }
}

impl EditGroup {
    fn meant(self) -> GroupChange {
        let description = self.description.is_sent().then(|| self.description.value().cloned().unwrap_or_default());
        GroupChange {
            name: self.name.value().map(|text| trimmed(text)),
            description: description.as_deref().map(trimmed),
            hamlet: self.hamlet.map(|text| trimmed(&text)),
            business_id: self.business_id,
            phone: self.phone,
        }
    }
}

impl GroupView {
    /// These groups as this person sees them.
    fn of(conn: &mut Conn, roles: &Roles, all: Vec<Group>) -> db::Result<Vec<GroupView>> {
        let ids: Vec<GroupId> = all.iter().map(|group| group.id).collect();
        let counts = store::member_counts(conn, &ids)?;
        Ok(all
            .into_iter()
            .map(|group| GroupView {
                members: counts.iter().find(|(id, _)| *id == group.id).map_or(0, |(_, count)| *count),
                status_reason: group.status_reason.clone().filter(|_| roles.is_inside(&group)),
                your_role: roles.role_in(group.id),
                your_membership: roles.membership_in(group.id),
                actions: actions(roles, &group),
                id: group.id,
                cooperative: group.cooperative_id,
                name: group.name,
                slug: group.slug,
                description: group.description,
                hamlet: group.hamlet,
                business_id: group.business_id,
                phone: group.phone,
                status: group.status,
                created_at: group.created_at,
                version: group.version,
            })
            .collect())
    }

    fn one(conn: &mut Conn, roles: &Roles, group: Group) -> Result<GroupView, Problem> {
        GroupView::of(conn, roles, vec![group])?.pop().ok_or_else(Problem::not_found)
    }
}

fn actions(roles: &Roles, group: &Group) -> Vec<GroupAction> {
    let mut actions: Vec<GroupAction> = steps_of(roles, group).into_iter().map(|step| step.action).collect();
    actions.sort();
    actions.dedup();
    actions
}

/// Found a group
///
/// Anyone signed in founds a group, as a draft, and becomes its chair; the board approves it when it is submitted.
#[utoipa::path(
    post,
    path = "/v1/cooperatives/{id}/groups",
    tag = "groups",
    operation_id = "found_group",
    request_body = FoundGroup,
    params(
        ("id" = CooperativeId, Path),
    ),
    responses(
        (status = 201, description = "Founded", body = GroupView),
        (status = 200, description = "Founded before by the same request", body = GroupView),
    ),
    security(("bearer" = [])),
)]
async fn found_group(
    state: Data<AppState>,
    person: SignedIn,
    cooperative: PathIds<CooperativeId>,
    key: Idempotency,
    body: Body<FoundGroup>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, account) = (state.now(), person.scope(), person.account);
    let (new, fingerprint) = (body.value.meant(), body.fingerprint.clone());
    key.once(&state.db, now, scope.clone(), body.fingerprint, move |tx| {
        let repeated = is_repeated(tx, now, new.id, &scope, &fingerprint)?;
        let group = match new.id {
            Some(id) if repeated => store::group(tx, id)?.ok_or_else(Problem::not_found)?,
            _ => found(tx, now, account, cooperative.0, &new)?,
        };
        let roles = Roles::of(tx, account)?;
        let view = GroupView::one(tx, &roles, group)?;
        let location = format!("/v1/groups/{}", view.id);
        let answer = if repeated { ApiResponse::ok(&view) } else { ApiResponse::created(location, &view) };
        Ok::<_, Problem>(answer.version(view.version))
    })
    .await
}

/// Which groups are asked for.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListGroups {
    /// Only groups of this cooperative.
    cooperative: Option<CooperativeId>,
    /// How the name begins; case and accents do not matter.
    #[param(max_length = 100, example = "sekar")]
    q: Option<String>,
    /// The page behind this cursor.
    #[param(max_length = 600)]
    cursor: Option<String>,
    /// How many rows.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
}

/// Which groups of a cooperative are asked for.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListCooperativeGroups {
    /// Only groups that stand here.
    status: Option<GroupStatus>,
    /// The page behind this cursor.
    #[param(max_length = 600)]
    cursor: Option<String>,
    /// How many rows.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
}

async fn page_of(
    state: &AppState,
    request: &HttpRequest,
    roles: Roles,
    filter: GroupFilter,
    (limit, cursor): (Option<u32>, Option<String>),
) -> Result<ApiResponse, Problem> {
    let list = format!("groups {filter:?}");
    let paging: Paging<(String, GroupId)> = Paging::read(&state.signer, list, limit, cursor.as_deref())?;
    let (after, rows) = (paging.after.clone(), paging.rows_to_read());
    let (found, views) = state
        .db
        .read::<_, db::Error, _>(move |conn| {
            let found = store::groups(conn, &filter, after, rows)?;
            let all = found.iter().map(|(group, _)| group.clone()).collect();
            Ok((found, GroupView::of(conn, &roles, all)?))
        })
        .await?;
    let rows = found.into_iter().zip(views).collect();
    let page = paging.page(&state.signer, rows, |((group, text), _)| (text.clone(), group.id), |(_, view)| view);
    Ok(page.answer(request.path(), request.query_string()).tagged())
}

/// List groups
///
/// Public: the groups that may sell, by name.
#[utoipa::path(
    get,
    path = "/v1/groups",
    tag = "groups",
    operation_id = "list_groups",
    params(ListGroups),
    responses(
        (status = 200, description = "Active groups by name", body = Page<GroupView>),
    ),
)]
async fn list_groups(
    state: Data<AppState>,
    request: HttpRequest,
    query: Query<ListGroups>,
) -> Result<ApiResponse, Problem> {
    let asked = query.0;
    let prefix = asked.q.as_deref().map(fold);
    if prefix.as_deref().is_some_and(|prefix| prefix.chars().count() > 100) {
        return Err(Problem::new(Code::QueryInvalid).with_faults(FieldErrors::one("/q", FieldError::TooLong(100))));
    }
    let filter = GroupFilter { cooperative: asked.cooperative, prefix, status: Some(GroupStatus::Active) };
    let answer = page_of(&state, &request, Roles::default(), filter, (asked.limit, asked.cursor)).await?;
    Ok(answer.public())
}

/// List a cooperative's groups
///
/// All of them, wherever they stand, for its offices and administrators.
#[utoipa::path(
    get,
    path = "/v1/cooperatives/{id}/groups",
    tag = "groups",
    operation_id = "list_cooperative_groups",
    params(("id" = CooperativeId, Path), ListCooperativeGroups),
    responses(
        (status = 200, description = "Groups by name", body = Page<GroupView>),
    ),
    security(("bearer" = [])),
)]
async fn list_cooperative_groups(
    state: Data<AppState>,
    request: HttpRequest,
    caller: Caller,
    id: PathIds<CooperativeId>,
    query: Query<ListCooperativeGroups>,
) -> Result<ApiResponse, Problem> {
    if !caller.roles.admin && !caller.roles.oversees(id.0) {
        return Err(Problem::not_found());
    }
    let filter = GroupFilter { cooperative: Some(id.0), prefix: None, status: query.0.status };
    page_of(&state, &request, caller.roles, filter, (query.0.limit, query.0.cursor)).await
}

/// Show a group
///
/// Public while it may sell; otherwise for its members, its cooperative's offices and administrators.
#[utoipa::path(
    get,
    path = "/v1/groups/{id}",
    tag = "groups",
    operation_id = "show_group",
    params(("id" = GroupId, Path)),
    responses(
        (status = 200, description = "The group", body = GroupView),
    ),
    security((), ("bearer" = [])),
)]
async fn show_group(
    state: Data<AppState>,
    caller: OptionalCaller,
    id: PathIds<GroupId>,
) -> Result<ApiResponse, Problem> {
    let view = state
        .db
        .read(move |conn| {
            let group = store::group(conn, id.0)?
                .filter(|group| group.is_active() || caller.roles.is_inside(group))
                .ok_or_else(Problem::not_found)?;
            GroupView::one(conn, &caller.roles, group)
        })
        .await?;
    Ok(ApiResponse::ok(&view).version(view.version))
}

/// Change a group
///
/// By its officers or the board of its cooperative.
#[utoipa::path(
    patch,
    path = "/v1/groups/{id}",
    tag = "groups",
    operation_id = "edit_group",
    params(("id" = GroupId, Path)),
    request_body(content = EditGroup, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, description = "Changed", body = GroupView),
        (status = 409, description = "`group-name-taken`"),
    ),
    security(("bearer" = [])),
)]
async fn edit_group(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<GroupId>,
    version: IfMatch,
    body: Body<EditGroup>,
) -> Result<ApiResponse, Problem> {
    let (now, expected, change) = (state.now(), version.required()?, body.value.meant());
    let view = state
        .db
        .write(move |tx| {
            let group = change_group(tx, now, &caller.roles, id.0, expected, &change)?;
            GroupView::one(tx, &caller.roles, group)
        })
        .await?;
    Ok(ApiResponse::ok(&view).version(view.version))
}

/// Take a group a step further
///
/// Officers submit, take back and close a draft; the board approves, gives back, suspends, reopens and closes. A
/// suspended group's goods leave the public list; its open orders go on unless the board cancels them.
#[utoipa::path(
    post,
    path = "/v1/groups/{id}/transitions",
    tag = "groups",
    operation_id = "step_group",
    params(
        ("id" = GroupId, Path),
        ("If-Match" = Option<String>, Header),
    ),
    request_body = StepGroup,
    responses((status = 200, description = "The group where it stands now", body = GroupView)),
    security(("bearer" = [])),
)]
async fn step(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<GroupId>,
    version: IfMatch,
    key: Idempotency,
    body: Body<StepGroup>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, expected) = (state.now(), caller.person.scope(), version.sent());
    let (action, reason) = (body.value.action, filled(body.value.reason.as_deref()));
    key.once(&state.db, now, scope, body.fingerprint, move |tx| {
        let group = step_group(tx, now, &caller.roles, id.0, expected, action, reason.as_deref())?;
        let view = GroupView::one(tx, &caller.roles, group)?;
        Ok::<_, Problem>(ApiResponse::ok(&view).version(view.version))
    })
    .await
}

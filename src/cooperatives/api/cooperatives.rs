//! Cooperatives over HTTP.

use serde::Deserialize;

use super::bodies::{CreateCooperative, UpdateCooperative};
use super::search_prefix;
use super::views::CooperativeView;
use crate::cooperatives::access::{AccessError, Roles};
use crate::cooperatives::extract::{Admin, Caller, OptionalCaller};
use crate::cooperatives::{create, store};
use crate::kernel::ids::CooperativeId;
use crate::web::{ApiResponse, ClientId, IfMatch, List, Page, PathIds, Problem, Read, Routes, Write, routes};

pub(super) fn routes() -> Routes {
    routes!["cooperatives": list_cooperatives, create_cooperative, get_cooperative, update_cooperative]
}

/// Create a cooperative
///
/// By an administrator of the service, who then assigns its board.
#[utoipa::path(
    post, path = "/v1/cooperatives",
    responses(
        (status = 201, body = CooperativeView),
        (status = 200, description = "Created before by the same request", body = CooperativeView),
    ),
)]
async fn create_cooperative(call: Write<CreateCooperative>, admin: Admin) -> Result<ApiResponse, Problem> {
    let client_id = |body: &CreateCooperative| body.id;
    call.create_once(admin.person.idempotency_scope(), client_id, move |tx, now, body, id| {
        let account = admin.person.account;
        let cooperative = match id {
            ClientId::Repeated(id) => store::find_cooperative(tx, id)?.ok_or(AccessError::Hidden)?,
            ClientId::New(id) => create::create_cooperative(tx, now, account, id, &body.to_new_cooperative())?,
        };
        let roles = Roles::load(tx, account)?;
        let view = CooperativeView::load_one(tx, &roles, cooperative)?;
        Ok(id.respond(format!("/v1/cooperatives/{}", view.id), &view).with_version(view.version))
    })
    .await
}

/// Filter of cooperatives.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
struct ListCooperatives {
    /// Prefix of the name, regardless of case and accents.
    #[param(max_length = 100, example = "koperasi")]
    q: Option<String>,
}

/// List cooperatives
///
/// Public; by name.
#[utoipa::path(get, path = "/v1/cooperatives", responses((status = 200, body = Page<CooperativeView>)))]
async fn list_cooperatives(list: List<(String, CooperativeId), ListCooperatives>) -> Result<ApiResponse, Problem> {
    let prefix = search_prefix(list.filter.q.as_deref())?;
    let rows = list.read(move |conn, list| {
        let rows = store::list_cooperatives(conn, prefix, list.after.clone(), list.limit)?;
        let (cooperatives, names): (_, Vec<_>) = rows.into_iter().unzip();
        Ok(names.into_iter().zip(CooperativeView::load_all(conn, &Roles::default(), cooperatives)?).collect())
    });
    Ok(rows.await?.answer(|(name, view)| (name.clone(), view.id), |(_, view)| view).with_etag().public())
}

/// Get a cooperative
///
/// Public; board, treasurer, supervisors and administrators also see its bank account.
#[utoipa::path(get, path = "/v1/cooperatives/{id}", responses((status = 200, body = CooperativeView)))]
async fn get_cooperative(
    read: Read,
    caller: OptionalCaller,
    id: PathIds<CooperativeId>,
) -> Result<ApiResponse, Problem> {
    read.run(move |conn, _| {
        let cooperative = store::find_cooperative(conn, id.0)?.ok_or(AccessError::Hidden)?;
        let view = CooperativeView::load_one(conn, &caller.roles, cooperative)?;
        Ok(ApiResponse::ok(&view).with_version(view.version))
    })
    .await
}

/// Update a cooperative
///
/// By its board or an administrator.
#[utoipa::path(patch, path = "/v1/cooperatives/{id}", responses((status = 200, body = CooperativeView)))]
async fn update_cooperative(
    call: Write<UpdateCooperative>,
    caller: Caller,
    id: PathIds<CooperativeId>,
    IfMatch(expected_version): IfMatch,
) -> Result<ApiResponse, Problem> {
    call.run(move |tx, now, body| {
        let cooperative =
            create::update_cooperative(tx, now, &caller.roles, id.0, expected_version, &body.to_change())?;
        let view = CooperativeView::load_one(tx, &caller.roles, cooperative)?;
        Ok(ApiResponse::ok(&view).with_version(view.version))
    })
    .await
}

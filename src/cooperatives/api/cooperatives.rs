//! Cooperatives over HTTP.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::Deserialize;

use super::bodies::{CreateCooperative, UpdateCooperative};
use super::is_repeated;
use super::views::CooperativeView;
use crate::cooperatives::access::Roles;
use crate::cooperatives::extract::{Admin, Caller, OptionalCaller};
use crate::cooperatives::{create, store};
use crate::db;
use crate::kernel::fold;
use crate::kernel::ids::CooperativeId;
use crate::web::{
    ApiResponse, AppState, Body, FieldError, Idempotency, IfMatch, Page, Paging, PathIds, Problem, Query, Routes,
    routes,
};

pub(super) fn routes() -> Routes {
    routes!["cooperatives": list_cooperatives, create_cooperative, get_cooperative, update_cooperative]
}

/// Create a cooperative
///
/// By an administrator of the service, who then assigns its board.
#[utoipa::path(
    post, path = "/v1/cooperatives",
    responses(
        (status = 201, description = "Created", body = CooperativeView),
        (status = 200, description = "Created before by the same request", body = CooperativeView),
    ),
)]
async fn create_cooperative(
    state: Data<AppState>,
    admin: Admin,
    key: Idempotency,
    body: Body<CreateCooperative>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, account) = (state.now(), admin.person.scope(), admin.person.account);
    let (new, fingerprint) = (body.value.into_new_cooperative(), body.fingerprint.clone());
    key.once(&state.db, now, scope.clone(), body.fingerprint, move |tx| {
        let roles = Roles::load(tx, account)?;
        let repeated = is_repeated(tx, now, new.id, &scope, &fingerprint)?;
        let cooperative = match new.id {
            Some(id) if repeated => store::find_cooperative(tx, id)?.ok_or_else(Problem::not_found)?,
            _ => create::create_cooperative(tx, now, account, &new)?,
        };
        let (id, version) = (cooperative.id, cooperative.version);
        let view = CooperativeView::load_one(tx, &roles, cooperative)?;
        let location = format!("/v1/cooperatives/{id}");
        Ok::<_, Problem>(
            if repeated { ApiResponse::ok(&view) } else { ApiResponse::created(location, &view) }.with_version(version),
        )
    })
    .await
}

/// Filter and paging of cooperatives.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListCooperatives {
    /// Prefix of the name, regardless of case and accents.
    #[param(max_length = 100, example = "koperasi")]
    q: Option<String>,
    /// The `next` of the previous page.
    #[param(max_length = 600)]
    cursor: Option<String>,
    /// Rows per page.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
}

/// List cooperatives
///
/// Public; by name.
#[utoipa::path(get, path = "/v1/cooperatives", responses((status = 200, body = Page<CooperativeView>)))]
async fn list_cooperatives(
    state: Data<AppState>,
    request: HttpRequest,
    query: Query<ListCooperatives>,
) -> Result<ApiResponse, Problem> {
    let prefix = query.0.q.as_deref().map(fold);
    if prefix.as_deref().is_some_and(|prefix| prefix.chars().count() > 100) {
        return Err(Problem::invalid_parameter("/q", FieldError::TooLong(100)));
    }
    let list = format!("cooperatives {prefix:?}");
    let paging: Paging<(String, CooperativeId)> =
        Paging::read(&state.signer, list, query.0.limit, query.0.cursor.as_deref())?;
    let (after, rows) = (paging.after.clone(), paging.fetch_limit());
    let (cooperatives, views) = state
        .db
        .read::<_, db::Error, _>(move |conn| {
            let cooperatives = store::list_cooperatives(conn, prefix, after, rows)?;
            let rows = cooperatives.iter().map(|(cooperative, _)| cooperative.clone()).collect();
            Ok((cooperatives, CooperativeView::load_all(conn, &Roles::default(), rows)?))
        })
        .await?;
    let rows = cooperatives.into_iter().zip(views).collect();
    let page =
        paging.page(&state.signer, rows, |((cooperative, text), _)| (text.clone(), cooperative.id), |(_, view)| view);
    Ok(page.to_response(request.path(), request.query_string()).with_etag().public())
}

/// Get a cooperative
///
/// Public; board, treasurer, supervisors and administrators also see its bank account.
#[utoipa::path(get, path = "/v1/cooperatives/{id}", responses((status = 200, body = CooperativeView)))]
async fn get_cooperative(
    state: Data<AppState>,
    caller: OptionalCaller,
    id: PathIds<CooperativeId>,
) -> Result<ApiResponse, Problem> {
    let view = state
        .db
        .read(move |conn| {
            let cooperative = store::find_cooperative(conn, id.0)?.ok_or_else(Problem::not_found)?;
            CooperativeView::load_one(conn, &caller.roles, cooperative)
        })
        .await?;
    Ok(ApiResponse::ok(&view).with_version(view.version))
}

/// Update a cooperative
///
/// By its board or an administrator.
#[utoipa::path(patch, path = "/v1/cooperatives/{id}", responses((status = 200, body = CooperativeView)))]
async fn update_cooperative(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<CooperativeId>,
    version: IfMatch,
    body: Body<UpdateCooperative>,
) -> Result<ApiResponse, Problem> {
    let (now, expected, change) = (state.now(), version.0, body.value.into_change());
    let view = state
        .db
        .write(move |tx| {
            let cooperative = create::update_cooperative(tx, now, &caller.roles, id.0, expected, &change)?;
            CooperativeView::load_one(tx, &caller.roles, cooperative)
        })
        .await?;
    Ok(ApiResponse::ok(&view).with_version(view.version))
}

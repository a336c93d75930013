//! Pick-up points of a cooperative.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::{is_repeated, never_null, trimmed};
use crate::cooperatives::access::Caller;
use crate::cooperatives::cooperative::PickupPoint;
use crate::cooperatives::delivery_points::{self, PickupPointDetails};
use crate::cooperatives::store;
use crate::kernel::ids::{CooperativeId, PickupPointId};
use crate::web::{
    ApiResponse, AppState, Body, FieldErrors, Idempotency, IfMatch, Page, Patch, PathIds, Problem, Routes, Validate,
    routes,
};

pub(super) fn routes() -> Routes {
    routes![list_pickup_points, show_pickup_point, add_pickup_point, edit_pickup_point, remove_pickup_point]
}

/// A new pick-up point.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Balai Desa Cihonje", "address": "RT 002/RW 005, depan lapangan", "hours": "Senin-Sabtu 08.00-16.00"}))]
struct AddPickupPoint {
    /// An id made by the client.
    id: Option<PickupPointId>,
    /// Its name.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// How to find it.
    #[schema(min_length = 3, max_length = 300)]
    address: String,
    /// When it is open, in words.
    #[schema(max_length = 200)]
    hours: Option<String>,
}

/// What changes about a pick-up point.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"hours": "Senin-Jumat 08.00-15.00"}))]
struct EditPickupPoint {
    /// Its name.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100)]
    name: Patch<String>,
    /// How to find it.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 3, max_length = 300)]
    address: Patch<String>,
    /// When it is open, in words.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 0, max_length = 200)]
    hours: Patch<String>,
}

/// A pick-up point.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
struct PickupPointView {
    /// Its id.
    id: PickupPointId,
    /// Whose it is.
    cooperative: CooperativeId,
    /// Its name.
    #[schema(max_length = 100, example = "Balai Desa Cihonje")]
    name: String,
    /// How to find it.
    #[schema(max_length = 300, example = "Depan lapangan desa")]
    address: String,
    /// When it is open, in words.
    #[schema(max_length = 200, example = "Senin-Sabtu 08.00-16.00")]
    hours: String,
    /// Counts its changes.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 3)]
    version: i64,
}

impl Validate for AddPickupPoint {
    fn check(&self, errors: &mut FieldErrors) {
        errors.line("/name", &self.name, 1..=100);
        errors.line("/address", &self.address, 3..=300);
        errors.line("/hours", self.hours.as_deref().unwrap_or_default(), 0..=200);
    }
}

impl Validate for EditPickupPoint {
    fn check(&self, errors: &mut FieldErrors) {
        for (pointer, field, length) in
            [("/name", &self.name, 1..=100), ("/address", &self.address, 3..=300), ("/hours", &self.hours, 0..=200)]
        {
            never_null(errors, pointer, field);
            if let Some(text) = field.value() {
                errors.line(pointer, text, length);
            }
        }
    }
}

/// List pick-up points
///
/// Public: where orders can be picked up.
#[utoipa::path(
    get,
    path = "/v1/cooperatives/{id}/pickup_points",
    tag = "cooperatives",
    operation_id = "list_pickup_points",
    params(("id" = CooperativeId, Path)),
    responses(
        (status = 200, description = "All on one page", body = Page<PickupPointView>),
    ),
)]
async fn list_pickup_points(state: Data<AppState>, id: PathIds<CooperativeId>) -> Result<ApiResponse, Problem> {
    let all = state
        .db
        .read(move |conn| {
            store::cooperative(conn, id.0)?.ok_or_else(Problem::not_found)?;
            Ok::<_, Problem>(store::pickup_points(conn, id.0)?)
        })
        .await?;
    let data: Vec<_> = all.into_iter().map(pickup_point_view).collect();
    Ok(ApiResponse::ok(&Page { data, next: None }).tagged().public())
}

/// Show a pick-up point
///
/// Public.
#[utoipa::path(
    get,
    path = "/v1/cooperatives/{id}/pickup_points/{pickup_point}",
    tag = "cooperatives",
    operation_id = "show_pickup_point",
    params(("id" = CooperativeId, Path), ("pickup_point" = PickupPointId, Path)),
    responses(
        (status = 200, description = "The pick-up point", body = PickupPointView),
    ),
)]
async fn show_pickup_point(
    state: Data<AppState>,
    ids: PathIds<(CooperativeId, PickupPointId)>,
) -> Result<ApiResponse, Problem> {
    let (cooperative, id) = ids.0;
    let found = state.db.read(move |conn| store::pickup_point(conn, id)).await?;
    let found = found.filter(|it| it.active && it.cooperative_id == cooperative).ok_or_else(Problem::not_found)?;
    let view = pickup_point_view(found);
    Ok(ApiResponse::ok(&view).version(view.version))
}

/// Add a pick-up point
///
/// By the board or an administrator.
#[utoipa::path(
    post,
    path = "/v1/cooperatives/{id}/pickup_points",
    tag = "cooperatives",
    operation_id = "add_pickup_point",
    params(
        ("id" = CooperativeId, Path),
    ),
    request_body = AddPickupPoint,
    responses(
        (status = 201, description = "Added", body = PickupPointView),
        (status = 200, description = "Added before by the same request", body = PickupPointView),
    ),
    security(("bearer" = [])),
)]
async fn add_pickup_point(
    state: Data<AppState>,
    caller: Caller,
    cooperative: PathIds<CooperativeId>,
    key: Idempotency,
    body: Body<AddPickupPoint>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, asked, fingerprint) = (state.now(), caller.person.scope(), body.value, body.fingerprint.clone());
    let details = PickupPointDetails {
        name: Some(trimmed(&asked.name)),
        address: Some(trimmed(&asked.address)),
        hours: asked.hours.as_deref().map(trimmed),
    };
    key.once(&state.db, now, scope.clone(), body.fingerprint, move |tx| {
        let repeated = is_repeated(tx, now, asked.id, &scope, &fingerprint)?;
        let it = match asked.id {
            Some(id) if repeated => store::pickup_point(tx, id)?.ok_or_else(Problem::not_found)?,
            id => delivery_points::add_pickup_point(tx, now, &caller.roles, cooperative.0, id, &details)?,
        };
        let view = pickup_point_view(it);
        let location = format!("/v1/cooperatives/{}/pickup_points/{}", cooperative.0, view.id);
        let answer = if repeated { ApiResponse::ok(&view) } else { ApiResponse::created(location, &view) };
        Ok::<_, Problem>(answer.version(view.version))
    })
    .await
}

/// Change a pick-up point
///
/// By the board or an administrator.
#[utoipa::path(
    patch,
    path = "/v1/cooperatives/{id}/pickup_points/{pickup_point}",
    tag = "cooperatives",
    operation_id = "edit_pickup_point",
    params(
        ("id" = CooperativeId, Path),
        ("pickup_point" = PickupPointId, Path),
    ),
    request_body(content = EditPickupPoint, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "Changed", body = PickupPointView)),
    security(("bearer" = [])),
)]
async fn edit_pickup_point(
    state: Data<AppState>,
    caller: Caller,
    ids: PathIds<(CooperativeId, PickupPointId)>,
    version: IfMatch,
    body: Body<EditPickupPoint>,
) -> Result<ApiResponse, Problem> {
    let (now, expected, asked, (cooperative, id)) = (state.now(), version.required()?, body.value, ids.0);
    let details = PickupPointDetails {
        name: asked.name.value().map(|text| trimmed(text)),
        address: asked.address.value().map(|text| trimmed(text)),
        hours: asked.hours.value().map(|text| trimmed(text)),
    };
    let changed = state
        .db
        .write(move |tx| {
            delivery_points::change_pickup_point(tx, now, &caller.roles, cooperative, id, expected, &details)
        })
        .await?;
    let view = pickup_point_view(changed);
    Ok(ApiResponse::ok(&view).version(view.version))
}

/// Take a pick-up point out of use
///
/// By the board or an administrator. Orders that chose it keep it.
#[utoipa::path(
    delete,
    path = "/v1/cooperatives/{id}/pickup_points/{pickup_point}",
    tag = "cooperatives",
    operation_id = "remove_pickup_point",
    params(
        ("id" = CooperativeId, Path),
        ("pickup_point" = PickupPointId, Path),
        ("If-Match" = String, Header),
    ),
    responses((status = 204, description = "Out of use")),
    security(("bearer" = [])),
)]
async fn remove_pickup_point(
    state: Data<AppState>,
    caller: Caller,
    ids: PathIds<(CooperativeId, PickupPointId)>,
    version: IfMatch,
) -> Result<ApiResponse, Problem> {
    let (now, expected, (cooperative, id)) = (state.now(), version.required()?, ids.0);
    state
        .db
        .write(move |tx| delivery_points::remove_pickup_point(tx, now, &caller.roles, cooperative, id, expected))
        .await?;
    Ok(ApiResponse::no_content())
}

fn pickup_point_view(it: PickupPoint) -> PickupPointView {
    PickupPointView {
        id: it.id,
        cooperative: it.cooperative_id,
        name: it.name,
        address: it.address,
        hours: it.hours,
        version: it.version,
    }
}

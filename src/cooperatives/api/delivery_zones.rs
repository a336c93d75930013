//! Delivery zones of a cooperative.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::{is_repeated, never_null, trimmed};
use crate::cooperatives::access::Caller;
use crate::cooperatives::cooperative::DeliveryZone;
use crate::cooperatives::delivery_points::{self, DeliveryZoneDetails};
use crate::cooperatives::store;
use crate::kernel::Rupiah;
use crate::kernel::ids::{CooperativeId, DeliveryZoneId};
use crate::web::{
    ApiResponse, AppState, Body, FieldErrors, Idempotency, IfMatch, Page, Patch, PathIds, Problem, Routes, Validate,
    routes,
};

/// The most that a delivery may cost.
const MOST_FEE: i64 = 10_000_000;

pub(super) fn routes() -> Routes {
    routes![list_delivery_zones, show_delivery_zone, add_delivery_zone, edit_delivery_zone, remove_delivery_zone]
}

/// A new delivery zone.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Kecamatan Gumelar", "description": "Semua desa di Kecamatan Gumelar", "fee": 10000}))]
struct AddDeliveryZone {
    /// An id made by the client.
    id: Option<DeliveryZoneId>,
    /// Its name.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// What belongs to it.
    #[schema(max_length = 500)]
    description: Option<String>,
    /// What a delivery costs, in rupiah.
    #[schema(maximum = 10_000_000)]
    fee: Rupiah,
}

/// What changes about a delivery zone.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"fee": 12000}))]
struct EditDeliveryZone {
    /// Its name.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100)]
    name: Patch<String>,
    /// What belongs to it.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 0, max_length = 500)]
    description: Patch<String>,
    /// What a delivery costs, in rupiah.
    #[serde(default)]
    #[schema(value_type = Option<Rupiah>)]
    fee: Patch<Rupiah>,
}

/// A delivery zone.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
struct DeliveryZoneView {
    /// Its id.
    id: DeliveryZoneId,
    /// Whose it is.
    cooperative: CooperativeId,
    /// Its name.
    #[schema(max_length = 100, example = "Kecamatan Gumelar")]
    name: String,
    /// What belongs to it.
    #[schema(max_length = 500, example = "Semua desa di Kecamatan Gumelar")]
    description: String,
    /// What a delivery costs, in rupiah.
    #[schema(minimum = 0, example = 10_000)]
    fee: Rupiah,
    /// Counts its changes.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 3)]
    version: i64,
}

impl Validate for AddDeliveryZone {
    fn check(&self, errors: &mut FieldErrors) {
        errors.line("/name", &self.name, 1..=100);
        errors.text("/description", self.description.as_deref().unwrap_or_default(), 0..=500);
        errors.range("/fee", self.fee.0, 0..=MOST_FEE);
    }
}

impl Validate for EditDeliveryZone {
    fn check(&self, errors: &mut FieldErrors) {
        never_null(errors, "/name", &self.name);
        never_null(errors, "/fee", &self.fee);
        if let Some(name) = self.name.value() {
            errors.line("/name", name, 1..=100);
        }
        errors.text("/description", self.description.value().map_or("", String::as_str), 0..=500);
        if let Some(fee) = self.fee.value() {
            errors.range("/fee", fee.0, 0..=MOST_FEE);
        }
    }
}

/// List delivery zones
///
/// Public: where the cooperative delivers itself, the cheapest first.
#[utoipa::path(
    get,
    path = "/v1/cooperatives/{id}/delivery_zones",
    tag = "cooperatives",
    operation_id = "list_delivery_zones",
    params(("id" = CooperativeId, Path)),
    responses(
        (status = 200, description = "All on one page", body = Page<DeliveryZoneView>),
    ),
)]
async fn list_delivery_zones(state: Data<AppState>, id: PathIds<CooperativeId>) -> Result<ApiResponse, Problem> {
    let all = state
        .db
        .read(move |conn| {
            store::cooperative(conn, id.0)?.ok_or_else(Problem::not_found)?;
            Ok::<_, Problem>(store::delivery_zones(conn, id.0)?)
        })
        .await?;
    let data: Vec<_> = all.into_iter().map(delivery_zone_view).collect();
    Ok(ApiResponse::ok(&Page { data, next: None }).tagged().public())
}

/// Show a delivery zone
///
/// Public.
#[utoipa::path(
    get,
    path = "/v1/cooperatives/{id}/delivery_zones/{delivery_zone}",
    tag = "cooperatives",
    operation_id = "show_delivery_zone",
    params(("id" = CooperativeId, Path), ("delivery_zone" = DeliveryZoneId, Path)),
    responses(
        (status = 200, description = "The delivery zone", body = DeliveryZoneView),
    ),
)]
async fn show_delivery_zone(
    state: Data<AppState>,
    ids: PathIds<(CooperativeId, DeliveryZoneId)>,
) -> Result<ApiResponse, Problem> {
    let (cooperative, id) = ids.0;
    let found = state.db.read(move |conn| store::delivery_zone(conn, id)).await?;
    let found = found.filter(|it| it.active && it.cooperative_id == cooperative).ok_or_else(Problem::not_found)?;
    let view = delivery_zone_view(found);
    Ok(ApiResponse::ok(&view).version(view.version))
}

/// Add a delivery zone
///
/// By the board or an administrator.
#[utoipa::path(
    post,
    path = "/v1/cooperatives/{id}/delivery_zones",
    tag = "cooperatives",
    operation_id = "add_delivery_zone",
    params(
        ("id" = CooperativeId, Path),
    ),
    request_body = AddDeliveryZone,
    responses(
        (status = 201, description = "Added", body = DeliveryZoneView),
        (status = 200, description = "Added before by the same request", body = DeliveryZoneView),
    ),
    security(("bearer" = [])),
)]
async fn add_delivery_zone(
    state: Data<AppState>,
    caller: Caller,
    cooperative: PathIds<CooperativeId>,
    key: Idempotency,
    body: Body<AddDeliveryZone>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, asked, fingerprint) = (state.now(), caller.person.scope(), body.value, body.fingerprint.clone());
    let details = DeliveryZoneDetails {
        name: Some(trimmed(&asked.name)),
        description: asked.description.as_deref().map(trimmed),
        fee: Some(asked.fee),
    };
    key.once(&state.db, now, scope.clone(), body.fingerprint, move |tx| {
        let repeated = is_repeated(tx, now, asked.id, &scope, &fingerprint)?;
        let it = match asked.id {
            Some(id) if repeated => store::delivery_zone(tx, id)?.ok_or_else(Problem::not_found)?,
            id => delivery_points::add_delivery_zone(tx, now, &caller.roles, cooperative.0, id, &details)?,
        };
        let view = delivery_zone_view(it);
        let location = format!("/v1/cooperatives/{}/delivery_zones/{}", cooperative.0, view.id);
        let answer = if repeated { ApiResponse::ok(&view) } else { ApiResponse::created(location, &view) };
        Ok::<_, Problem>(answer.version(view.version))
    })
    .await
}

/// Change a delivery zone
///
/// By the board or an administrator.
#[utoipa::path(
    patch,
    path = "/v1/cooperatives/{id}/delivery_zones/{delivery_zone}",
    tag = "cooperatives",
    operation_id = "edit_delivery_zone",
    params(
        ("id" = CooperativeId, Path),
        ("delivery_zone" = DeliveryZoneId, Path),
    ),
    request_body(content = EditDeliveryZone, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "Changed", body = DeliveryZoneView)),
    security(("bearer" = [])),
)]
async fn edit_delivery_zone(
    state: Data<AppState>,
    caller: Caller,
    ids: PathIds<(CooperativeId, DeliveryZoneId)>,
    version: IfMatch,
    body: Body<EditDeliveryZone>,
) -> Result<ApiResponse, Problem> {
    let (now, expected, asked, (cooperative, id)) = (state.now(), version.required()?, body.value, ids.0);
    let details = DeliveryZoneDetails {
        name: asked.name.value().map(|text| trimmed(text)),
        description: asked
            .description
            .is_sent()
            .then(|| asked.description.value().map_or_else(String::new, |text| trimmed(text))),
        fee: asked.fee.value().copied(),
    };
    let changed = state
        .db
        .write(move |tx| {
            delivery_points::change_delivery_zone(tx, now, &caller.roles, cooperative, id, expected, &details)
        })
        .await?;
    let view = delivery_zone_view(changed);
    Ok(ApiResponse::ok(&view).version(view.version))
}

/// Take a delivery zone out of use
///
/// By the board or an administrator. Orders that chose it keep it.
#[utoipa::path(
    delete,
    path = "/v1/cooperatives/{id}/delivery_zones/{delivery_zone}",
    tag = "cooperatives",
    operation_id = "remove_delivery_zone",
    params(
        ("id" = CooperativeId, Path),
        ("delivery_zone" = DeliveryZoneId, Path),
        ("If-Match" = String, Header),
    ),
    responses((status = 204, description = "Out of use")),
    security(("bearer" = [])),
)]
async fn remove_delivery_zone(
    state: Data<AppState>,
    caller: Caller,
    ids: PathIds<(CooperativeId, DeliveryZoneId)>,
    version: IfMatch,
) -> Result<ApiResponse, Problem> {
    let (now, expected, (cooperative, id)) = (state.now(), version.required()?, ids.0);
    state
        .db
        .write(move |tx| delivery_points::remove_delivery_zone(tx, now, &caller.roles, cooperative, id, expected))
        .await?;
    Ok(ApiResponse::no_content())
}

fn delivery_zone_view(it: DeliveryZone) -> DeliveryZoneView {
    DeliveryZoneView {
        id: it.id,
        cooperative: it.cooperative_id,
        name: it.name,
        description: it.description,
        fee: it.fee,
        version: it.version,
    }
}

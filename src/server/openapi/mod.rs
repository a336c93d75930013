//! The OpenAPI document: the routes' own descriptions, completed with what all operations share.

mod complete;
mod example;
mod schemas;
mod shared;

use std::sync::OnceLock;

use serde_json::Value;
use utoipa::openapi::{Info, License, OpenApi, OpenApiBuilder, Server};

use super::routes;
use crate::web::{ApiResponse, ProblemDocument, Routes, routes};

/// The tags with their descriptions, in the order in which somebody new needs them.
const TAGS: [(&str, &str); 18] = [
    ("accounts", "Registration, sign-in, sessions, passwords"),
    ("profile", "The caller's own profile and data"),
    ("catalogue", "Products, photos, categories, units"),
    ("supply", "Batches: dated, limited supplies; availability, production, contributions"),
    ("orders", "Quoting, placing, fulfilling and cancelling orders"),
    ("payments", "Payments and their confirmation; quick sales at the stall"),
    ("market", "Market days, standing orders, requests and offers"),
    ("consignment", "Outlets that sell goods on consignment, deliveries, counts, capital in consignment"),
    ("sales", "Sales reports"),
    ("cooperatives", "Cooperatives, their groups, members and offices"),
    ("groups", "Business groups and their members"),
    ("capital", "Payables to groups, payouts, members' earnings"),
    ("costs", "Ingredients, recipes, costs and needs of batches"),
    ("ledger", "Bookkeeping: entries, balances, statements, closing of months"),
    ("calendar", "National holidays and the occasions of the Hijri year"),
    ("places", "Villages, districts, regencies and provinces"),
    ("events", "The ordered log of changes"),
    ("service", "The service itself: health, version, this document"),
];

const DESCRIPTION: &str = "\
A cooperative marketplace: village business groups list their products, take orders and see their sales.\n\n\
**Signing in**: `POST /v1/sessions` with an email address or a phone number and a password responds with an `access_token`, \
valid for ten minutes, and a `refresh_token` for `POST /v1/sessions/refresh`. Press *Authorize* and paste the access token, \
or send `Authorization: Bearer …`. Guests read the catalogue and order without an account; the demo lists its sign-ins on \
the [home page](/).\n\n\
**Money** is whole rupiah. **Quantities** are decimals with at most three places, in the product's unit. **Times** are \
RFC 3339 in UTC, **days** are business days of the cooperative. **Ids** are UUIDs; a create takes one made by the \
client.\n\n\
**Errors** are RFC 9457 problems with a stable `code`; each has a page at `/docs/problems/{code}`. Texts follow \
`Accept-Language` (`id`, `en`). Browsers, which accept `text/html`, get them as pages.\n\n\
**Retries**: send an `Idempotency-Key` with every POST that documents it; the same key and body get the same response. \
**Edits** send the `ETag` of the object as `If-Match`.\n\n\
**Lists** respond with `{\"data\": [...], \"next\": cursor or null}`.";

/// Builds the document.
pub fn document() -> Value {
    let mut info = Info::new("Lumbung", env!("CARGO_PKG_VERSION"));
    info.description = Some(DESCRIPTION.to_owned());
    let license = "MIT OR Apache-2.0";
    info.license = Some(License::builder().name(license).identifier(Some(license)).build());
    let mut api: OpenApi = OpenApiBuilder::new().info(info).servers(Some([Server::new("/")])).build();
    routes().add_to_document(&mut api);
    let mut schemas: Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::Schema>)> = Vec::new();
    <ProblemDocument as utoipa::ToSchema>::schemas(&mut schemas);
    let components = api.components.get_or_insert_default();
    components.schemas.extend(schemas);
    components.schemas.insert("ProblemDocument".into(), <ProblemDocument as utoipa::PartialSchema>::schema());
    let mut document = serde_json::to_value(&api).unwrap_or_default();
    complete::complete(&mut document, &TAGS);
    document
}

/// The serialized document, built once.
fn serialized() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| document().to_string())
}

/// Returns the OpenAPI 3.1 document of this API.
#[utoipa::path(
    get, path = "/v1/openapi.json",
    responses((status = 200, description = "This document", body = Object, content_type = "application/json")),
)]
async fn get_openapi_document() -> ApiResponse {
    ApiResponse::raw(actix_web::http::StatusCode::OK, "application/json", serialized().as_bytes().to_vec())
        .with_etag()
        .public()
}

/// The route of the document itself.
pub(super) fn document_routes() -> Routes {
    routes!["service": get_openapi_document]
}

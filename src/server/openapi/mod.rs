//! The OpenAPI document: what the routes say of themselves, and what holds for all of them.

mod complete;
mod example;
mod shared;

use std::sync::OnceLock;

use serde_json::Value;
use utoipa::openapi::{Info, License, OpenApi, OpenApiBuilder};

use super::routes;
use crate::web::{ApiResponse, ProblemDocument, Routes, routes};

/// What tags mean, in the order in which a reader meets them.
const TAGS: [(&str, &str); 18] = [
    ("catalogue", "What can be bought: products, photos, categories"),
    ("supply", "Batches: dated, limited supplies; availability, production, contributions"),
    ("ledger", "The books: entries, balances, statements, months that close"),
    ("costs", "Ingredients, recipes, and what a batch costs and needs"),
    ("capital", "What groups are owed, payouts, and what each member has earned"),
    ("orders", "Quoting, placing, fulfilling and cancelling orders"),
    ("payments", "Payments recorded and confirmed; the quick sale at the stall"),
    ("market", "Market days, standing orders, and requests that groups win together"),
    ("consignment", "Outlets, the goods that they sell for the groups, counts, and what is locked up there"),
    ("sales", "Reports over what was handed over"),
    ("cooperatives", "Cooperatives, their groups, members and offices"),
    ("groups", "Business groups and their members"),
    ("places", "Villages, districts, regencies and provinces"),
    ("calendar", "National holidays and the occasions of the Hijri year"),
    ("accounts", "Registering, signing in, sessions, passwords"),
    ("profile", "What a person sees of themselves"),
    ("events", "The ordered log of changes"),
    ("service", "The service itself: health, version, this document"),
];

const DESCRIPTION: &str = "\
A cooperative marketplace: village business groups list what they make, take orders and see what they sold.\n\n\
**Money** is whole rupiah. **Quantities** are decimals with at most three places, in the product's unit. **Times** are \
RFC 3339 in UTC, **days** are business days of the cooperative. **Ids** are UUIDs; a create takes one made by the \
client.\n\n\
**Errors** are RFC 9457 problems with a stable `code`; each has a page at `/docs/problems/{code}`. Sentences follow \
`Accept-Language` (`id`, `en`). Browsers, which ask for `text/html` alone, get them as pages.\n\n\
**Retries**: send an `Idempotency-Key` with every POST that names it; the same key and body get the same answer. \
**Edits** send the `ETag` they were read with as `If-Match`.\n\n\
**Lists** answer `{\"data\": [...], \"next\": cursor or null}`.";

/// The whole document.
pub fn document() -> Value {
    let mut info = Info::new("Lumbung", env!("CARGO_PKG_VERSION"));
    info.description = Some(DESCRIPTION.to_owned());
    info.license = Some(License::new("MIT OR Apache-2.0"));
    let mut api: OpenApi = OpenApiBuilder::new().info(info).build();
    routes().describe(&mut api);
    let mut schemas: Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::Schema>)> = Vec::new();
    <ProblemDocument as utoipa::ToSchema>::schemas(&mut schemas);
    let components = api.components.get_or_insert_default();
    components.schemas.extend(schemas);
    components.schemas.insert("ProblemDocument".into(), <ProblemDocument as utoipa::PartialSchema>::schema());
    let mut document = serde_json::to_value(&api).unwrap_or_default();
    complete::complete(&mut document, &TAGS);
    document
}

/// The document as it is sent; made once.
fn text() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| document().to_string())
}

/// The contract of this API, as OpenAPI 3.1.
#[utoipa::path(get, path = "/v1/openapi.json", tag = "service", operation_id = "show_contract",
    responses((status = 200, description = "This document", body = Object, content_type = "application/json")))]
async fn show_contract() -> ApiResponse {
    ApiResponse::raw(actix_web::http::StatusCode::OK, "application/json", text().as_bytes().to_vec()).tagged().public()
}

/// The route of the document.
pub(super) fn own_routes() -> Routes {
    routes![show_contract]
}

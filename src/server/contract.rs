//! The OpenAPI document: what the routes say of themselves, and what holds for all of them.

use serde_json::{Map, Value, json};
use std::sync::OnceLock;
use utoipa::openapi::{Info, License, OpenApi, OpenApiBuilder};

use super::routes;
use crate::web::{Answer, ProblemDocument, Routes, routes};

/// What tags mean, in the order in which a reader meets them.
const TAGS: [(&str, &str); 12] = [
    ("catalogue", "What can be bought: products, photos, categories"),
    ("supply", "Batches: dated, limited supplies; availability, production, contributions"),
    ("orders", "Quoting, placing, fulfilling and cancelling orders"),
    ("payments", "Payments recorded and confirmed; the quick sale at the stall"),
    ("sales", "Reports over what was handed over"),
    ("cooperatives", "Cooperatives, their groups, members and offices"),
    ("groups", "Business groups and their members"),
    ("places", "Villages, districts, regencies and provinces"),
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
`Accept-Language` (`id`, `en`).\n\n\
**Retries**: send an `Idempotency-Key` with every POST; the same key and body get the same answer. **Edits** send the \
`ETag` they were read with as `If-Match`.\n\n\
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
    complete(&mut document);
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
async fn show_contract() -> Answer {
    Answer::raw(actix_web::http::StatusCode::OK, "application/json", text().as_bytes().to_vec()).tagged().public()
}

/// The route of the document.
pub(super) fn own_routes() -> Routes {
    routes![show_contract]
}

/// Adds what every route shares.
fn complete(document: &mut Value) {
    let Some(root) = document.as_object_mut() else { return };
    root.insert("openapi".into(), json!("3.1.0"));
    root.insert(
        "tags".into(),
        TAGS.iter().map(|(name, description)| json!({"name": name, "description": description})).collect(),
    );
    if let Some(paths) = root.get_mut("paths").and_then(Value::as_object_mut) {
        for (path, item) in paths {
            let Some(item) = item.as_object_mut() else { continue };
            for method in ["get", "post", "put", "patch", "delete"] {
                if let Some(operation) = item.get_mut(method).and_then(Value::as_object_mut) {
                    finish_operation(path, method, operation);
                }
            }
        }
    }
    let components = root.entry("components").or_insert_with(|| json!({}));
    if let Some(components) = components.as_object_mut() {
        components.insert("parameters".into(), parameters());
        components.insert("headers".into(), headers());
        components.insert(
            "securitySchemes".into(),
            json!({"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT",
                "description": "The access token of `POST /v1/sessions`; it lives for ten minutes."}}),
        );
    }
}

fn finish_operation(path: &str, method: &str, operation: &mut Map<String, Value>) {
    let has_body = operation.contains_key("requestBody");
    let signed_in = operation.get("security").and_then(Value::as_array).is_some_and(|schemes| !schemes.is_empty());
    let shared: &[&str] = match method {
        "post" => &["idempotency-key", "accept-language", "x-request-id"],
        "put" | "patch" | "delete" => &["if-match", "accept-language", "x-request-id"],
        _ => &["if-none-match", "accept-language", "x-request-id"],
    };
    let list = operation.entry("parameters").or_insert_with(|| json!([]));
    if let Some(list) = list.as_array_mut() {
        for name in shared {
            let known = list.iter().any(|parameter| {
                parameter.get("name").and_then(Value::as_str).is_some_and(|own| own.eq_ignore_ascii_case(name))
            });
            if !known {
                list.push(json!({"$ref": format!("#/components/parameters/{name}")}));
            }
        }
    }
    let mut possible = vec![("429", "Too many requests"), ("500", "A fault of ours"), ("503", "Busy; try again")];
    if path.contains('{') {
        possible.push(("404", "Absent, or not yours to know of"));
    }
    if signed_in {
        possible.push(("401", "Not signed in, or no longer"));
    }
    if has_body {
        possible.extend([
            ("400", "Not readable as what is expected"),
            ("413", "The body is too large"),
            ("415", "Not of a type that is accepted"),
            ("422", "Readable, but a rule is broken"),
        ]);
    }
    if matches!(method, "post" | "put" | "patch" | "delete") {
        possible.push(("507", "The storage is full: reading works, writing does not"));
    } else if path.starts_with("/v1/") {
        possible.push(("400", "A parameter or header is malformed"));
    }
    let responses = operation.entry("responses").or_insert_with(|| json!({}));
    let Some(responses) = responses.as_object_mut() else { return };
    for (status, description) in possible {
        responses.entry(status).or_insert_with(|| json!({ "description": description }));
    }
    if method == "get" && responses.contains_key("200") && path.starts_with("/v1/") {
        responses.entry("304").or_insert_with(|| json!({"description": "Unchanged since the `ETag` sent"}));
    }
    for (status, response) in responses {
        let Some(response) = response.as_object_mut() else { continue };
        if status.starts_with('4') || status.starts_with('5') {
            response.insert(
                "content".into(),
                json!({"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}}),
            );
        }
        let told = response.entry("headers").or_insert_with(|| json!({}));
        if let Some(told) = told.as_object_mut() {
            for name in ["X-Request-Id", "Server-Timing"] {
                told.entry(name).or_insert_with(|| json!({"$ref": format!("#/components/headers/{name}")}));
            }
            let more: &[&str] = match status.as_str() {
                "429" | "503" => &["Retry-After"],
                "401" => &["WWW-Authenticate"],
                "200" if method == "get" => &["ETag"],
                _ => &[],
            };
            for name in more {
                told.entry(*name).or_insert_with(|| json!({"$ref": format!("#/components/headers/{name}")}));
            }
        }
    }
}

fn parameters() -> Value {
    let header = |name: &str, description: &str, schema: Value| json!({"name": name, "in": "header", "required": false, "description": description, "schema": schema});
    json!({
        "idempotency-key": header(
            "Idempotency-Key",
            "Makes a repeated request safe: the same key and body get the same answer. Required where goods or \
             money move.",
            json!({"type": "string", "minLength": 16, "maxLength": 64, "pattern": "^[A-Za-z0-9_-]{16,64}$"}),
        ),
        "if-match": header(
            "If-Match",
            "The `ETag` of the object as it was read; required for objects that carry a `version`.",
            json!({"type": "string", "maxLength": 100, "examples": ["\"7-9f2b1c3d5e7f9a0b\""]}),
        ),
        "if-none-match": header(
            "If-None-Match",
            "The `ETag` of what is known already; 304 when nothing changed.",
            json!({"type": "string", "maxLength": 500}),
        ),
        "accept-language": header(
            "Accept-Language",
            "The language of sentences: `id` (the default) or `en`.",
            json!({"type": "string", "maxLength": 100, "examples": ["en"]}),
        ),
        "x-request-id": header(
            "X-Request-Id",
            "An id for this request, which the answer and the log repeat.",
            json!({"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[A-Za-z0-9._-]{1,64}$"}),
        ),
    })
}

fn headers() -> Value {
    let header = |description: &str, length: u32| json!({"description": description, "schema": {"type": "string", "maxLength": length}});
    json!({
        "X-Request-Id": header("The id of the request", 64),
        "Server-Timing": header("Milliseconds: `app` in all, `db` waiting for the database", 100),
        "ETag": header("The tag of this version", 100),
        "Retry-After": header("Seconds after which another try makes sense", 10),
        "WWW-Authenticate": header("How to sign in", 100),
    })
}

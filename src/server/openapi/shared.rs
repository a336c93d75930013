//! Shared components: request and response headers, and problem responses.

use serde_json::{Map, Value, json};

/// The shared problem responses: status and description.
pub(super) const PROBLEMS: [(&str, &str); 15] = [
    ("400", "A parameter, a header or the body cannot be read"),
    ("401", "The access token is missing, invalid or expired"),
    ("403", "The caller's role does not allow this"),
    ("404", "The object does not exist or is hidden from the caller"),
    ("408", "The body took too long to arrive"),
    ("409", "The current state does not allow this, or the same request is still running"),
    ("412", "The object has changed since it was read"),
    ("413", "The body is too large"),
    ("415", "The content type is not supported"),
    ("422", "A rule is broken: see `errors`; or the idempotency key was used for another request"),
    ("428", "`If-Match` is required"),
    ("429", "Too many requests: retry after `Retry-After`"),
    ("500", "Internal error"),
    ("503", "Temporarily unavailable: retry after `Retry-After`"),
    ("507", "The storage is full: reads work, writes fail"),
];

/// The headers of every response.
pub(super) const TRACING: [&str; 2] = ["X-Request-Id", "Server-Timing"];

/// The content of a problem response.
pub(super) fn problem_content() -> Value {
    json!({"application/problem+json": {"schema": reference("schemas", "ProblemDocument")}})
}

/// A reference to a component.
pub(super) fn reference(kind: &str, name: &str) -> Value {
    json!({"$ref": format!("#/components/{kind}/{name}")})
}

/// References to these headers.
pub(super) fn header_references<'n>(names: impl IntoIterator<Item = &'n str>) -> Map<String, Value> {
    names.into_iter().map(|name| (name.to_owned(), reference("headers", name))).collect()
}

/// References to the headers of a problem response with this status.
pub(super) fn problem_headers(status: &str) -> Map<String, Value> {
    let additional: &[&str] = match status {
        "401" => &["WWW-Authenticate"],
        "429" => &["Retry-After", "RateLimit", "RateLimit-Policy"],
        "503" => &["Retry-After"],
        _ => &[],
    };
    header_references(TRACING.iter().chain(additional).copied())
}

/// The shared problem responses, as components.
pub(super) fn responses() -> Value {
    PROBLEMS
        .iter()
        .map(|(status, description)| {
            let response = json!({
                "description": description, "headers": problem_headers(status), "content": problem_content(),
            });
            (format!("problem-{status}"), response)
        })
        .collect::<Map<_, _>>()
        .into()
}

/// The shared request headers, as components.
pub(super) fn parameters() -> Value {
    let header = |name: &str, required: bool, description: &str, schema: Value| json!({"name": name, "in": "header", "required": required, "description": description, "schema": schema});
    let key = || json!({"type": "string", "minLength": 16, "maxLength": 64, "pattern": "^[A-Za-z0-9_-]{16,64}$", "examples": ["pesanan-2026-11-23-0001"]});
    let tag = || json!({"type": "string", "maxLength": 100, "examples": ["\"7-9f2b1c3d5e7f9a0b\""]});
    json!({
        "idempotency-key": header(
            "Idempotency-Key", false,
            "Makes retries safe: the same key and body get the same response.", key(),
        ),
        "idempotency-key-required": header(
            "Idempotency-Key", true,
            "Required, because goods or money move: the same key and body get the same response. Reuse it for \
             retries.", key(),
        ),
        "if-match": header("If-Match", false, "The `ETag` of the object as it was read; 412 when it has changed.", tag()),
        "if-match-required": header("If-Match", true, "The `ETag` of the object as it was read.", tag()),
        "if-none-match": header(
            "If-None-Match", false, "The `ETag` of the cached response; 304 when unchanged.",
            json!({"type": "string", "maxLength": 500}),
        ),
        "accept-language": header(
            "Accept-Language", false, "The language of texts: `id` (default) or `en`.",
            json!({"type": "string", "maxLength": 100, "examples": ["en"]}),
        ),
        "x-request-id": header(
            "X-Request-Id", false, "An id for this request, which the response and the log repeat.",
            json!({"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[A-Za-z0-9._-]{1,64}$"}),
        ),
    })
}

/// The shared response headers, as components.
pub(super) fn headers() -> Value {
    let header = |description: &str, length: u32| json!({"description": description, "schema": {"type": "string", "maxLength": length}});
    json!({
        "X-Request-Id": header("The id of the request", 64),
        "Server-Timing": header("Milliseconds: `app` in total, `db` waiting for the database", 100),
        "ETag": header("The tag of this version", 100),
        "Location": header("The path of the new object", 300),
        "Link": header("The next page, as `rel=\"next\"`", 3000),
        "Idempotency-Replayed": header("`true` when the response is that of an earlier request with this key", 4),
        "Retry-After": header("Seconds to wait before a retry", 10),
        "RateLimit": header("Remaining requests, and seconds until the quota is full", 100),
        "RateLimit-Policy": header("The quota and its window", 100),
        "WWW-Authenticate": header("The authentication scheme", 100),
    })
}

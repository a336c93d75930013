//! What operations share: headers in and out, and the problems that follow from their shape.

use serde_json::{Map, Value, json};

/// A problem that any operation of a certain shape may answer with: its status, and what it means.
pub(super) const PROBLEMS: [(&str, &str); 15] = [
    ("400", "A parameter, a header or the body cannot be read"),
    ("401", "No access token, or one that is no longer good"),
    ("403", "Your role does not allow it"),
    ("404", "Absent, or not yours to know of"),
    ("408", "The body took too long to arrive"),
    ("409", "The state of things does not allow it, or the same request is still running"),
    ("412", "Somebody else has changed it since it was read"),
    ("413", "The body is too large"),
    ("415", "The body is not of a type that is accepted"),
    ("422", "Readable, but a rule is broken: `errors` says where; or the key was used for another request"),
    ("428", "`If-Match` is required"),
    ("429", "Too many requests: come back after `Retry-After`"),
    ("500", "A fault of ours"),
    ("503", "Busy: come back after `Retry-After`"),
    ("507", "The storage is full: reading works, writing does not"),
];

/// A header of every answer.
pub(super) const TRACING: [&str; 2] = ["X-Request-Id", "Server-Timing"];

/// The body of a problem.
pub(super) fn problem_content() -> Value {
    json!({"application/problem+json": {"schema": reference("schemas", "ProblemDocument")}})
}

/// A reference to a component.
pub(super) fn reference(kind: &str, name: &str) -> Value {
    json!({"$ref": format!("#/components/{kind}/{name}")})
}

/// These headers, by reference.
pub(super) fn headers_named<'n>(names: impl IntoIterator<Item = &'n str>) -> Map<String, Value> {
    names.into_iter().map(|name| (name.to_owned(), reference("headers", name))).collect()
}

/// The headers of an answer with this status.
pub(super) fn headers_of_problem(status: &str) -> Map<String, Value> {
    let more: &[&str] = match status {
        "401" => &["WWW-Authenticate"],
        "429" => &["Retry-After", "RateLimit", "RateLimit-Policy"],
        "503" => &["Retry-After"],
        _ => &[],
    };
    headers_named(TRACING.iter().chain(more).copied())
}

/// The shared problems, as components.
pub(super) fn responses() -> Value {
    PROBLEMS
        .iter()
        .map(|(status, description)| {
            let response = json!({
                "description": description, "headers": headers_of_problem(status), "content": problem_content(),
            });
            (format!("problem-{status}"), response)
        })
        .collect::<Map<_, _>>()
        .into()
}

/// The headers that callers send, as components.
pub(super) fn parameters() -> Value {
    let header = |name: &str, required: bool, description: &str, schema: Value| json!({"name": name, "in": "header", "required": required, "description": description, "schema": schema});
    let key = || json!({"type": "string", "minLength": 16, "maxLength": 64, "pattern": "^[A-Za-z0-9_-]{16,64}$", "examples": ["pesanan-2026-11-23-0001"]});
    let tag = || json!({"type": "string", "maxLength": 100, "examples": ["\"7-9f2b1c3d5e7f9a0b\""]});
    json!({
        "idempotency-key": header(
            "Idempotency-Key", false,
            "Makes a repeated request safe: the same key and body get the same answer.", key(),
        ),
        "idempotency-key-required": header(
            "Idempotency-Key", true,
            "Required, since goods or money move: the same key and body get the same answer. Keep it until there is \
             one.", key(),
        ),
        "if-match": header("If-Match", false, "The `ETag` of the object as it was read; 412 when it has changed.", tag()),
        "if-match-required": header("If-Match", true, "The `ETag` of the object as it was read.", tag()),
        "if-none-match": header(
            "If-None-Match", false, "The `ETag` of what is known already; 304 when nothing changed.",
            json!({"type": "string", "maxLength": 500}),
        ),
        "accept-language": header(
            "Accept-Language", false, "The language of sentences: `id` (the default) or `en`.",
            json!({"type": "string", "maxLength": 100, "examples": ["en"]}),
        ),
        "x-request-id": header(
            "X-Request-Id", false, "An id for this request, which the answer and the log repeat.",
            json!({"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[A-Za-z0-9._-]{1,64}$"}),
        ),
    })
}

/// The headers of answers, as components.
pub(super) fn headers() -> Value {
    let header = |description: &str, length: u32| json!({"description": description, "schema": {"type": "string", "maxLength": length}});
    json!({
        "X-Request-Id": header("The id of the request", 64),
        "Server-Timing": header("Milliseconds: `app` in all, `db` waiting for the database", 100),
        "ETag": header("The tag of this version", 100),
        "Location": header("Where the new object lives", 300),
        "Link": header("The next page, as `rel=\"next\"`", 3000),
        "Idempotency-Replayed": header("`true` when the answer is that of an earlier request with this key", 4),
        "Retry-After": header("Seconds after which another try makes sense", 10),
        "RateLimit": header("What is left, and when there is more", 100),
        "RateLimit-Policy": header("How much in how much time", 100),
        "WWW-Authenticate": header("How to sign in", 100),
    })
}

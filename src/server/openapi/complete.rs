//! Completing the document: what follows from an operation's shape is added here, and nowhere by hand.

use serde_json::{Map, Value, json};

use super::example::example_of;
use super::shared::{self, PROBLEMS, reference};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// POSTs that take no `Idempotency-Key`: what writes nothing, what comes to the same when it is done twice, and what
/// answers with a secret, which is never kept.
const WITHOUT_KEY: [&str; 12] = [
    "hear_midtrans",
    "make_quote",
    "repeat_quote",
    "adopt_order",
    "vouch_for_phone",
    "accept_invitation",
    "invite",
    "issue_reset_code",
    "sign_in",
    "refresh",
    "ask_to_verify_email",
    "ask_for_password_reset",
];

/// Adds tags, components, and to each operation the headers and problems that follow from its shape.
pub(super) fn complete(document: &mut Value, tags: &[(&str, &str)]) {
    let schemas = document.pointer("/components/schemas").cloned().unwrap_or_default();
    let Some(root) = document.as_object_mut() else { return };
    root.insert("openapi".into(), json!("3.1.0"));
    root.insert(
        "tags".into(),
        tags.iter().map(|(name, description)| json!({"name": name, "description": description})).collect(),
    );
    if let Some(paths) = root.get_mut("paths").and_then(Value::as_object_mut) {
        for (path, item) in paths {
            let Some(item) = item.as_object_mut() else { continue };
            for method in METHODS {
                if let Some(operation) = item.get_mut(method).and_then(Value::as_object_mut) {
                    let shape = Shape::of(method, path, operation);
                    put_parameters(&shape, operation);
                    put_responses(&shape, operation);
                    put_examples(&schemas, operation);
                }
            }
        }
    }
    let components = root.entry("components").or_insert_with(|| json!({}));
    if let Some(components) = components.as_object_mut() {
        components.insert("parameters".into(), shared::parameters());
        components.insert("headers".into(), shared::headers());
        components.insert("responses".into(), shared::responses());
        components.insert(
            "securitySchemes".into(),
            json!({"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT",
                "description": "The access token of `POST /v1/sessions`; it lives for ten minutes."}}),
        );
    }
}

/// What the rest follows from.
#[derive(Debug, Clone, Copy)]
struct Shape<'o> {
    method: &'o str,
    path: &'o str,
    body: bool,
    query: bool,
    /// Whether an access token is read when it is sent, and whether it must be.
    token: Option<Need>,
    key: Option<Need>,
    version: Option<Need>,
}

/// Whether something may or must be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    Optional,
    Required,
}

impl<'o> Shape<'o> {
    fn of(method: &'o str, path: &'o str, operation: &Map<String, Value>) -> Self {
        let security = operation.get("security").and_then(Value::as_array);
        let token = security.and_then(|ways| {
            let with_token = ways.iter().any(|way| way.get("bearer").is_some());
            let without = ways.iter().any(|way| way.as_object().is_some_and(Map::is_empty));
            with_token.then_some(if without { Need::Optional } else { Need::Required })
        });
        let header = |name: &str| {
            let found = parameters(operation).find(|parameter| is_header(parameter, name))?;
            Some(if found["required"] == true { Need::Required } else { Need::Optional })
        };
        let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default();
        let takes_key = method == "post" && !WITHOUT_KEY.contains(&id);
        Shape {
            method,
            path,
            body: operation.contains_key("requestBody"),
            query: parameters(operation).any(|parameter| parameter["in"] == "query"),
            token,
            key: header("idempotency-key").or(takes_key.then_some(Need::Optional)),
            version: header("if-match").or((method == "patch").then_some(Need::Required)),
        }
    }

    fn reads(&self) -> bool {
        self.method == "get"
    }

    /// Whether an operation of this shape may answer with this problem.
    fn may_answer(&self, status: &str) -> bool {
        let of_one = self.path.contains('{');
        match status {
            "400" => self.body || self.query || self.key.is_some() || self.version.is_some(),
            "401" => self.token.is_some(),
            "403" => self.token.is_some() && (!self.reads() || of_one && self.token == Some(Need::Required)),
            "404" => of_one,
            "408" | "413" | "415" => self.body,
            "409" => self.key.is_some(),
            "412" => self.version.is_some(),
            "422" => self.body || self.key.is_some(),
            "428" => self.version == Some(Need::Required),
            "507" => !self.reads(),
            "429" | "500" | "503" => true,
            _ => false,
        }
    }
}

fn parameters(operation: &Map<String, Value>) -> impl Iterator<Item = &Value> {
    operation.get("parameters").and_then(Value::as_array).into_iter().flatten()
}

fn is_header(parameter: &Value, name: &str) -> bool {
    parameter["in"] == "header" && parameter["name"].as_str().is_some_and(|own| own.eq_ignore_ascii_case(name))
}

/// Shared headers are references; a route declares only that it must have one, or what is special about it.
fn put_parameters(shape: &Shape<'_>, operation: &mut Map<String, Value>) {
    let component = |name: &str, need: Need| match need {
        Need::Optional => name.to_owned(),
        Need::Required => format!("{name}-required"),
    };
    let mut shared = vec![];
    shared.extend(shape.key.map(|need| ("idempotency-key", component("idempotency-key", need))));
    shared.extend(shape.version.map(|need| ("if-match", component("if-match", need))));
    shared.extend(shape.reads().then(|| ("if-none-match", "if-none-match".to_owned())));
    shared.extend(["accept-language", "x-request-id"].map(|name| (name, name.to_owned())));
    let list = operation.entry("parameters").or_insert_with(|| json!([]));
    let Some(list) = list.as_array_mut() else { return };
    for (name, component) in shared {
        list.retain(|parameter| !is_header(parameter, name) || parameter.get("description").is_some());
        if !list.iter().any(|parameter| is_header(parameter, name)) {
            list.push(reference("parameters", &component));
        }
    }
}

fn put_responses(shape: &Shape<'_>, operation: &mut Map<String, Value>) {
    let paged = parameters(operation).any(|parameter| parameter["name"] == "cursor");
    let responses = operation.entry("responses").or_insert_with(|| json!({}));
    let Some(responses) = responses.as_object_mut() else { return };
    for (status, response) in &mut *responses {
        let Some(response) = response.as_object_mut() else { continue };
        let headers = if status.starts_with('4') || status.starts_with('5') {
            response.insert("content".into(), shared::problem_content());
            shared::headers_of_problem(status)
        } else {
            shared::headers_named(shared::TRACING.into_iter().chain(match (shape.method, status.as_str()) {
                ("get", "200") if paged => vec!["ETag", "Link"],
                ("get", "200") => vec!["ETag"],
                ("post", "201") if shape.key.is_some() => vec!["Location", "Idempotency-Replayed"],
                ("post", "201") => vec!["Location"],
                ("post", _) if shape.key.is_some() => vec!["Idempotency-Replayed"],
                _ => vec![],
            }))
        };
        let told = response.entry("headers").or_insert_with(|| json!({}));
        if let Some(told) = told.as_object_mut() {
            for (name, header) in headers {
                told.entry(name).or_insert(header);
            }
        }
    }
    for (status, _) in PROBLEMS {
        if shape.may_answer(status) {
            responses.entry(status).or_insert_with(|| reference("responses", &format!("problem-{status}")));
        }
    }
    if shape.reads() && responses.contains_key("200") && shape.path.starts_with("/v1/") {
        let unchanged = json!({
            "description": "Unchanged since the `ETag` sent",
            "headers": shared::headers_named(shared::TRACING.into_iter().chain(["ETag"])),
        });
        responses.entry("304").or_insert(unchanged);
    }
}

/// Each body and each answer is shown by an example.
fn put_examples(schemas: &Value, operation: &mut Map<String, Value>) {
    let show = |content: Option<&mut Value>| {
        for (kind, media) in content.and_then(Value::as_object_mut).into_iter().flatten() {
            let Some(media) = media.as_object_mut() else { continue };
            if kind.contains("json")
                && !media.contains_key("example")
                && let Some(example) = media.get("schema").and_then(|schema| example_of(schemas, schema))
            {
                media.insert("example".into(), example);
            }
        }
    };
    show(operation.get_mut("requestBody").and_then(|body| body.get_mut("content")));
    for (status, response) in operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten() {
        if status.starts_with('2') {
            show(response.get_mut("content"));
        }
    }
}

//! Completes the document with what follows from an operation's shape: shared headers, problems and examples.

use serde_json::{Map, Value, json};

use super::example::example_of;
use super::schemas::complete_schemas;
use super::shared::{self, PROBLEMS, reference};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Adds tags and components, and to each operation its headers, problems and examples.
pub(super) fn complete(document: &mut Value, tags: &[(&str, &str)]) {
    complete_schemas(document);
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
                    add_parameters(&shape, operation);
                    add_responses(&shape, operation);
                    add_examples(&schemas, operation);
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

/// The properties of an operation that determine its headers and problems.
#[derive(Debug, Clone, Copy)]
struct Shape<'o> {
    method: &'o str,
    path: &'o str,
    has_body: bool,
    has_query: bool,
    token: Option<Need>,
    key: Option<Need>,
    version: Option<Need>,
}

/// Whether a header is optional or required.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    Optional,
    Required,
}

impl<'o> Shape<'o> {
    fn of(method: &'o str, path: &'o str, operation: &Map<String, Value>) -> Self {
        let security = operation.get("security").and_then(Value::as_array);
        let token = security.and_then(|alternatives| {
            let has_bearer = alternatives.iter().any(|scheme| scheme.get("bearer").is_some());
            let is_optional = alternatives.iter().any(|scheme| scheme.as_object().is_some_and(Map::is_empty));
            has_bearer.then_some(if is_optional { Need::Optional } else { Need::Required })
        });
        let header = |name: &str| {
            let parameter = parameters(operation).find(|parameter| is_header(parameter, name))?;
            Some(if parameter["required"] == true { Need::Required } else { Need::Optional })
        };
        Shape {
            method,
            path,
            has_body: operation.contains_key("requestBody"),
            has_query: parameters(operation).any(|parameter| parameter["in"] == "query"),
            token,
            key: header("idempotency-key"),
            version: header("if-match"),
        }
    }

    fn is_read(&self) -> bool {
        self.method == "get"
    }

    /// Whether an operation of this shape may respond with this status.
    fn can_respond(&self, status: &str) -> bool {
        let has_path_id = self.path.contains('{');
        match status {
            "400" => self.has_body || self.has_query || self.key.is_some() || self.version.is_some(),
            "401" => self.token.is_some(),
            "403" => self.token.is_some() && (!self.is_read() || has_path_id && self.token == Some(Need::Required)),
            "404" => has_path_id,
            "408" | "413" | "415" => self.has_body,
            "409" => self.key.is_some(),
            "412" => self.version.is_some(),
            "422" => self.has_body || self.key.is_some(),
            "428" => self.version == Some(Need::Required),
            "507" => !self.is_read(),
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

/// Adds references to the shared headers; a route declares only that one is required, or what is special about it.
fn add_parameters(shape: &Shape<'_>, operation: &mut Map<String, Value>) {
    let component = |name: &str, need: Need| match need {
        Need::Optional => name.to_owned(),
        Need::Required => format!("{name}-required"),
    };
    let mut shared = vec![];
    shared.extend(shape.key.map(|need| ("idempotency-key", component("idempotency-key", need))));
    shared.extend(shape.version.map(|need| ("if-match", component("if-match", need))));
    shared.extend(shape.is_read().then(|| ("if-none-match", "if-none-match".to_owned())));
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

fn add_responses(shape: &Shape<'_>, operation: &mut Map<String, Value>) {
    let is_paged = parameters(operation).any(|parameter| parameter["name"] == "cursor");
    let responses = operation.entry("responses").or_insert_with(|| json!({}));
    let Some(responses) = responses.as_object_mut() else { return };
    for (status, response) in &mut *responses {
        let Some(response) = response.as_object_mut() else { continue };
        let headers = if status.starts_with('4') || status.starts_with('5') {
            response.insert("content".into(), shared::problem_content());
            shared::problem_headers(status)
        } else {
            shared::header_references(shared::TRACING.into_iter().chain(match (shape.method, status.as_str()) {
                ("get", "200") if is_paged => vec!["ETag", "Link"],
                ("get", "200") => vec!["ETag"],
                ("post", "201") if shape.key.is_some() => vec!["Location", "Idempotency-Replayed"],
                ("post", "201") => vec!["Location"],
                ("post", _) if shape.key.is_some() => vec!["Idempotency-Replayed"],
                _ => vec![],
            }))
        };
        let declared = response.entry("headers").or_insert_with(|| json!({}));
        if let Some(declared) = declared.as_object_mut() {
            for (name, header) in headers {
                declared.entry(name).or_insert(header);
            }
        }
    }
    for (status, _) in PROBLEMS {
        if shape.can_respond(status) {
            responses.entry(status).or_insert_with(|| reference("responses", &format!("problem-{status}")));
        }
    }
    if shape.is_read() && responses.contains_key("200") && shape.path.starts_with("/v1/") {
        let unchanged = json!({
            "description": "Unchanged since the `ETag` sent",
            "headers": shared::header_references(shared::TRACING.into_iter().chain(["ETag"])),
        });
        responses.entry("304").or_insert(unchanged);
    }
}

/// Adds an example to each JSON request and response body.
fn add_examples(schemas: &Value, operation: &mut Map<String, Value>) {
    let add_example = |content: Option<&mut Value>| {
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
    add_example(operation.get_mut("requestBody").and_then(|body| body.get_mut("content")));
    for (status, response) in operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten() {
        if status.starts_with('2') {
            add_example(response.get_mut("content"));
        }
    }
}

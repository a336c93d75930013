//! The OpenAPI document, against which every response in this suite is checked.

use std::sync::OnceLock;

use serde_json::Value;

use super::Reply;

/// The served document.
pub fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(lumbung::server::openapi::document)
}

/// An operation of the document.
#[derive(Clone, Copy)]
pub struct Operation {
    pub method: &'static str,
    pub path: &'static str,
    pub value: &'static Value,
}

/// All operations.
pub fn operations() -> impl Iterator<Item = Operation> {
    document()["paths"].as_object().expect("paths").iter().flat_map(|(path, item)| {
        item.as_object().expect("operations").iter().map(move |(method, value)| Operation { method, path, value })
    })
}

impl Operation {
    /// `GET /v1/products`
    pub fn name(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }

    pub fn id(&self) -> &'static str {
        self.value["operationId"].as_str().unwrap_or_default()
    }

    /// The parameters, with references resolved.
    pub fn parameters(&self) -> impl Iterator<Item = &'static Value> + use<> {
        self.value["parameters"].as_array().into_iter().flatten().map(resolve)
    }

    pub fn parameter(&self, name: &str) -> Option<&'static Value> {
        self.parameters().find(|parameter| parameter["name"].as_str().is_some_and(|own| own.eq_ignore_ascii_case(name)))
    }

    pub fn requires(&self, name: &str) -> bool {
        self.parameter(name).is_some_and(|parameter| parameter["required"] == true)
    }

    /// The responses by status, with references resolved.
    pub fn responses(&self) -> impl Iterator<Item = (&'static str, &'static Value)> + use<> {
        let responses = self.value["responses"].as_object().expect("responses");
        responses.iter().map(|(status, response)| (status.as_str(), resolve(response)))
    }

    /// The schema of the JSON body.
    pub fn body(&self) -> Option<&'static Value> {
        let content = self.value["requestBody"]["content"].as_object()?;
        content.iter().find(|(kind, _)| kind.contains("json")).map(|(_, media)| &media["schema"])
    }

    /// Whether it requires an access token.
    pub fn needs_token(&self) -> bool {
        self.value["security"]
            .as_array()
            .is_some_and(|ways| !ways.is_empty() && ways.iter().all(|way| way.get("bearer").is_some()))
    }

    fn matches(&self, method: &str, path: &str) -> bool {
        let (own, requested) = (self.path.split('/'), path.split('/'));
        self.method.eq_ignore_ascii_case(method)
            && own.clone().count() == requested.clone().count()
            && own.zip(requested).all(|(own, requested)| own.starts_with('{') || own == requested)
    }
}

/// The operation of a request: the one with the fewest path parameters, because `/v1/sessions/current` is not an id.
pub fn operation(method: &str, path: &str) -> Option<Operation> {
    let path = path.split('?').next().unwrap_or_default();
    operations()
        .filter(|operation| operation.matches(method, path))
        .min_by_key(|operation| operation.path.matches('{').count())
}

/// Resolves a reference.
pub fn resolve(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        None => value,
        Some(reference) => {
            resolve(document().pointer(&reference[1..]).unwrap_or_else(|| panic!("dangling: {reference}")))
        }
    }
}

/// Checks a response against the document: its status is documented, and its body matches the schema.
#[track_caller]
pub fn check_response(method: &str, path: &str, reply: &Reply) {
    let Some(operation) = operation(method, path) else { return };
    let (name, status) = (operation.name(), reply.status.to_string());
    let response = operation.responses().find(|(documented, _)| *documented == status);
    let Some((_, response)) = response else {
        panic!("{name} answered {status}, which its contract does not know: {}", reply.text())
    };
    let Some(content) = response["content"].as_object() else {
        assert!(reply.bytes.is_empty(), "{name} {status} shall have no body: {}", reply.text());
        return;
    };
    let kind = reply.header("content-type").unwrap_or_default();
    if reply.status >= 400 && kind.starts_with("text/html") {
        // Browsers get errors as pages.
        return;
    }
    let media = content.iter().find(|(documented, _)| kind.starts_with(documented.as_str()));
    let Some((_, media)) = media else { panic!("{name} {status} is {kind}, which its contract does not know") };
    // Tests that request an encoding decode the body themselves.
    if kind.contains("json") && reply.header("content-encoding").is_none() {
        let errors = schema_errors(&media["schema"], &reply.json);
        assert!(errors.is_empty(), "{name} {status} is not as its contract says: {errors:#?}\n{}", reply.text());
    }
}

/// The errors of a value by its schema. Undocumented members are errors too.
pub fn schema_errors(schema: &'static Value, value: &Value) -> Vec<String> {
    let mut errors = Vec::new();
    check(schema, value, "", &mut errors);
    errors
}

fn check(schema: &'static Value, value: &Value, at: &str, errors: &mut Vec<String>) {
    let schema = resolve(schema);
    let mut error = |what: String| errors.push(format!("{}: {what}", if at.is_empty() { "/" } else { at }));
    if let Some(choices) = schema["oneOf"].as_array().or(schema["anyOf"].as_array()) {
        let tried: Vec<_> = choices.iter().map(|choice| schema_errors(choice, value)).collect();
        if !tried.iter().any(Vec::is_empty) {
            error(format!("fits none of its choices: {tried:?}"));
        }
        return;
    }
    if let Some(words) = schema["enum"].as_array() {
        if !words.contains(value) {
            error(format!("{value} is none of {words:?}"));
        }
        return;
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    if !(kinds.is_empty() || kinds.contains(&kind) || kind == "integer" && kinds.contains(&"number")) {
        return error(format!("{value} is no {kinds:?}"));
    }
    let bound = |name: &str| schema[name].as_f64();
    let size = match value {
        Value::String(text) => Some(("minLength", "maxLength", text.chars().count() as f64)),
        Value::Array(items) => Some(("minItems", "maxItems", items.len() as f64)),
        Value::Number(number) => Some(("minimum", "maximum", number.as_f64().expect("a number"))),
        _ => None,
    };
    if let Some((least, most, size)) = size
        && (bound(least).is_some_and(|least| size < least) || bound(most).is_some_and(|most| size > most))
    {
        error(format!("{value} is out of bounds"));
    }
    match value {
        Value::String(text) => {
            let sound = match schema["format"].as_str() {
                Some("uuid") => text.parse::<uuid::Uuid>().is_ok(),
                Some("date") => text.parse::<chrono::NaiveDate>().is_ok(),
                Some("date-time") => text.parse::<lumbung::kernel::Instant>().is_ok(),
                _ => true,
            };
            if !sound {
                error(format!("{text:?} is no {}", schema["format"]));
            }
        }
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                check(&schema["items"], item, &format!("{at}/{place}"), errors);
            }
        }
        Value::Object(members) => {
            let known = properties(schema);
            let open = is_open(schema);
            for name in required(schema) {
                if !members.contains_key(name) {
                    error(format!("{name} is missing"));
                }
            }
            for (name, member) in members {
                match known.iter().find(|(known, _)| known == name) {
                    Some((_, schema)) => check(schema, member, &format!("{at}/{name}"), errors),
                    None if open => {}
                    None => errors.push(format!("{at}/{name}: is not documented")),
                }
            }
        }
        _ => {}
    }
}

/// The properties of an object schema, including those of `allOf`.
pub fn properties(schema: &'static Value) -> Vec<(&'static str, &'static Value)> {
    let schema = resolve(schema);
    let own = schema["properties"].as_object().into_iter().flatten().map(|(name, schema)| (name.as_str(), schema));
    own.chain(schema["allOf"].as_array().into_iter().flatten().flat_map(properties)).collect()
}

fn required(schema: &'static Value) -> Vec<&'static str> {
    let schema = resolve(schema);
    let own = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    own.chain(schema["allOf"].as_array().into_iter().flatten().flat_map(required)).collect()
}

/// Whether an object schema allows additional properties: explicitly, or because it names none.
fn is_open(schema: &'static Value) -> bool {
    let schema = resolve(schema);
    let parts = schema["allOf"].as_array();
    match parts {
        Some(parts) => parts.iter().any(is_open),
        None => schema["additionalProperties"] == true || schema.get("properties").is_none(),
    }
}

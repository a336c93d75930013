//! Completes the schemas with what follows from how they are used.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::shared::reference;
use crate::web::Code;

/// Prefix of the names of pages: `Page_OrderView`.
const PAGE: &str = "Page_";

/// Completes the schemas of a document.
pub(super) fn complete_schemas(document: &mut Value) {
    if let Some(problem) = document.pointer_mut("/components/schemas/ProblemDocument") {
        complete_problem(problem);
    }
    refer_to_elements(document);
    let sent_by_clients = reachable(document, &["requestBody", "parameters"]);
    let used = reachable(document, &["requestBody", "parameters", "responses"]);
    let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else { return };
    schemas.retain(|name, _| used.contains(name));
    for (name, schema) in schemas {
        if !sent_by_clients.contains(name) && name != "ProblemDocument" {
            require_nullable_members(schema);
        }
    }
}

/// A page names the schema of its elements: utoipa copies it.
fn refer_to_elements(document: &mut Value) {
    let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else { return };
    let known: BTreeSet<String> = schemas.keys().cloned().collect();
    for (name, schema) in schemas {
        if let Some(element) = name.strip_prefix(PAGE).filter(|element| known.contains(*element))
            && let Some(items) = schema.pointer_mut("/properties/data/items")
        {
            *items = reference("schemas", element);
        }
    }
}

/// Responses always send their nullable members: what is left out when there is none is not nullable.
fn require_nullable_members(schema: &mut Value) {
    for part in schema.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten() {
        require_nullable_members(part);
    }
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else { return };
    properties.values_mut().for_each(require_nullable_members);
    let nullable: Vec<String> =
        properties.iter().filter(|(_, member)| is_nullable(member)).map(|(name, _)| name.clone()).collect();
    let Some(schema) = schema.as_object_mut().filter(|_| !nullable.is_empty()) else { return };
    let Some(required) = schema.entry("required").or_insert_with(|| json!([])).as_array_mut() else { return };
    for name in nullable {
        if !required.contains(&json!(name)) {
            required.push(json!(name));
        }
    }
}

pub(super) fn is_nullable(schema: &Value) -> bool {
    let is_null = |kind: &Value| kind == "null";
    let alternatives = schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Value::as_array);
    schema.get("type").and_then(Value::as_array).is_some_and(|kinds| kinds.iter().any(is_null))
        || alternatives.is_some_and(|choices| choices.iter().any(|choice| choice.get("type").is_some_and(is_null)))
}

/// Names every code, and the members that problems may have beyond the common ones.
fn complete_problem(problem: &mut Value) {
    let common = problem.get("allOf").and_then(Value::as_array).into_iter().flatten();
    let mut whole: Map<String, Value> = Map::new();
    for part in common.filter_map(Value::as_object) {
        whole.extend(part.clone());
    }
    whole.extend(problem.get("description").map(|text| ("description".to_owned(), text.clone())));
    if let Some(properties) = whole.get_mut("properties").and_then(Value::as_object_mut) {
        let codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        if let Some(code) = properties.get_mut("code").and_then(Value::as_object_mut) {
            code.insert("enum".into(), json!(codes));
        }
        for code in Code::ALL {
            for (member, example) in code.members() {
                let schema = member_schema(code.as_str(), member, &example);
                properties.entry(member).or_insert(schema);
            }
        }
    }
    *problem = Value::Object(whole);
}

fn member_schema(code: &str, member: &str, example: &Value) -> Value {
    let description = format!("Of `{code}` and others.");
    match example {
        _ if matches!(member, "available" | "claimed" | "missing") => reference("schemas", "Quantity"),
        Value::Number(_) => json!({
            "type": "integer", "format": "int64", "minimum": 0, "maximum": 9_000_000_000_000_000_i64,
            "description": description, "example": example,
        }),
        Value::String(_) => json!({"type": "string", "maxLength": 200, "description": description, "example": example}),
        Value::Array(texts) => json!({
            "type": "array", "maxItems": 100, "description": description,
            "items": {"type": "string", "maxLength": 200, "example": texts.first()},
        }),
        _ => reference("schemas", "QuoteView"),
    }
}

/// The names of the schemas that these parts of the operations refer to, directly or through others.
fn reachable(document: &Value, parts: &[&str]) -> BTreeSet<String> {
    let operations = document["paths"].as_object().into_iter().flatten().filter_map(|(_, item)| item.as_object());
    let mut waiting: Vec<&Value> = operations
        .flat_map(Map::values)
        .flat_map(|operation| parts.iter().filter_map(|part| operation.get(*part)))
        .collect();
    let mut names = BTreeSet::new();
    if parts.contains(&"responses") {
        names.insert("ProblemDocument".to_owned());
        waiting.extend(document.pointer("/components/schemas/ProblemDocument"));
    }
    while let Some(value) = waiting.pop() {
        match value {
            Value::Array(items) => waiting.extend(items),
            Value::Object(members) => {
                let name = members
                    .get("$ref")
                    .and_then(Value::as_str)
                    .and_then(|path| path.strip_prefix("#/components/schemas/"));
                if let Some(name) = name
                    && names.insert(name.to_owned())
                {
                    waiting.extend(document.pointer(&format!("/components/schemas/{name}")));
                }
                waiting.extend(members.values());
            }
            _ => {}
        }
    }
    names
}

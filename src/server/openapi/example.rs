//! Examples, composed from those of the fields, so that they always match the schemas.

use serde_json::{Map, Value, json};

use super::schemas::is_nullable;

/// The largest nesting depth, which ends recursive schemas.
const MAX_DEPTH: usize = 24;

/// The example of a schema: its own, or one composed of its parts.
pub(super) fn example_of(schemas: &Value, schema: &Value) -> Option<Value> {
    compose(schemas, schema, 0)
}

fn compose(schemas: &Value, schema: &Value, depth: usize) -> Option<Value> {
    if depth > MAX_DEPTH {
        return None;
    }
    let compose_nested = |schema: &Value| compose(schemas, schema, depth.saturating_add(1));
    let own = schema.get("example").or_else(|| schema.get("const")).or_else(|| schema.pointer("/examples/0"));
    if let Some(own) = own {
        return Some(own.clone());
    }
    if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next()) {
        return compose_nested(schemas.get(name)?);
    }
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        return words.iter().find(|word| !word.is_null()).cloned();
    }
    if let Some(choices) = schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Value::as_array) {
        return choices.iter().filter(|choice| choice["type"] != "null").find_map(compose_nested);
    }
    if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
        let mut whole = Map::new();
        for part in parts.iter().filter_map(compose_nested) {
            whole.extend(part.as_object().cloned().unwrap_or_default());
        }
        return Some(Value::Object(whole));
    }
    let kind = match schema.get("type")? {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null")?,
        kind => kind.as_str()?,
    };
    match kind {
        "object" => {
            let properties = schema.get("properties").and_then(Value::as_object);
            let shown = properties.into_iter().flatten();
            let example = |part| compose_nested(part).or_else(|| is_nullable(part).then_some(Value::Null));
            Some(Value::Object(shown.filter_map(|(name, part)| Some((name.clone(), example(part)?))).collect()))
        }
        "array" => Some(Value::Array(schema.get("items").and_then(compose_nested).into_iter().collect())),
        "boolean" => Some(json!(true)),
        "integer" | "number" => {
            Some(schema.get("minimum").filter(|least| **least != json!(0)).cloned().unwrap_or(json!(1)))
        }
        "string" => match schema.get("format").and_then(Value::as_str)? {
            "uuid" => Some(json!("019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11")),
            "date" => Some(json!("2026-11-26")),
            "date-time" => Some(json!("2026-11-23T07:30:00Z")),
            _ => None,
        },
        _ => None,
    }
}

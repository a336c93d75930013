//! Conversion of values for templates.

use std::collections::BTreeMap;

use minijinja::{Error, ErrorKind, Value};
use serde::Serialize;

/// Converts a serializable value for minijinja.
///
/// The conversion goes through JSON, because serde_json's numbers with arbitrary precision would otherwise be rendered
/// as their internal representation.
pub fn template_value(values: impl Serialize) -> Result<Value, Error> {
    serde_json::to_value(values)
        .map(convert)
        .map_err(|error| Error::new(ErrorKind::BadSerialization, error.to_string()))
}

fn convert(value: serde_json::Value) -> Value {
    match value {
        serde_json::Value::Null => Value::from(()),
        serde_json::Value::Bool(flag) => flag.into(),
        serde_json::Value::Number(number) => number.as_i64().map_or_else(|| number.to_string().into(), Value::from),
        serde_json::Value::String(text) => text.into(),
        serde_json::Value::Array(items) => items.into_iter().map(convert).collect(),
        serde_json::Value::Object(members) => {
            Value::from(members.into_iter().map(|(name, member)| (name, convert(member))).collect::<BTreeMap<_, _>>())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rendered_as_numbers() {
        let values = template_value(serde_json::json!({"status": 409, "few": [1, 2.5], "none": null})).unwrap();
        let text = minijinja::Environment::new()
            .render_str("{{ status }} {{ few[1] }} {{ status + 1 }} {{ 'a' if none else 'b' }}", values)
            .unwrap();
        assert_eq!(text, "409 2.5 410 b");
    }
}

//! What a template is filled with.

use std::collections::BTreeMap;

use minijinja::{Error, ErrorKind, Value};
use serde::Serialize;

/// These values as a template reads them.
///
/// They go by way of JSON, for JSON's numbers keep their digits here and would come out as what they are kept in.
pub fn filling(values: impl Serialize) -> Result<Value, Error> {
    serde_json::to_value(values).map(plain).map_err(|error| Error::new(ErrorKind::BadSerialization, error.to_string()))
}

fn plain(value: serde_json::Value) -> Value {
    match value {
        serde_json::Value::Null => Value::from(()),
        serde_json::Value::Bool(is) => is.into(),
        serde_json::Value::Number(number) => number.as_i64().map_or_else(|| number.to_string().into(), Value::from),
        serde_json::Value::String(text) => text.into(),
        serde_json::Value::Array(items) => items.into_iter().map(plain).collect(),
        serde_json::Value::Object(members) => {
            Value::from(members.into_iter().map(|(name, member)| (name, plain(member))).collect::<BTreeMap<_, _>>())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_out_as_they_are_written() {
        let values = filling(serde_json::json!({"status": 409, "few": [1, 2.5], "none": null})).unwrap();
        let text = minijinja::Environment::new()
            .render_str("{{ status }} {{ few[1] }} {{ status + 1 }} {{ 'a' if none else 'b' }}", values)
            .unwrap();
        assert_eq!(text, "409 2.5 410 b");
    }
}

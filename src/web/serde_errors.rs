//! What serde says in English, as field errors: nothing else reads its messages.

use serde_path_to_error::{Path, Segment};

use super::patch::NULL_REFUSED;
use super::problem::Rule;
use super::validation::FieldError;
use crate::kernel::QuantityError;

/// The JSON pointer and the field error of what serde reports at this path.
pub(super) fn field_error(path: &Path, message: &str) -> (String, FieldError) {
    let pointer = pointer(path);
    let Some((error, field)) = named_field(message) else { return (pointer, value_error(message)) };
    // JSON has an unknown field in its path, but neither a missing one nor an unknown parameter of a query.
    let is_there = error == FieldError::Unknown && pointer.ends_with(&format!("/{field}"));
    (if is_there { pointer } else { format!("{pointer}/{field}") }, error)
}

fn pointer(path: &Path) -> String {
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { variant } => format!("/{variant}"),
            Segment::Unknown => String::new(),
        })
        .collect()
}

/// ``missing field `x` `` or ``unknown field `x`, …``.
fn named_field(message: &str) -> Option<(FieldError, &str)> {
    let (error, rest) = match message.strip_prefix("missing field `") {
        Some(rest) => (FieldError::Required, rest),
        None => (FieldError::Unknown, message.strip_prefix("unknown field `")?),
    };
    rest.split('`').next().map(|field| (error, field))
}

/// Refused nulls, quantities and closed lists have errors of their own; everything else is malformed.
fn value_error(message: &str) -> FieldError {
    if message.starts_with(NULL_REFUSED) {
        return FieldError::Required;
    }
    match QuantityError::ALL.into_iter().find(|error| message.starts_with(&error.to_string())) {
        Some(QuantityError::TooManyDecimals) => Rule::QuantityTooFine.into(),
        Some(QuantityError::OutOfBounds) => Rule::QuantityOutOfBounds.into(),
        Some(QuantityError::NotANumber) => Rule::QuantityNotPlain.into(),
        None => allowed_words(message).map_or(FieldError::Malformed, FieldError::UnknownWord),
    }
}

/// The words of ``unknown variant `x`, expected one of `a`, `b` ``.
fn allowed_words(message: &str) -> Option<Vec<String>> {
    if !message.starts_with("unknown variant `") {
        return None;
    }
    // The rejected word comes first and may contain anything, so that the list is searched from the end.
    let (_, list) = message.rsplit_once(", expected ")?;
    let words: Vec<String> = list.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    (!words.is_empty()).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Quantity;
    use crate::web::Change;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum One {
        Name,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Two {
        Name,
        NewestFirst,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Three {
        Smtp,
        File,
        Memory,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only parsed")]
    struct Order {
        id: u8,
        one: Option<One>,
        two: Option<Two>,
        three: Option<Three>,
        quantity: Option<Quantity>,
        #[serde(default)]
        name: Change<String>,
        #[serde(default)]
        lines: Vec<Order>,
    }

    fn body(json: &str) -> (String, FieldError) {
        let error = serde_path_to_error::deserialize::<_, Order>(&mut serde_json::Deserializer::from_str(json));
        error.map_err(|error| field_error(error.path(), &error.inner().to_string())).unwrap_err()
    }

    fn query(text: &str) -> (String, FieldError) {
        let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(text.as_bytes()));
        let error = serde_path_to_error::deserialize::<_, Order>(pairs);
        error.map_err(|error| field_error(error.path(), &error.inner().to_string())).unwrap_err()
    }

    fn at<E: Into<FieldError>>(pointer: &str, error: E) -> (String, FieldError) {
        (pointer.to_owned(), error.into())
    }

    fn words(words: &[&str]) -> FieldError {
        FieldError::UnknownWord(words.iter().map(|word| (*word).to_owned()).collect())
    }

    #[test]
    fn a_missing_field_is_required() {
        assert_eq!(body("{}"), at("/id", FieldError::Required));
        assert_eq!(body(r#"{"id": 1, "lines": [{}]}"#), at("/lines/0/id", FieldError::Required));
        assert_eq!(query(""), at("/id", FieldError::Required));
    }

    #[test]
    fn null_in_a_change_is_required() {
        assert_eq!(body(r#"{"id": 1, "name": null}"#), at("/name", FieldError::Required));
        assert_eq!(body(r#"{"id": 1, "lines": [{"id": 2, "name": null}]}"#), at("/lines/0/name", FieldError::Required));
        assert_eq!(body(r#"{"id": 1, "name": 2}"#), at("/name", FieldError::Malformed));
    }

    #[test]
    fn an_unknown_field_is_unknown() {
        assert_eq!(body(r#"{"nope": 1}"#), at("/nope", FieldError::Unknown));
        assert_eq!(body(r#"{"id": 1, "lines": [{"nope": 1}]}"#), at("/lines/0/nope", FieldError::Unknown));
        assert_eq!(query("nope=1"), at("/nope", FieldError::Unknown));
    }

    #[test]
    fn an_unknown_word_names_the_allowed_ones() {
        assert_eq!(body(r#"{"one": "x"}"#), at("/one", words(&["name"])));
        assert_eq!(body(r#"{"two": "x"}"#), at("/two", words(&["name", "newest_first"])));
        assert_eq!(body(r#"{"three": "`a`, expected `b`"}"#), at("/three", words(&["smtp", "file", "memory"])));
        assert_eq!(query("one=x"), at("/one", words(&["name"])));
        assert_eq!(query("two=x"), at("/two", words(&["name", "newest_first"])));
        assert_eq!(query("three=x"), at("/three", words(&["smtp", "file", "memory"])));
    }

    #[test]
    fn a_bad_quantity_says_what_is_wrong_with_it() {
        assert_eq!(body(r#"{"quantity": 1.2345}"#), at("/quantity", Rule::QuantityTooFine));
        assert_eq!(body(r#"{"quantity": -1}"#), at("/quantity", Rule::QuantityOutOfBounds));
        assert_eq!(body(r#"{"quantity": 1e2}"#), at("/quantity", Rule::QuantityNotPlain));
    }

    #[test]
    fn every_other_value_is_malformed() {
        assert_eq!(body(r#"{"id": "x"}"#), at("/id", FieldError::Malformed));
        assert_eq!(body(r#"{"id": 300}"#), at("/id", FieldError::Malformed));
        assert_eq!(body("[]").1, FieldError::Malformed);
        assert_eq!(query("id=x"), at("/id", FieldError::Malformed));
    }
}

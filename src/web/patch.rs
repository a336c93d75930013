//! Fields of a JSON Merge Patch (RFC 7396): absent leaves unchanged, a value sets; null clears a [`Patch`] and is an
//! error in a [`Change`].
//!
//! Each field needs `#[serde(default)]`, so that a missing one is absent, and for the OpenAPI document
//! `#[schema(value_type = Option<…>)]` or, since a change is not nullable, `#[schema(value_type = …)]`. Do not put
//! `serde(default)` on the struct: utoipa would serialize the absent fields to document them as defaults.

use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// What the error of a null in a [`Change`] starts with.
pub(super) const NULL_REFUSED: &str = "null is not allowed";

/// A field that can be cleared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// Not sent: unchanged.
    #[default]
    Absent,
    /// Null: cleared.
    Null,
    /// A new value.
    Value(T),
}

impl<T> Patch<T> {
    /// The value, if one was sent.
    pub fn value(&self) -> Option<&T> {
        match self {
            Patch::Value(value) => Some(value),
            Patch::Absent | Patch::Null => None,
        }
    }

    /// Whether the field was sent, even as null.
    pub fn is_sent(&self) -> bool {
        !matches!(self, Patch::Absent)
    }

    /// Applies the patch to an optional field.
    pub fn apply(self, field: &mut Option<T>) {
        match self {
            Patch::Absent => {}
            Patch::Null => *field = None,
            Patch::Value(value) => *field = Some(value),
        }
    }

    /// The new value of an optional field.
    #[must_use]
    pub fn or(self, current: Option<T>) -> Option<T> {
        match self {
            Patch::Absent => current,
            Patch::Null => None,
            Patch::Value(value) => Some(value),
        }
    }

    /// Converts the value.
    pub fn map<U>(self, convert: impl FnOnce(T) -> U) -> Patch<U> {
        match self {
            Patch::Absent => Patch::Absent,
            Patch::Null => Patch::Null,
            Patch::Value(value) => Patch::Value(convert(value)),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Option::<T>::deserialize(deserializer)? {
            Some(value) => Patch::Value(value),
            None => Patch::Null,
        })
    }
}

/// A field that always has a value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// Not sent: unchanged.
    #[default]
    Absent,
    /// A new value.
    Value(T),
}

impl<T> Change<T> {
    /// The value, if one was sent.
    pub fn value(&self) -> Option<&T> {
        match self {
            Change::Value(value) => Some(value),
            Change::Absent => None,
        }
    }

    /// Applies the change to a field.
    pub fn apply(self, field: &mut T) {
        if let Change::Value(value) = self {
            *field = value;
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Change<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer)?.map(Change::Value).ok_or_else(|| D::Error::custom(NULL_REFUSED))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Edit {
        note: Patch<String>,
        name: Change<String>,
    }

    #[test]
    fn absent_null_and_a_value_are_distinguished() {
        let read = |text: &str| serde_json::from_str::<Edit>(text).unwrap().note;
        assert_eq!(read("{}"), Patch::Absent);
        assert_eq!(read(r#"{"note": null}"#), Patch::Null);
        assert_eq!(read(r#"{"note": "a"}"#), Patch::Value("a".into()));
        let mut field = Some("old".to_owned());
        read("{}").apply(&mut field);
        assert_eq!(field.as_deref(), Some("old"));
        read(r#"{"note": null}"#).apply(&mut field);
        assert_eq!(field, None);
    }

    #[test]
    fn a_change_refuses_null() {
        let read = |text: &str| serde_json::from_str::<Edit>(text).map(|edit| edit.name);
        assert_eq!(read("{}").unwrap(), Change::Absent);
        assert_eq!(read(r#"{"name": "a"}"#).unwrap(), Change::Value("a".into()));
        assert!(read(r#"{"name": null}"#).unwrap_err().to_string().starts_with(NULL_REFUSED));
        let mut field = "old".to_owned();
        read("{}").unwrap().apply(&mut field);
        assert_eq!(field, "old");
        read(r#"{"name": "a"}"#).unwrap().apply(&mut field);
        assert_eq!(field, "a");
    }
}

//! Fields of a JSON Merge Patch (RFC 7396): absent leaves unchanged, null clears, a value sets.

use serde::{Deserialize, Deserializer};

/// A field of a merge patch. It needs `#[serde(default)]`, so that a missing field is [`Patch::Absent`], and
/// `#[schema(value_type = Option<…>)]` for the OpenAPI document.
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

    /// Whether the field was sent as null.
    pub fn is_null(&self) -> bool {
        matches!(self, Patch::Null)
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

    /// The new value of a required field. Null counts as absent: reject it in [`Validate`](super::Validate).
    #[must_use]
    pub fn value_or(self, current: T) -> T {
        match self {
            Patch::Value(value) => value,
            Patch::Absent | Patch::Null => current,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Edit {
        #[serde(default)]
        note: Patch<String>,
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
}

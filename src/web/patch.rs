//! Fields of a JSON Merge Patch: absent keeps, null clears, a value sets.

use serde::{Deserialize, Deserializer};

/// One field of a merge patch. Mark it `#[serde(default)]`, so that leaving it out means [`Patch::Absent`], and
/// `#[schema(value_type = Option<…>)]` for the API document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// Not sent: stays as it is.
    #[default]
    Absent,
    /// Sent as null: is cleared.
    Null,
    /// Sent with a value.
    Value(T),
}

impl<T> Patch<T> {
    /// The value that was sent.
    pub fn value(&self) -> Option<&T> {
        match self {
            Patch::Value(value) => Some(value),
            Patch::Absent | Patch::Null => None,
        }
    }

    /// Whether anything was sent, even null.
    pub fn is_sent(&self) -> bool {
        !matches!(self, Patch::Absent)
    }

    /// Whether it is to be cleared.
    pub fn is_null(&self) -> bool {
        matches!(self, Patch::Null)
    }

    /// Changes a field that may be empty.
    pub fn apply(self, field: &mut Option<T>) {
        match self {
            Patch::Absent => {}
            Patch::Null => *field = None,
            Patch::Value(value) => *field = Some(value),
        }
    }

    /// The new value of a field that may be empty.
    #[must_use]
    pub fn or(self, current: Option<T>) -> Option<T> {
        match self {
            Patch::Absent => current,
            Patch::Null => None,
            Patch::Value(value) => Some(value),
        }
    }

    /// The new value of a field that is never empty; null is taken as absent, so refuse it in `check`.
    #[must_use]
    pub fn value_or(self, current: T) -> T {
        match self {
            Patch::Value(value) => value,
            Patch::Absent | Patch::Null => current,
        }
    }

    /// With the value turned into another.
    pub fn map<U>(self, turn: impl FnOnce(T) -> U) -> Patch<U> {
        match self {
            Patch::Absent => Patch::Absent,
            Patch::Null => Patch::Null,
            Patch::Value(value) => Patch::Value(turn(value)),
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
    fn absent_null_and_a_value_are_three_things() {
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

//! Words of closed lists, such as `smtp`, `file`, `memory`.

use serde::de::{Deserialize, Deserializer, IntoDeserializer};

/// Deserializes an enum from its word, so that the error names the allowed words. A format's own way of reading enums may
/// leave them out, as that of configuration values does.
pub fn deserialize_word<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    let word = String::deserialize(deserializer)?;
    T::deserialize(word.into_deserializer())
}

/// The allowed words that serde's message names: ``unknown variant `x`, expected one of `a`, `b` ``. `None` for any other
/// message.
pub fn allowed_words(message: &str) -> Option<Vec<String>> {
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

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Two {
        Pretty,
        Json,
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Three {
        Smtp,
        File,
        Memory,
    }

    fn read<T: for<'de> Deserialize<'de>>(json: &str) -> Result<T, String> {
        deserialize_word(&mut serde_json::Deserializer::from_str(json)).map_err(|error| error.to_string())
    }

    #[test]
    fn an_unknown_word_is_answered_with_the_known_ones() {
        assert_eq!(read::<Two>("\"json\""), Ok(Two::Json));
        let words = |message: &str| allowed_words(message).unwrap();
        assert_eq!(words(&read::<Two>("\"xml\"").unwrap_err()), ["pretty", "json"]);
        assert_eq!(words(&read::<Three>("\"post\"").unwrap_err()), ["smtp", "file", "memory"]);
        assert_eq!(words(&read::<Three>("\"`a`, expected `b`\"").unwrap_err()), ["smtp", "file", "memory"]);
        assert_eq!(allowed_words("missing field `a`"), None);
        assert_eq!(allowed_words("invalid type: integer `1`, expected a string"), None);
    }
}

//! Words of closed lists, such as `smtp`, `file`, `memory`.

use serde::de::{Deserialize, Deserializer, IntoDeserializer};

/// Deserializes an enum from its word, so that the error names the allowed words. A format's own way of reading enums may
/// leave them out, as that of configuration values does.
pub fn deserialize_word<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    let word = String::deserialize(deserializer)?;
    T::deserialize(word.into_deserializer())
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

    fn read<T: for<'de> Deserialize<'de>>(json: &str) -> Result<T, String> {
        deserialize_word(&mut serde_json::Deserializer::from_str(json)).map_err(|error| error.to_string())
    }

    #[test]
    fn an_unknown_word_is_answered_with_the_known_ones() {
        assert_eq!(read::<Two>("\"json\""), Ok(Two::Json));
        let error = |json| read::<Two>(json).unwrap_err();
        assert!(error("\"xml\"").starts_with("unknown variant `xml`, expected `pretty` or `json`"));
    }
}

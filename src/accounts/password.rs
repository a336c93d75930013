//! Passwords and which are accepted.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

use crate::web::{FieldErrors, Rule};

static COMMON_PASSWORDS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());

/// A password as it was typed. It is never printed or truncated, and only its hash is stored.
#[derive(Clone, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, format = Password, min_length = 8, max_length = 128, example = "sepeda-kumbang-merah")]
pub struct Password(String);

impl Password {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Password(text.into())
    }

    /// Validates a new password: 8 to 128 characters of any kind, no common password and none of the logins.
    pub fn check(&self, pointer: &str, logins: &[Option<&str>], errors: &mut FieldErrors) {
        let length = self.0.chars().count();
        errors.check_length(pointer, length, 8..=128);
        let lower = self.0.to_lowercase();
        let is_login = logins.iter().flatten().any(|login| {
            let login = login.trim().to_lowercase();
            lower == login || login.split_once('@').is_some_and(|(name, _)| lower == name)
        });
        errors.require(!(is_login || (length <= 128 && self.is_common())), pointer, Rule::PasswordCommon);
    }

    /// Whether it is in the list of common passwords.
    pub fn is_common(&self) -> bool {
        COMMON_PASSWORDS.contains(self.0.to_lowercase().as_str())
    }

    /// Validates only the length, of an existing password that is to be verified.
    pub fn check_length(&self, pointer: &str, errors: &mut FieldErrors) {
        errors.check_length(pointer, self.0.chars().count(), 1..=128);
    }

    /// The NFKC bytes, equal for composed and decomposed characters.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        self.0.nfkc().collect::<String>().into_bytes()
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_long_and_in_lower_case() {
        assert!(COMMON_PASSWORDS.len() >= 3000);
        assert!(COMMON_PASSWORDS.iter().all(|word| *word == word.to_lowercase() && word.chars().count() >= 8));
    }

    #[test]
    fn only_the_length_and_the_list_of_common_passwords_count() {
        let is_invalid = |text: &str| {
            let mut errors = FieldErrors::default();
            Password::new(text).check("/password", &[Some("contohsari@example.org"), None], &mut errors);
            !errors.is_empty()
        };
        assert!(is_invalid("pendek7"));
        assert!(!is_invalid("kunci delapan"));
        assert!(!is_invalid(&"é".repeat(128)));
        assert!(is_invalid(&"é".repeat(129)));
        assert!(is_invalid("Password123"));
        assert!(is_invalid("ContohSari"));
        assert!(is_invalid("contohsari@example.org"));
    }
}

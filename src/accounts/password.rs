//! Passwords: which are accepted.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

use crate::web::{FieldError, FieldErrors};

static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());

/// A password as it was typed. It is never printed, never cut, and never stored but hashed.
#[derive(Clone, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, format = Password, min_length = 8, max_length = 128, example = "sepeda-kumbang-merah")]
pub struct Password(String);

impl Password {
    /// The password of this text.
    pub fn new(text: impl Into<String>) -> Self {
        Password(text.into())
    }

    /// Notes why it cannot be a new password: 8 to 128 characters of any kind, and not one that everyone tries.
    pub fn check(&self, pointer: &str, logins: &[Option<&str>], errors: &mut FieldErrors) {
        let length = self.0.chars().count();
        errors.length(pointer, length, 8..=128);
        let lower = self.0.to_lowercase();
        let is_login = logins.iter().flatten().any(|login| {
            let login = login.trim().to_lowercase();
            lower == login || login.split_once('@').is_some_and(|(name, _)| lower == name)
        });
        errors.require(
            !(is_login || (length <= 128 && self.is_common())),
            pointer,
            FieldError::Rule {
                code: "password-common",
                id: "Kata sandi ini terlalu mudah ditebak. Pakai beberapa kata yang tidak berhubungan.",
                en: "This password is too easy to guess. Use a few words that have nothing to do with each other.",
            },
        );
    }

    /// Whether it is one of those that everyone tries.
    pub fn is_common(&self) -> bool {
        COMMON.contains(self.0.to_lowercase().as_str())
    }

    /// Notes when it is longer than any password can be; for checking one that was set before.
    pub fn bound(&self, pointer: &str, errors: &mut FieldErrors) {
        errors.length(pointer, self.0.chars().count(), 1..=128);
    }

    /// The same bytes for the same characters, whatever keyboard made them.
    pub(super) fn bytes(&self) -> Vec<u8> {
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
        assert!(COMMON.len() >= 3000);
        assert!(COMMON.iter().all(|word| *word == word.to_lowercase() && word.chars().count() >= 8));
    }

    #[test]
    fn length_counts_and_composition_does_not() {
        let errors = |text: &str| {
            let mut errors = FieldErrors::default();
            Password::new(text).check("/password", &[Some("contohsari@example.org"), None], &mut errors);
            !errors.is_empty()
        };
        assert!(errors("pendek7"));
        assert!(!errors("kunci delapan"));
        assert!(!errors(&"é".repeat(128)));
        assert!(errors(&"é".repeat(129)));
        assert!(errors("Password123"));
        assert!(errors("ContohSari"));
        assert!(errors("contohsari@example.org"));
    }
}

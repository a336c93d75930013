//! Passwords: which are accepted, and the bounded pool that hashes them.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use serde::Deserialize;
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;

use super::settings::Settings;
use crate::kernel::Entropy;
use crate::web::{Code, Fault, Faults, Problem};

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
    pub fn check(&self, pointer: &str, logins: &[Option<&str>], faults: &mut Faults) {
        let length = self.0.chars().count();
        faults.length(pointer, length, 8..=128);
        let lower = self.0.to_lowercase();
        let is_login = logins.iter().flatten().any(|login| {
            let login = login.trim().to_lowercase();
            lower == login || login.split_once('@').is_some_and(|(name, _)| lower == name)
        });
        let common = length <= 128 && COMMON.contains(lower.as_str());
        faults.unless(
            !(is_login || common),
            pointer,
            Fault::Rule {
                code: "password-common",
                id: "Kata sandi ini terlalu mudah ditebak. Pakai beberapa kata yang tidak berhubungan.",
                en: "This password is too easy to guess. Use a few words that have nothing to do with each other.",
            },
        );
    }

    /// Notes when it is longer than any password can be; for checking one that was set before.
    pub fn bound(&self, pointer: &str, faults: &mut Faults) {
        faults.length(pointer, self.0.chars().count(), 1..=128);
    }

    /// The same bytes for the same characters, whatever keyboard made them.
    fn bytes(&self) -> Vec<u8> {
        self.0.nfkc().collect::<String>().into_bytes()
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

/// Whether a password is the right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is, hashed as new ones are.
    Right,
    /// It is, hashed with parameters of another time: hash it again.
    RightButStale,
    /// It is not.
    Wrong,
}

/// Why a password was not hashed.
#[derive(Debug, thiserror::Error)]
pub enum HashingError {
    /// Too many are waiting.
    #[error("too many passwords are waiting to be hashed")]
    Busy,
    /// The hash function refused.
    #[error("a password could not be hashed: {0}")]
    Failed(String),
}

impl From<HashingError> for Problem {
    fn from(error: HashingError) -> Self {
        match error {
            HashingError::Busy => Problem::new(Code::Unavailable).retry_after(2).because(error),
            HashingError::Failed(_) => Problem::internal(error),
        }
    }
}

/// Hashes passwords, as many at once as there are cores, on threads that serve no requests.
#[derive(Clone)]
pub struct Hasher {
    inner: Arc<Inner>,
}

struct Inner {
    argon: Argon2<'static>,
    memory: u32,
    iterations: u32,
    parallelism: u32,
    /// One for each hash that is running.
    turns: Semaphore,
    /// One for each that is running or waiting.
    places: Semaphore,
    /// What the passwords of unknown people are compared with, so that they take the same time.
    nobody: String,
    hashes: AtomicU64,
    entropy: Entropy,
}

impl Hasher {
    /// A pool with these settings.
    pub fn new(settings: &Settings, entropy: Entropy) -> Result<Self, HashingError> {
        let (memory, iterations, parallelism) =
            (settings.password_memory_kib, settings.password_iterations, settings.password_parallelism);
        let params = Params::new(memory, iterations, parallelism, None)
            .map_err(|error| HashingError::Failed(error.to_string()))?;
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let nobody = hash(&argon, &entropy.bytes::<32>(), &entropy)?;
        let threads = match settings.hashing_threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        };
        Ok(Hasher {
            inner: Arc::new(Inner {
                argon,
                memory,
                iterations,
                parallelism,
                turns: Semaphore::new(threads),
                places: Semaphore::new(threads.saturating_add(settings.hashing_queue)),
                nobody,
                hashes: AtomicU64::new(0),
                entropy,
            }),
        })
    }

    /// Hashes a new password.
    pub async fn hash(&self, password: &Password) -> Result<String, HashingError> {
        let bytes = password.bytes();
        self.in_turn(move |inner| hash(&inner.argon, &bytes, &inner.entropy)).await
    }

    /// Hashes a new password on this thread; for programs without a runtime.
    pub fn hash_blocking(&self, password: &Password) -> Result<String, HashingError> {
        self.inner.hashes.fetch_add(1, Ordering::Relaxed);
        hash(&self.inner.argon, &password.bytes(), &self.inner.entropy)
    }

    /// Compares a password with the hash of an account; with nobody's in the same time, which is wrong.
    pub async fn verify(&self, password: &Password, known: Option<String>) -> Result<Verdict, HashingError> {
        let bytes = password.bytes();
        self.in_turn(move |inner| {
            let is_somebody = known.is_some();
            let known = known.as_deref().unwrap_or(&inner.nobody);
            let parsed = PasswordHash::new(known).map_err(|error| HashingError::Failed(error.to_string()))?;
            let right = inner.argon.verify_password(&bytes, &parsed).is_ok();
            Ok(match (right && is_somebody, inner.is_current(&parsed)) {
                (true, true) => Verdict::Right,
                (true, false) => Verdict::RightButStale,
                (false, _) => Verdict::Wrong,
            })
        })
        .await
    }

    /// How many passwords were hashed so far.
    pub fn hashes(&self) -> u64 {
        self.inner.hashes.load(Ordering::Relaxed)
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, HashingError> + Send + 'static,
    ) -> Result<T, HashingError> {
        let _place = self.inner.places.try_acquire().map_err(|_| HashingError::Busy)?;
        let _turn = self.inner.turns.acquire().await.map_err(|_| HashingError::Busy)?;
        let inner = Arc::clone(&self.inner);
        inner.hashes.fetch_add(1, Ordering::Relaxed);
        tokio::task::spawn_blocking(move || work(&inner))
            .await
            .map_err(|error| HashingError::Failed(error.to_string()))?
    }
}

impl Inner {
    fn is_current(&self, hash: &PasswordHash) -> bool {
        let is = |name: &str, value: u32| {
            hash.params.get(name).and_then(|param| param.decimal().ok()).is_some_and(|param| param == value)
        };
        hash.algorithm == Algorithm::Argon2id.ident()
            && is("m", self.memory)
            && is("t", self.iterations)
            && is("p", self.parallelism)
    }
}

fn hash(argon: &Argon2<'_>, password: &[u8], entropy: &Entropy) -> Result<String, HashingError> {
    argon
        .hash_password_with_salt(password, &entropy.bytes::<16>())
        .map(|hash| hash.to_string())
        .map_err(|error| HashingError::Failed(error.to_string()))
}

impl std::fmt::Debug for Hasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hasher").field("hashes", &self.hashes()).finish_non_exhaustive()
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
        let faults = |text: &str| {
            let mut faults = Faults::default();
            Password::new(text).check("/password", &[Some("contohsari@example.org"), None], &mut faults);
            !faults.is_empty()
        };
        assert!(faults("pendek7"));
        assert!(!faults("kunci delapan"));
        assert!(!faults(&"é".repeat(128)));
        assert!(faults(&"é".repeat(129)));
        assert!(faults("Password123"));
        assert!(faults("ContohSari"));
        assert!(faults("contohsari@example.org"));
    }
}

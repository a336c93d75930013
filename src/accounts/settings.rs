//! What can be set about people signing in.

use secrecy::SecretString;
use serde::Deserialize;

/// Passwords, keys and limits.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Memory for one password hash, in KiB.
    pub password_memory_kib: u32,
    /// Passes over that memory.
    pub password_iterations: u32,
    /// Lanes of that memory.
    pub password_parallelism: u32,
    /// How many passwords are hashed at once; 0 means one for each core.
    pub hashing_threads: usize,
    /// How many more may wait for their turn; those after them are told to come back.
    pub hashing_queue: usize,
    /// Keys that sign access tokens, newest first, at most two: each 32 random bytes in base64. Without any, the
    /// server makes one and keeps it in its data folder; in production it refuses to start.
    pub signing_keys: Vec<SecretString>,
    /// Registrations from one network address in an hour. Villages share addresses.
    pub registrations_an_hour: u32,
    /// Attempts to sign in from one network address in an hour.
    pub sign_ins_an_hour: u32,
    /// Mails for a lost password, and attempts to redeem them, from one network address in an hour.
    pub resets_an_hour: u32,
    /// Whether the limits by network address are lifted for callers on this machine (the demo).
    pub loopback_is_unlimited: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            password_memory_kib: 19_456,
            password_iterations: 2,
            password_parallelism: 1,
            hashing_threads: 0,
            hashing_queue: 32,
            signing_keys: Vec::new(),
            registrations_an_hour: 60,
            sign_ins_an_hour: 200,
            resets_an_hour: 60,
            loopback_is_unlimited: false,
        }
    }
}

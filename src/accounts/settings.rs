//! Configuration of this slice.

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
    /// Threads that hash passwords; 0 means one for each core.
    pub hashing_threads: usize,
    /// How many more may wait in the queue; further requests get 503.
    pub hashing_queue: usize,
    /// Keys that sign access tokens, newest first, at most two: each 32 random bytes in base64. Without any, the server
    /// generates one in its data folder; in production it refuses to start.
    pub signing_keys: Vec<SecretString>,
    /// Registrations per network address and hour. Villages share addresses.
    pub registrations_an_hour: u32,
    /// Sign-in attempts per network address and hour.
    pub sign_ins_an_hour: u32,
    /// Requests for links by mail, and attempts to redeem links and codes, per network address and hour.
    pub resets_an_hour: u32,
    /// Whether loopback callers are exempt from the limits by network address (the demo).
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

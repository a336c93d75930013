//! Validation of the configuration beyond types.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};

use super::Config;
use super::database_password;
use super::load::variable_name;
use crate::db::Location;
use crate::telemetry;
use crate::web::address::Network;

impl Config {
    /// Adds an error for each broken rule.
    pub(super) fn validate(&self, errors: &mut Vec<String>) {
        let mut error = |key: &str, message: &str| errors.push(format!("{key} ({}): {message}", variable_name(key)));
        let server = &self.server;
        if server.host.parse::<std::net::IpAddr>().is_err() {
            error("server.host", "must be an IP address, such as 127.0.0.1 or 0.0.0.0");
        }
        if self.metrics.host.parse::<std::net::IpAddr>().is_err() {
            error("metrics.host", "must be an IP address, such as 127.0.0.1");
        }
        if !is_origin(&server.public_url) {
            error("server.public_url", "must be an address such as https://lumbung.example, without a path");
        }
        if !server.origins.iter().all(|origin| is_origin(origin)) {
            error("server.origins", "must be addresses such as https://toko.example, without a path");
        }
        if !server.proxies.iter().all(|network| Network::parse(network).is_some()) {
            error("server.proxies", "must be networks such as 10.0.0.0/8");
        }
        if Location::parse(self.database.url.expose_secret()).is_err() {
            error("database.url", "must begin with sqlite: or postgres://");
        }
        if self.production
            && let Some(message) = database_password::check(self.database.url.expose_secret())
        {
            error("database.url", message);
        }
        let counts = [
            ("database.connections", u64::from(self.database.connections), 1, 512),
            ("database.wait_ms", self.database.wait_ms, 1, 60_000),
            ("server.connections", u64::try_from(server.connections).unwrap_or(u64::MAX), 1, 1_000_000),
            ("server.workers", u64::try_from(server.workers).unwrap_or(u64::MAX), 0, 512),
            ("server.header_seconds", server.header_seconds, 1, 300),
            ("server.body_seconds", server.body_seconds, 1, 300),
            ("server.answer_seconds", server.answer_seconds, 1, 300),
            ("server.keep_alive_seconds", server.keep_alive_seconds, 1, 3600),
            ("server.stalled_seconds", server.stalled_seconds, 1, 3600),
            ("server.drain_seconds", server.drain_seconds, 0, 300),
            ("server.finish_seconds", server.finish_seconds, 0, 300),
            ("rate.address_per_minute", u64::from(self.rate.address_per_minute), 1, 10_000_000),
            ("rate.account_per_minute", u64::from(self.rate.account_per_minute), 1, 10_000_000),
        ];
        for (key, value, min, max) in counts {
            if !(min..=max).contains(&value) {
                error(key, &format!("must be between {min} and {max}"));
            }
        }
        if telemetry::parse_filter(&self.log.filter).is_none() {
            error("log.filter", "must be a filter such as info or lumbung=debug,info");
        }
        for (key, keys) in [
            ("server.seal_key", server.seal_key.as_slice()),
            ("accounts.signing_keys", self.accounts.signing_keys.as_slice()),
        ] {
            if keys.iter().any(is_weak) {
                error(key, "must be 32 random bytes in base64");
            }
            if self.production && keys.is_empty() {
                error(key, "must be set in production");
            }
        }
        for (key, message) in self.mail.validate(self.production) {
            error(&format!("mail.{key}"), message);
        }
        for (key, message) in self.gateway.faults() {
            error(&format!("gateway.{key}"), message);
        }
        if self.accounts.signing_keys.len() > 2 {
            error("accounts.signing_keys", "must be two keys at most, the newest first");
        }
        if self.production {
            // OWASP's minimum: 19 MiB and two passes, or 46 MiB and one.
            let (memory, passes) = (self.accounts.password_memory_kib, self.accounts.password_iterations);
            if memory < 19_456 {
                error("accounts.password_memory_kib", "must be 19456 at least in production");
            }
            if passes < 2 && memory < 47_104 {
                error("accounts.password_iterations", "must be 2 at least in production, or memory 47104 KiB");
            }
        }
        if self.production && !server.public_url.starts_with("https://") {
            error("server.public_url", "must begin with https:// in production");
        }
    }
}

/// Whether a key is not 32 bytes in base64, or has fewer than 12 distinct bytes.
fn is_weak(key: &SecretString) -> bool {
    let Ok(bytes) = STANDARD.decode(key.expose_secret().trim()) else { return true };
    let different: BTreeSet<u8> = bytes.iter().copied().collect();
    bytes.len() != 32 || different.len() < 12
}

/// Whether it is a scheme, host and optional port without a path.
fn is_origin(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|host| {
        !host.is_empty()
            && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte))
            && !host.ends_with(':')
    })
}

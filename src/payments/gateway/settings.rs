//! Settings of the gateway.

use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use ureq::http::Uri;

/// Settings of the gateway.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Base URL, without a trailing slash.
    pub base_url: String,
    /// Server key; without one no gateway is offered.
    pub server_key: SecretString,
    /// Key that signs notifications; the server key if empty.
    pub signature_key: SecretString,
    /// PEM file of the CA certificate; the system's certificates if empty.
    pub ca_file: PathBuf,
    /// Timeout of a request, in seconds.
    pub timeout_seconds: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            base_url: "https://api.sandbox.midtrans.com".into(),
            server_key: SecretString::from(""),
            signature_key: SecretString::from(""),
            ca_file: PathBuf::new(),
            timeout_seconds: 10,
        }
    }
}

impl Settings {
    /// Whether a server key is set.
    pub(super) fn is_configured(&self) -> bool {
        !self.server_key.expose_secret().is_empty()
    }

    /// All configuration errors, as key and message. Values are never shown.
    pub fn faults(&self) -> Vec<(&'static str, &'static str)> {
        let mut faults = Vec::new();
        if !is_private_address(&self.base_url) {
            faults
                .push(("base_url", "must be an address such as https://api.midtrans.com, without a slash at the end"));
        }
        if [&self.server_key, &self.signature_key].iter().any(|key| !is_plain(key.expose_secret())) {
            faults.push(("server_key", "must be, as gateway.signature_key, plain letters, digits and signs"));
        }
        if !self.is_configured() && !self.signature_key.expose_secret().is_empty() {
            faults.push(("signature_key", "must be set together with gateway.server_key"));
        }
        if !self.ca_file.as_os_str().is_empty() && !self.ca_file.is_file() {
            faults.push(("ca_file", "must be a file that can be read"));
        }
        if !(1..=60).contains(&self.timeout_seconds) {
            faults.push(("timeout_seconds", "must be 1 to 60"));
        }
        faults
    }
}

/// Whether the connection cannot be eavesdropped: it is encrypted or stays on this machine.
fn is_private_address(text: &str) -> bool {
    let Ok(address) = text.parse::<Uri>() else { return false };
    let host = address.host().unwrap_or_default().trim_matches(['[', ']']);
    let here = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    let scheme = address.scheme_str();
    !host.is_empty()
        && !text.ends_with('/')
        && address.query().is_none()
        && (scheme == Some("https") || (scheme == Some("http") && here))
}

fn is_plain(key: &str) -> bool {
    key.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_sound_and_offer_no_gateway() {
        assert!(Settings::default().faults().is_empty());
        assert!(!Settings::default().is_configured());
    }

    #[test]
    fn every_fault_is_named_and_no_key_is_shown() {
        let settings = Settings {
            base_url: "http://gateway.example".into(),
            server_key: SecretString::from(""),
            signature_key: SecretString::from("canary key"),
            ca_file: "/nowhere/ca.pem".into(),
            timeout_seconds: 0,
        };
        let keys: Vec<&str> = settings.faults().into_iter().map(|(key, _)| key).collect();
        assert_eq!(keys, ["base_url", "server_key", "signature_key", "ca_file", "timeout_seconds"]);
        assert!(!format!("{settings:?}").contains("canary"));
    }

    #[test]
    fn keys_leave_this_machine_only_where_nobody_listens() {
        for (address, sound) in [
            ("https://api.midtrans.com", true),
            ("http://127.0.0.1:9000", true),
            ("http://[::1]:9000", true),
            ("http://localhost:9000", true),
            ("http://10.0.0.7", false),
            ("http://localhost.example", false),
            ("https://api.midtrans.com/", false),
            ("https://api.midtrans.com?x=1", false),
            ("api.midtrans.com", false),
            ("", false),
        ] {
            assert_eq!(is_private_address(address), sound, "{address}");
        }
    }
}

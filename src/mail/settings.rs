//! Settings of e-mail.

use std::path::PathBuf;

use lettre::message::Mailbox;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// How letters are delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// Through an SMTP server.
    Smtp,
    /// As `.eml` files in a directory.
    File,
    /// In memory, for tests.
    Memory,
}

/// The transport security of SMTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// Plain text; only to the loopback interface or over a trusted network.
    None,
    /// Mandatory STARTTLS.
    Starttls,
    /// Implicit TLS.
    Tls,
}

/// The settings of e-mail.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// `smtp`, `file` or `memory`.
    #[serde(deserialize_with = "crate::kernel::deserialize_word")]
    pub transport: Transport,
    /// The sender: `Lumbung <lumbung@example.org>`.
    pub from: String,
    /// The directory of `file`; when empty, `outbox` in the data directory.
    pub folder: PathBuf,
    /// The host name of the SMTP server.
    pub host: String,
    /// The port of the SMTP server.
    pub port: u16,
    /// `none`, `starttls` or `tls`.
    #[serde(deserialize_with = "crate::kernel::deserialize_word")]
    pub security: Security,
    /// Whether plain text is allowed to another machine because nobody can listen, as between containers of one host;
    /// not in production.
    pub trusted_network: bool,
    /// The SMTP user name; no authentication when empty.
    pub username: String,
    /// The SMTP password.
    pub password: SecretString,
    /// The CA certificate (PEM) of the server; the system's CAs when empty.
    pub ca_file: PathBuf,
    /// Seconds to wait for each SMTP response.
    pub timeout_seconds: u64,
    /// Concurrent SMTP connections.
    pub connections: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            transport: Transport::File,
            from: "Lumbung <lumbung@localhost>".into(),
            folder: PathBuf::new(),
            host: "localhost".into(),
            port: 587,
            security: Security::Starttls,
            trusted_network: false,
            username: String::new(),
            password: SecretString::from(""),
            ca_file: PathBuf::new(),
            timeout_seconds: 20,
            connections: 4,
        }
    }
}

impl Settings {
    /// Validates the settings: for each error the key within the section and a message, without values.
    pub fn validate(&self, production: bool) -> Vec<(&'static str, &'static str)> {
        let mut errors = Vec::new();
        if self.from.parse::<Mailbox>().is_err() {
            errors.push(("from", "must be an address such as Lumbung <lumbung@example.org>"));
        }
        if self.transport != Transport::Smtp {
            return errors;
        }
        if self.host.is_empty() {
            errors.push(("host", "must name the mail server"));
        }
        if self.port == 0 {
            errors.push(("port", "must be the mail server's port"));
        }
        if self.security == Security::None && !self.is_loopback() {
            if production {
                errors.push(("security", "must be starttls or tls for a server on another machine"));
            } else if !self.trusted_network {
                errors.push((
                    "security",
                    "must be starttls or tls for a server on another machine, unless mail.trusted_network says that \
                     nobody listens on the way",
                ));
            }
        }
        if self.username.is_empty() != self.password.expose_secret().is_empty() {
            errors.push(("password", "must be set together with mail.username"));
        }
        if !self.ca_file.as_os_str().is_empty() && !self.ca_file.is_file() {
            errors.push(("ca_file", "must be a file that can be read"));
        }
        if !(1..=300).contains(&self.timeout_seconds) {
            errors.push(("timeout_seconds", "must be 1 to 300"));
        }
        if !(1..=64).contains(&self.connections) {
            errors.push(("connections", "must be 1 to 64"));
        }
        errors
    }

    fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(settings: &Settings) -> Vec<&'static str> {
        settings.validate(false).into_iter().map(|(key, _)| key).collect()
    }

    #[test]
    fn the_defaults_are_valid() {
        assert!(Settings::default().validate(true).is_empty());
    }

    #[test]
    fn every_error_is_reported() {
        let settings = Settings {
            transport: Transport::Smtp,
            from: "nobody\r\nBcc: everybody@example.org".into(),
            host: "mail.example.org".into(),
            port: 0,
            security: Security::None,
            username: "lumbung".into(),
            ca_file: "/nowhere/ca.pem".into(),
            timeout_seconds: 0,
            connections: 0,
            ..Settings::default()
        };
        let expected = ["from", "port", "security", "password", "ca_file", "timeout_seconds", "connections"];
        assert_eq!(keys(&settings), expected);
    }

    #[test]
    fn plain_text_is_only_for_loopback() {
        for (host, valid) in [("127.0.0.1", true), ("::1", true), ("localhost", true), ("10.0.0.7", false)] {
            let settings = Settings {
                transport: Transport::Smtp,
                security: Security::None,
                host: host.into(),
                ..Settings::default()
            };
            assert_eq!(settings.validate(false).is_empty(), valid, "{host}");
            assert_eq!(settings.validate(true).is_empty(), valid, "{host}");
            let trusting = Settings { trusted_network: true, ..settings };
            assert!(trusting.validate(false).is_empty(), "{host}");
            assert_eq!(trusting.validate(true).is_empty(), valid, "{host}");
        }
    }

    #[test]
    fn debug_output_does_not_contain_the_password() {
        let settings = Settings { password: SecretString::from("canary"), ..Settings::default() };
        assert!(!format!("{settings:?}").contains("canary"));
    }
}

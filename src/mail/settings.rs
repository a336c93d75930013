//! How letters leave.

use std::path::PathBuf;

use lettre::message::Mailbox;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// What letters leave by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// A mail server.
    Smtp,
    /// Files in a folder: one `.eml` a letter.
    File,
    /// The memory of this process; for tests.
    Memory,
}

/// How the way to the mail server is kept private.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// Not at all; only to a server on this very machine, or over a network that is trusted.
    None,
    /// By STARTTLS, without which nothing is sent.
    Starttls,
    /// By TLS from the first byte.
    Tls,
}

/// How letters leave.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// `smtp`, `file` or `memory`.
    pub transport: Transport,
    /// Who letters are from: `Lumbung <lumbung@example.org>`.
    pub from: String,
    /// The folder of `file`; empty: `outbox` in the data folder.
    pub folder: PathBuf,
    /// The mail server's name.
    pub host: String,
    /// The mail server's port.
    pub port: u16,
    /// `none`, `starttls` or `tls`.
    pub security: Security,
    /// Whether nobody can listen on the way to the mail server, as between containers of one machine; letters for the
    /// public never go open, trusted or not.
    pub trusted_network: bool,
    /// The name to sign in with; empty: without signing in.
    pub username: String,
    /// The password to sign in with.
    pub password: SecretString,
    /// The certificate (PEM) of the authority that vouches for the server; empty: those the machine trusts.
    pub ca_file: PathBuf,
    /// Seconds to wait for each answer of the server.
    pub timeout_seconds: u64,
    /// Connections to the server at once.
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
    /// Everything that is wrong: the key inside the section, and what is wrong with it. Values are not shown.
    pub fn faults(&self, production: bool) -> Vec<(&'static str, &'static str)> {
        let mut faults = Vec::new();
        if self.from.parse::<Mailbox>().is_err() {
            faults.push(("from", "must be an address such as Lumbung <lumbung@example.org>"));
        }
        if self.transport != Transport::Smtp {
            return faults;
        }
        if self.host.is_empty() {
            faults.push(("host", "must name the mail server"));
        }
        if self.port == 0 {
            faults.push(("port", "must be the mail server's port"));
        }
        if self.security == Security::None && !self.is_loopback() {
            if production {
                faults.push(("security", "must be starttls or tls for a server on another machine"));
            } else if !self.trusted_network {
                faults.push((
                    "security",
                    "must be starttls or tls for a server on another machine, unless mail.trusted_network says that \
                     nobody listens on the way",
                ));
            }
        }
        if self.username.is_empty() != self.password.expose_secret().is_empty() {
            faults.push(("password", "must be set together with mail.username"));
        }
        if !self.ca_file.as_os_str().is_empty() && !self.ca_file.is_file() {
            faults.push(("ca_file", "must be a file that can be read"));
        }
        if !(1..=300).contains(&self.timeout_seconds) {
            faults.push(("timeout_seconds", "must be 1 to 300"));
        }
        if !(1..=64).contains(&self.connections) {
            faults.push(("connections", "must be 1 to 64"));
        }
        faults
    }

    fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(settings: &Settings) -> Vec<&'static str> {
        settings.faults(false).into_iter().map(|(key, _)| key).collect()
    }

    #[test]
    fn the_defaults_are_sound() {
        assert!(Settings::default().faults(true).is_empty());
    }

    #[test]
    fn every_fault_is_named() {
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
    fn an_open_line_is_only_for_the_machine_itself() {
        for (host, sound) in [("127.0.0.1", true), ("::1", true), ("localhost", true), ("10.0.0.7", false)] {
            let settings = Settings {
                transport: Transport::Smtp,
                security: Security::None,
                host: host.into(),
                ..Settings::default()
            };
            assert_eq!(settings.faults(false).is_empty(), sound, "{host}");
            assert_eq!(settings.faults(true).is_empty(), sound, "{host}");
            let trusting = Settings { trusted_network: true, ..settings };
            assert!(trusting.faults(false).is_empty(), "{host}");
            assert_eq!(trusting.faults(true).is_empty(), sound, "{host}");
        }
    }

    #[test]
    fn the_password_is_never_shown() {
        let settings = Settings { password: SecretString::from("canary"), ..Settings::default() };
        assert!(!format!("{settings:?}").contains("canary"));
    }
}

//! What can be set, and where it is read from.

use std::path::PathBuf;

use secrecy::SecretString;
use serde::Deserialize;

use crate::{accounts, db, files, mail, orders};

/// Everything that can be set; each section belongs to the slice that uses it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The folder of everything the server keeps beside its database.
    pub data_dir: PathBuf,
    /// Whether this is a real service: it refuses to start on keys it would have to make itself.
    pub production: bool,
    /// Where the server listens and how it is reached.
    pub server: ServerSettings,
    /// Where the data is.
    pub database: db::Settings,
    /// Passwords, keys and limits of people signing in.
    pub accounts: accounts::Settings,
    /// Where photos and proofs are kept.
    pub files: files::Settings,
    /// How long people have to answer, pay and cancel.
    pub orders: orders::Settings,
    /// How letters leave.
    pub mail: mail::Settings,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            data_dir: "data".into(),
            production: false,
            server: ServerSettings::default(),
            database: db::Settings::default(),
            accounts: accounts::Settings::default(),
            files: files::Settings::default(),
            orders: orders::Settings::default(),
            mail: mail::Settings::default(),
        }
    }
}

/// Where the server listens and how it is reached.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerSettings {
    /// The public address, without a slash at the end.
    pub public_url: String,
    /// The key under which cursors and tracking links are sealed: 32 random bytes in base64. Without one the server
    /// makes one and keeps it in its data folder; in production it refuses to start.
    pub seal_key: Option<SecretString>,
}

impl Default for ServerSettings {
    fn default() -> Self {
        ServerSettings { public_url: "http://127.0.0.1:8080".into(), seal_key: None }
    }
}

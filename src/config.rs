//! What can be set, and where it is read from.

use serde::Deserialize;

use crate::db;

/// Everything that can be set; each section belongs to the slice that uses it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where the server listens and how it is reached.
    pub server: ServerSettings,
    /// Where the data is.
    pub database: db::Settings,
}

/// Where the server listens and how it is reached.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerSettings {
    /// The public address, without a slash at the end.
    pub public_url: String,
}

impl Default for ServerSettings {
    fn default() -> Self {
        ServerSettings { public_url: "http://127.0.0.1:8080".into() }
    }
}

//! The configuration, read from the embedded defaults, then `config/{LUMBUNG_ENV}.toml`, then environment variables.
//! `config/default.toml` has the defaults and documents each key.

mod database_password;
mod load;
mod rules;

use std::path::PathBuf;

use secrecy::SecretString;
use serde::Deserialize;

use crate::telemetry;
use crate::web::rate_limit;
use crate::{accounts, db, files, mail, orders, payments, standing_orders};

pub use load::{ConfigErrors, Sources};

/// The configuration; each section belongs to the slice that uses it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Whether this is a production instance, which requires secrets to be set.
    pub production: bool,
    /// The directory of everything outside the database.
    pub data_dir: PathBuf,
    /// The HTTP server.
    pub server: ServerSettings,
    /// The database.
    pub database: db::Settings,
    /// Prometheus metrics.
    pub metrics: MetricsSettings,
    /// Logging.
    pub log: telemetry::Settings,
    /// Rate limits.
    pub rate: rate_limit::Settings,
    /// Password hashing, token keys and sign-in limits.
    pub accounts: accounts::Settings,
    /// The file store.
    pub files: files::Settings,
    /// The deadlines of orders.
    pub orders: orders::Settings,
    /// Standing orders.
    pub market: standing_orders::Settings,
    /// The payment gateway.
    pub gateway: payments::GatewaySettings,
    /// E-mail.
    pub mail: mail::Settings,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            production: false,
            data_dir: PathBuf::from("data"),
            server: ServerSettings::default(),
            database: db::Settings::default(),
            metrics: MetricsSettings::default(),
            log: telemetry::Settings::default(),
            rate: rate_limit::Settings::default(),
            accounts: accounts::Settings::default(),
            files: files::Settings::default(),
            orders: orders::Settings::default(),
            market: standing_orders::Settings::default(),
            gateway: payments::GatewaySettings::default(),
            mail: mail::Settings::default(),
        }
    }
}

/// The settings of the HTTP server.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerSettings {
    /// The address to listen on.
    pub host: String,
    /// The port; 0 chooses a free one.
    pub port: u16,
    /// The public base URL, without a trailing slash.
    pub public_url: String,
    /// The key that signs cursors and tracking links: 32 random bytes in base64. Without one the server generates one
    /// and stores it in its data directory; in production it refuses to start.
    pub seal_key: Option<SecretString>,
    /// Worker threads; 0 means one per core.
    pub workers: usize,
    /// Connections per worker.
    pub connections: usize,
    /// The timeout for the head of a request, in seconds.
    pub header_seconds: u64,
    /// The timeout for the body of a request, in seconds.
    pub body_seconds: u64,
    /// The timeout for the response to a complete request, in seconds.
    pub answer_seconds: u64,
    /// The keep-alive timeout of idle connections, in seconds.
    pub keep_alive_seconds: u64,
    /// The timeout for clients that do not read their response, in seconds.
    pub stalled_seconds: u64,
    /// The size of the cache of public responses, in KiB; 0 disables it.
    pub kept_kib: usize,
    /// How long requests are still accepted during shutdown, in seconds.
    pub drain_seconds: u64,
    /// How long running requests may then take to finish, in seconds.
    pub finish_seconds: u64,
    /// Networks of trusted proxies.
    pub proxies: Vec<String>,
    /// The allowed origins of CORS.
    pub origins: Vec<String>,
}

impl Default for ServerSettings {
    fn default() -> Self {
        ServerSettings {
            host: "127.0.0.1".into(),
            port: 8080,
            public_url: "http://127.0.0.1:8080".into(),
            seal_key: None,
            workers: 0,
            connections: 2000,
            header_seconds: 5,
            body_seconds: 15,
            answer_seconds: 10,
            keep_alive_seconds: 30,
            stalled_seconds: 30,
            kept_kib: 8192,
            drain_seconds: 5,
            finish_seconds: 15,
            proxies: Vec::new(),
            origins: Vec::new(),
        }
    }
}

/// The settings of Prometheus metrics.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MetricsSettings {
    /// The address to listen on.
    pub host: String,
    /// The port; 0 disables metrics.
    pub port: u16,
}

impl Default for MetricsSettings {
    fn default() -> Self {
        MetricsSettings { host: "127.0.0.1".into(), port: 9464 }
    }
}

impl Config {
    /// Loads the configuration of this process; all errors are reported together.
    pub fn load() -> Result<Config, ConfigErrors> {
        Sources::from_process()?.config()
    }
}

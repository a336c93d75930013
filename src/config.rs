//! What can be set, and where it is read from: built-in defaults, then `config/{LUMBUNG_ENV}.toml`, then the
//! environment. `config/default.toml` is those defaults, and tells what each key does.

mod database_password;
mod load;
mod rules;

use std::path::PathBuf;

use secrecy::SecretString;
use serde::Deserialize;

use crate::telemetry;
use crate::web::rate_limit;
use crate::{accounts, db, files, mail, orders, payments, standing_orders};

pub use load::{Faults, Sources};

/// Everything that can be set; each section belongs to the slice that uses it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Whether this serves the public: secrets must then be set.
    pub production: bool,
    /// Where everything lies that is not in the database.
    pub data_dir: PathBuf,
    /// Where the server listens and how it is reached.
    pub server: ServerSettings,
    /// Where the data is.
    pub database: db::Settings,
    /// Where the figures for Prometheus are.
    pub metrics: MetricsSettings,
    /// What is logged, and how.
    pub log: telemetry::Settings,
    /// How many requests one caller may make.
    pub rate: rate_limit::Settings,
    /// Passwords, keys and limits of people signing in.
    pub accounts: accounts::Settings,
    /// Where photos and proofs are kept.
    pub files: files::Settings,
    /// How long people have to answer, pay and cancel.
    pub orders: orders::Settings,
    /// How far ahead standing orders claim.
    pub market: standing_orders::Settings,
    /// How the gateway is reached.
    pub gateway: payments::GatewaySettings,
    /// How letters leave.
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

/// Where the server listens, how it is reached, and how patient it is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerSettings {
    /// The address to listen on.
    pub host: String,
    /// The port; 0 takes a free one.
    pub port: u16,
    /// The public address, without a slash at the end.
    pub public_url: String,
    /// The key under which cursors and tracking links are sealed: 32 random bytes in base64. Without one the server
    /// makes one and keeps it in its data folder; in production it refuses to start.
    pub seal_key: Option<SecretString>,
    /// Threads that answer; 0 takes one a core.
    pub workers: usize,
    /// Connections a worker keeps at most.
    pub connections: usize,
    /// Seconds for the head of a request.
    pub header_seconds: u64,
    /// Seconds for the body of a request.
    pub body_seconds: u64,
    /// Seconds for the answer to a complete request.
    pub answer_seconds: u64,
    /// Seconds that an idle connection is kept.
    pub keep_alive_seconds: u64,
    /// Seconds after which a client that does not read is cut off.
    pub stalled_seconds: u64,
    /// KiB of public answers that are kept for a second, or until the next commit; 0 keeps none.
    pub kept_kib: usize,
    /// Seconds in which a stopping server still takes requests.
    pub drain_seconds: u64,
    /// Seconds that running requests then have to finish.
    pub finish_seconds: u64,
    /// Networks of proxies that are believed.
    pub proxies: Vec<String>,
    /// Web pages that may call from a browser.
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

/// Where the figures for Prometheus are.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MetricsSettings {
    /// The address to listen on.
    pub host: String,
    /// The port; 0 switches it off.
    pub port: u16,
}

impl Default for MetricsSettings {
    fn default() -> Self {
        MetricsSettings { host: "127.0.0.1".into(), port: 9464 }
    }
}

impl Config {
    /// Reads the configuration of this process; every fault is named at once.
    pub fn load() -> Result<Config, Faults> {
        Sources::of_this_process()?.config()
    }
}

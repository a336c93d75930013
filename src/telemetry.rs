//! Logging, panic reports and slow query warnings.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant as Stopwatch;

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use serde::Deserialize;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// The log settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The format of log lines.
    #[serde(deserialize_with = "crate::kernel::deserialize_word")]
    pub format: LogFormat,
    /// The filter, in the syntax of tracing's `EnvFilter`.
    pub filter: String,
    /// Queries that take at least this many milliseconds are logged; 0 disables this.
    pub slow_query_ms: u64,
}

/// The format of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Human-readable.
    Pretty,
    /// One JSON object per line.
    Json,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { format: LogFormat::Pretty, filter: "info".into(), slow_query_ms: 250 }
    }
}

/// Parses a filter; `None` when it is invalid.
pub fn parse_filter(text: &str) -> Option<EnvFilter> {
    EnvFilter::try_new(text).ok()
}

/// Whether log lines may have colours: standard error is a terminal, and `NO_COLOR` is unset or empty.
fn is_coloured() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Starts logging to standard error. A second call keeps the first subscriber.
pub fn init(settings: &Settings) {
    let filter = parse_filter(&settings.filter).unwrap_or_else(|| EnvFilter::new("info"));
    let registry = tracing_subscriber::registry().with(filter);
    let lines =
        tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(true).with_ansi(is_coloured());
    let outcome = match settings.format {
        LogFormat::Pretty => registry.with(lines).try_init(),
        LogFormat::Json => registry.with(lines.json().flatten_event(true)).try_init(),
    };
    if outcome.is_err() {
        tracing::debug!("logging was already initialized");
    }
    // A panic's message may contain user input and line breaks, so that only its location is logged.
    std::panic::set_hook(Box::new(|panic| {
        let location = panic.location().map(ToString::to_string).unwrap_or_default();
        let thread = std::thread::current().name().unwrap_or_default().to_owned();
        tracing::error!(place = location, thread, "a panic");
    }));
    log_slow_queries(settings.slow_query_ms);
}

static SLOW_QUERY_MICROS: AtomicU64 = AtomicU64::new(0);

/// Makes new connections log queries that take at least this long; 0 disables this.
pub fn log_slow_queries(slow_ms: u64) {
    SLOW_QUERY_MICROS.store(slow_ms.saturating_mul(1000), Ordering::Relaxed);
    if slow_ms > 0 && set_default_instrumentation(|| Some(Box::new(QueryTimer { start: None }))).is_err() {
        tracing::warn!("slow queries cannot be watched");
    }
}

/// Times the queries of one connection.
struct QueryTimer {
    start: Option<Stopwatch>,
}

impl Instrumentation for QueryTimer {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartQuery { .. } => self.start = Some(Stopwatch::now()),
            InstrumentationEvent::FinishQuery { query, .. } => {
                let Some(start) = self.start.take() else { return };
                let elapsed_us = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
                if elapsed_us >= SLOW_QUERY_MICROS.load(Ordering::Relaxed) {
                    // Bind values may be personal data and are cut off.
                    let text = query.to_string();
                    let text = text.split("-- binds").next().unwrap_or_default().trim_end();
                    tracing::warn!(elapsed_us, query = text, "a slow query");
                }
            }
            _ => {}
        }
    }
}

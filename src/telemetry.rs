//! What the running service tells of itself: log lines with request ids, slow queries, and figures.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant as Stopwatch;

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use serde::Deserialize;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// What is logged, and how.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// For people or for machines.
    pub format: Format,
    /// What is logged, as tracing's filter reads it.
    pub filter: String,
    /// Milliseconds after which a query is slow; 0 switches that off.
    pub slow_query_ms: u64,
}

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// For people.
    Pretty,
    /// A JSON object a line.
    Json,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { format: Format::Pretty, filter: "info".into(), slow_query_ms: 250 }
    }
}

/// The filter that this text means.
pub fn filter(text: &str) -> Option<EnvFilter> {
    EnvFilter::try_new(text).ok()
}

/// Begins to log, to standard error. A second call in one process changes nothing.
pub fn begin(settings: &Settings) {
    let filter = filter(&settings.filter).unwrap_or_else(|| EnvFilter::new("info"));
    let registry = tracing_subscriber::registry().with(filter);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(true);
    let begun = match settings.format {
        Format::Pretty => registry.with(lines).try_init(),
        Format::Json => registry.with(lines.json().flatten_event(true)).try_init(),
    };
    if begun.is_err() {
        tracing::debug!("logging has begun before");
    }
    // What a panic says may repeat what somebody sent, in lines of its own; where it happened is all that is told.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let thread = std::thread::current().name().unwrap_or_default().to_owned();
        tracing::error!(place, thread, "a panic");
    }));
    watch_queries(settings.slow_query_ms);
}

static SLOW_QUERY_MICROS: AtomicU64 = AtomicU64::new(0);

/// From now on, new connections tell of queries that take this long.
pub fn watch_queries(slow_ms: u64) {
    SLOW_QUERY_MICROS.store(slow_ms.saturating_mul(1000), Ordering::Relaxed);
    if slow_ms > 0 && set_default_instrumentation(|| Some(Box::new(QueryWatch { begun: None }))).is_err() {
        tracing::warn!("slow queries cannot be watched");
    }
}

/// Times each query of one connection.
struct QueryWatch {
    begun: Option<Stopwatch>,
}

impl Instrumentation for QueryWatch {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartQuery { .. } => self.begun = Some(Stopwatch::now()),
            InstrumentationEvent::FinishQuery { query, .. } => {
                let Some(begun) = self.begun.take() else { return };
                let elapsed_us = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
                if elapsed_us >= SLOW_QUERY_MICROS.load(Ordering::Relaxed) {
                    // What was bound may be personal: the text ends before it.
                    let text = query.to_string();
                    let text = text.split("-- binds").next().unwrap_or_default().trim_end();
                    tracing::warn!(elapsed_us, query = text, "a slow query");
                }
            }
            _ => {}
        }
    }
}

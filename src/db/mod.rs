//! The only place that knows there are two databases.
//!
//! [`Db::read`] and [`Db::write`] are the only doors. A read sees one snapshot and cannot write; a write takes a
//! [`Tx`], so that it cannot run outside a transaction. SQLite has **one** writer behind a fair queue, which may
//! commit several waiting writes at once and answers only after the commit; PostgreSQL has a small pool, and a
//! write that lost a race with another is tried again, which is why closures are `Fn`.

mod commit_signal;
mod connection;
mod error;
mod ids;
pub mod maintenance;
mod migrations;
mod pool;
mod prepared;
pub mod schema;
pub mod timing;
mod tx;
mod writer;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::sync::{Semaphore, oneshot};

use crate::kernel::Entropy;

pub use connection::{Conn, MultiBackend};
pub(crate) use connection::{insert_rows, on_both};
pub use error::{Error, Result, is_about_data, is_missing, is_taken_id, violated};
pub use migrations::{MigrationError, Migrations};
pub use prepared::prepared;
pub use tx::Tx;

use commit_signal::Commits;
use pool::Pool;
use writer::Writer;

/// Where the data is and how hard it is worked.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// `sqlite:<path>` or `postgres://…`.
    pub url: SecretString,
    /// Connections for reading (SQLite) or for everything (PostgreSQL).
    pub connections: u32,
    /// How long a request waits for a connection, in milliseconds, before it is told to come back.
    pub wait_ms: u64,
    /// Whether SQLite waits for the disk at each commit; off only for tests.
    pub durable: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { url: SecretString::from("sqlite:data/lumbung.db"), connections: 8, wait_ms: 3000, durable: true }
    }
}

/// Which of the two databases serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// The embedded one.
    Sqlite,
    /// The one for several instances.
    Postgres,
}

/// Which database a URL means, by its scheme and never by trial; for SQLite with the file's path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Location {
    Sqlite(PathBuf),
    Postgres(String),
}

impl Location {
    pub(crate) fn parse(url: &str) -> Result<Self> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            Ok(Location::Sqlite(PathBuf::from(path.trim_start_matches("//"))))
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Ok(Location::Postgres(url.to_owned()))
        } else {
            Err(Error::UnknownScheme)
        }
    }
}

/// A handle on the database; cheap to clone.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Engine,
    pool: Pool,
    /// A permit is taken before a blocking thread, so that waiting costs nothing.
    permits: Arc<Semaphore>,
    wait: Duration,
    writer: Option<Writer>,
    entropy: Entropy,
    commits: Arc<Commits>,
}

impl Db {
    /// Opens the database and checks that its schema is the one this binary knows.
    pub fn open(settings: &Settings, entropy: Entropy) -> std::result::Result<Self, MigrationError> {
        let location = Location::parse(settings.url.expose_secret())?;
        Migrations::check(&location)?;
        let commits = Arc::new(Commits::default());
        let pool = Pool::open(&location, settings, Arc::clone(&commits))?;
        let (engine, writer) = match &location {
            Location::Sqlite(_) => {
                let conn = location.connect_for_writing(settings.durable)?;
                (Engine::Sqlite, Some(Writer::start(conn, entropy.clone(), Arc::clone(&commits))?))
            }
            Location::Postgres(_) => (Engine::Postgres, None),
        };
        Ok(Db {
            inner: Arc::new(Inner {
                engine,
                pool,
                permits: Arc::new(Semaphore::new(usize::try_from(settings.connections).unwrap_or(8).max(1))),
                wait: Duration::from_millis(settings.wait_ms),
                writer,
                entropy,
                commits,
            }),
        })
    }

    /// Which database this is.
    pub fn engine(&self) -> Engine {
        self.inner.engine
    }

    /// The source of new ids and secrets.
    pub fn entropy(&self) -> &Entropy {
        &self.inner.entropy
    }

    /// How often this instance has committed: whatever was read at the same count is still current here.
    pub fn commits(&self) -> u64 {
        self.inner.commits.count()
    }

    /// Reads one snapshot. The connection refuses writes.
    pub async fn read<T, E, F>(&self, work: F) -> std::result::Result<T, E>
    where
        F: FnOnce(&mut Conn) -> std::result::Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let inner = Arc::clone(&self.inner);
        timing::counted("read", self.on_a_thread(move || inner.pool.read(inner.wait, work))).await
    }

    /// Runs `work` in one transaction and answers after its commit. An error rolls everything back.
    pub async fn write<T, E, F>(&self, work: F) -> std::result::Result<T, E>
    where
        F: Fn(&mut Tx<'_>) -> std::result::Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: std::error::Error + From<Error> + Send + 'static,
    {
        match &self.inner.writer {
            Some(writer) => {
                let (reply, answer) = oneshot::channel();
                writer.submit(work, move |outcome| {
                    let _ = reply.send(outcome);
                })?;
                timing::counted("write", answer).await.unwrap_or_else(|_| Err(Error::Stopped.into()))
            }
            None => {
                let inner = Arc::clone(&self.inner);
                timing::counted("write", self.on_a_thread(move || inner.pool.write(inner.wait, &inner.entropy, work)))
                    .await
            }
        }
    }

    /// [`Db::read`] for programs without a runtime.
    pub fn read_blocking<T, E>(
        &self,
        work: impl FnOnce(&mut Conn) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E>
    where
        E: From<Error>,
    {
        self.inner.pool.read(self.inner.wait, work)
    }

    /// [`Db::write`] for programs without a runtime.
    pub fn write_blocking<T, E, F>(&self, work: F) -> std::result::Result<T, E>
    where
        F: Fn(&mut Tx<'_>) -> std::result::Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: std::error::Error + From<Error> + Send + 'static,
    {
        match &self.inner.writer {
            Some(writer) => {
                let (reply, answer) = std::sync::mpsc::sync_channel(1);
                writer.submit(work, move |outcome| {
                    let _ = reply.send(outcome);
                })?;
                answer.recv().unwrap_or_else(|_| Err(Error::Stopped.into()))
            }
            // Whoever panics takes the connection along, and nobody else.
            None => {
                catch_unwind(AssertUnwindSafe(|| self.inner.pool.write(self.inner.wait, &self.inner.entropy, work)))
                    .unwrap_or_else(|_| Err(Error::Panicked.into()))
            }
        }
    }

    /// Sleeps until this instance has committed more often than `seen`, is nudged, or so much time has passed.
    pub fn wait_for_commit(&self, seen: u64, at_most: Duration) {
        self.inner.commits.wait_beyond(seen, at_most);
    }

    /// Wakes those who wait for a commit, without one.
    pub fn nudge(&self) {
        self.inner.commits.wake();
    }

    async fn on_a_thread<T, E>(
        &self,
        work: impl FnOnce() -> std::result::Result<T, E> + Send + 'static,
    ) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let permits = Arc::clone(&self.inner.permits);
        let permit = match tokio::time::timeout(self.inner.wait, permits.acquire_owned()).await {
            Ok(Ok(permit)) => permit,
            _ => return Err(Error::Busy.into()),
        };
        let span = tracing::Span::current();
        let task = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            span.in_scope(work)
        });
        match task.await {
            Ok(answer) => answer,
            Err(_) => Err(Error::Panicked.into()),
        }
    }
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Db").field("engine", &self.inner.engine).finish_non_exhaustive()
    }
}

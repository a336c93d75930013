//! Database access for SQLite and PostgreSQL; other modules do not depend on the engine.
//!
//! [`Db::read`] and [`Db::write`] are the only ways to run queries. A read sees one snapshot and cannot write; a write
//! gets a [`Tx`], so that it always runs in a transaction. SQLite has **one** writer behind a fair queue, which may
//! commit several waiting writes together and replies after the commit; PostgreSQL has a small pool, and writes are
//! retried after serialization failures and deadlocks, which is why closures are `Fn`.

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
pub(crate) use connection::{filter_after, insert_rows, lock_row, on_both};
pub use error::{Error, Result, is_data_error, is_id_conflict, is_not_found, is_unique_violation, on_unique_violation};
pub use migrations::{MigrationError, Migrations};
pub use prepared::{pad_list, prepared};
pub use tx::Tx;

use commit_signal::CommitSignal;
use pool::Pool;
use writer::Writer;

/// The database settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// `sqlite:<path>` or `postgres://…`.
    pub url: SecretString,
    /// Connections for reading (SQLite) or for everything (PostgreSQL).
    pub connections: u32,
    /// How long a request waits for a connection, in milliseconds, before it fails with 503.
    pub wait_ms: u64,
    /// Whether SQLite syncs to disk at each commit; off only for tests.
    pub durable: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { url: SecretString::from("sqlite:data/lumbung.db"), connections: 8, wait_ms: 3000, durable: true }
    }
}

/// The database engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Embedded SQLite.
    Sqlite,
    /// PostgreSQL, for several instances.
    Postgres,
}

/// A parsed database URL. The scheme decides on the engine.
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

/// Work for a reading connection. Boxed, so that what carries it there is compiled once for each type of result and
/// not for each closure.
pub(crate) type ReadWork<T, E> = Box<dyn FnOnce(&mut Conn) -> std::result::Result<T, E> + Send>;
/// Work for a transaction, which may run again after it lost a race.
pub(crate) type WriteWork<T, E> = Box<dyn Fn(&mut Tx<'_>) -> std::result::Result<T, E> + Send>;

/// A database handle; cheap to clone.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Engine,
    pool: Pool,
    /// A permit is acquired before a blocking thread, so that waiting requests occupy none.
    permits: Arc<Semaphore>,
    wait: Duration,
    writer: Option<Writer>,
    entropy: Entropy,
    commits: Arc<CommitSignal>,
}

impl Db {
    /// Opens the database and checks that its schema is the one of this binary.
    pub fn open(settings: &Settings, entropy: Entropy) -> std::result::Result<Self, MigrationError> {
        let location = Location::parse(settings.url.expose_secret())?;
        Migrations::check(&location)?;
        let commits = Arc::new(CommitSignal::default());
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

    /// The engine.
    pub fn engine(&self) -> Engine {
        self.inner.engine
    }

    /// The source of new ids and secrets.
    pub fn entropy(&self) -> &Entropy {
        &self.inner.entropy
    }

    /// The number of commits of this instance: data read at the same count has not been changed by it.
    pub fn commits(&self) -> u64 {
        self.inner.commits.count()
    }

    /// Runs `work` on one snapshot. The connection rejects writes.
    pub fn read<T, E, F>(&self, work: F) -> impl Future<Output = std::result::Result<T, E>>
    where
        F: FnOnce(&mut Conn) -> std::result::Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.read_boxed(Box::new(work))
    }

    /// [`Db::read`] for work that is boxed already.
    pub(crate) async fn read_boxed<T, E>(&self, work: ReadWork<T, E>) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let inner = Arc::clone(&self.inner);
        timing::record_db_time("read", self.run_blocking(move || inner.pool.read(inner.wait, work))).await
    }

    /// Runs `work` in one transaction and returns after its commit. An error rolls back.
    pub fn write<T, E, F>(&self, work: F) -> impl Future<Output = std::result::Result<T, E>>
    where
        F: Fn(&mut Tx<'_>) -> std::result::Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: std::error::Error + From<Error> + Send + 'static,
    {
        self.write_boxed(Box::new(work))
    }

    /// [`Db::write`] for work that is boxed already.
    pub(crate) async fn write_boxed<T, E>(&self, work: WriteWork<T, E>) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: std::error::Error + From<Error> + Send + 'static,
    {
        match &self.inner.writer {
            Some(writer) => {
                let (reply, answer) = oneshot::channel();
                writer.submit(work, move |outcome| {
                    let _ = reply.send(outcome);
                })?;
                timing::record_db_time("write", answer).await.unwrap_or_else(|_| Err(Error::Stopped.into()))
            }
            None => {
                let inner = Arc::clone(&self.inner);
                timing::record_db_time(
                    "write",
                    self.run_blocking(move || inner.pool.write(inner.wait, &inner.entropy, &work)),
                )
                .await
            }
        }
    }

    /// [`Db::read`] without an async runtime.
    pub fn read_blocking<T, E>(
        &self,
        work: impl FnOnce(&mut Conn) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E>
    where
        E: From<Error>,
    {
        self.inner.pool.read(self.inner.wait, work)
    }

    /// [`Db::write`] without an async runtime.
    pub fn write_blocking<T, E, F>(&self, work: F) -> std::result::Result<T, E>
    where
        F: Fn(&mut Tx<'_>) -> std::result::Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: std::error::Error + From<Error> + Send + 'static,
    {
        let work: WriteWork<T, E> = Box::new(work);
        match &self.inner.writer {
            Some(writer) => {
                let (reply, answer) = std::sync::mpsc::sync_channel(1);
                writer.submit(work, move |outcome| {
                    let _ = reply.send(outcome);
                })?;
                answer.recv().unwrap_or_else(|_| Err(Error::Stopped.into()))
            }
            // A panic loses only its own connection.
            None => {
                catch_unwind(AssertUnwindSafe(|| self.inner.pool.write(self.inner.wait, &self.inner.entropy, &work)))
                    .unwrap_or_else(|_| Err(Error::Panicked.into()))
            }
        }
    }

    /// Blocks until the commit count exceeds `seen`, [`Db::wake_waiters`] is called, or the timeout has passed.
    pub fn wait_for_commit(&self, seen: u64, timeout: Duration) {
        self.inner.commits.wait_past(seen, timeout);
    }

    /// Wakes all threads in [`Db::wait_for_commit`].
    pub fn wake_waiters(&self) {
        self.inner.commits.wake();
    }

    async fn run_blocking<T, E>(
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

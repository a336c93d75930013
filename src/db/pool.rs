//! The connection pool: readers on SQLite, all connections on PostgreSQL.

use std::sync::Arc;
use std::time::Duration;

use diesel::Connection;
use diesel::connection::{SimpleConnection, TransactionManager};
use diesel::r2d2::{ManageConnection, Pool as R2d2Pool, PooledConnection, R2D2Connection};

use super::commit_signal::CommitSignal;
use super::error::is_retryable;
use super::{Conn, Error, Location, Result, Settings, Tx, WriteWork};
use crate::kernel::Entropy;

/// Attempts of a PostgreSQL write that fails with a serialization failure or deadlock.
const MAX_ATTEMPTS: u32 = 8;

struct Connector {
    location: Location,
    durable: bool,
}

impl ManageConnection for Connector {
    type Connection = Conn;
    type Error = Error;

    fn connect(&self) -> Result<Conn> {
        match self.location {
            Location::Sqlite(_) => self.location.connect_for_reading(self.durable),
            Location::Postgres(_) => self.location.connect_for_writing(self.durable),
        }
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<()> {
        Ok(conn.ping()?)
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        std::thread::panicking() || conn.is_broken()
    }
}

pub(super) struct Pool {
    connections: R2d2Pool<Connector>,
    snapshot: &'static str,
    commits: Arc<CommitSignal>,
}

impl Pool {
    pub(super) fn open(location: &Location, settings: &Settings, commits: Arc<CommitSignal>) -> Result<Self> {
        let snapshot = match location {
            Location::Sqlite(_) => "BEGIN",
            Location::Postgres(_) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        let connector = Connector { location: location.clone(), durable: settings.durable };
        let connections = R2d2Pool::builder()
            .max_size(settings.connections.max(1))
            .min_idle(Some(1))
            .test_on_check_out(false)
            .connection_timeout(Duration::from_millis(settings.wait_ms))
            .build(connector)
            .map_err(Error::Pool)?;
        Ok(Pool { connections, snapshot, commits })
    }

    fn get(&self, wait: Duration) -> Result<PooledConnection<Connector>> {
        self.connections.get_timeout(wait).map_err(Error::Pool)
    }

    #[expect(clippy::disallowed_methods, reason = "which kind of transaction is a constant of the pool")]
    pub(super) fn read<T, E: From<Error>>(
        &self,
        wait: Duration,
        work: impl FnOnce(&mut Conn) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        let mut conn = self.get(wait)?;
        conn.batch_execute(self.snapshot).map_err(Error::from)?;
        let open = SnapshotGuard(&mut conn);
        work(open.0)
    }

    pub(super) fn write<T, E>(
        &self,
        wait: Duration,
        entropy: &Entropy,
        work: &WriteWork<T, E>,
    ) -> std::result::Result<T, E>
    where
        E: std::error::Error + From<Error> + 'static,
    {
        let mut conn = self.get(wait)?;
        let mut attempts = 0_u32;
        loop {
            attempts = attempts.saturating_add(1);
            match attempt(&mut conn, entropy, work) {
                Err(error) if attempts < MAX_ATTEMPTS && is_retryable(&error) => {
                    tracing::debug!(attempts, "a transaction lost a race and is tried again");
                    let pause = u64::from(entropy.bytes::<1>().first().copied().unwrap_or(0)) % 16;
                    std::thread::sleep(Duration::from_millis(pause.saturating_mul(u64::from(attempts))));
                }
                result => {
                    if result.is_ok() {
                        self.commits.notify();
                    }
                    return result;
                }
            }
        }
    }
}

fn attempt<T, E>(conn: &mut Conn, entropy: &Entropy, work: &WriteWork<T, E>) -> std::result::Result<T, E>
where
    E: std::error::Error + From<Error> + 'static,
{
    type Manager = <Conn as Connection>::TransactionManager;
    Manager::begin_transaction(conn).map_err(Error::from)?;
    match work(&mut Tx::new(conn, entropy)) {
        Ok(value) => {
            Manager::commit_transaction(conn).map_err(Error::from)?;
            Ok(value)
        }
        Err(error) => {
            // A rollback that fails leaves a broken connection, which the pool drops.
            let _ = Manager::rollback_transaction(conn);
            Err(error)
        }
    }
}

/// Ends the read transaction, also when the work panics, so that the connection is clean when it returns to the pool.
struct SnapshotGuard<'a>(&'a mut Conn);

impl Drop for SnapshotGuard<'_> {
    #[expect(clippy::disallowed_methods, reason = "diesel does not know of this transaction")]
    fn drop(&mut self) {
        if let Err(error) = self.0.batch_execute("ROLLBACK") {
            tracing::warn!(%error, "a read could not be ended");
        }
    }
}

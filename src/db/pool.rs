//! Pooled connections: readers of SQLite, everything on PostgreSQL.

use std::sync::Arc;
use std::time::Duration;

use diesel::Connection;
use diesel::connection::{SimpleConnection, TransactionManager};
use diesel::r2d2::{ManageConnection, Pool as R2d2Pool, PooledConnection, R2D2Connection};

use super::commit_signal::Commits;
use super::error::is_worth_another_try;
use super::{Conn, Error, Location, Result, Settings, Tx};
use crate::kernel::Entropy;

/// How often a PostgreSQL write that lost a race is tried in all.
const TRIES: u32 = 8;

struct Opener {
    location: Location,
    durable: bool,
}

impl ManageConnection for Opener {
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
    connections: R2d2Pool<Opener>,
    snapshot: &'static str,
    commits: Arc<Commits>,
}

impl Pool {
    pub(super) fn open(location: &Location, settings: &Settings, commits: Arc<Commits>) -> Result<Self> {
        let snapshot = match location {
            Location::Sqlite(_) => "BEGIN",
            Location::Postgres(_) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        let opener = Opener { location: location.clone(), durable: settings.durable };
        let connections = R2d2Pool::builder()
            .max_size(settings.connections.max(1))
            .min_idle(Some(1))
            .test_on_check_out(false)
            .connection_timeout(Duration::from_millis(settings.wait_ms))
            .build(opener)
            .map_err(Error::Pool)?;
        Ok(Pool { connections, snapshot, commits })
    }

    fn take(&self, wait: Duration) -> Result<PooledConnection<Opener>> {
        self.connections.get_timeout(wait).map_err(Error::Pool)
    }

    #[expect(clippy::disallowed_methods, reason = "which kind of transaction is a constant of the pool")]
    pub(super) fn read<T, E: From<Error>>(
        &self,
        wait: Duration,
        work: impl FnOnce(&mut Conn) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        let mut conn = self.take(wait)?;
        conn.batch_execute(self.snapshot).map_err(Error::from)?;
        let open = OpenSnapshot(&mut conn);
        work(open.0)
    }

    pub(super) fn write<T, E>(
        &self,
        wait: Duration,
        entropy: &Entropy,
        work: impl Fn(&mut Tx<'_>) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E>
    where
        E: std::error::Error + From<Error> + 'static,
    {
        let mut conn = self.take(wait)?;
        let mut tried = 0_u32;
        loop {
            tried = tried.saturating_add(1);
            match attempt(&mut conn, entropy, &work) {
                Err(error) if tried < TRIES && is_worth_another_try(&error) => {
                    tracing::debug!(tried, "a transaction lost a race and is tried again");
                    let pause = u64::from(entropy.bytes::<1>().first().copied().unwrap_or(0)) % 16;
                    std::thread::sleep(Duration::from_millis(pause.saturating_mul(u64::from(tried))));
                }
                answer => {
                    if answer.is_ok() {
                        self.commits.note();
                    }
                    return answer;
                }
            }
        }
    }
}

fn attempt<T, E>(
    conn: &mut Conn,
    entropy: &Entropy,
    work: &impl Fn(&mut Tx<'_>) -> std::result::Result<T, E>,
) -> std::result::Result<T, E>
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

/// Ends the snapshot also when the work panics, so that the connection goes back clean.
struct OpenSnapshot<'a>(&'a mut Conn);

impl Drop for OpenSnapshot<'_> {
    #[expect(clippy::disallowed_methods, reason = "diesel does not know of this transaction")]
    fn drop(&mut self) {
        if let Err(error) = self.0.batch_execute("ROLLBACK") {
            tracing::warn!(%error, "a read could not be ended");
        }
    }
}

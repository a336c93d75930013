//! Connections to either database, and macros for queries that diesel's multi-connection does not support.

#![expect(clippy::disallowed_methods, reason = "a connection is set up by pragmas and settings, all of them constants")]

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};

use super::{Error, Location, Result};

pub use multi::{Conn, MultiBackend, MultiRawValue};

/// The derive generates undocumented items.
#[allow(missing_docs)]
mod multi {
    use diesel::{PgConnection, SqliteConnection};

    /// A connection to one of the two databases; queries are written once against it.
    #[derive(diesel::MultiConnection)]
    pub enum Conn {
        /// Embedded SQLite.
        Sqlite(SqliteConnection),
        /// PostgreSQL.
        Postgres(PgConnection),
    }
}

/// Compiles a query for each database, for what the multi-connection lacks: `on_conflict`, batch inserts,
/// `for_update`, `union`.
///
/// `on_both!(conn, c => diesel::insert_into(jobs::table).values(rows).on_conflict_do_nothing().execute(c))`
macro_rules! on_both {
    ($conn:expr, $c:ident => $query:expr) => {{
        let conn: &mut $crate::db::Conn = $conn;
        match conn {
            $crate::db::Conn::Sqlite($c) => $query,
            $crate::db::Conn::Postgres($c) => $query,
        }
    }};
}
pub(crate) use on_both;

/// Finds a row and locks it until the end of the transaction. SQLite has one writer, so it needs no row lock.
macro_rules! lock_row {
    ($tx:expr, $query:expr, $row:ty) => {{
        let query = $query;
        match &mut **$tx {
            $crate::db::Conn::Sqlite(sqlite) => query.select(<$row>::as_select()).get_result::<$row>(sqlite).optional(),
            $crate::db::Conn::Postgres(postgres) => {
                query.select(<$row>::as_select()).for_update().get_result::<$row>(postgres).optional()
            }
        }
    }};
}
pub(crate) use lock_row;

/// Inserts a slice of rows: on PostgreSQL in one statement, because each is a network round trip; on SQLite one by one
/// with diesel's cached statement.
macro_rules! insert_rows {
    ($tx:expr, $table:path, $rows:expr) => {{
        let tx: &mut $crate::db::Tx<'_> = $tx;
        match &mut **tx {
            $crate::db::Conn::Sqlite(sqlite) => {
                $rows.iter().try_for_each(|row| diesel::insert_into($table).values(row).execute(sqlite).map(drop))
            }
            $crate::db::Conn::Postgres(postgres) => {
                $crate::db::prepared(diesel::insert_into($table).values($rows)).execute(postgres).map(drop)
            }
        }
    }};
}
pub(crate) use insert_rows;

/// Restricts a boxed query that is ordered by two columns to the rows after this key: `gt` when both ascend, `lt` when
/// both descend.
macro_rules! filter_after {
    ($query:ident, $after:expr, $comparison:ident, $first:expr, $second:expr) => {
        if let Some((first, second)) = $after {
            $query = $query.filter($first.$comparison(first).or($first.eq(first).and($second.$comparison(second))));
        }
    };
}
pub(crate) use filter_after;

impl Location {
    fn connect(&self) -> Result<Conn> {
        match self {
            Location::Sqlite(path) => {
                if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                    std::fs::create_dir_all(folder)
                        .map_err(|source| Error::CreateDir { path: folder.to_owned(), source })?;
                }
                SqliteConnection::establish(&path.to_string_lossy())
                    .map(Conn::Sqlite)
                    .map_err(|source| Error::OpenFile { path: path.clone(), source })
            }
            Location::Postgres(url) => PgConnection::establish(url).map(Conn::Postgres).map_err(Error::Connect),
        }
    }

    /// Opens a connection for reading and writing.
    pub(super) fn connect_for_writing(&self, durable: bool) -> Result<Conn> {
        let mut conn = self.connect()?;
        match &mut conn {
            Conn::Sqlite(sqlite) => {
                // The order matters: nothing may touch the file before busy_timeout is set.
                sqlite.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL;")?;
                sqlite.batch_execute(if durable {
                    "PRAGMA synchronous = FULL;"
                } else {
                    "PRAGMA synchronous = OFF;"
                })?;
                // temp_store = MEMORY: savepoint journals stay in memory instead of a file.
                sqlite.batch_execute(
                    "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;",
                )?;
            }
            Conn::Postgres(postgres) => {
                // Neither timeout applies to commits: one that waits for a standby must never be cancelled.
                postgres.batch_execute(
                    "SET lock_timeout = '5s'; SET statement_timeout = '30s'; \
                     SET idle_in_transaction_session_timeout = '10s'; SET timezone = 'UTC';",
                )?;
            }
        }
        Ok(conn)
    }

    /// Opens a connection for reading: SQLite rejects writes per connection, PostgreSQL per transaction.
    pub(super) fn connect_for_reading(&self, durable: bool) -> Result<Conn> {
        let mut conn = self.connect_for_writing(durable)?;
        if let Conn::Sqlite(sqlite) = &mut conn {
            // Reports sort more rows than should be held in memory, and an external sort is faster.
            sqlite.batch_execute("PRAGMA query_only = ON; PRAGMA temp_store = DEFAULT;")?;
        }
        Ok(conn)
    }

    /// Opens a connection for migrations: foreign keys off on SQLite, no timeouts on PostgreSQL.
    pub(super) fn connect_for_migrating(&self) -> Result<Conn> {
        let mut conn = self.connect_for_writing(true)?;
        match &mut conn {
            Conn::Sqlite(sqlite) => sqlite.batch_execute("PRAGMA foreign_keys = OFF;"),
            Conn::Postgres(postgres) => postgres.batch_execute("SET lock_timeout = 0; SET statement_timeout = 0;"),
        }?;
        Ok(conn)
    }
}

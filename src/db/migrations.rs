//! Embedded schema migrations, under the same names for both databases.

use diesel::Connection;
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::migration::MigrationSource;
use diesel::pg::Pg;
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Conn, Error, Location, Settings};
use secrecy::ExposeSecret;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Why the schema cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] Error),
    /// A migration failed; it was rolled back.
    #[error("a migration failed: {0}")]
    Failed(String),
    /// Migrations are pending: run `lumbung migrate`.
    #[error("the database lacks {0} migration(s); run `lumbung migrate`")]
    Behind(usize),
    /// The database was migrated by a newer version.
    #[error("the database was migrated by a newer Lumbung ({0}); this one refuses to touch it")]
    Newer(String),
    /// Rows violate foreign keys.
    #[error("{0} row(s) break a foreign key after migrating")]
    Dangling(i64),
}

/// Runs, reverts and checks migrations.
pub struct Migrations;

impl Migrations {
    /// Runs all pending migrations and returns their number.
    pub fn up(settings: &Settings) -> Result<usize, MigrationError> {
        Self::run(settings, |conn| match conn {
            Conn::Sqlite(sqlite) => count_versions(sqlite.run_pending_migrations(SQLITE)),
            Conn::Postgres(postgres) => count_versions(postgres.run_pending_migrations(POSTGRES)),
        })
    }

    /// Reverts all migrations and returns their number. All data is lost.
    pub fn down(settings: &Settings) -> Result<usize, MigrationError> {
        Self::run(settings, |conn| match conn {
            Conn::Sqlite(sqlite) => count_versions(sqlite.revert_all_migrations(SQLITE)),
            Conn::Postgres(postgres) => count_versions(postgres.revert_all_migrations(POSTGRES)),
        })
    }

    /// On SQLite all migrations run in one transaction, on PostgreSQL in one each: after a crash the next run
    /// continues.
    #[expect(clippy::disallowed_methods, reason = "a lock of the database's own has no diesel query")]
    fn run(
        settings: &Settings,
        migrate: impl FnOnce(&mut Conn) -> Result<usize, MigrationError>,
    ) -> Result<usize, MigrationError> {
        type Manager = <Conn as Connection>::TransactionManager;
        let location = Location::parse(settings.url.expose_secret())?;
        let mut conn = location.connect_for_migrating()?;
        // One process migrates; concurrent ones wait and then have nothing to do.
        match &mut conn {
            Conn::Sqlite(sqlite) => AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE"),
            Conn::Postgres(postgres) => postgres.batch_execute("SELECT pg_advisory_lock(703100)"),
        }
        .map_err(Error::from)?;
        reject_newer(&mut conn)?;
        let count = migrate(&mut conn)?;
        // Only a migration can break foreign keys, and the check reads the whole database.
        if count > 0
            && let rows @ 1.. = count_dangling_rows(&mut conn)?
        {
            return Err(MigrationError::Dangling(rows));
        }
        if matches!(conn, Conn::Sqlite(_)) {
            Manager::commit_transaction(&mut conn).map_err(Error::from)?;
        }
        Ok(count)
    }

    /// An error unless the schema is exactly the one of this binary.
    pub(super) fn check(location: &Location) -> Result<(), MigrationError> {
        let mut conn = location.connect_for_migrating()?;
        reject_newer(&mut conn)?;
        let pending = match &mut conn {
            Conn::Sqlite(sqlite) => sqlite.pending_migrations(SQLITE).map(|list| list.len()),
            Conn::Postgres(postgres) => postgres.pending_migrations(POSTGRES).map(|list| list.len()),
        }
        .map_err(|error| MigrationError::Failed(error.to_string()))?;
        if pending > 0 { Err(MigrationError::Behind(pending)) } else { Ok(()) }
    }

    /// The embedded migrations' names in order: SQLite's and PostgreSQL's.
    pub fn names() -> (Vec<String>, Vec<String>) {
        let sqlite = MigrationSource::<Sqlite>::migrations(&SQLITE).unwrap_or_default();
        let postgres = MigrationSource::<Pg>::migrations(&POSTGRES).unwrap_or_default();
        (
            sqlite.iter().map(|migration| migration.name().to_string()).collect(),
            postgres.iter().map(|migration| migration.name().to_string()).collect(),
        )
    }
}

fn count_versions<T>(
    outcome: Result<Vec<T>, Box<dyn std::error::Error + Send + Sync>>,
) -> Result<usize, MigrationError> {
    outcome.map(|versions| versions.len()).map_err(|error| MigrationError::Failed(error.to_string()))
}

fn reject_newer(conn: &mut Conn) -> Result<(), MigrationError> {
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| MigrationError::Failed(error.to_string());
    let applied = match conn {
        Conn::Sqlite(sqlite) => sqlite.applied_migrations(),
        Conn::Postgres(postgres) => postgres.applied_migrations(),
    }
    .map_err(failed)?;
    let known: Vec<String> = MigrationSource::<Sqlite>::migrations(&SQLITE)
        .map_err(failed)?
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect();
    match applied.iter().map(ToString::to_string).find(|version| !known.contains(version)) {
        Some(version) => Err(MigrationError::Newer(version)),
        None => Ok(()),
    }
}

#[expect(clippy::disallowed_methods, reason = "pragmas have no diesel query")]
fn count_dangling_rows(conn: &mut Conn) -> Result<i64, MigrationError> {
    use diesel::RunQueryDsl;

    #[derive(diesel::QueryableByName)]
    struct DanglingRows {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        rows: i64,
    }

    match conn {
        Conn::Sqlite(sqlite) => {
            let dangling: DanglingRows = diesel::sql_query("SELECT count(*) AS \"rows\" FROM pragma_foreign_key_check")
                .get_result(sqlite)
                .map_err(Error::from)?;
            Ok(dangling.rows)
        }
        Conn::Postgres(_) => Ok(0),
    }
}

//! Backup and consistency checks of the database.

use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use secrecy::ExposeSecret;

use super::{Conn, Location, Result, Settings};

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// The path of the SQLite file; `None` for PostgreSQL.
pub fn sqlite_path(settings: &Settings) -> Result<Option<std::path::PathBuf>> {
    Ok(match Location::parse(settings.url.expose_secret())? {
        Location::Sqlite(path) => Some(path),
        Location::Postgres(_) => None,
    })
}

/// Writes a consistent copy of the SQLite database to a new file, while it is in use.
#[expect(clippy::disallowed_methods, reason = "a file's name cannot be bound; the operator's own is quoted")]
pub fn backup_sqlite(settings: &Settings, to: &Path) -> Result<()> {
    let mut conn = Location::parse(settings.url.expose_secret())?.connect_for_reading(true)?;
    let name = to.to_string_lossy().replace('\'', "''");
    // VACUUM INTO only writes to the copy, but query_only forbids it as well.
    conn.batch_execute("PRAGMA query_only = OFF;")?;
    conn.batch_execute(&format!("VACUUM INTO '{name}';"))?;
    Ok(())
}

/// SQLite's integrity check: damaged pages and broken foreign keys. Empty when sound, and for PostgreSQL.
#[expect(clippy::disallowed_methods, reason = "pragmas have no diesel query")]
pub fn check_integrity(settings: &Settings) -> Result<Vec<String>> {
    let mut conn = Location::parse(settings.url.expose_secret())?.connect_for_reading(true)?;
    let Conn::Sqlite(_) = &conn else { return Ok(Vec::new()) };
    let rows: Vec<Line> =
        diesel::sql_query("SELECT integrity_check AS line FROM pragma_integrity_check").load(&mut conn)?;
    let mut errors: Vec<String> = rows.into_iter().map(|row| row.line).filter(|line| line != "ok").collect();
    let dangling: Count =
        diesel::sql_query("SELECT count(*) AS count FROM pragma_foreign_key_check").get_result(&mut conn)?;
    if dangling.count > 0 {
        errors.push(format!("{} row(s) point at rows that are not there", dangling.count));
    }
    Ok(errors)
}

/// The number of sessions, whose tokens need the signing key, and of orders, whose links need the seal key.
#[expect(clippy::disallowed_methods, reason = "the doctor's checks cross slices, which no slice may")]
pub fn count_key_dependents(conn: &mut Conn) -> Result<(i64, i64)> {
    let sessions: Count = diesel::sql_query("SELECT count(*) AS count FROM sessions").get_result(conn)?;
    let orders: Count = diesel::sql_query("SELECT count(*) AS count FROM orders").get_result(conn)?;
    Ok((sessions.count, orders.count))
}

/// The number of batches with more claimed than available, and of fulfilments whose lines differ from their sales.
#[expect(clippy::disallowed_methods, reason = "the doctor's checks cross slices, which no slice may")]
pub fn count_inconsistencies(conn: &mut Conn) -> Result<(i64, i64)> {
    let oversold: Count =
        diesel::sql_query("SELECT count(*) AS count FROM batches WHERE claimed + discarded > coalesce(made, capacity)")
            .get_result(conn)?;
    let unequal: Count = diesel::sql_query(
        "SELECT count(*) AS count FROM fulfilments f WHERE f.status = 'handed_over' AND \
         (SELECT coalesce(sum(l.total), 0) FROM order_lines l WHERE l.fulfilment_id = f.id) <> \
         (SELECT coalesce(sum(s.amount), 0) FROM sales s WHERE s.fulfilment_id = f.id)",
    )
    .get_result(conn)?;
    Ok((oversold.count, unequal.count))
}

//! Copying a database while it is used, and looking at its soundness.

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

/// Where the embedded database lies; nothing when the database is PostgreSQL.
pub fn embedded_file(settings: &Settings) -> Result<Option<std::path::PathBuf>> {
    Ok(match Location::parse(settings.url.expose_secret())? {
        Location::Sqlite(path) => Some(path),
        Location::Postgres(_) => None,
    })
}

/// Writes a whole, consistent copy of the embedded database to a new file, while others read and write.
#[expect(clippy::disallowed_methods, reason = "a file's name cannot be bound; the operator's own is quoted")]
pub fn copy_embedded(settings: &Settings, to: &Path) -> Result<()> {
    let mut conn = Location::parse(settings.url.expose_secret())?.connect_for_reading(true)?;
    let name = to.to_string_lossy().replace('\'', "''");
    // The copy is another file: the source stays as it is, but the pragma does not tell the two apart.
    conn.batch_execute("PRAGMA query_only = OFF;")?;
    conn.batch_execute(&format!("VACUUM INTO '{name}';"))?;
    Ok(())
}

/// What the database finds wrong with itself: damaged pages, and rows that point at nothing.
#[expect(clippy::disallowed_methods, reason = "pragmas cannot be said in diesel's words")]
pub fn damages(settings: &Settings) -> Result<Vec<String>> {
    let mut conn = Location::parse(settings.url.expose_secret())?.connect_for_reading(true)?;
    let Conn::Sqlite(_) = &conn else { return Ok(Vec::new()) };
    let found: Vec<Line> =
        diesel::sql_query("SELECT integrity_check AS line FROM pragma_integrity_check").load(&mut conn)?;
    let mut found: Vec<String> = found.into_iter().map(|line| line.line).filter(|line| line != "ok").collect();
    let dangling: Count =
        diesel::sql_query("SELECT count(*) AS count FROM pragma_foreign_key_check").get_result(&mut conn)?;
    if dangling.count > 0 {
        found.push(format!("{} row(s) point at rows that are not there", dangling.count));
    }
    Ok(found)
}

/// How many sessions there are, whose tokens the signing key made, and how many orders, whose links the seal key made.
#[expect(clippy::disallowed_methods, reason = "the doctor's questions cross all slices, which no slice may")]
pub fn made_with_keys(conn: &mut Conn) -> Result<(i64, i64)> {
    let sessions: Count = diesel::sql_query("SELECT count(*) AS count FROM sessions").get_result(conn)?;
    let orders: Count = diesel::sql_query("SELECT count(*) AS count FROM orders").get_result(conn)?;
    Ok((sessions.count, orders.count))
}

/// How many batches have more claimed than there is, and how many handed-over parts differ from their sale facts.
#[expect(clippy::disallowed_methods, reason = "the doctor's questions cross all slices, which no slice may")]
pub fn contradictions(conn: &mut Conn) -> Result<(i64, i64)> {
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

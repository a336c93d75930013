//! Dumps of the database's content.

use std::collections::BTreeSet;

use diesel::sql_types::Text;
use diesel::{Connection, PgConnection, RunQueryDsl, SqliteConnection};

use super::World;

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

impl World {
    /// Every row of every table, as text.
    pub fn dump_rows(&self) -> Vec<String> {
        dump_rows(&self.database.url)
    }
}

/// Every row of every table of this database, as text.
pub fn dump_rows(url: &str) -> Vec<String> {
    let texts = |rows: Vec<Line>| rows.into_iter().map(|row| row.line).collect::<Vec<_>>();
    let mut rows = Vec::new();
    if let Some(file) = url.strip_prefix("sqlite:") {
        let mut conn = SqliteConnection::establish(file).unwrap();
        // The search index has no data of its own.
        let columns =
            "SELECT 'SELECT ''' || m.name || ' '' || ' || group_concat('quote(\"' || c.name || '\")', ' || '','' || ')
                || ' AS line FROM \"' || m.name || '\" ORDER BY 1' AS line
            FROM sqlite_master m, pragma_table_info(m.name) c
            WHERE m.type = 'table' AND m.name NOT LIKE 'products_search%' GROUP BY m.name ORDER BY m.name";
        for query in texts(diesel::sql_query(columns).load(&mut conn).unwrap()) {
            rows.extend(texts(diesel::sql_query(query).load(&mut conn).unwrap()));
        }
    } else {
        let mut conn = PgConnection::establish(url).unwrap();
        let tables = "SELECT tablename::text AS line FROM pg_tables WHERE schemaname = 'public' ORDER BY 1";
        for table in texts(diesel::sql_query(tables).load(&mut conn).unwrap()) {
            let query = format!("SELECT '{table} ' || t::text AS line FROM \"{table}\" t ORDER BY 1");
            rows.extend(texts(diesel::sql_query(query).load(&mut conn).unwrap()));
        }
    }
    rows
}

/// The rows that are in only one of the dumps, except the counters of attempts.
pub fn diff_rows(before: &[String], after: &[String]) -> Vec<String> {
    let only = |some: &[String], others: &[String]| {
        let others: BTreeSet<&String> = others.iter().collect();
        some.iter().filter(|row| !others.contains(row) && !row.starts_with("throttles ")).cloned().collect::<Vec<_>>()
    };
    [only(before, after), only(after, before)].concat()
}

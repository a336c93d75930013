//! Query plans.

use diesel::deserialize::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::Text;
use lumbung::db::{self, Conn};

use super::Village;

#[derive(QueryableByName)]
struct Detail {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct Plan {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    line: String,
}

/// The query plan of a statement. With few rows PostgreSQL prefers sequential scans, which are disabled here, like the
/// plan type of the setting `off`.
pub async fn explain(village: &Village, statement: String, off: &'static str) -> String {
    let lines = village.app.state.db.write::<_, db::Error, _>(move |tx| match &mut **tx {
        Conn::Sqlite(sqlite) => {
            let rows: Vec<Detail> = diesel::sql_query(format!("EXPLAIN QUERY PLAN {statement}")).load(sqlite)?;
            Ok(rows.into_iter().map(|row| row.detail).collect::<Vec<_>>())
        }
        Conn::Postgres(postgres) => {
            use diesel::connection::SimpleConnection;
            let binds = (1..=20).filter(|number| statement.contains(&format!("${number}"))).count();
            let nulls = vec!["NULL"; binds].join(", ");
            postgres.batch_execute(&format!(
                "SET LOCAL enable_seqscan = off; SET LOCAL {off} = off; SET LOCAL enable_hashjoin = off; \
                 SET LOCAL enable_mergejoin = off; SET LOCAL plan_cache_mode = force_generic_plan; \
                 PREPARE looked_at AS {statement}"
            ))?;
            let rows: Vec<Plan> = diesel::sql_query(format!("EXPLAIN EXECUTE looked_at({nulls})")).load(postgres)?;
            postgres.batch_execute("DEALLOCATE looked_at")?;
            Ok(rows.into_iter().map(|row| row.line).collect())
        }
    });
    lines.await.unwrap().join("\n")
}

//! Migrations: up, down and up again, equal on both databases, and atomic.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use diesel::sql_types::Text;
use diesel::{Connection, PgConnection, RunQueryDsl, SqliteConnection};
use lumbung::db::{Db, MigrationError, Migrations};
use lumbung::kernel::Entropy;

use crate::world::TestDatabase;

/// Records a migration of a newer version.
const NEWER: &str = "INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000001')";

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// The rows of a query with one text column.
fn lines(database: &TestDatabase, sqlite: &str, postgres: &str) -> Vec<String> {
    let rows: Vec<Line> = match database.url.strip_prefix("sqlite:") {
        Some(file) => {
            let mut conn = SqliteConnection::establish(file).unwrap();
            diesel::sql_query(sqlite).load(&mut conn).unwrap()
        }
        None => {
            let mut conn = PgConnection::establish(&database.url).unwrap();
            diesel::sql_query(postgres).load(&mut conn).unwrap()
        }
    };
    rows.into_iter().map(|row| row.line).collect()
}

/// The whole schema, from the database's catalog.
fn schema(database: &TestDatabase) -> Vec<String> {
    lines(
        database,
        "SELECT type || ' ' || name || ': ' || coalesce(sql, '') AS line FROM sqlite_master ORDER BY 1",
        "SELECT line FROM (
             SELECT 'column ' || table_name || '.' || column_name || ' ' || ordinal_position || ' ' || data_type || ' '
                    || is_nullable || ' ' || coalesce(column_default, generation_expression, '') AS line
             FROM information_schema.columns WHERE table_schema = 'public'
             UNION ALL
             SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
             FROM pg_constraint WHERE connamespace = 'public'::regnamespace
             UNION ALL
             SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
             UNION ALL
             SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
             UNION ALL
             SELECT 'sequence ' || sequencename FROM pg_sequences WHERE schemaname = 'public'
         ) AS everything ORDER BY line COLLATE \"C\"",
    )
}

/// All tables except diesel's migration table.
fn tables(database: &TestDatabase) -> Vec<String> {
    lines(
        database,
        "SELECT name AS line FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE \
         '\\_\\_diesel%' ESCAPE '\\' ORDER BY 1",
        "SELECT tablename::text AS line FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE \
         '\\_\\_diesel%' ORDER BY 1",
    )
}

fn lumbung(database: &TestDatabase, argument: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lumbung"));
    command
        .arg(argument)
        .current_dir(database.folder.path())
        .env("LUMBUNG__DATA_DIR", database.folder.path())
        .env("LUMBUNG__DATABASE__URL", &database.url)
        .env("LUMBUNG__SERVER__PORT", "0")
        .env("LUMBUNG__METRICS__PORT", "0");
    command
}

#[test]
fn migrations_go_up_down_and_up_again_with_the_same_schema() {
    let database = TestDatabase::bare();
    let settings = database.settings();
    let steps = Migrations::names().0.len();
    assert!(matches!(Db::open(&settings, Entropy::System), Err(MigrationError::Behind(_))));
    assert_eq!(Migrations::up(&settings).unwrap(), steps);
    let before = schema(&database);
    assert!(before.len() > 100, "{before:#?}");
    assert_eq!(Migrations::up(&settings).unwrap(), 0);
    assert_eq!(Migrations::down(&settings).unwrap(), steps);
    assert_eq!(tables(&database), [""; 0], "a way down leaves something behind");
    assert_eq!(Migrations::up(&settings).unwrap(), steps);
    assert_eq!(schema(&database), before);
    assert!(Db::open(&settings, Entropy::System).is_ok());
}

#[test]
fn both_engines_have_the_same_migrations_and_tables() {
    let (sqlite, postgres) = Migrations::names();
    assert_eq!(sqlite, postgres);
    for name in sqlite {
        for file in ["up.sql", "down.sql"] {
            let statements = |engine| normalize(&source(&format!("migrations/{engine}/{name}/{file}")));
            let (sqlite, postgres) = (statements("sqlite"), statements("postgres"));
            for (sqlite, postgres) in sqlite.iter().zip(&postgres) {
                assert_eq!(sqlite, postgres, "{name}/{file}");
            }
            assert_eq!(sqlite.len(), postgres.len(), "{name}/{file}");
        }
    }
}

fn source(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The statements of a migration with SQLite's types and without the engine-specific ones: search, the immutability of
/// the ledger, and the cost of sales.
fn normalize(sql: &str) -> Vec<String> {
    let sql: Vec<&str> = sql.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
    let margin_statements = ["worth_of_sale", "sale_has_its_worth", "sales_follow_their_batch"];
    let engine_specific = [["products_search", "search_vector", "ledger_is_immutable"], margin_statements].concat();
    let mut rows = Vec::new();
    // The body of a trigger contains semicolons.
    let mut within_trigger = false;
    for statement in sql.join("\n").split(';').map(str::trim).filter(|statement| !statement.is_empty()) {
        within_trigger |= ["CREATE TRIGGER", "CREATE FUNCTION"].iter().any(|start| statement.starts_with(start))
            && statement.contains("BEGIN");
        if within_trigger {
            within_trigger = !statement.starts_with("END");
            continue;
        }
        if !engine_specific.iter().any(|word| statement.contains(word)) && !statement.starts_with("DROP TRIGGER") {
            rows.push(statement.lines().map(normalize_types).collect::<Vec<_>>().join("\n"));
        }
    }
    rows
}

fn normalize_types(line: &str) -> String {
    let words = line.split_inclusive(' ').map(|word| {
        let bare = word.trim_end_matches([' ', ',']);
        let same = match bare {
            "UUID" | "BYTEA" => "BLOB",
            "TIMESTAMP" | "DATE" => "TEXT",
            "BIGINT" | "BOOLEAN" | "BIGSERIAL" => "INTEGER",
            _ => return word.to_owned(),
        };
        word.replacen(bare, same, 1)
    });
    let line: String = words.collect();
    let line = line.replace(") STRICT", ")").replace(" COLLATE \"C\"", "");
    // SQLite's booleans are integers with a check constraint.
    match (line.find(" CHECK ("), line.find(" IN (0, 1))")) {
        (Some(from), Some(to)) if from < to => format!("{}{}", &line[..from], &line[to + " IN (0, 1))".len()..]),
        _ => line,
    }
}

#[test]
fn the_schema_file_matches_the_database() {
    let database = TestDatabase::create();
    let rows = lines(
        &database,
        "SELECT m.name || '.' || c.name || CASE WHEN c.\"notnull\" OR c.pk THEN '' ELSE ' or nothing' END AS line
         FROM sqlite_master m, pragma_table_info(m.name) c
         WHERE m.type = 'table' AND m.name NOT LIKE 'products_search%' ORDER BY m.name, c.cid",
        "SELECT table_name || '.' || column_name || CASE is_nullable WHEN 'YES' THEN ' or nothing' ELSE '' END AS line
         FROM information_schema.columns WHERE table_schema = 'public' AND column_name <> 'search_vector'
         ORDER BY table_name COLLATE \"C\", ordinal_position",
    );
    let rows: Vec<&String> = rows.iter().filter(|line| !line.starts_with("__diesel")).collect();
    let mut known: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut table = String::new();
    for line in source("src/db/schema.rs").lines().map(str::trim) {
        if let Some((name, _)) = line.split_once(" (").filter(|_| line.ends_with('{')) {
            table = name.to_owned();
        } else if let Some((column, kind)) = line.split_once(" -> ").filter(|(column, _)| !column.contains('(')) {
            let nothing = if kind.starts_with("Nullable") { " or nothing" } else { "" };
            known.entry(table.clone()).or_default().push(format!("{table}.{column}{nothing}"));
        }
    }
    let known: Vec<&String> = known.values().flatten().collect();
    let unlike: Vec<_> = rows.iter().zip(&known).find(|(rows, known)| rows != known).into_iter().collect();
    assert!(rows.len() == known.len() && unlike.is_empty(), "the database and the code differ at {unlike:?}");
}

#[test]
fn every_foreign_key_has_an_index_that_begins_with_it() {
    let database = TestDatabase::create();
    let keys = lines(
        &database,
        "SELECT m.name || '(' || group_concat(f.\"from\") || ')' AS line
         FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table' GROUP BY m.name, f.id ORDER BY 1",
        "SELECT conrelid::regclass || '(' || string_agg(a.attname, ',' ORDER BY place) || ')' AS line
         FROM pg_constraint, unnest(conkey) WITH ORDINALITY AS k (attnum, place)
         JOIN pg_attribute a ON a.attnum = k.attnum
         WHERE contype = 'f' AND a.attrelid = conrelid GROUP BY pg_constraint.oid, conrelid ORDER BY 1",
    );
    assert!(keys.len() > 40, "{keys:?}");
    // Partial indexes count only when they exclude nothing but NULL keys.
    let indexes = lines(
        &database,
        "SELECT m.name || '(' || (SELECT group_concat(name) FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno))
                || ',' AS line
         FROM sqlite_master m, pragma_index_list(m.name) i
         WHERE m.type = 'table' AND (NOT i.partial OR EXISTS (
             SELECT 1 FROM sqlite_master s, pragma_index_info(i.name) c WHERE s.name = i.name AND c.seqno = 0
             AND s.sql LIKE '%) WHERE ' || c.name || ' IS NOT NULL'))",
        "SELECT indrelid::regclass || '(' || string_agg(a.attname, ',' ORDER BY place) || ',' AS line
         FROM pg_index, unnest(indkey) WITH ORDINALITY AS k (attnum, place)
         JOIN pg_attribute a ON a.attnum = k.attnum
         WHERE a.attrelid = indrelid AND indexprs IS NULL GROUP BY indexrelid, indrelid, indpred
         HAVING indpred IS NULL
             OR pg_get_expr(indpred, indrelid) = '(' || (array_agg(a.attname ORDER BY place))[1] || ' IS NOT NULL)'",
    );
    let bare: Vec<&String> = keys
        .iter()
        .filter(|key| !indexes.iter().any(|index| index.starts_with(&format!("{},", key.trim_end_matches(')')))))
        .collect();
    assert!(bare.is_empty(), "no index for {bare:?}");
}

#[test]
fn a_database_of_a_newer_version_is_rejected_unchanged() {
    let database = TestDatabase::create();
    database.run(NEWER);
    let before = schema(&database);
    for command in ["serve", "migrate", "doctor"] {
        let Output { status, stdout, stderr } = lumbung(&database, command).output().unwrap();
        let output = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
        assert_eq!(status.code(), Some(1), "{command}: {output}");
        assert!(output.contains("migrated by a newer Lumbung (29991231000001)"), "{command}: {output}");
    }
    let settings = database.settings();
    assert!(matches!(Migrations::down(&settings), Err(MigrationError::Newer(_))));
    assert_eq!(schema(&database), before);
}

#[test]
fn a_failed_migration_is_rolled_back() {
    let database = TestDatabase::bare();
    let settings = database.settings();
    // The sixth migration creates this table after five others.
    database.run("CREATE TABLE order_notes (id INTEGER)");
    assert!(matches!(Migrations::up(&settings), Err(MigrationError::Failed(_))));
    let half: Vec<String> = tables(&database).into_iter().filter(|table| table.starts_with("order")).collect();
    assert_eq!(half, ["order_notes"], "half of a migration stays");
    database.run("DROP TABLE order_notes");
    Migrations::up(&settings).unwrap();
    let whole = TestDatabase::bare();
    Migrations::up(&whole.settings()).unwrap();
    assert_eq!(schema(&database), schema(&whole));
}

#[test]
fn a_migration_that_breaks_foreign_keys_is_rolled_back() {
    let database = TestDatabase::bare();
    if database.is_postgres() {
        // PostgreSQL enforces foreign keys itself.
        return;
    }
    database.run(
        "PRAGMA foreign_keys = OFF; CREATE TABLE cups (id INTEGER PRIMARY KEY); CREATE TABLE teas (cup INTEGER REFERENCES cups); INSERT INTO teas VALUES (7)",
    );
    assert!(matches!(Migrations::up(&database.settings()), Err(MigrationError::Dangling(1))));
    assert_eq!(tables(&database), ["cups", "teas"]);
}

#[test]
fn a_killed_migration_can_be_continued() {
    let whole = TestDatabase::bare();
    assert!(lumbung(&whole, "migrate").output().unwrap().status.success());
    let imported =
        "SELECT 'place ' || code AS line FROM places UNION ALL SELECT kind || hijri_year FROM occasions ORDER BY 1";
    for after in [5, 20, 45, 90, 180] {
        let database = TestDatabase::bare();
        let mut process = lumbung(&database, "migrate").stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(after));
        process.kill().unwrap();
        process.wait().unwrap();
        let Output { status, stderr, .. } = lumbung(&database, "migrate").output().unwrap();
        assert!(status.success(), "killed after {after} ms: {}", String::from_utf8_lossy(&stderr));
        assert_eq!(schema(&database), schema(&whole), "killed after {after} ms");
        assert_eq!(lines(&database, imported, imported), lines(&whole, imported, imported));
    }
}

#[test]
fn concurrent_migrations_run_once() {
    let database = TestDatabase::bare();
    let steps = Migrations::names().0.len();
    let mut done = std::thread::scope(|scope| {
        let migrating: Vec<_> = (0..4).map(|_| scope.spawn(|| Migrations::up(&database.settings()).unwrap())).collect();
        migrating.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    done.sort_unstable();
    assert_eq!(done, [0, 0, 0, steps]);
}

/// The migrations on disk are the embedded ones, on both engines.
#[test]
fn every_migration_has_up_and_down() {
    for engine in ["sqlite", "postgres"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine);
        let mut rows: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        rows.sort();
        let names: Vec<String> =
            rows.iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect();
        assert_eq!(names, Migrations::names().0, "{engine}");
        for path in rows {
            assert!(path.join("up.sql").is_file() && path.join("down.sql").is_file(), "{}", path.display());
        }
    }
}

//! A database for each test: a copy of one migrated template.

use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use lumbung::db::Settings;

static NUMBER: AtomicU32 = AtomicU32::new(0);

diesel::table! {
    /// The databases of a PostgreSQL server.
    pg_database (datname) {
        datname -> Text,
    }
}

/// The test that drops a run's databases, and the variable that tells it of which run: its process id.
const CLEANUP_TEST: &str = "database::the_databases_of_a_run_are_dropped_when_it_ends";
const CLEANUP_OF: &str = "LUMBUNG_TEST_DROP_DATABASES_OF";

pub struct TestDatabase {
    pub url: String,
    /// The folder of this test, for everything else it writes.
    pub folder: tempfile::TempDir,
    postgres: Option<(String, String)>,
}

/// The server that the suite runs on, when it is PostgreSQL.
pub fn postgres_server() -> Option<String> {
    std::env::var("LUMBUNG_TEST_DATABASE_URL").ok().filter(|url| url.starts_with("postgres"))
}

/// The same server's database of another name.
fn named(server: &str, database: &str) -> String {
    let (base, _) = server.split_once('?').unwrap_or((server, ""));
    let slashes = base.find("//").expect("a URL") + 2;
    let host = base[slashes..].split('/').next().unwrap_or_default();
    format!("{}{host}/{database}", &base[..slashes])
}

fn settings(url: &str) -> Settings {
    Settings { url: url.into(), durable: false, ..Settings::default() }
}

fn migrated(url: &str) {
    lumbung::app::migrate(&settings(url)).expect("the migrations run and the places are there");
    if let Some(file) = url.strip_prefix("sqlite:") {
        // What is copied is the one file, so that everything must be in it.
        let mut conn = SqliteConnection::establish(file).expect("the template can be opened");
        conn.batch_execute("PRAGMA busy_timeout = 20000; PRAGMA wal_checkpoint(TRUNCATE)")
            .expect("the log can be folded in");
    }
}

fn scratch() -> tempfile::TempDir {
    let shm = PathBuf::from("/dev/shm");
    if shm.is_dir() { tempfile::tempdir_in(shm) } else { tempfile::tempdir() }.expect("a temporary folder")
}

impl TestDatabase {
    /// Runs this statement past the program, as a hand in the database would.
    pub fn try_execute(&self, statement: &str) -> Result<(), String> {
        let done = match self.url.strip_prefix("sqlite:") {
            Some(file) => SqliteConnection::establish(file).unwrap().batch_execute(statement),
            None => PgConnection::establish(&self.url).unwrap().batch_execute(statement),
        };
        done.map_err(|error| error.to_string())
    }

    /// A migrated, empty database on the engine that the suite runs on.
    pub fn create() -> TestDatabase {
        let folder = scratch();
        match postgres_server() {
            None => {
                static TEMPLATE: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
                let (_, template) = TEMPLATE.get_or_init(|| {
                    let folder = scratch();
                    let file = folder.path().join("template.db");
                    migrated(&format!("sqlite:{}", file.display()));
                    (folder, file)
                });
                let file = folder.path().join("test.db");
                std::fs::copy(template, &file).expect("the template can be copied");
                TestDatabase { url: format!("sqlite:{}", file.display()), folder, postgres: None }
            }
            Some(server) => {
                static TEMPLATE: OnceLock<String> = OnceLock::new();
                let template = TEMPLATE.get_or_init(|| {
                    drop_databases_at_exit();
                    let name = format!("lumbung_template_{}", std::process::id());
                    create_database(&server, &name, None);
                    migrated(&named(&server, &name));
                    name
                });
                let number = NUMBER.fetch_add(1, Ordering::Relaxed);
                let name = format!("lumbung_test_{}_{number}", std::process::id());
                create_database(&server, &name, Some(template));
                TestDatabase { url: named(&server, &name), folder, postgres: Some((server, name)) }
            }
        }
    }

    /// An empty database without any tables.
    pub fn bare() -> TestDatabase {
        let folder = scratch();
        match postgres_server() {
            None => TestDatabase {
                url: format!("sqlite:{}", folder.path().join("bare.db").display()),
                folder,
                postgres: None,
            },
            Some(server) => {
                let name = format!("lumbung_bare_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
                create_database(&server, &name, None);
                TestDatabase { url: named(&server, &name), folder, postgres: Some((server, name)) }
            }
        }
    }

    pub fn settings(&self) -> Settings {
        settings(&self.url)
    }

    /// Runs this SQL past the service, as another instance or an operator would.
    pub fn run(&self, sql: &str) {
        self.try_to_run(sql).expect("the SQL runs");
    }

    /// The same where the database may refuse it.
    pub fn try_to_run(&self, sql: &str) -> diesel::QueryResult<()> {
        match self.url.strip_prefix("sqlite:") {
            Some(file) => {
                let mut conn = SqliteConnection::establish(file).unwrap();
                conn.batch_execute("PRAGMA busy_timeout = 5000").unwrap();
                conn.batch_execute(sql)
            }
            None => PgConnection::establish(&self.url).unwrap().batch_execute(sql),
        }
    }

    pub fn is_postgres(&self) -> bool {
        self.postgres.is_some()
    }
}

/// The databases of the run of this process id.
pub fn databases_of_run(server: &str, run: u32) -> Vec<String> {
    let mut conn = PgConnection::establish(server).expect("PostgreSQL can be reached");
    let names: Vec<String> = pg_database::table.select(pg_database::datname).load(&mut conn).expect("their names");
    let is_of_run = |name: &String| {
        let rest = ["lumbung_template_", "lumbung_test_", "lumbung_bare_"].iter().find_map(|it| name.strip_prefix(it));
        rest.and_then(|rest| rest.split('_').next()) == Some(&run.to_string())
    };
    names.into_iter().filter(is_of_run).collect()
}

/// Starts a process that drops the databases of this run when it ends. Nothing of our own runs then: the test harness
/// exits without dropping what is static. It is this program with one test, and waits for the end of its input, which comes
/// when this process is gone, however it ended.
fn drop_databases_at_exit() {
    // Its input stays open for as long as this process lives.
    static CLEANUP: OnceLock<Child> = OnceLock::new();
    let program = std::env::current_exe().expect("the path of this program");
    let cleanup = Command::new(program)
        .args(["--exact", CLEANUP_TEST])
        .env(CLEANUP_OF, std::process::id().to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // An interrupt from the terminal is not for it.
        .process_group(0)
        .spawn()
        .expect("a process that cleans up");
    CLEANUP.set(cleanup).expect("one for the run");
}

/// In the process that cleans up: waits for the end of the run, and drops its databases. False in any other.
pub fn clean_up_after_run() -> bool {
    let Some(run) = std::env::var(CLEANUP_OF).ok().and_then(|run| run.parse::<u32>().ok()) else { return false };
    let server = postgres_server().expect("the server of the run");
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink()).expect("the end of the run");
    let mut conn = PgConnection::establish(&server).expect("PostgreSQL can be reached");
    for name in databases_of_run(&server, run) {
        conn.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).expect("a database can be dropped");
    }
    true
}

fn create_database(server: &str, name: &str, template: Option<&str>) {
    let mut conn = PgConnection::establish(server).expect("PostgreSQL can be reached");
    conn.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        .expect("an old database can be dropped");
    let template = template.map(|template| format!(" TEMPLATE {template}")).unwrap_or_default();
    // Copying a template wants it to itself; tests start side by side.
    for tried in 0.. {
        match conn.batch_execute(&format!("CREATE DATABASE {name}{template}")) {
            Ok(()) => return,
            Err(error) if tried < 200 && error.to_string().contains("being accessed by other users") => {
                std::thread::sleep(std::time::Duration::from_millis(25));
            }
            Err(error) => panic!("{name} cannot be created: {error}"),
        }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.postgres
            && let Ok(mut conn) = PgConnection::establish(server)
        {
            let _ = conn.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

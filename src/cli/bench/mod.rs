//! `lumbung bench`: measures the throughput and latency of this machine, beside baselines on the same machine.
//!
//! The bench creates its own database with a year of trade, serves it by this program in a second process, and sends
//! requests over loopback. A failed request ends the bench.

#![expect(
    clippy::disallowed_methods,
    reason = "databases are created, vacuumed and dropped; their names are generated here"
)]

mod baseline;
mod cases;
mod client;
mod seed;
mod server;
mod table;

use std::path::PathBuf;
use std::time::Instant as Stopwatch;

use clap::Args;
use diesel::Connection;
use diesel::PgConnection;
use diesel::connection::SimpleConnection;

use super::Failure;
use super::demo::PASSWORD;
use crate::accounts::Password;
use crate::app::{self, Application};
use crate::config::Config;
use crate::kernel::{Clock, Entropy};

use server::Server;
use table::ResultTable;

/// Measures how fast this machine serves a year of trade, in a temporary database.
#[derive(Debug, Args)]
pub struct Bench {
    /// `sqlite`, or the URL of a PostgreSQL database on whose server the temporary one is created.
    #[arg(long, default_value = "sqlite")]
    database: String,
    /// The number of orders in the year.
    #[arg(long, default_value_t = 100_000)]
    orders: usize,
    /// The number of concurrent clients.
    #[arg(long, default_value_t = 64)]
    clients: usize,
    /// The duration of each case, in seconds.
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// Runs only cases whose name contains this text.
    #[arg(long, default_value = "")]
    only: String,
    /// The seed of the random generator.
    #[arg(long, default_value_t = 330_215)]
    seed: u64,
}

impl Bench {
    pub(super) fn run(self, mut config: Config) -> Result<(), Failure> {
        if !(self.seconds > 0.0 && self.clients > 0) {
            return Err(Failure::usage("--seconds and --clients must be more than nothing"));
        }
        config.data_dir = config.data_dir.join("bench");
        let workspace = Workspace::create(&self.database, &config.data_dir)?;
        config.database.url = workspace.url.clone().into();
        let started = Stopwatch::now();
        let village = {
            let mut config = config.clone();
            config.database.durable = false;
            app::migrate(&config.database)?;
            let app = Application::build(&config, Clock::System, Entropy::System)?;
            let hash = app.accounts.hasher.hash_blocking(&Password::new(PASSWORD))?;
            seed::create_village(&app, &hash, self.orders, self.seed)?
        };
        workspace.optimize()?;
        eprintln!("{} orders written in {:.1} s", self.orders, started.elapsed().as_secs_f64());
        let table = self.measure(&config, &workspace, &village)?;
        println!("{table}");
        Ok(())
    }

    fn measure(&self, config: &Config, workspace: &Workspace, village: &seed::Village) -> Result<ResultTable, Failure> {
        let mut table = ResultTable::default();
        {
            let server = Server::start(&workspace.url, &config.data_dir)?;
            cases::run_served(self, &server, village, &mut table)?;
        }
        // The server must have released the embedded database before the baselines run.
        cases::run_baselines(self, config, village, &mut table)?;
        Ok(table)
    }
}

/// The temporary database and folder of the bench; removed on drop.
struct Workspace {
    url: String,
    folder: PathBuf,
    postgres: Option<(String, String)>,
}

impl Workspace {
    fn create(database: &str, folder: &std::path::Path) -> Result<Self, Failure> {
        if folder.exists() {
            std::fs::remove_dir_all(folder)?;
        }
        std::fs::create_dir_all(folder)?;
        let folder = folder.to_owned();
        if database == "sqlite" {
            let url = format!("sqlite:{}", folder.join("lumbung.db").display());
            return Ok(Workspace { url, folder, postgres: None });
        }
        let Some((base, _)) = database.rsplit_once('/').filter(|_| database.starts_with("postgres")) else {
            return Err(Failure::usage("--database must be sqlite or begin with postgres://"));
        };
        let name = format!("lumbung_bench_{}", std::process::id());
        let url = format!("{base}/{name}");
        let workspace = Workspace { url, folder, postgres: Some((database.to_owned(), name.clone())) };
        PgConnection::establish(database)?.batch_execute(&format!("CREATE DATABASE {name}"))?;
        Ok(workspace)
    }

    /// Vacuums and analyses the database, as it would happen in production over time.
    fn optimize(&self) -> Result<(), Failure> {
        match &self.postgres {
            // Separate calls: several statements in one call are a transaction, in which VACUUM is not allowed.
            Some(_) => {
                let mut conn = PgConnection::establish(&self.url)?;
                conn.batch_execute("VACUUM ANALYZE")?;
                conn.batch_execute("CHECKPOINT")?;
            }
            None => {
                let file = self.url.trim_start_matches("sqlite:");
                diesel::SqliteConnection::establish(file)?
                    .batch_execute("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA analysis_limit = 1000; ANALYZE;")?;
            }
        }
        Ok(())
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.postgres
            && let Ok(mut conn) = PgConnection::establish(server)
            && let Err(error) = conn.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        {
            eprintln!("{name} is left behind: {error}");
        }
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            eprintln!("{} is left behind: {error}", self.folder.display());
        }
    }
}

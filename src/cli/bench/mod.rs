//! `lumbung bench`: how fast this machine serves, held against what the same machine does with nothing around it.
//!
//! A database of its own gets a year of trade; this very program serves it in a process of its own, and a small client
//! asks over loopback. An answer that is no success ends the bench.

#![expect(clippy::disallowed_methods, reason = "databases are made, tidied and dropped; their names are made up here")]

mod bare;
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
use table::Table;

/// Measures how fast this machine serves a year of trade, in a database that is made for it and removed again.
#[derive(Debug, Args)]
pub struct Bench {
    /// `sqlite`, or the URL of a PostgreSQL server's database beside which one is made.
    #[arg(long, default_value = "sqlite")]
    database: String,
    /// Orders of the year that is reported on.
    #[arg(long, default_value_t = 100_000)]
    orders: usize,
    /// Clients that ask at once.
    #[arg(long, default_value_t = 64)]
    clients: usize,
    /// Seconds for each case.
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// Only cases whose name holds this.
    #[arg(long, default_value = "")]
    only: String,
    /// The seed that chance is drawn from.
    #[arg(long, default_value_t = 330_215)]
    seed: u64,
}

impl Bench {
    pub(super) fn run(self, mut config: Config) -> Result<(), Failure> {
        if !(self.seconds > 0.0 && self.clients > 0) {
            return Err(Failure::usage("--seconds and --clients must be more than nothing"));
        }
        config.data_dir = config.data_dir.join("bench");
        let place = Place::make(&self.database, &config.data_dir)?;
        config.database.url = place.url.clone().into();
        let begun = Stopwatch::now();
        let village = {
            let mut config = config.clone();
            config.database.durable = false;
            app::migrate(&config.database)?;
            let app = Application::build(&config, Clock::System, Entropy::System)?;
            let hash = app.accounts.hasher.hash_blocking(&Password::new(PASSWORD))?;
            seed::settle(&app, &hash, self.orders, self.seed)?
        };
        place.tidy()?;
        eprintln!("{} orders written in {:.1} s", self.orders, begun.elapsed().as_secs_f64());
        let table = self.measured(&config, &place, &village)?;
        println!("{table}");
        Ok(())
    }

    fn measured(&self, config: &Config, place: &Place, village: &seed::Village) -> Result<Table, Failure> {
        let mut table = Table::default();
        {
            let server = Server::start(&place.url, &config.data_dir)?;
            cases::served(self, &server, village, &mut table)?;
        }
        // Nobody else may hold the embedded database while its bare speed is measured.
        cases::bare(self, config, village, &mut table)?;
        Ok(table)
    }
}

/// Where the data of the bench lies while it runs.
struct Place {
    url: String,
    folder: PathBuf,
    postgres: Option<(String, String)>,
}

impl Place {
    fn make(database: &str, folder: &std::path::Path) -> Result<Self, Failure> {
        if folder.exists() {
            std::fs::remove_dir_all(folder)?;
        }
        std::fs::create_dir_all(folder)?;
        let folder = folder.to_owned();
        if database == "sqlite" {
            let url = format!("sqlite:{}", folder.join("lumbung.db").display());
            return Ok(Place { url, folder, postgres: None });
        }
        let Some((base, _)) = database.rsplit_once('/').filter(|_| database.starts_with("postgres")) else {
            return Err(Failure::usage("--database must be sqlite or begin with postgres://"));
        };
        let name = format!("lumbung_bench_{}", std::process::id());
        let url = format!("{base}/{name}");
        let place = Place { url, folder, postgres: Some((database.to_owned(), name.clone())) };
        PgConnection::establish(database)?.batch_execute(&format!("CREATE DATABASE {name}"))?;
        Ok(place)
    }

    /// What a database does by itself in time, done now: figures of a fresh heap without statistics are nobody's.
    fn tidy(&self) -> Result<(), Failure> {
        match &self.postgres {
            // Each by itself: several statements in one text are a transaction, which VACUUM refuses.
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

impl Drop for Place {
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

//! `lumbung demo`: a simulated village on an embedded database.
//!
//! The first start simulates eighteen months of trade through the use cases that the API calls, with a simulated clock and
//! a seeded random generator, so that the same last day gives the same data. Later starts only restock. Then the server
//! runs.

mod contract;
pub(super) mod create_world;

mod kitchen;
mod live;
mod market;
mod money;
mod outlets;
mod plan;
mod requests;
mod season;
mod shelves;
mod today;
mod tour;
mod treasury;
pub(super) mod village;
pub(super) mod world;

use std::path::Path;
use std::sync::Arc;

use chrono::{Days, Months};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::{Failure, serve};
use crate::accounts::Password;
use crate::app::{self, Application};
use crate::config::Config;
use crate::kernel::{Clock, Day, Entropy, Instant, Zone};
use crate::server::starting::StartingServer;
use crate::web::Problem;

use live::Story;
use today::Agenda;
use world::{Record, World};

const DEFAULT_MONTHS: u32 = 18;
const DEFAULT_SEED: u64 = 330_215;

/// The password of all people in the demo.
pub(super) const PASSWORD: &str = "lumbung-contoh-2026";

/// Creates a village with simulated trade on an embedded database, and serves it.
#[derive(Debug, Args)]
pub struct Demo {
    /// The last simulated day. Default: yesterday. The same day gives the same data.
    #[arg(long)]
    until: Option<Day>,
    /// Creates the data anew, even if it exists.
    #[arg(long)]
    fresh: bool,
    /// The number of simulated months; fewer take less time. Default: 18.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=60))]
    months: Option<u32>,
    /// The seed of the random generator. Default: 330215.
    #[arg(long)]
    seed: Option<u64>,
    /// Exits after creating the data.
    #[arg(long)]
    no_serve: bool,
}

impl Demo {
    pub(super) fn run(self, mut config: Config) -> Result<(), Failure> {
        config.data_dir = config.data_dir.join("demo");
        config.database.url = format!("sqlite:{}", config.data_dir.join("lumbung.db").display()).into();
        config.accounts.loopback_is_unlimited = true;
        if config.server.public_url == Config::default().server.public_url {
            // Links in mails lead to this server, on any port.
            config.server.public_url = format!("http://{}:{}", config.server.host, config.server.port);
        }
        let file = config.data_dir.join("demo.json");
        let waiting = if self.no_serve {
            None
        } else {
            let listener = serve::listen(&config)?;
            Some((StartingServer::start(&listener)?, listener))
        };
        if self.fresh || !file.exists() {
            let (months, seed) = (self.months.unwrap_or(DEFAULT_MONTHS), self.seed.unwrap_or(DEFAULT_SEED));
            create(&config, &file, self.last_day(), months, seed)?;
        } else if let Some(notice) = self.ignored_options(&file) {
            eprintln!("{notice}");
        }
        let Some((starting, listener)) = waiting else { return Ok(()) };
        let record: Record = serde_json::from_slice(&std::fs::read(&file).map_err(Failure::at_path(&file))?)
            .map_err(|error| Failure::new(format!("{}: {error}; --fresh creates it anew", file.display())))?;
        app::migrate(&config.database)?;
        let mut app = Application::build(&config, Clock::System, Entropy::System)?;
        let now = app.state.now();
        let served = Record { base_url: config.server.public_url.clone(), ..record.clone() };
        app.service_state.demo = Some(tour::guide(&served, Zone::Jakarta.day_of(now)));
        shelves::restock(&app, &Arc::new(record.world.clone()), now)?;
        // The record and the tour stand before the server says that it is ready.
        let record = Record { base_url: format!("http://{}", listener.local_addr()?), ..record };
        write_record(&file, &record).map_err(Failure::at_path(&file))?;
        let tour = tour::write(&config.data_dir, &record, Zone::Jakarta.day_of(now))
            .map_err(Failure::at_path(&config.data_dir))?;
        starting.stop()?;
        serve::run(&config, &app, listener, |_| println!("{tour}"))
    }

    /// Names the options that describe a new world and have no effect on the existing one.
    fn ignored_options(&self, file: &Path) -> Option<String> {
        let given =
            [("--until", self.until.is_some()), ("--months", self.months.is_some()), ("--seed", self.seed.is_some())];
        let names: Vec<&str> = given.into_iter().filter(|(_, is_given)| *is_given).map(|(name, _)| name).collect();
        (!names.is_empty()).then(|| {
            let world = file.display();
            format!("Ignored: {}. A world exists already ({world}); --fresh creates it anew.", names.join(", "))
        })
    }

    fn last_day(&self) -> Day {
        let today = Zone::Jakarta.day_of(Clock::System.now());
        self.until.unwrap_or_else(|| today.pred_opt().unwrap_or(today))
    }
}

/// Creates the world in a new database. Writes the record last, so that an incomplete world has none.
fn create(config: &Config, file: &Path, until: Day, months: u32, seed: u64) -> Result<(), Failure> {
    for name in ["demo.json", "lumbung.db", "lumbung.db-wal", "lumbung.db-shm"] {
        let path = config.data_dir.join(name);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(Failure::at_path(&path)(error)),
            _ => {}
        }
    }
    let mut config = config.clone();
    // Durability is not needed: after a power failure the next start begins again.
    config.database.durable = false;
    app::migrate(&config.database)?;
    let app = Application::build(&config, Clock::System, Entropy::seeded(seed))?;
    let world = simulate(&app, until, months, seed, &progress_bar())?;
    drop(app);
    let database = config.data_dir.join("lumbung.db");
    std::fs::File::open(&database).and_then(|opened| opened.sync_all()).map_err(Failure::at_path(&database))?;
    let record = Record { base_url: config.server.public_url.clone(), password: PASSWORD.into(), until, seed, world };
    write_record(file, &record).map_err(Failure::at_path(file))?;
    Ok(())
}

fn progress_bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} hari  {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(0).with_style(style)
}

/// Creates the village and simulates its months, including the last day.
fn simulate(app: &Application, until: Day, months: u32, seed: u64, bar: &ProgressBar) -> Result<World, Problem> {
    let first = until
        .checked_sub_months(Months::new(months))
        .and_then(|day| day.checked_add_days(Days::new(1)))
        .unwrap_or(until);
    let world = Arc::new(create_village(app, Zone::Jakarta.start_of(first))?);
    let story = Story { first, until, seed };
    let (mut agenda, mut placed, mut unmet) = (Agenda::default(), 0_u32, 0_u32);
    bar.set_length(u64::try_from(until.signed_duration_since(first).num_days().saturating_add(1)).unwrap_or(0));
    for day in first.iter_days().take_while(|day| *day <= until) {
        let (next_agenda, tally) = live::live(app, &world, &agenda, day, story)?;
        agenda = next_agenda;
        placed = placed.saturating_add(tally.placed);
        unmet = unmet.saturating_add(tally.unmet);
        bar.set_message(format!("{day}: {placed} pesanan"));
        bar.inc(1);
    }
    bar.finish_and_clear();
    // No mails for the simulated months.
    app.state.db.write_blocking(crate::notifications::skip_to_end)?;
    tracing::info!(placed, unmet, "simulated all months");
    Ok(Arc::unwrap_or_clone(world))
}

/// Creates the village with its people, groups and products, without any sales.
fn create_village(app: &Application, now: Instant) -> Result<World, Problem> {
    let hash = app.accounts.hasher.hash_blocking(&Password::new(PASSWORD)).map_err(Problem::internal)?;
    app.state.db.write_blocking(move |tx| create_world::create_world(tx, now, &hash, plan::BUYERS))
}

fn write_record(file: &Path, record: &Record) -> std::io::Result<()> {
    let draft = file.with_extension("json.new");
    std::fs::write(&draft, serde_json::to_vec_pretty(record)?)?;
    std::fs::rename(draft, file)
}

//! The environment of a test: its own database, a manual clock, and a server on a free port.

#![allow(dead_code)]

mod answer;
mod cast;
mod client;
pub mod contract;
mod database;
mod everything;
mod explain;
mod goods;
mod instance;
mod market;
pub mod midtrans;
mod people;
mod rows;
mod served;
pub mod smtp;
pub mod trap;

use lumbung::app::Application;
use lumbung::config::Config;
use lumbung::db;
use lumbung::jobs::{self, JobRegistry, RunReport};
use lumbung::kernel::{Clock, Instant};
use lumbung::mail;

pub use answer::Reply;
#[allow(unused_imports)]
pub use cast::Village;
pub use client::Client;
pub use database::{TestDatabase, clean_up_after_run, databases_of_run, postgres_server};
#[allow(unused_imports)]
pub use everything::{diff_rows, dump_rows};
pub use explain::explain;
pub use goods::{abon, pastel};
pub use instance::Instance;
#[allow(unused_imports)]
pub use people::{PASSWORD, Person, logins, registration};
pub use served::ServerProcess;

/// The initial time of tests: Monday 23 November 2026, 14.30 in Cihonje.
pub const NOW: &str = "2026-11-23T07:30:00Z";

/// The system clock, which separate processes use. Tests use it only for values that such a process reads or receives.
pub fn system_now() -> Instant {
    Clock::System.now()
}

pub struct World {
    pub clock: Clock,
    pub app: Application,
    pub base_url: String,
    pub config: Config,
    // Dropped before the database.
    server: instance::Server,
    pub database: TestDatabase,
    skips_audit: std::sync::atomic::AtomicBool,
    http: reqwest::Client,
}

impl World {
    /// An empty world.
    pub async fn empty() -> World {
        World::with(|_| {}).await
    }

    /// An empty world with a changed configuration.
    pub async fn with(change: impl FnOnce(&mut Config)) -> World {
        World::on(TestDatabase::create(), change)
    }

    /// A world on an existing database.
    pub fn on(database: TestDatabase, change: impl FnOnce(&mut Config)) -> World {
        let clock = Clock::fixed_at(NOW.parse::<Instant>().unwrap());
        let mut config = Config::default();
        config.database.url = database.url.clone().into();
        config.database.durable = false;
        config.database.connections = 4;
        config.data_dir = database.folder.path().join("data");
        // The cheapest password hashing; the real cost has its own test.
        config.accounts.password_memory_kib = 8;
        config.accounts.password_iterations = 1;
        config.accounts.registrations_an_hour = 100_000;
        config.accounts.sign_ins_an_hour = 100_000;
        config.mail.transport = mail::Transport::Memory;
        change(&mut config);
        let Instance { app, base_url, server } = Instance::of(&config, &clock);
        World {
            clock,
            app,
            base_url,
            config,
            server,
            database,
            skips_audit: false.into(),
            http: reqwest::Client::new(),
        }
    }

    /// A second instance on the same database, with its own connections.
    pub fn another_instance(&self) -> Instance {
        Instance::of(&self.config, &self.clock)
    }

    /// Runs everything that is due: periodic tasks, jobs, letters. Failures fail the test.
    pub async fn work(&self) -> usize {
        let report = self.try_work().await;
        assert!(report.failures.is_empty(), "work failed: {:?}", report.failures);
        report.processed
    }

    /// Like [`World::work`], for tests of failing work.
    pub async fn try_work(&self) -> RunReport {
        self.run_registry(&self.app.registry).await
    }

    /// Runs what is due of another registry.
    pub async fn run_registry(&self, registry: &JobRegistry) -> RunReport {
        let (registry, db, now) = (registry.clone(), self.app.state.db.clone(), self.clock.now());
        tokio::task::spawn_blocking(move || registry.run_due(&db, now)).await.expect("the work comes to an end")
    }

    /// The sent letters, oldest first.
    pub fn mails(&self) -> Vec<mail::CapturedLetter> {
        self.app.mailer.captured_letters()
    }

    /// Skips the consistency checks at the end, because the test corrupts the database.
    pub fn skip_audit(&self) {
        self.skips_audit.store(true, std::sync::atomic::Ordering::Relaxed);
    }

    /// An anonymous client.
    pub fn guest(&self) -> Client {
        Client::new(self.http.clone(), &self.base_url)
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.server.stop();
        if !std::thread::panicking() {
            let now = self.clock.now();
            let undone =
                self.app.state.db.read_blocking::<_, db::Error>(|conn| jobs::count_overdue(conn, now)).unwrap();
            assert!(undone.is_empty(), "the test left work undone (call `world.work().await`): {undone:?}");
            if !self.skips_audit.load(std::sync::atomic::Ordering::Relaxed) {
                self.app.state.db.read_blocking(audit).unwrap();
            }
        }
    }
}

/// Checks after each test that ledger, payments, sales and supply are consistent.
fn audit(conn: &mut db::Conn) -> db::Result<()> {
    for (cooperative, code) in lumbung::integrity::list_cooperatives(conn)? {
        for it in lumbung::integrity::run_checks(conn, cooperative)? {
            assert_eq!(it.wrong, 0, "{} of {code} does not hold, for one {:?}", it.check, it.example);
        }
    }
    Ok(())
}

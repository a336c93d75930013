//! A small world for each test: its own database, a clock that stands still, and a server on a free port.

#![allow(dead_code)]

mod answer;
mod cast;
mod client;
pub mod contract;
mod database;
mod everything;
mod explained;
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
use lumbung::jobs::{self, Done, JobRegistry};
use lumbung::kernel::{Clock, Instant};
use lumbung::mail;

pub use answer::Reply;
#[allow(unused_imports)]
pub use cast::Village;
pub use client::Client;
pub use database::TestDatabase;
#[allow(unused_imports)]
pub use everything::{changes, everything};
pub use explained::explained;
pub use goods::{abon, pastel};
pub use instance::Instance;
#[allow(unused_imports)]
pub use people::{PASSWORD, Person, logins, registration};
pub use served::Served;

/// Monday 23 November 2026, 14.30 in Cihonje.
pub const NOW: &str = "2026-11-23T07:30:00Z";

pub struct World {
    pub clock: Clock,
    pub app: Application,
    pub base_url: String,
    pub config: Config,
    // The server goes before its database does.
    server: instance::Server,
    pub database: TestDatabase,
    spoiled: std::sync::atomic::AtomicBool,
    http: reqwest::Client,
}

impl World {
    /// An empty world on the database that the suite runs on.
    pub async fn empty() -> World {
        World::with(|_| {}).await
    }

    /// An empty world whose configuration was changed first.
    pub async fn with(change: impl FnOnce(&mut Config)) -> World {
        let database = TestDatabase::create();
        let clock = Clock::standing_at(NOW.parse::<Instant>().unwrap());
        let mut config = Config::default();
        config.database.url = database.url.clone().into();
        config.database.durable = false;
        config.database.connections = 4;
        config.data_dir = database.folder.path().join("data");
        // Passwords are hashed as cheaply as can be; what they cost in earnest has a test of its own.
        config.accounts.password_memory_kib = 8;
        config.accounts.password_iterations = 1;
        config.accounts.registrations_an_hour = 100_000;
        config.accounts.sign_ins_an_hour = 100_000;
        config.mail.transport = mail::Transport::Memory;
        change(&mut config);
        let Instance { app, base_url, server } = Instance::of(&config, &clock);
        World { clock, app, base_url, config, server, database, spoiled: false.into(), http: reqwest::Client::new() }
    }

    /// Another server on the same database, as a second machine would run it: with connections of its own.
    pub fn another_instance(&self) -> Instance {
        Instance::of(&self.config, &self.clock)
    }

    /// Does everything that is due at this moment: chores, jobs, letters. Work that fails fails the test.
    pub async fn work(&self) -> usize {
        let done = self.try_to_work().await;
        assert!(done.failures.is_empty(), "work failed: {:?}", done.failures);
        done.pieces
    }

    /// The same, for tests of failing work.
    pub async fn try_to_work(&self) -> Done {
        self.work_with(&self.app.registry).await
    }

    /// Does what is due of this other workshop.
    pub async fn work_with(&self, registry: &JobRegistry) -> Done {
        let (registry, db, now) = (registry.clone(), self.app.state.db.clone(), self.clock.now());
        tokio::task::spawn_blocking(move || registry.run_due(&db, now)).await.expect("the work comes to an end")
    }

    /// The letters that have left, oldest first.
    pub fn mails(&self) -> Vec<mail::Captured> {
        self.app.mailer.captured()
    }

    /// What stands in the database was spoiled on purpose: proofs need not hold when this is over.
    pub fn is_spoiled(&self) {
        self.spoiled.store(true, std::sync::atomic::Ordering::Relaxed);
    }

    /// Someone who has not signed in.
    pub fn guest(&self) -> Client {
        Client::new(self.http.clone(), &self.base_url)
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.server.stop();
        if !std::thread::panicking() {
            let now = self.clock.now();
            let undone = self.app.state.db.read_blocking::<_, db::Error>(|conn| jobs::undone(conn, now)).unwrap();
            assert!(undone.is_empty(), "the test left work undone (call `world.work().await`): {undone:?}");
            if !self.spoiled.load(std::sync::atomic::Ordering::Relaxed) {
                self.app.state.db.read_blocking(audit).unwrap();
            }
        }
    }
}

/// Whatever a test did: in the end books, payments, sales and supply agree.
fn audit(conn: &mut db::Conn) -> db::Result<()> {
    for (cooperative, code) in lumbung::integrity::cooperatives(conn)? {
        for it in lumbung::integrity::examine(conn, cooperative)? {
            assert_eq!(it.wrong, 0, "{} of {code} does not hold, for one {:?}", it.check, it.example);
        }
    }
    Ok(())
}

//! Wiring: the same for `main` and for tests.

use actix_web::web::{Data, ServiceConfig};

use crate::config::Config;
use crate::db::{self, Db, MigrationError};
use crate::jobs::{self, Chore, ChoreError, Workshop};
use crate::kernel::{Clock, Duration, Entropy, Instant};
use crate::web::{Sealer, Site, idempotency};

/// The wired application.
#[derive(Debug, Clone)]
pub struct Application {
    /// What handlers reach.
    pub site: Site,
    /// All the work that is done later; `jobs::Worker` does it while the server runs.
    pub workshop: Workshop,
}

impl Application {
    /// Wires everything that the configuration describes.
    pub fn build(config: &Config, clock: Clock, entropy: Entropy) -> Result<Self, MigrationError> {
        let db = Db::open(&config.database, entropy.clone())?;
        let site = Site {
            db,
            clock,
            sealer: Sealer::new(entropy.bytes()),
            public_url: config.server.public_url.as_str().into(),
        };
        let workshop = Workshop::new().chores(Self::chores());
        Ok(Application { site, workshop })
    }

    /// Hands every slice's state to the service.
    pub fn configure(&self, config: &mut ServiceConfig) {
        config.app_data(Data::new(self.site.clone()));
    }

    /// The work that comes round by itself, of all slices.
    pub fn chores() -> Vec<Chore> {
        vec![Chore { name: "housekeeping", every: Duration::hours(1), run: keep_house }]
    }
}

/// Forgets what was kept long enough.
fn keep_house(db: &Db, now: Instant) -> Result<usize, ChoreError> {
    let keys = db.write_blocking::<_, db::Error, _>(move |tx| idempotency::purge(tx, now))?;
    let jobs = db.write_blocking::<_, db::Error, _>(move |tx| jobs::purge(tx, now))?;
    Ok(keys.saturating_add(jobs))
}

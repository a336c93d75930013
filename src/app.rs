//! Wiring: the same for `main` and for tests.

use actix_web::web::{Data, ServiceConfig};

use crate::config::Config;
use crate::db::{Db, MigrationError};
use crate::jobs::Chore;
use crate::kernel::{Clock, Entropy};
use crate::web::{Sealer, Site};

/// The wired application.
#[derive(Debug, Clone)]
pub struct Application {
    /// What handlers reach.
    pub site: Site,
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
        Ok(Application { site })
    }

    /// Hands every slice's state to the service.
    pub fn configure(&self, config: &mut ServiceConfig) {
        config.app_data(Data::new(self.site.clone()));
    }

    /// The work that comes round by itself, of all slices.
    pub fn chores() -> Vec<Chore> {
        Vec::new()
    }
}

//! Wiring: the same for `main` and for tests.

use actix_web::web::{Data, ServiceConfig};

use secrecy::ExposeSecret;

use crate::accounts::{self, Accounts, AccountsError, KeyError, KeyFolder};
use crate::calendar;
use crate::catalogue::{self, photos};
use crate::config::Config;
use crate::cooperatives::{self, ImportPlacesError};
use crate::db::{self, Db, MigrationError, Migrations, Tx};
use crate::events::{self, Event};
use crate::files::{Darkroom, Store};
use crate::jobs::{self, Chore, ChoreError, Workshop};
use crate::kernel::{Clock, Duration, Entropy, Instant};
use crate::mail::{self, DeadLetter, Mailer, MailerError};
use crate::notifications::Teller;
use crate::server::surroundings::Surroundings;
use crate::supply;
use crate::web::{Sealer, Site, idempotency, quota};
use crate::{market, orders, payments};

/// The wired application.
#[derive(Debug, Clone)]
pub struct Application {
    /// What handlers reach.
    pub site: Site,
    /// All the work that is done later; `jobs::Worker` does it while the server runs.
    pub workshop: Workshop,
    /// The way out for letters.
    pub mailer: Mailer,
    /// What stands around the routes.
    pub surroundings: Surroundings,
    /// The hashing pool, keys and limits of people signing in.
    pub accounts: Accounts,
    /// Where pictures are worked on and kept.
    pub darkroom: Darkroom,
    /// Through what buyers may pay.
    pub gateways: payments::Gateways,
    /// How long people have to answer, pay and cancel.
    pub orders: orders::Settings,
    /// How far ahead standing orders claim.
    pub market: market::Settings,
}

/// Why the application cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database cannot be opened, or its schema is another.
    #[error(transparent)]
    Database(#[from] MigrationError),
    /// A key is missing, weak or open to others.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// People could not sign in.
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    /// Letters cannot leave.
    #[error(transparent)]
    Mail(#[from] MailerError),
    /// The gateway cannot be told from others.
    #[error(transparent)]
    Gateway(#[from] payments::CertificateError),
    /// The bundled places could not be brought in.
    #[error(transparent)]
    Places(#[from] ImportPlacesError),
    /// The official dates could not be brought in.
    #[error(transparent)]
    Dates(#[from] db::Error),
}

/// Brings the schema up to date, and with it what every database has from the start: the bundled places, and the
/// official dates of the calendar. Tells how many migrations there were to run.
pub fn migrate(settings: &db::Settings) -> Result<usize, StartError> {
    let steps = Migrations::up(settings)?;
    let db = Db::open(settings, Entropy::System)?;
    db.write_blocking(cooperatives::import_bundled_places)?;
    db.write_blocking(calendar::bring_in_official)?;
    Ok(steps)
}

impl Application {
    /// Wires everything that the configuration describes.
    pub fn build(config: &Config, clock: Clock, entropy: Entropy) -> Result<Self, StartError> {
        let folder = KeyFolder::inside(&config.data_dir, config.production);
        let seal = folder.one("server.seal_key", config.server.seal_key.as_ref(), "seal", &Entropy::System)?;
        let accounts = Accounts::new(&config.accounts, &config.server.public_url, &folder, &entropy)?;
        let db = Db::open(&config.database, entropy)?;
        let site = Site {
            db,
            clock,
            sealer: Sealer::new(*seal.expose_secret()),
            public_url: config.server.public_url.as_str().into(),
        };
        let darkroom = Darkroom::new(Store::open(&config.files, &config.data_dir));
        let gateways = payments::Gateways::open(&config.gateway)?;
        let mailer = Mailer::open(&config.mail, &config.data_dir)?;
        let postman = mailer.clone();
        let teller = Teller::new(site.public_url.clone(), site.sealer.clone());
        let workshop = Workshop::new()
            .chores(Self::chores())
            .handler(photos::discarder(darkroom.store().clone()))
            .handler(payments::discarder(darkroom.store()))
            .handler(payments::listener())
            .apart("gateway", payments::speakers(&gateways))
            .errand("notifications", move |db, now| Ok(teller.tell(db, now)?))
            .errand("mail", move |db, now| Ok(mail::deliver(db, now, &postman, note_dead_letter)?));
        let (ordering, steadying) = (config.orders, config.market);
        let workshop = workshop.errand("market", move |db, now| market::see_to(db, now, &ordering, &steadying));
        let surroundings = Surroundings::new(config);
        Ok(Application {
            site,
            workshop,
            surroundings,
            mailer,
            accounts,
            darkroom,
            gateways,
            orders: config.orders,
            market: config.market,
        })
    }

    /// Hands every slice's state to the service.
    pub fn configure(&self, config: &mut ServiceConfig) {
        config
            .app_data(Data::new(self.site.clone()))
            .app_data(Data::new(self.accounts.clone()))
            .app_data(Data::new(self.darkroom.clone()))
            .app_data(Data::new(self.gateways.clone()))
            .app_data(Data::new(self.orders))
            .app_data(Data::new(market::Rules { orders: self.orders, market: self.market }));
        self.surroundings.configure(config);
    }

    /// The work that comes round by itself, of all slices.
    pub fn chores() -> Vec<Chore> {
        let mut chores = vec![Chore { name: "housekeeping", every: Duration::hours(1), run: keep_house }];
        chores.extend(catalogue::chores());
        chores.extend(supply::chores());
        chores.extend(accounts::chores());
        chores.extend(orders::chores());
        chores.extend(payments::chores());
        chores.extend(market::chores());
        chores
    }
}

/// Forgets what was kept long enough.
fn keep_house(db: &Db, now: Instant) -> Result<usize, ChoreError> {
    let keys = db.write_blocking::<_, db::Error, _>(move |tx| idempotency::purge(tx, now))?;
    let jobs = db.write_blocking::<_, db::Error, _>(move |tx| jobs::purge(tx, now))?;
    let letters = db.write_blocking::<_, db::Error, _>(move |tx| mail::purge(tx, now))?;
    let quotas = db.write_blocking::<_, db::Error, _>(move |tx| quota::purge(tx, now))?;
    Ok([keys, jobs, letters, quotas].into_iter().fold(0, usize::saturating_add))
}

/// A letter that is given up stands in the audit trail.
fn note_dead_letter(tx: &mut Tx<'_>, now: Instant, dead: &DeadLetter) -> db::Result<()> {
    let event = Event::new("mail.given_up", dead.id).with("kind", &dead.kind).with("attempts", dead.attempts);
    events::record(tx, now, &event).map(drop)
}

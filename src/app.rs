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
use crate::files::{ImageProcessor, Store};
use crate::jobs::{self, JobRegistry, PeriodicTask, TaskError};
use crate::kernel::{Clock, Duration, Entropy, Instant};
use crate::mail::{self, DeadLetter, Mailer, MailerError};
use crate::notifications::Dispatcher;
use crate::server::state::Surroundings;
use crate::supply;
use crate::web::{AppState, Signer, idempotency, rate_limit};
use crate::{contracts, market_days, orders, payments, requests, standing_orders};

/// The wired application.
#[derive(Debug, Clone)]
pub struct Application {
    /// What handlers reach.
    pub state: AppState,
    /// All the work that is done later; `jobs::Worker` does it while the server runs.
    pub registry: JobRegistry,
    /// The way out for letters.
    pub mailer: Mailer,
    /// What stands around the routes.
    pub surroundings: Surroundings,
    /// The hashing pool, keys and limits of people signing in.
    pub accounts: Accounts,
    /// Where pictures are worked on and kept.
    pub image_processor: ImageProcessor,
    /// Through what buyers may pay.
    pub gateways: payments::ConfiguredGateway,
    /// How long people have to answer, pay and cancel.
    pub orders: orders::Settings,
    /// How far ahead standing orders claim.
    pub market: standing_orders::Settings,
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
        let state = AppState {
            db,
            clock,
            signer: Signer::new(*seal.expose_secret()),
            public_url: config.server.public_url.as_str().into(),
        };
        let image_processor = ImageProcessor::new(Store::open(&config.files, &config.data_dir));
        let gateways = payments::ConfiguredGateway::open(&config.gateway)?;
        let mailer = Mailer::open(&config.mail, &config.data_dir)?;
        let postman = mailer.clone();
        let teller = Dispatcher::new(state.public_url.clone(), state.signer.clone());
        let registry = JobRegistry::new()
            .periodic_tasks(Self::periodic_tasks())
            .handler(photos::discarder(image_processor.store().clone()))
            .handler(payments::discarder(image_processor.store()))
            .handler(payments::listener())
            .on_own_thread("gateway", payments::speakers(&gateways))
            .poller("notifications", move |db, now| Ok(teller.tell(db, now)?))
            .poller("mail", move |db, now| Ok(mail::deliver(db, now, &postman, note_dead_letter)?));
        let (ordering, steadying) = (config.orders, config.market);
        let registry =
            registry.poller("market", move |db, now| standing_orders::process_due(db, now, &ordering, &steadying));
        let surroundings = Surroundings::new(config);
        Ok(Application {
            state,
            registry,
            surroundings,
            mailer,
            accounts,
            image_processor,
            gateways,
            orders: config.orders,
            market: config.market,
        })
    }

    /// Hands every slice's state to the service.
    pub fn configure(&self, config: &mut ServiceConfig) {
        config
            .app_data(Data::new(self.state.clone()))
            .app_data(Data::new(self.accounts.clone()))
            .app_data(Data::new(self.image_processor.clone()))
            .app_data(Data::new(self.gateways.clone()))
            .app_data(Data::new(self.orders))
            .app_data(Data::new(standing_orders::Rules { orders: self.orders, market: self.market }));
        self.surroundings.configure(config);
    }

    /// The work that comes round by itself, of all slices.
    pub fn periodic_tasks() -> Vec<PeriodicTask> {
        let mut periodic_tasks =
            vec![PeriodicTask { name: "housekeeping", every: Duration::hours(1), run: keep_house }];
        periodic_tasks.extend(catalogue::periodic_tasks());
        periodic_tasks.extend(supply::periodic_tasks());
        periodic_tasks.extend(accounts::periodic_tasks());
        periodic_tasks.extend(orders::periodic_tasks());
        periodic_tasks.extend(payments::periodic_tasks());
        periodic_tasks.extend(market_days::periodic_tasks());
        periodic_tasks.extend(requests::periodic_tasks());
        periodic_tasks.extend(contracts::periodic_tasks());
        periodic_tasks.extend(standing_orders::periodic_tasks());
        periodic_tasks
    }
}

/// Forgets what was kept long enough.
fn keep_house(db: &Db, now: Instant) -> Result<usize, TaskError> {
    let keys = db.write_blocking::<_, db::Error, _>(move |tx| idempotency::purge(tx, now))?;
    let jobs = db.write_blocking::<_, db::Error, _>(move |tx| jobs::purge(tx, now))?;
    let letters = db.write_blocking::<_, db::Error, _>(move |tx| mail::purge(tx, now))?;
    let quotas = db.write_blocking::<_, db::Error, _>(move |tx| rate_limit::purge(tx, now))?;
    Ok([keys, jobs, letters, quotas].into_iter().fold(0, usize::saturating_add))
}

/// A letter that is given up stands in the audit trail.
fn note_dead_letter(tx: &mut Tx<'_>, now: Instant, dead: &DeadLetter) -> db::Result<()> {
    let event = Event::new("mail.given_up", dead.id).with("kind", &dead.kind).with("attempts", dead.attempts);
    events::record(tx, now, &event).map(drop)
}

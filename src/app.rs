//! Wiring of the application, the same for `main` and tests.

use actix_web::web::{Data, ServiceConfig};

use secrecy::ExposeSecret;

use crate::accounts::{self, Accounts, AccountsError, KeyError, KeyFolder};
use crate::calendar;
use crate::catalogue::{self, photos};
use crate::config::Config;
use crate::cooperatives::{self, ImportAdminAreasError};
use crate::db::{self, Db, MigrationError, Migrations, Tx};
use crate::events::events;
use crate::files::{ImageProcessor, Store};
use crate::jobs::{self, JobRegistry, PeriodicTask, TaskError};
use crate::kernel::{Clock, Duration, Entropy, Instant};
use crate::mail::{self, DeadLetter, Mailer, MailerError};
use crate::notifications::Dispatcher;
use crate::server::state::ServiceState;
use crate::supply;
use crate::web::{AppState, Signer, idempotency, rate_limit};
use crate::{contracts, market_days, orders, payments, requests, standing_orders};

/// The wired application.
#[derive(Debug, Clone)]
pub struct Application {
    /// The shared state of handlers.
    pub state: AppState,
    /// The background work, which `jobs::Worker` runs beside the server.
    pub registry: JobRegistry,
    /// Sends e-mail.
    pub mailer: Mailer,
    /// The state of the middleware.
    pub service_state: ServiceState,
    /// Password hashing, token keys and sign-in limits.
    pub accounts: Accounts,
    /// Processes and stores images.
    pub image_processor: ImageProcessor,
    /// The payment gateway.
    pub gateways: payments::ConfiguredGateway,
    /// The deadlines of orders.
    pub orders: orders::Settings,
    /// The settings of standing orders.
    pub market: standing_orders::Settings,
}

/// Why the application cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database cannot be opened, or its schema is not current.
    #[error(transparent)]
    Database(#[from] MigrationError),
    /// A key is missing, weak or readable by others.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Authentication cannot be set up.
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    /// E-mail cannot be set up.
    #[error(transparent)]
    Mail(#[from] MailerError),
    /// The gateway's certificate authority cannot be used.
    #[error(transparent)]
    Gateway(#[from] payments::CertificateError),
    /// The bundled places could not be imported.
    #[error(transparent)]
    Places(#[from] ImportAdminAreasError),
    /// The official dates could not be imported.
    #[error(transparent)]
    Dates(#[from] db::Error),
}

/// Runs pending migrations and imports the bundled places and official dates. Returns the number of migrations.
pub fn migrate(settings: &db::Settings) -> Result<usize, StartError> {
    let count = Migrations::up(settings)?;
    let db = Db::open(settings, Entropy::System)?;
    db.write_blocking(cooperatives::import_bundled_admin_areas)?;
    db.write_blocking(calendar::import_official)?;
    Ok(count)
}

impl Application {
    /// Wires the application by the configuration.
    pub fn build(config: &Config, clock: Clock, entropy: Entropy) -> Result<Self, StartError> {
        let folder = KeyFolder::new(&config.data_dir, config.production);
        let seal = folder.load_key("server.seal_key", config.server.seal_key.as_ref(), "seal", &Entropy::System)?;
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
        let job_mailer = mailer.clone();
        let dispatcher = Dispatcher::new(state.public_url.clone(), state.signer.clone());
        let registry = JobRegistry::new()
            .add_periodic_tasks(Self::periodic_tasks())
            .add_handler(photos::discard_handler(image_processor.store().clone()))
            .add_handler(payments::discard_handler(image_processor.store()))
            .add_handler(payments::notification_handler())
            .on_own_thread("gateway", payments::gateway_handlers(&gateways))
            .add_poller("notifications", move |db, now| Ok(dispatcher.dispatch(db, now)?))
            .add_poller("mail", move |db, now| Ok(mail::deliver(db, now, &job_mailer, record_dead_letter)?));
        let (order_settings, standing_settings) = (config.orders, config.market);
        let registry = registry.add_poller("market", move |db, now| {
            standing_orders::process_due(db, now, &order_settings, &standing_settings)
        });
        let service_state = ServiceState::new(config);
        Ok(Application {
            state,
            registry,
            service_state,
            mailer,
            accounts,
            image_processor,
            gateways,
            orders: config.orders,
            market: config.market,
        })
    }

    /// Registers the state of all slices as app data.
    pub fn configure(&self, config: &mut ServiceConfig) {
        config
            .app_data(Data::new(self.state.clone()))
            .app_data(Data::new(self.accounts.clone()))
            .app_data(Data::new(self.image_processor.clone()))
            .app_data(Data::new(self.gateways.clone()))
            .app_data(Data::new(self.orders))
            .app_data(Data::new(standing_orders::Rules { orders: self.orders, settings: self.market }));
        self.service_state.configure(config);
    }

    /// The periodic tasks of all slices.
    pub fn periodic_tasks() -> Vec<PeriodicTask> {
        let mut periodic_tasks =
            vec![PeriodicTask { name: "housekeeping", every: Duration::hours(1), run: run_housekeeping }];
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

/// Deletes expired idempotency keys, jobs, letters and quota counters.
fn run_housekeeping(db: &Db, now: Instant) -> Result<usize, TaskError> {
    let keys = db.write_blocking::<_, db::Error, _>(move |tx| idempotency::purge(tx, now))?;
    let jobs = db.write_blocking::<_, db::Error, _>(move |tx| jobs::purge(tx, now))?;
    let letters = db.write_blocking::<_, db::Error, _>(move |tx| mail::purge(tx, now))?;
    let quotas = db.write_blocking::<_, db::Error, _>(move |tx| rate_limit::purge(tx, now))?;
    Ok([keys, jobs, letters, quotas].into_iter().fold(0, usize::saturating_add))
}

events! {
    /// What happened in the background.
    AppEvent { "mail.given_up" => MailGivenUp { kind: String, attempts: i32 }, }
}

/// Records a dead letter in the event log.
fn record_dead_letter(tx: &mut Tx<'_>, now: Instant, dead: &DeadLetter) -> db::Result<()> {
    let event = AppEvent::MailGivenUp { kind: dead.kind.clone(), attempts: dead.attempts };
    record(tx, now, &event.about(dead.id)).map(drop)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::AppEvent;
    use crate::accounts::events::AccountEvent;
    use crate::bank::events::BankEvent;
    use crate::cash::events::CashEvent;
    use crate::catalogue::events::ProductEvent;
    use crate::consignment::events::ConsignmentEvent;
    use crate::contracts::events::ContractEvent;
    use crate::cooperatives::events::CooperativeEvent;
    use crate::costs::events::CostEvent;
    use crate::events::DeclaredEvents as _;
    use crate::ledger::events::LedgerEvent;
    use crate::market_days::events::MarketEvent;
    use crate::notifications::events::NotificationEvent;
    use crate::orders::events::OrderEvent;
    use crate::payments::events::PaymentEvent;
    use crate::payments::gateway::events::GatewayEvent;
    use crate::payouts::events::PayoutEvent;
    use crate::requests::events::RequestEvent;
    use crate::standing_orders::events::StandingOrderEvent;
    use crate::supply::events::SupplyEvent;

    /// All kinds with their variants.
    fn kinds() -> Vec<(&'static str, &'static str)> {
        [
            AccountEvent::KINDS,
            AppEvent::KINDS,
            BankEvent::KINDS,
            CashEvent::KINDS,
            ConsignmentEvent::KINDS,
            ContractEvent::KINDS,
            CooperativeEvent::KINDS,
            CostEvent::KINDS,
            GatewayEvent::KINDS,
            LedgerEvent::KINDS,
            MarketEvent::KINDS,
            NotificationEvent::KINDS,
            OrderEvent::KINDS,
            PaymentEvent::KINDS,
            PayoutEvent::KINDS,
            ProductEvent::KINDS,
            RequestEvent::KINDS,
            StandingOrderEvent::KINDS,
            SupplyEvent::KINDS,
        ]
        .concat()
    }

    /// The sources outside of `events.rs` and of the slices that read events.
    fn sources_of_producers(folder: &Path, sources: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let is_reader = name == "cli" || name.ends_with("_letters.rs") || name.starts_with("order_notice");
            if is_reader || name == "events.rs" {
                continue;
            }
            if path.is_dir() {
                sources_of_producers(&path, sources);
            } else if name.ends_with(".rs") {
                sources.push_str(&std::fs::read_to_string(&path).unwrap());
            }
        }
    }

    #[test]
    fn no_two_events_share_a_kind() {
        let mut all: Vec<&str> = kinds().into_iter().map(|(kind, _)| kind).collect();
        all.sort_unstable();
        for pair in all.windows(2) {
            assert_ne!(pair[0], pair[1]);
        }
        for kind in all {
            assert!(kind.len() <= 60 && kind.split('.').count() == 2, "{kind} is no `subject.verb`");
        }
    }

    #[test]
    fn every_event_is_recorded_somewhere() {
        let mut sources = String::new();
        sources_of_producers(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut sources);
        for (kind, variant) in kinds() {
            let is_whole = |(at, _): (usize, &str)| {
                !sources[at + variant.len()..].starts_with(|next: char| next.is_alphanumeric() || next == '_')
            };
            assert!(sources.match_indices(variant).any(is_whole), "nothing records {variant}, {kind}");
        }
    }
}

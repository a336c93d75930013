//! What stands around the routes, as the configuration wants it: one for all threads of the server.

use std::time::Duration;

use actix_web::web::{Data, ServiceConfig};

use super::cors::Origins;
use super::deadline::AnswerWithin;
use super::health::Health;
use super::response_cache::ResponseCache;
use crate::config::{Config, ServerSettings};
use crate::web::BodyWithin;
use crate::web::address::Proxies;
use crate::web::rate_limit::Limiter;
use crate::web::shutdown::Stopping;

/// What stands around the routes.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// How the server listens and how patient it is.
    pub settings: ServerSettings,
    /// Whether the service is about to stop.
    pub stopping: Stopping,
    health: Data<Health>,
    kept: Data<ResponseCache>,
    limiter: Data<Limiter>,
    proxies: Data<Proxies>,
    origins: Data<Origins>,
    body_within: Data<BodyWithin>,
    answer_within: Data<AnswerWithin>,
}

impl Surroundings {
    /// As configured.
    pub fn new(config: &Config) -> Self {
        let server = &config.server;
        Surroundings {
            settings: server.clone(),
            stopping: Stopping::default(),
            health: Data::default(),
            kept: Data::new(ResponseCache::new(server.kept_kib.saturating_mul(1024))),
            limiter: Data::new(Limiter::new(config.rate.clone())),
            proxies: Data::new(Proxies::new(&server.proxies)),
            origins: Data::new(Origins(server.origins.clone())),
            body_within: Data::new(BodyWithin(Duration::from_secs(server.body_seconds))),
            answer_within: Data::new(AnswerWithin(Duration::from_secs(server.answer_seconds))),
        }
    }

    /// Hands it to the service.
    pub fn configure(&self, config: &mut ServiceConfig) {
        config
            .app_data(Data::new(self.stopping.clone()))
            .app_data(self.health.clone())
            .app_data(self.kept.clone())
            .app_data(self.limiter.clone())
            .app_data(self.proxies.clone())
            .app_data(self.origins.clone())
            .app_data(self.body_within.clone())
            .app_data(self.answer_within.clone());
    }
}

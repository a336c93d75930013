//! The state of the middleware, shared by all server threads.

use std::time::Duration;

use actix_web::web::{Data, ServiceConfig};

use super::cors::Origins;
use super::deadline::ResponseTimeout;
use super::health::Health;
use super::home_page::DemoGuide;
use super::response_cache::ResponseCache;
use crate::config::{Config, ServerSettings};
use crate::web::BodyTimeout;
use crate::web::address::TrustedProxies;
use crate::web::rate_limit::Limiter;
use crate::web::shutdown::ShutdownFlag;

/// The state of the middleware, by the configuration.
#[derive(Debug, Clone)]
pub struct ServiceState {
    /// The server settings.
    pub settings: ServerSettings,
    /// The shutdown flag.
    pub shutdown: ShutdownFlag,
    /// What the home page shows of the demo; `None` elsewhere.
    pub demo: Option<DemoGuide>,
    health: Data<Health>,
    response_cache: Data<ResponseCache>,
    limiter: Data<Limiter>,
    proxies: Data<TrustedProxies>,
    origins: Data<Origins>,
    body_timeout: Data<BodyTimeout>,
    response_timeout: Data<ResponseTimeout>,
}

impl ServiceState {
    /// Creates the state.
    pub fn new(config: &Config) -> Self {
        let server = &config.server;
        ServiceState {
            settings: server.clone(),
            shutdown: ShutdownFlag::default(),
            demo: None,
            health: Data::default(),
            response_cache: Data::new(ResponseCache::new(server.kept_kib.saturating_mul(1024))),
            limiter: Data::new(Limiter::new(config.rate.clone())),
            proxies: Data::new(TrustedProxies::new(&server.proxies)),
            origins: Data::new(Origins(server.origins.clone())),
            body_timeout: Data::new(BodyTimeout(Duration::from_secs(server.body_seconds))),
            response_timeout: Data::new(ResponseTimeout(Duration::from_secs(server.answer_seconds))),
        }
    }

    /// Registers the state as app data.
    pub fn configure(&self, config: &mut ServiceConfig) {
        config
            .app_data(Data::new(self.shutdown.clone()))
            .app_data(self.health.clone())
            .app_data(self.response_cache.clone())
            .app_data(self.limiter.clone())
            .app_data(self.proxies.clone())
            .app_data(self.origins.clone())
            .app_data(self.body_timeout.clone())
            .app_data(self.response_timeout.clone());
        if let Some(guide) = &self.demo {
            config.app_data(Data::new(guide.clone()));
        }
    }
}

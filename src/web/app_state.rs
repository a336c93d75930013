//! What every handler can reach.

use std::sync::Arc;

use super::Signer;
use crate::db::Db;
use crate::kernel::{Clock, Instant};

/// The running service as handlers see it: `web::Data<AppState>`.
#[derive(Debug, Clone)]
pub struct AppState {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Tags that only this server can make.
    pub signer: Signer,
    /// The public address of this service, without a slash at the end: `https://lumbung.example`. Links in mails
    /// and answers begin with it; it never comes from a request's `Host`.
    pub public_url: Arc<str>,
}

impl AppState {
    /// The present moment.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }
}

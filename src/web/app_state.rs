//! The shared state of all handlers.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::web::Data;

use super::Signer;
use super::problem::Problem;
use crate::db::Db;
use crate::kernel::{Clock, Instant};

/// The shared state of all handlers, as `web::Data<AppState>`.
#[derive(Debug, Clone)]
pub struct AppState {
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Clock,
    /// Signs cursors and links.
    pub signer: Signer,
    /// The public base URL without a trailing slash: `https://lumbung.example`. Links in mails and responses start with
    /// it; it never comes from a request's `Host`.
    pub public_url: Arc<str>,
}

impl AppState {
    /// The state of the server that this request reached.
    pub fn of(request: &HttpRequest) -> Result<Data<AppState>, Problem> {
        request.app_data::<Data<AppState>>().cloned().ok_or_else(|| Problem::internal("the state is not wired"))
    }

    /// The current time.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }
}

//! Liveness and readiness checks.

use std::time::{Duration, Instant as Stopwatch};

use actix_web::web::Data;
use serde::Serialize;
use tokio::sync::Mutex;
use utoipa::ToSchema;

use super::store::write_heartbeat;
use crate::db;
use crate::web::shutdown::ShutdownFlag;
use crate::web::{ApiResponse, AppState, Code, Problem, Routes, routes};

/// How long a check may take.
const CHECK_TIMEOUT: Duration = Duration::from_secs(1);
/// How long its result is cached.
const CACHE_TTL: Duration = Duration::from_secs(1);

/// The cached result of the readiness check.
#[derive(Debug, Default)]
pub struct Health {
    last: Mutex<Option<(Stopwatch, DatabaseHealth)>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DatabaseHealth {
    Healthy,
    StorageFull,
    Unreachable,
    WrongSchema,
}

impl Health {
    async fn check(&self, state: &AppState) -> DatabaseHealth {
        let mut last = self.last.lock().await;
        if let Some((at, health)) = *last
            && at.elapsed() < CACHE_TTL
        {
            return health;
        }
        let now = state.now();
        let health = match tokio::time::timeout(CHECK_TIMEOUT, state.db.write(move |tx| write_heartbeat(tx, now))).await
        {
            Ok(Ok(true)) => DatabaseHealth::Healthy,
            Ok(Ok(false)) => DatabaseHealth::WrongSchema,
            Ok(Err(db::Error::StorageFull(_))) => DatabaseHealth::StorageFull,
            Ok(Err(error)) => {
                tracing::warn!(%error, "the database failed its check");
                DatabaseHealth::Unreachable
            }
            Err(_) => DatabaseHealth::Unreachable,
        };
        *last = Some((Stopwatch::now(), health));
        health
    }
}

/// The state of the service.
#[derive(Debug, Serialize, ToSchema)]
pub struct HealthView {
    /// `live` or `ready`.
    #[schema(max_length = 20, example = "ready")]
    pub status: &'static str,
    /// What does not work although reads do: `storage` when the disk is full.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 20, example = "storage", nullable = false)]
    pub degraded: Option<&'static str>,
}

/// Checks that the process is running. Does not use the database.
#[utoipa::path(get, path = "/health/live", responses((status = 200, body = HealthView)))]
pub(super) async fn get_liveness() -> ApiResponse {
    ApiResponse::ok(&HealthView { status: "live", degraded: None }).no_store()
}

/// Checks that the instance can serve requests: the database accepts a write within a second, its schema is current,
/// and the instance is not shutting down. With a full disk it is ready but degraded, because reads still work.
#[utoipa::path(
    get, path = "/health/ready",
    responses((status = 200, body = HealthView), (status = 503, description = "Not ready; `because` names the reason")),
)]
async fn get_readiness(
    state: Data<AppState>,
    health: Data<Health>,
    shutdown: Data<ShutdownFlag>,
) -> Result<ApiResponse, Problem> {
    let unavailable = |because: &str| Err(Problem::new(Code::Unavailable).retry_after(2).with("because", because));
    if shutdown.has_begun() {
        return unavailable("draining");
    }
    let degraded = match health.check(&state).await {
        DatabaseHealth::Healthy => None,
        DatabaseHealth::StorageFull => Some("storage"),
        DatabaseHealth::Unreachable => return unavailable("database"),
        DatabaseHealth::WrongSchema => return unavailable("migrations"),
    };
    Ok(ApiResponse::ok(&HealthView { status: "ready", degraded }).no_store())
}

/// The health routes.
pub(super) fn routes() -> Routes {
    routes!["service": get_liveness, get_readiness]
}

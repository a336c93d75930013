//! Whether the service lives, and whether it can be sent requests.

use std::time::{Duration, Instant as Stopwatch};

use actix_web::web::Data;
use diesel::prelude::*;
use serde::Serialize;
use tokio::sync::Mutex;
use utoipa::ToSchema;

use crate::db::schema::heartbeats;
use crate::db::{self, Migrations, Tx, on_both};
use crate::kernel::Instant;
use crate::web::shutdown::Stopping;
use crate::web::{ApiResponse, AppState, Code, Problem, Routes, routes};

/// How long the check may take.
const DEADLINE: Duration = Duration::from_secs(1);
/// How long its outcome is believed.
const BELIEVED: Duration = Duration::from_secs(1);

/// The table in which diesel keeps what it has migrated.
#[allow(missing_docs)]
mod history {
    diesel::table! {
        __diesel_schema_migrations (version) {
            version -> Text,
        }
    }
}

/// What the last check of the database found.
#[derive(Debug, Default)]
pub struct Health {
    last: Mutex<Option<(Stopwatch, Finding)>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Finding {
    Sound,
    StorageFull,
    DatabaseAway,
    OtherSchema,
}

impl Health {
    async fn finding(&self, state: &AppState) -> Finding {
        let mut last = self.last.lock().await;
        if let Some((at, finding)) = *last
            && at.elapsed() < BELIEVED
        {
            return finding;
        }
        let now = state.now();
        let finding = match tokio::time::timeout(DEADLINE, state.db.write(move |tx| beat(tx, now))).await {
            Ok(Ok(true)) => Finding::Sound,
            Ok(Ok(false)) => Finding::OtherSchema,
            Ok(Err(db::Error::StorageFull(_))) => Finding::StorageFull,
            Ok(Err(error)) => {
                tracing::warn!(%error, "the database failed its check");
                Finding::DatabaseAway
            }
            Err(_) => Finding::DatabaseAway,
        };
        *last = Some((Stopwatch::now(), finding));
        finding
    }
}

/// Writes a row, and tells whether the schema is still the one this binary knows.
fn beat(tx: &mut Tx<'_>, now: Instant) -> db::Result<bool> {
    let row = (heartbeats::name.eq("ready"), heartbeats::beat_at.eq(now));
    on_both!(tx, c => diesel::insert_into(heartbeats::table)
        .values(row)
        .on_conflict(heartbeats::name)
        .do_update()
        .set(heartbeats::beat_at.eq(now))
        .execute(c))?;
    let applied: i64 = history::__diesel_schema_migrations::table.count().get_result(&mut **tx)?;
    Ok(usize::try_from(applied).ok() == Some(Migrations::names().0.len()))
}

/// How the service is.
#[derive(Debug, Serialize, ToSchema)]
pub struct HealthView {
    /// `live` or `ready`.
    #[schema(max_length = 20, example = "ready")]
    pub status: &'static str,
    /// What does not work although reading does: `storage` when the disk is full.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 20, example = "storage")]
    pub degraded: Option<&'static str>,
}

/// Whether the process lives. Asks nothing of the database.
#[utoipa::path(get, path = "/health/live", tag = "service", operation_id = "show_liveness",
    responses((status = 200, description = "The process lives", body = HealthView)))]
async fn show_liveness() -> ApiResponse {
    ApiResponse::ok(&HealthView { status: "live", degraded: None }).no_store()
}

/// Whether requests may be sent here: the database takes a write within a second, its schema fits, and the
/// service is not stopping. A full disk still lets people read: it is ready, but degraded.
#[utoipa::path(get, path = "/health/ready", tag = "service", operation_id = "show_readiness",
    responses(
        (status = 200, description = "Requests may be sent here", body = HealthView),
        (status = 503, description = "Not now: `because` tells why"),
    ))]
async fn show_readiness(
    state: Data<AppState>,
    health: Data<Health>,
    stopping: Data<Stopping>,
) -> Result<ApiResponse, Problem> {
    let unready = |because: &str| Err(Problem::new(Code::Unavailable).retry_after(2).with("because", because));
    if stopping.has_begun() {
        return unready("draining");
    }
    let degraded = match health.finding(&state).await {
        Finding::Sound => None,
        Finding::StorageFull => Some("storage"),
        Finding::DatabaseAway => return unready("database"),
        Finding::OtherSchema => return unready("migrations"),
    };
    Ok(ApiResponse::ok(&HealthView { status: "ready", degraded }).no_store())
}

/// The routes of health.
pub(super) fn routes() -> Routes {
    routes![show_liveness, show_readiness]
}

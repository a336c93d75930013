//! Closing a group for a day, and what of its orders stands for it: these stay, and its officers see to them.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use crate::cooperatives::Officer;
use crate::kernel::Day;
use crate::kernel::ids::GroupId;
use crate::orders::store;
use crate::supply::{ClosedDay, close_day};
use crate::web::{ApiResponse, AppState, Body, FieldErrors, PathIds, Problem, Routes, Validate, routes};

/// The route of this file.
pub fn routes() -> Routes {
    routes![shut_day]
}

/// Why a group is shut.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Hajatan di dusun"}))]
struct ShutDay {
    /// Why, for buyers to read.
    #[schema(max_length = 200)]
    reason: Option<String>,
}

impl Validate for ShutDay {
    fn check(&self, errors: &mut FieldErrors) {
        if let Some(reason) = &self.reason {
            errors.line("/reason", reason, 0..=200);
        }
    }
}

/// A day on which a group is shut, as its officers see it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct ShutDayView {
    /// The day.
    #[schema(value_type = String, format = Date, example = "2026-12-24")]
    day: Day,
    /// Why.
    #[schema(max_length = 200, example = "Hajatan di dusun")]
    reason: Option<String>,
    /// How many parts of orders are to be ready that day and are still open. They stay as they are.
    #[schema(minimum = 0, maximum = 1_000_000, example = 2)]
    open_parts: i64,
}

/// Shuts a group on a day: for its officers. From then on nothing of the group's can be had for that day, neither made
/// to order nor of a batch nor from the shelf; orders that stand for it stay.
#[utoipa::path(
    put, path = "/v1/groups/{id}/closed_days/{day}", tag = "supply", operation_id = "shut_day",
    params(
        ("id" = GroupId, Path, description = "The group"),
        ("day" = String, Path, format = Date, description = "The day: today, or within a year", example = "2026-12-24"),
    ),
    request_body = ShutDay,
    responses(
        (status = 201, description = "The group is shut that day", body = ShutDayView),
        (status = 200, description = "It was shut already; the reason is the one that was sent", body = ShutDayView),
        (status = 422, description = "`day-past`, `closed-day-too-far`, or the reason is too long"),
    ),
    security(("bearer" = [])),
)]
async fn shut_day(
    state: Data<AppState>,
    officer: Officer,
    path: PathIds<(GroupId, Day)>,
    body: Body<ShutDay>,
) -> Result<ApiResponse, Problem> {
    let (PathIds((group, day)), now) = (path, state.now());
    let permit = officer.of(group)?;
    let reason = body.value.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty()).map(str::to_owned);
    let closing = ClosedDay { day, reason };
    state
        .db
        .write(move |tx| {
            let was_open = close_day(tx, now, &permit, &closing)?;
            let open_parts = store::open_parts_due(tx, group, day)?;
            let view = ShutDayView { day, reason: closing.reason.clone(), open_parts };
            let location = format!("/v1/groups/{group}/closed_days");
            Ok::<_, Problem>(if was_open { ApiResponse::created(location, &view) } else { ApiResponse::ok(&view) })
        })
        .await
}

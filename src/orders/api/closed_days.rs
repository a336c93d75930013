//! Closes a group for a day, and reports its open orders for that day. They stay; its officers must handle them.

use serde::{Deserialize, Serialize};

use crate::cooperatives::Officer;
use crate::kernel::Day;
use crate::kernel::ids::GroupId;
use crate::orders::store;
use crate::supply::{ClosedDay, close_day};
use crate::web::{ApiResponse, FieldErrors, PathIds, Problem, Routes, Validate, Write, routes};

/// The route of this file.
pub fn routes() -> Routes {
    routes!["supply": set_closed_day]
}

/// Closes a group for a day.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Hajatan di dusun"}))]
struct CloseDay {
    /// The reason, shown to buyers.
    #[schema(max_length = 200)]
    reason: Option<String>,
}

impl Validate for CloseDay {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.check_line("/reason", &self.reason, 0..=200);
    }
}

/// A closed day, as the group's officers see it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct GroupClosedDayView {
    /// The day.
    day: Day,
    /// The reason.
    #[schema(max_length = 200, example = "Hajatan di dusun")]
    reason: Option<String>,
    /// Number of open parts of orders that are to be ready that day. They are not changed.
    #[schema(minimum = 0, maximum = 1_000_000, example = 2)]
    open_parts: i64,
}

/// Closes a group for a day, for its officers. From then on nothing of the group is available for that day, neither
/// made to order nor from a batch or from stock. Existing orders stay.
#[utoipa::path(
    put, path = "/v1/groups/{id}/closed_days/{day}",
    responses(
        (status = 201, description = "The group is shut that day", body = GroupClosedDayView),
        (status = 200, description = "It was shut already; the reason is the one that was sent", body = GroupClosedDayView),
        (status = 422, description = "`day-past`, `closed-day-too-far`, or the reason is too long"),
    ),
)]
async fn set_closed_day(
    call: Write<CloseDay>,
    officer: Officer,
    path: PathIds<(GroupId, Day)>,
) -> Result<ApiResponse, Problem> {
    let (group, day) = path.0;
    let permit = officer.permit(group)?;
    call.run(move |tx, now, body| {
        let reason = body.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty()).map(str::to_owned);
        let closing = ClosedDay { day, reason };
        let was_open = close_day(tx, now, &permit, &closing)?;
        let open_parts = store::count_open_fulfilments_due(tx, group, day)?;
        let view = GroupClosedDayView { day, reason: closing.reason, open_parts };
        let location = format!("/v1/groups/{group}/closed_days");
        Ok(if was_open { ApiResponse::created(location, &view) } else { ApiResponse::ok(&view) })
    })
    .await
}

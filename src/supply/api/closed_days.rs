//! The routes of closed days: listing and deleting them. Closing a day returns the affected orders and belongs to `orders`.

use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use crate::cooperatives::{self, AccessError, Officer, OptionalCaller};
use crate::kernel::Day;
use crate::kernel::ids::GroupId;
use crate::supply::closed_days::ClosedDay;
use crate::supply::{reopen_day, store};
use crate::web::{ApiResponse, List, Page, PathIds, Problem, Read, Routes, Write, routes};

/// The routes of closed days.
pub fn routes() -> Routes {
    routes!["supply": list_closed_days, delete_closed_day]
}

/// The filter of the list of closed days.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct ClosedDayFilter {
    /// Only this day or later. Default: today.
    from: Option<Day>,
    /// Only this day or earlier.
    to: Option<Day>,
}

/// A day on which a group is closed.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
struct ClosedDayView {
    /// The day.
    day: Day,
    /// The reason, if given.
    #[schema(max_length = 200, example = "Hajatan di dusun")]
    reason: Option<String>,
}

impl From<ClosedDay> for ClosedDayView {
    fn from(ClosedDay { day, reason }: ClosedDay) -> Self {
        ClosedDayView { day, reason }
    }
}

/// Lists the closed days of a group, by day.
#[utoipa::path(get, path = "/v1/groups/{id}/closed_days", responses((status = 200, body = Page<ClosedDayView>)))]
async fn list_closed_days(
    (read, list): (Read, List<Day, ClosedDayFilter>),
    caller: OptionalCaller,
    PathIds(id): PathIds<GroupId>,
) -> Result<ApiResponse, Problem> {
    let find = read.run(move |conn, _| {
        let group = cooperatives::find_group(conn, id)?;
        let group = group.filter(|group| group.is_active() || caller.roles.can_see_inside(group));
        Ok(group.ok_or(AccessError::Hidden)?)
    });
    let group = find.await?;
    let rows = list.read(move |conn, list| {
        let zone = store::find_zone(conn, id)?.ok_or(AccessError::Hidden)?;
        let from = list.filter.from.unwrap_or_else(|| zone.day_of(list.now));
        Ok(store::list_closed_days(conn, id, (from, list.filter.to), list.after, list.limit)?)
    });
    let response = rows.await?.answer(|closed_day| closed_day.day, ClosedDayView::from).with_etag();
    Ok(if group.is_active() { response.public() } else { response })
}

/// Reopens a group on a day.
///
/// For its officers. An open day stays open.
#[utoipa::path(
    delete, path = "/v1/groups/{id}/closed_days/{day}",
    responses((status = 204), (status = 422, description = "`day-past`, or `closed-day-too-far`")),
)]
async fn delete_closed_day(
    call: Write,
    officer: Officer,
    PathIds((group, day)): PathIds<(GroupId, Day)>,
) -> Result<ApiResponse, Problem> {
    let permit = officer.permit(group)?;
    call.run(move |tx, now, ()| {
        reopen_day(tx, now, &permit, day)?;
        Ok(ApiResponse::no_content())
    })
    .await
}

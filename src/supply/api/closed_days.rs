//! The routes of closed days: listing and deleting them. Closing a day returns the affected orders and belongs to `orders`.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use crate::cooperatives::{self, Officer, OptionalCaller};
use crate::kernel::Day;
use crate::kernel::ids::GroupId;
use crate::supply::closed_days::ClosedDay;
use crate::supply::{reopen_day, store};
use crate::web::{ApiResponse, AppState, Page, Paging, PathIds, Problem, Query, Routes, routes};

/// The routes of closed days.
pub fn routes() -> Routes {
    routes!["supply": list_closed_days, delete_closed_day]
}

/// The filters of the list of closed days.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListClosedDays {
    /// Only this day or later. Default: today.
    from: Option<Day>,
    /// Only this day or earlier.
    to: Option<Day>,
    /// The cursor of the previous page.
    #[param(max_length = 600)]
    cursor: Option<String>,
    /// The number of rows on a page.
    #[param(minimum = 1, maximum = 100, example = 20)]
    limit: Option<u32>,
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
    state: Data<AppState>,
    caller: OptionalCaller,
    path: PathIds<GroupId>,
    request: HttpRequest,
    query: Query<ListClosedDays>,
) -> Result<ApiResponse, Problem> {
    let (PathIds(id), Query(ListClosedDays { from, to, cursor, limit }), now) = (path, query, state.now());
    let list = format!("closed days {id} {from:?} {to:?}");
    let paging = Paging::<Day>::read(&state.signer, list, limit, cursor.as_deref())?;
    let (after, limit) = (paging.after, paging.fetch_limit());
    let (closed_days, is_public) = state
        .db
        .read::<_, Problem, _>(move |conn| {
            let group = cooperatives::find_group(conn, id)?
                .filter(|group| group.is_active() || caller.roles.can_see_inside(group))
                .ok_or_else(Problem::not_found)?;
            let zone = store::find_zone(conn, id)?.ok_or_else(Problem::not_found)?;
            let from = from.unwrap_or_else(|| zone.day_of(now));
            Ok((store::list_closed_days(conn, id, (from, to), after, limit)?, group.is_active()))
        })
        .await?;
    let page = paging.page(&state.signer, closed_days, |closed_day| closed_day.day, ClosedDayView::from);
    let response = page.to_response(request.path(), request.query_string()).with_etag();
    Ok(if is_public { response.public() } else { response })
}

/// Reopens a group on a day.
///
/// For its officers. An open day stays open.
#[utoipa::path(
    delete, path = "/v1/groups/{id}/closed_days/{day}",
    responses((status = 204), (status = 422, description = "`day-past`, or `closed-day-too-far`")),
)]
async fn delete_closed_day(
    state: Data<AppState>,
    officer: Officer,
    path: PathIds<(GroupId, Day)>,
) -> Result<ApiResponse, Problem> {
    let (PathIds((group, day)), now) = (path, state.now());
    let permit = officer.permit(group)?;
    state.db.write(move |tx| reopen_day(tx, now, &permit, day)).await?;
    Ok(ApiResponse::no_content())
}

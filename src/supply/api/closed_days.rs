//! The days on which a group is shut: for everyone to see, for its officers to open again. Closing one tells of the
//! orders that stand for it, and is at home with these.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use crate::cooperatives::{self, Officer, OptionalCaller};
use crate::kernel::Day;
use crate::kernel::ids::GroupId;
use crate::supply::closed_days::ClosedDay;
use crate::supply::{open_day, store};
use crate::web::{ApiResponse, AppState, Page, Paging, PathIds, Problem, Query, Routes, routes};

/// The routes of closed days.
pub fn routes() -> Routes {
    routes![list_closed_days, reopen_day]
}

/// Which days to show.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListClosedDays {
    /// This day or later; today when left out.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Day>,
    /// This day or earlier.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<Day>,
    /// The page behind this cursor.
    #[param(max_length = 600)]
    cursor: Option<String>,
    /// Rows on a page.
    #[param(minimum = 1, maximum = 100, example = 20)]
    limit: Option<u32>,
}

/// A day on which nothing of a group's can be had.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
struct ClosedDayView {
    /// The day.
    #[schema(value_type = String, format = Date, example = "2026-12-24")]
    day: Day,
    /// Why.
    #[schema(max_length = 200, example = "Hajatan di dusun")]
    reason: Option<String>,
}

impl From<ClosedDay> for ClosedDayView {
    fn from(ClosedDay { day, reason }: ClosedDay) -> Self {
        ClosedDayView { day, reason }
    }
}

/// The days on which a group is shut, in their order.
#[utoipa::path(
    get, path = "/v1/groups/{id}/closed_days", tag = "supply", operation_id = "list_closed_days",
    params(("id" = GroupId, Path, description = "The group"), ListClosedDays),
    responses(
        (status = 200, description = "A page of closed days", body = Page<ClosedDayView>),
    ),
    security((), ("bearer" = [])),
)]
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
    let (after, rows) = (paging.after, paging.rows_to_read());
    let (found, is_public) = state
        .db
        .read::<_, Problem, _>(move |conn| {
            let group = cooperatives::find_group(conn, id)?
                .filter(|group| group.is_active() || caller.roles.is_inside(group))
                .ok_or_else(Problem::not_found)?;
            let zone = store::zone_of(conn, id)?.ok_or_else(Problem::not_found)?;
            let from = from.unwrap_or_else(|| zone.day_of(now));
            Ok((store::closed_days(conn, id, (from, to), after, rows)?, group.is_active()))
        })
        .await?;
    let page = paging.page(&state.signer, found, |it| it.day, ClosedDayView::from);
    let answer = page.answer(request.path(), request.query_string()).tagged();
    Ok(if is_public { answer.public() } else { answer })
}

/// Opens a group on a day again: for its officers. One that is open stays open.
#[utoipa::path(
    delete, path = "/v1/groups/{id}/closed_days/{day}", tag = "supply", operation_id = "reopen_day",
    params(
        ("id" = GroupId, Path, description = "The group"),
        ("day" = String, Path, format = Date, description = "The day", example = "2026-12-24"),
    ),
    responses(
        (status = 204, description = "The group is open that day"),
        (status = 422, description = "`day-past`, or `closed-day-too-far`"),
    ),
    security(("bearer" = [])),
)]
async fn reopen_day(
    state: Data<AppState>,
    officer: Officer,
    path: PathIds<(GroupId, Day)>,
) -> Result<ApiResponse, Problem> {
    let (PathIds((group, day)), now) = (path, state.now());
    let permit = officer.of(group)?;
    state.db.write(move |tx| open_day(tx, now, &permit, day)).await?;
    Ok(ApiResponse::no_content())
}

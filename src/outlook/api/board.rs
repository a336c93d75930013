//! Routes of a group's board.

use serde::Deserialize;

use crate::cooperatives::{self, Caller};
use crate::kernel::ids::GroupId;
use crate::kernel::{Day, Duration};
use crate::outlook::board::{GroupBoard, load_board};
use crate::web::{ApiResponse, FieldError, FieldErrors, PathIds, Problem, Query, Read, Routes, Rule, routes};

const DEFAULT_DAYS: i64 = 14;
const MAX_DAYS: i64 = 62;

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes!["market": get_board]
}

/// The period.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
struct BoardWindow {
    /// First day, today or later. Absent: today.
    from: Option<Day>,
    /// Number of days. Absent: 14.
    #[param(minimum = 1, maximum = 62, example = 14)]
    days: Option<i64>,
}

impl BoardWindow {
    fn days(&self, today: Day) -> Result<(Day, Day), Problem> {
        let from = self.from.unwrap_or(today);
        let mut errors = FieldErrors::default();
        errors.require(from >= today, "/from", Rule::DayIsPast);
        errors.check_range("/days", self.days.unwrap_or(DEFAULT_DAYS), 1..=MAX_DAYS);
        let length = Duration::days(self.days.unwrap_or(DEFAULT_DAYS).clamp(1, MAX_DAYS).saturating_sub(1));
        errors.into_query_result()?;
        let to = from.checked_add_signed(length);
        to.map(|to| (from, to)).ok_or_else(|| Problem::invalid_parameter("/from", FieldError::Malformed))
    }
}

/// Get a group's board
///
/// For members of the group and office holders of its cooperative. Shows for each coming day what is ordered, how much
/// of it by standing orders, what is still free, and what is missing for a batch to be made.
#[utoipa::path(get, path = "/v1/groups/{id}/board", responses((status = 200, body = GroupBoard)))]
async fn get_board(
    read: Read,
    caller: Caller,
    id: PathIds<GroupId>,
    Query(window): Query<BoardWindow>,
) -> Result<ApiResponse, Problem> {
    read.run(move |conn, now| {
        let group = cooperatives::find_group(conn, id.0)?.filter(|group| caller.roles.can_see_inside(group));
        let group = group.ok_or_else(Problem::not_found)?;
        let today = cooperatives::load_zone(conn, group.cooperative_id)?.day_of(now);
        let board = load_board(conn, now, id.0, today, window.days(today)?)?;
        Ok(ApiResponse::ok(&board).with_etag())
    })
    .await
}

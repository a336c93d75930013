//! How groups divide what they earn.

use actix_web::web::Data;

use super::bodies::SetRule;
use super::inside;
use super::views::RuleView;
use crate::cooperatives::{Caller, Officer};
use crate::kernel::ids::GroupId;
use crate::payouts::error::CapitalError;
use crate::payouts::rule::set_rule;
use crate::payouts::store;
use crate::web::{ApiResponse, AppState, Body, PathIds, Problem, Routes, routes};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes![show_earning_rule, set_earning_rule]
}

/// Show how a group divides what it earns
///
/// For the group's members, and for the board, the treasurer, the supervisors and the companions.
#[utoipa::path(
    get, path = "/v1/groups/{id}/earning_rule", tag = "capital", operation_id = "show_earning_rule",
    params(("id" = GroupId, Path, description = "The group")),
    responses((status = 200, description = "How it divides", body = RuleView)),
    security(("bearer" = [])),
)]
async fn show_earning_rule(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<GroupId>,
) -> Result<ApiResponse, Problem> {
    let found = state.db.read::<_, CapitalError, _>(move |conn| {
        inside(conn, &caller.roles, id.0)?;
        Ok(store::rule(conn, id.0)?)
    });
    Ok(ApiResponse::ok(&RuleView::from(found.await?)).tagged())
}

/// Say how a group divides what it earns
///
/// For the group's officers; by pieces or by hours, and what of it goes to the group's fund. It holds for the payouts from
/// now on; those of before keep theirs.
#[utoipa::path(
    put, path = "/v1/groups/{id}/earning_rule", tag = "capital", operation_id = "set_earning_rule",
    params(("id" = GroupId, Path, description = "The group")),
    request_body = SetRule,
    responses((status = 200, description = "How it divides", body = RuleView)),
    security(("bearer" = [])),
)]
async fn set_earning_rule(
    state: Data<AppState>,
    officer: Officer,
    id: PathIds<GroupId>,
    body: Body<SetRule>,
) -> Result<ApiResponse, Problem> {
    let (permit, now, rule) = (officer.of(id.0)?, state.now(), body.value.rule());
    state
        .db
        .write(move |tx| {
            set_rule(tx, now, &permit, rule)?;
            Ok::<_, CapitalError>(ApiResponse::ok(&RuleView::from(rule)))
        })
        .await
        .map_err(Problem::from)
}

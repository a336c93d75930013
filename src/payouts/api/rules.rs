//! Rules by which groups divide their earnings.

use actix_web::web::Data;

use super::bodies::SetRule;
use super::find_accessible_group;
use super::views::RuleView;
use crate::cooperatives::{Caller, Officer};
use crate::kernel::ids::GroupId;
use crate::payouts::error::PayoutError;
use crate::payouts::rule::set_rule;
use crate::payouts::store;
use crate::web::{ApiResponse, AppState, Body, PathIds, Problem, Routes, routes};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes!["capital": get_earning_rule, set_earning_rule]
}

/// Get the rule by which a group divides its earnings
///
/// For the group's members, the board, the treasurer, the supervisors and the companions.
#[utoipa::path(get, path = "/v1/groups/{id}/earning_rule", responses((status = 200, body = RuleView)))]
async fn get_earning_rule(state: Data<AppState>, caller: Caller, id: PathIds<GroupId>) -> Result<ApiResponse, Problem> {
    let rule = state.db.read::<_, PayoutError, _>(move |conn| {
        find_accessible_group(conn, &caller.roles, id.0)?;
        Ok(store::load_rule(conn, id.0)?)
    });
    Ok(ApiResponse::ok(&RuleView::from(rule.await?)).with_etag())
}

/// Set the rule by which a group divides its earnings
///
/// For the group's officers: by pieces or by hours, and the percentage for the group's fund. It applies to future
/// payouts.
#[utoipa::path(put, path = "/v1/groups/{id}/earning_rule", responses((status = 200, body = RuleView)))]
async fn set_earning_rule(
    state: Data<AppState>,
    officer: Officer,
    id: PathIds<GroupId>,
    body: Body<SetRule>,
) -> Result<ApiResponse, Problem> {
    let (permit, now, rule) = (officer.permit(id.0)?, state.now(), body.value.into_rule());
    state
        .db
        .write(move |tx| {
            set_rule(tx, now, &permit, rule)?;
            Ok::<_, PayoutError>(ApiResponse::ok(&RuleView::from(rule)))
        })
        .await
        .map_err(Problem::from)
}

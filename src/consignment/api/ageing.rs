//! How much is locked up at outlets.

use actix_web::web::Data;

use super::views::ConsignmentAgeing;
use crate::consignment::ageing::Ageing;
use crate::consignment::error::ConsignmentError;
use crate::consignment::store;
use crate::consignment::viewer::Sight;
use crate::cooperatives::Caller;
use crate::kernel::ids::CooperativeId;
use crate::ledger;
use crate::web::{ApiResponse, AppState, PathIds, Problem, Routes, routes};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes![show_consignment_ageing]
}

/// Show how much is locked up at outlets
///
/// Goods that are not sold and what is sold and not paid, by age and outlet. Members see what of it is their own groups';
/// the board, the treasurer, the supervisors and the companions all.
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/consignment_ageing", tag = "consignment", operation_id = "consignment_ageing",
    params(("id" = CooperativeId, Path, description = "The cooperative")),
    responses((status = 200, description = "What is locked up today", body = ConsignmentAgeing)),
    security(("bearer" = [])),
)]
async fn show_consignment_ageing(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<CooperativeId>,
) -> Result<ApiResponse, Problem> {
    let sight = Sight::of(&caller.roles, id.0)?;
    let now = state.now();
    let read = state.db.read::<_, ConsignmentError, _>(move |conn| {
        let zone = ledger::zone_of(conn, id.0)?;
        let today = zone.day_of(now);
        let items = store::locked_up(conn, id.0, zone, &sight)?;
        let (all, mut each) = Ageing::of(&items, today)?;
        let names = store::names_of(conn, id.0)?.into_iter();
        let outlets = names.filter_map(|(outlet, name)| Some((outlet, name, each.remove(&outlet)?))).collect();
        Ok(ConsignmentAgeing::of(today, &all, outlets)?)
    });
    Ok(ApiResponse::ok(&read.await?).tagged())
}

//! Routes of the ageing report.

use actix_web::web::Data;

use super::views::ConsignmentAgeing;
use crate::consignment::access::GoodsAccess;
use crate::consignment::ageing::Ageing;
use crate::consignment::error::ConsignmentError;
use crate::consignment::store;
use crate::cooperatives::Caller;
use crate::kernel::ids::CooperativeId;
use crate::ledger;
use crate::web::{ApiResponse, AppState, PathIds, Problem, Routes, routes};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes!["consignment": get_consignment_ageing]
}

/// Get the ageing of goods and debts at outlets
///
/// Unsold goods and unpaid debts by age and outlet. Members see those of their own groups; board, treasurer,
/// supervisors and companions see all.
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/consignment_ageing",
    responses((status = 200, body = ConsignmentAgeing)),
)]
async fn get_consignment_ageing(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<CooperativeId>,
) -> Result<ApiResponse, Problem> {
    let sight = GoodsAccess::of(&caller.roles, id.0)?;
    let now = state.now();
    let ageing = state.db.read::<_, ConsignmentError, _>(move |conn| {
        let zone = ledger::load_zone(conn, id.0)?;
        let today = zone.day_of(now);
        let items = store::list_outstanding(conn, id.0, zone, &sight)?;
        let (total, mut by_outlet) = Ageing::compute(&items, today)?;
        let names = store::list_outlet_names(conn, id.0)?.into_iter();
        let outlets = names.filter_map(|(outlet, name)| Some((outlet, name, by_outlet.remove(&outlet)?))).collect();
        Ok(ConsignmentAgeing::of(today, &total, outlets)?)
    });
    Ok(ApiResponse::ok(&ageing.await?).with_etag())
}

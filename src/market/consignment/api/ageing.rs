//! How much is locked up at outlets.

use actix_web::web::Data;

use super::views::ConsignmentAgeing;
use crate::cooperatives::Insider;
use crate::kernel::ids::CooperativeId;
use crate::ledger;
use crate::market::consignment::ageing::Ageing;
use crate::market::consignment::error::ConsignmentError;
use crate::market::consignment::store;
use crate::market::consignment::viewer::Sight;
use crate::web::{Answer, PathIds, Problem, Routes, Site, routes};

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
    site: Data<Site>,
    caller: Insider,
    id: PathIds<CooperativeId>,
) -> Result<Answer, Problem> {
    let sight = Sight::of(&caller.standing, id.0)?;
    let now = site.now();
    let read = site.db.read::<_, ConsignmentError, _>(move |conn| {
        let zone = ledger::zone_of(conn, id.0)?;
        let today = zone.day_of(now);
        let items = store::locked_up(conn, id.0, zone, &sight)?;
        let (all, mut each) = Ageing::of(&items, today)?;
        let names = store::names_of(conn, id.0)?.into_iter();
        let outlets = names.filter_map(|(outlet, name)| Some((outlet, name, each.remove(&outlet)?))).collect();
        Ok(ConsignmentAgeing::of(today, &all, outlets)?)
    });
    Ok(Answer::ok(&read.await?).tagged())
}

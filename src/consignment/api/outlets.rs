//! Routes of outlets, their payments and their ageing report.

use super::bodies::{OutletBody, PayOutlet};
use super::find_visible_outlet;
use super::views::{ConsignmentAgeing, OutletPaymentView, OutletView};
use crate::consignment::access::GoodsAccess;
use crate::consignment::ageing::Ageing;
use crate::consignment::outlet;
use crate::consignment::pay::{compute_owed, record_payment};
use crate::consignment::store::{self, OutletPageKey};
use crate::cooperatives::{self, AccessError, Board, Caller, Treasurer};
use crate::kernel::ids::{CooperativeId, OutletId};
use crate::web::{ApiResponse, IfMatch, KeyRequired, List, Page, PathIds, Problem, Read, Routes, Write, routes};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes!["consignment": list_outlets, create_outlet, get_outlet, replace_outlet, pay_outlet, get_consignment_ageing]
}

/// List the outlets of a cooperative
///
/// Sorted by name. For members of the cooperative's groups, and for board, treasurer, supervisors and companions.
#[utoipa::path(get, path = "/v1/cooperatives/{id}/outlets", responses((status = 200, body = Page<OutletView>)))]
async fn list_outlets(
    list: List<OutletPageKey>,
    caller: Caller,
    id: PathIds<CooperativeId>,
) -> Result<ApiResponse, Problem> {
    let rows = list.read(move |conn, list| {
        GoodsAccess::of(&caller.roles, id.0)?;
        Ok(store::list_outlets(conn, id.0, list.after.clone(), list.limit)?)
    });
    Ok(rows.await?.answer(|outlet| (outlet.terms.name.clone(), outlet.id), OutletView::from))
}

/// Create an outlet
///
/// For the board: a shop that sells for the groups, with its commission and payment term.
#[utoipa::path(
    post, path = "/v1/cooperatives/{id}/outlets",
    responses((status = 201, body = OutletView), (status = 409, description = "`too-many-outlets`")),
)]
async fn create_outlet(
    call: Write<OutletBody>,
    board: Board,
    id: PathIds<CooperativeId>,
) -> Result<ApiResponse, Problem> {
    let permit = board.permit(id.0)?;
    call.once(board.person.idempotency_scope(), move |tx, now, body| {
        let outlet = outlet::create_outlet(tx, now, &permit, tx.id(now), &body.terms())?;
        let (location, version) = (format!("/v1/outlets/{}", outlet.id), outlet.version);
        Ok(ApiResponse::created(location, &OutletView::from(outlet)).with_version(version))
    })
    .await
}

/// Get an outlet
///
/// For members of the cooperative's groups, and for board, treasurer, supervisors and companions.
#[utoipa::path(get, path = "/v1/outlets/{id}", responses((status = 200, body = OutletView)))]
async fn get_outlet(read: Read, caller: Caller, id: PathIds<OutletId>) -> Result<ApiResponse, Problem> {
    read.run(move |conn, _| {
        let (outlet, _) = find_visible_outlet(conn, &caller.roles, id.0)?;
        let version = outlet.version;
        Ok(ApiResponse::ok(&OutletView::from(outlet)).with_version(version))
    })
    .await
}

/// Replace the data of an outlet
///
/// For the board. Goods delivered before keep the price agreed at delivery.
#[utoipa::path(put, path = "/v1/outlets/{id}", responses((status = 200, body = OutletView)))]
async fn replace_outlet(
    call: Write<OutletBody>,
    board: Board,
    caller: Caller,
    id: PathIds<OutletId>,
    version: IfMatch,
) -> Result<ApiResponse, Problem> {
    call.run(move |tx, now, body| {
        let (outlet, _) = find_visible_outlet(tx, &caller.roles, id.0)?;
        let permit = board.permit(outlet.cooperative).map_err(|_| AccessError::Forbidden)?;
        let outlet = outlet::update_outlet(tx, now, &permit, id.0, version.0, &body.terms())?;
        let version = outlet.version;
        Ok(ApiResponse::ok(&OutletView::from(outlet)).with_version(version))
    })
    .await
}

/// Record a payment of an outlet
///
/// For the treasurer. The amount is split into confirmed payments of the outlet's orders, the oldest first. An amount
/// above what is owed is refused.
#[utoipa::path(
    post, path = "/v1/outlets/{id}/payments",
    responses(
        (status = 201, body = OutletPaymentView),
        (status = 409, description = "`nothing-owed`"),
        (status = 422, description = "`more-than-owed` with `owed`"),
    ),
)]
async fn pay_outlet(
    call: Write<PayOutlet, KeyRequired>,
    treasurer: Treasurer,
    caller: Caller,
    id: PathIds<OutletId>,
) -> Result<ApiResponse, Problem> {
    call.once(treasurer.person.idempotency_scope(), move |tx, now, body| {
        let (outlet, _) = find_visible_outlet(tx, &caller.roles, id.0)?;
        let permit = treasurer.permit(outlet.cooperative).map_err(|_| AccessError::Forbidden)?;
        let paid = record_payment(tx, now, &permit, id.0, body.method, body.amount)?;
        let view = OutletPaymentView::of(id.0, compute_owed(tx, id.0)?, paid);
        Ok(ApiResponse::created(format!("/v1/outlets/{}", id.0), &view))
    })
    .await
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
    read: Read,
    caller: Caller,
    id: PathIds<CooperativeId>,
) -> Result<ApiResponse, Problem> {
    read.run(move |conn, now| {
        let access = GoodsAccess::of(&caller.roles, id.0)?;
        let zone = cooperatives::load_zone(conn, id.0)?;
        let today = zone.day_of(now);
        let items = store::list_outstanding(conn, id.0, zone, &access)?;
        let (total, mut by_outlet) = Ageing::compute(&items, today)?;
        let names = store::list_outlet_names(conn, id.0)?.into_iter();
        let outlets = names.filter_map(|(outlet, name)| Some((outlet, name, by_outlet.remove(&outlet)?))).collect();
        Ok(ApiResponse::ok(&ConsignmentAgeing::of(today, &total, outlets)?).with_etag())
    })
    .await
}

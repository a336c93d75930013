//! Routes for recording payments of outlets.

use actix_web::web::Data;

use super::bodies::PayOutlet;
use super::find_visible_outlet;
use super::views::OutletPaymentView;
use crate::consignment::pay::{compute_owed, record_payment};
use crate::cooperatives::{AccessError, Caller, Treasurer};
use crate::kernel::ids::OutletId;
use crate::web::{ApiResponse, AppState, Body, Idempotency, PathIds, Problem, Routes, routes};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes!["consignment": pay_outlet]
}

/// Record a payment of an outlet
///
/// For the treasurer. The amount is split into confirmed payments of the outlet's orders, the oldest first. An amount
/// above what is owed is refused.
#[utoipa::path(
    post, path = "/v1/outlets/{id}/payments",
    params(("Idempotency-Key" = String, Header)),
    responses(
        (status = 201, body = OutletPaymentView),
        (status = 409, description = "`nothing-owed`"),
        (status = 422, description = "`more-than-owed` with `owed`"),
    ),
)]
async fn pay_outlet(
    state: Data<AppState>,
    treasurer: Treasurer,
    caller: Caller,
    key: Idempotency,
    id: PathIds<OutletId>,
    body: Body<PayOutlet>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, input, id) = (state.now(), treasurer.person.scope(), body.value, id.0);
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let (outlet, _) = find_visible_outlet(tx, &caller.roles, id)?;
            let permit = treasurer.permit(outlet.cooperative).map_err(|_| AccessError::Forbidden)?;
            let paid = record_payment(tx, now, &permit, id, input.method, input.amount)?;
            let view = OutletPaymentView::of(id, compute_owed(tx, id)?, paid);
            Ok::<_, Problem>(ApiResponse::created(format!("/v1/outlets/{id}"), &view))
        })
        .await
}

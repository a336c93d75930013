//! Routes of single payments and of a cooperative's payments.

use super::bodies::{DecidePayment, PaymentsFilter};
use super::views::PaymentView;
use crate::cooperatives::{Caller, Treasurer};
use crate::db::Conn;
use crate::kernel::Language;
use crate::kernel::ids::{CooperativeId, PaymentId};
use crate::payments::access::{API_PREFIX, OrderCredential, PaymentAccess};
use crate::payments::error::PaymentError;
use crate::payments::gateway::{self, PaymentChargeView};
use crate::payments::payment::{Awaits, Payment, Status};
use crate::payments::qris::{PaymentQrisView, Scannable};
use crate::payments::store::{self, PayableOrder, PaymentPageKey};
use crate::payments::transition::{PaymentTransition, apply_transition};
use crate::web::{
    ApiResponse, FieldError, IfMatch, KeyRequired, List, Page, PathIds, Problem, Read, Routes, Write, routes,
};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes!["payments": transition_payment, get_payment, list_cooperative_payments]
}

/// A payment as this caller sees it, with its gateway charge or QRIS code.
pub(super) fn view_payment(
    conn: &mut Conn,
    payment: Payment,
    order: &PayableOrder,
    access: &PaymentAccess,
    language: Language,
) -> Result<PaymentView, PaymentError> {
    let charge = match payment.method.terms().awaits {
        Awaits::Gateway => gateway::find_charge_of_payment(conn, payment.id)?,
        _ => None,
    };
    let scannable = Scannable::of_payment(conn, &payment)?;
    let code =
        scannable.and_then(|scannable| PaymentQrisView::of(&scannable, &payment, &order.number, API_PREFIX, language));
    let mut view = PaymentView::of(payment, order, access, API_PREFIX);
    (view.gateway, view.qris) = (charge.map(PaymentChargeView::from), code);
    Ok(view)
}

/// One payment
#[utoipa::path(get, path = "/v1/payments/{id}", responses((status = 200, body = PaymentView)))]
async fn get_payment(
    read: Read,
    caller: Caller,
    PathIds(id): PathIds<PaymentId>,
    language: Language,
) -> Result<ApiResponse, Problem> {
    read.run(move |conn, _| {
        let (payment, order, access) = OrderCredential::of_roles(caller.roles).find_payment(conn, id)?;
        let view = view_payment(conn, payment, &order, &access, language)?;
        Ok(ApiResponse::ok(&view).with_version(view.version))
    })
    .await
}

/// Confirm, reject or reverse a payment
///
/// For the cooperative's treasurer. Of two concurrent decisions one fails.
#[utoipa::path(
    post, path = "/v1/payments/{id}/transitions",
    responses((status = 200, body = PaymentView), (status = 409, description = "The step is not possible any more")),
)]
async fn transition_payment(
    call: Write<DecidePayment, KeyRequired>,
    caller: Caller,
    PathIds(id): PathIds<PaymentId>,
    IfMatch(expected_version): IfMatch<Option<i64>>,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let (scope, credential) = (caller.person.idempotency_scope(), OrderCredential::of_roles(caller.roles));
    call.once(scope, move |tx, now, body| {
        let (payment, _, _) = credential.find_payment(tx, id)?;
        store::lock_order(tx, payment.order)?;
        let (payment, order, access) = credential.find_payment(tx, id)?;
        let transition =
            PaymentTransition { action: body.action.into(), reason: body.reason.clone(), expected_version };
        let decided = apply_transition(tx, now, &order, &payment, &access, &transition)?;
        let view = view_payment(tx, decided, &order, &access, language)?;
        Ok(ApiResponse::ok(&view).with_version(view.version).about_subject(order.id))
    })
    .await
}

/// Payments of a cooperative
///
/// Pending payments, oldest first; or those with another status; or the cash that officers hold.
#[utoipa::path(get, path = "/v1/cooperatives/{id}/payments", responses((status = 200, body = Page<PaymentView>)))]
async fn list_cooperative_payments(
    list: List<PaymentPageKey, PaymentsFilter>,
    treasurer: Treasurer,
    PathIds(cooperative): PathIds<CooperativeId>,
) -> Result<ApiResponse, Problem> {
    let access = PaymentAccess::of_treasurer(treasurer.permit(cooperative)?.account);
    let held = list.filter.held.unwrap_or(false);
    let status = list.filter.status.unwrap_or(if held { Status::Confirmed } else { Status::Pending });
    if held && status != Status::Confirmed {
        return Err(Problem::invalid_parameter("/status", FieldError::NotOneOf(&["confirmed"])));
    }
    let rows =
        list.read(move |conn, list| Ok(store::list_payments(conn, cooperative, status, held, list.after, list.limit)?));
    let view = |(payment, order): (_, PayableOrder)| PaymentView::of(payment, &order, &access, API_PREFIX);
    Ok(rows.await?.answer(|(payment, _)| (payment.recorded_at, payment.id), view))
}

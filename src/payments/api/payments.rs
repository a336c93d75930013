//! Routes of single payments and of a cooperative's payments.

use actix_web::HttpRequest;
use actix_web::web::Data;

use super::bodies::{DecidePayment, PaymentsQuery};
use super::views::PaymentView;
use crate::cooperatives::{Caller, Treasurer};
use crate::db::Conn;
use crate::kernel::Language;
use crate::kernel::ids::{CooperativeId, PaymentId};
use crate::payments::access::{OrderCredential, PaymentAccess};
use crate::payments::error::PaymentError;
use crate::payments::gateway;
use crate::payments::payment::{Awaits, Payment, Status};
use crate::payments::qris::{PaymentQrisView, Scannable};
use crate::payments::store::{self, OrderMoney, PaymentKey};
use crate::payments::transition::{PaymentTransition, apply_transition};
use crate::web::{
    ApiResponse, AppState, Body, FieldError, IdempotencyKey, IfMatch, Page, Paging, PathIds, Problem, Query, Routes,
    routes,
};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes!["payments": transition_payment, get_payment, list_cooperative_payments]
}

/// A payment as this caller sees it, with its gateway charge or QRIS code.
pub(super) fn view_payment(
    conn: &mut Conn,
    payment: Payment,
    order: &OrderMoney,
    access: &PaymentAccess,
    (path, language): (&str, Language),
) -> Result<PaymentView, PaymentError> {
    let charge = match payment.method.terms().awaits {
        Awaits::Gateway => gateway::find_charge_of_payment(conn, payment.id)?,
        _ => None,
    };
    let scannable = Scannable::of_payment(conn, &payment)?;
    let code = scannable.and_then(|scannable| PaymentQrisView::of(&scannable, &payment, &order.number, path, language));
    Ok(PaymentView::of(payment, order, access, path).with_charge(charge).with_qris(code))
}

/// One payment
#[utoipa::path(get, path = "/v1/payments/{id}", responses((status = 200, body = PaymentView)))]
async fn get_payment(
    state: Data<AppState>,
    caller: Caller,
    PathIds(id): PathIds<PaymentId>,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let credential = OrderCredential::of_roles(caller.roles);
    let view = state.db.read::<_, PaymentError, _>(move |conn| {
        let (payment, order, access) = credential.find(conn, id)?;
        view_payment(conn, payment, &order, &access, (&credential.url_prefix(), language))
    });
    let view = view.await?;
    Ok(ApiResponse::ok(&view).with_version(view.version))
}

/// Confirm, reject or reverse a payment
///
/// For the cooperative's treasurer. Of two concurrent decisions one fails.
#[utoipa::path(
    post, path = "/v1/payments/{id}/transitions",
    params(("Idempotency-Key" = String, Header)),
    responses((status = 200, body = PaymentView), (status = 409, description = "The step is not possible any more")),
)]
async fn transition_payment(
    state: Data<AppState>,
    caller: Caller,
    PathIds(id): PathIds<PaymentId>,
    idempotency: IdempotencyKey,
    if_match: IfMatch<Option<i64>>,
    language: Language,
    body: Body<DecidePayment>,
) -> Result<ApiResponse, Problem> {
    let (now, scope) = (state.now(), caller.person.scope());
    let credential = OrderCredential::of_roles(caller.roles);
    let DecidePayment { action, reason } = body.value;
    let transition = PaymentTransition { action: action.into(), reason, expected: if_match.0 };
    idempotency
        .required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let (payment, _, _) = credential.find(tx, id)?;
            store::lock_order(tx, payment.order)?;
            let (payment, order, access) = credential.find(tx, id)?;
            let decided = apply_transition(tx, now, &order, &payment, &access, &transition)?;
            let order = store::find_order(tx, payment.order)?.ok_or(PaymentError::NotFound)?;
            let view = view_payment(tx, decided, &order, &access, (&credential.url_prefix(), language))?;
            Ok::<_, PaymentError>(ApiResponse::ok(&view).with_version(view.version).about_subject(order.id))
        })
        .await
}

/// Payments of a cooperative
///
/// Pending payments, oldest first; or those with another status; or the cash that officers hold.
#[utoipa::path(get, path = "/v1/cooperatives/{id}/payments", responses((status = 200, body = Page<PaymentView>)))]
async fn list_cooperative_payments(
    state: Data<AppState>,
    treasurer: Treasurer,
    PathIds(cooperative): PathIds<CooperativeId>,
    Query(query): Query<PaymentsQuery>,
    request: HttpRequest,
) -> Result<ApiResponse, Problem> {
    let permit = treasurer.permit(cooperative)?;
    let held = query.held.unwrap_or(false);
    let status = query.status.unwrap_or(if held { Status::Confirmed } else { Status::Pending });
    if held && status != Status::Confirmed {
        return Err(Problem::invalid_parameter("/status", FieldError::NotOneOf(&["confirmed"])));
    }
    let list = format!("payments {cooperative} {status} {held}");
    let paging = Paging::<PaymentKey>::read(&state.signer, list, query.limit, query.cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.fetch_limit());
    let rows_read = state
        .db
        .read::<_, PaymentError, _>(move |conn| {
            Ok(store::list_payments(conn, permit.cooperative, status, held, after, rows)?)
        })
        .await?;
    let access = PaymentAccess { account: Some(permit.account), is_treasurer: true, ..PaymentAccess::default() };
    let page = paging.page(
        &state.signer,
        rows_read,
        |(payment, _)| (payment.recorded_at, payment.id),
        |(payment, order)| PaymentView::of(payment, &order, &access, "/v1"),
    );
    Ok(page.to_response(request.path(), request.query_string()))
}

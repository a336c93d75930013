//! Routes of the payments of an order.

use actix_web::web::Data;

use super::bodies::RecordPayment;
use super::payments::view_payment;
use super::views::{OrderPayments, PayLink, PaymentView};
use crate::cooperatives::{AccessError, Caller};
use crate::kernel::Language;
use crate::kernel::ids::OrderId;
use crate::payments::access::OrderCredential;
use crate::payments::error::PaymentError;
use crate::payments::gateway::{self, ConfiguredGateway};
use crate::payments::payment::Awaits;
use crate::payments::record::record_locked;
use crate::payments::store;
use crate::web::{
    ApiResponse, AppState, ClientId, IdempotencyScope, KeyRequired, PathIds, Problem, Read, Routes, Write, routes,
};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes!["payments": record_payment, list_order_payments]
}

/// Records the payment, or returns it if the client sent it before.
pub(super) async fn create_payment(
    call: Write<RecordPayment, KeyRequired>,
    scope: IdempotencyScope,
    (order, credential): (OrderId, OrderCredential),
    gateway_config: Data<ConfiguredGateway>,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let client_id = |body: &RecordPayment| body.id;
    call.create_once(scope, client_id, move |tx, now, body, id| {
        let order = store::lock_order(tx, order)?.ok_or(AccessError::Hidden)?;
        let access = credential.access(tx, &order)?;
        access.require_record()?;
        let payment = match id {
            ClientId::Repeated(id) => store::find_payment(tx, id)?.ok_or(AccessError::Hidden)?,
            ClientId::New(id) => {
                let new_payment = body.new_payment(id);
                if access.has_pay_link && new_payment.payer.as_deref().is_none_or(|payer| payer.trim().is_empty()) {
                    return Err(PaymentError::PayerUnnamed.into());
                }
                match new_payment.method.terms().awaits {
                    Awaits::Gateway => gateway::record_charge(tx, now, &gateway_config, &order, &access, &new_payment)?,
                    _ => record_locked(tx, now, &order, &access, &new_payment)?,
                }
            }
        };
        let location = format!("/v1/payments/{}", payment.id);
        let view = view_payment(tx, payment, &order, &access, language)?;
        Ok(id.respond(location, &view).with_version(view.version).about_subject(order.id))
    })
    .await
}

/// Record a payment
///
/// A buyer announces a transfer, which is pending until the treasurer confirms it, or pays through the gateway, which
/// reports the payment: a code to pay by is added shortly after. An officer of a group of the order records cash, which
/// is confirmed at once and held by them until a hand-over. Payments recorded by the treasurer are confirmed at once.
/// Only the treasurer records refunds, which name the refunded payment; a gateway payment is refunded through the
/// gateway.
#[utoipa::path(
    post, path = "/v1/orders/{id}/payments",
    responses(
        (status = 201, description = "Written down", body = PaymentView),
        (status = 200, description = "Written down before, by the same request", body = PaymentView),
        (status = 409, description = "Nothing is owed, the order is closed, or too many transfers wait"),
    ),
)]
async fn record_payment(
    call: Write<RecordPayment, KeyRequired>,
    caller: Caller,
    PathIds(order): PathIds<OrderId>,
    gateway_config: Data<ConfiguredGateway>,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let credential = OrderCredential::of_roles(caller.roles);
    create_payment(call, caller.person.idempotency_scope(), (order, credential), gateway_config, language).await
}

/// Payments of an order
///
/// With the amount left to pay and how to pay it; for the buyer, the officers of its groups, and the board, supervisors
/// and treasurer of the cooperative.
#[utoipa::path(get, path = "/v1/orders/{id}/payments", responses((status = 200, body = OrderPayments)))]
async fn list_order_payments(
    read: Read,
    (state, gateway_config): (Data<AppState>, Data<ConfiguredGateway>),
    caller: Caller,
    PathIds(order): PathIds<OrderId>,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let (credential, link) = (OrderCredential::of_roles(caller.roles), PayLink::of(&state, order));
    read.run(move |conn, _| {
        let view = OrderPayments::load(conn, order, &credential, &gateway_config, link, language)?;
        Ok(ApiResponse::ok(&view).with_etag())
    })
    .await
}

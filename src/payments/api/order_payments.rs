//! Routes of the payments of an order.

use actix_web::web::Data;

use super::bodies::RecordPayment;
use super::payments::view_payment;
use super::views::{OrderPayments, PayLink, PaymentOptions, PaymentView};
use crate::cooperatives::Caller;
use crate::db::{Conn, Tx};
use crate::kernel::ids::OrderId;
use crate::kernel::{Instant, Language};
use crate::payments::access::{API_PREFIX, OrderCredential};
use crate::payments::error::PaymentError;
use crate::payments::gateway::{self, ConfiguredGateway};
use crate::payments::payment::Awaits;
use crate::payments::qris::Scannable;
use crate::payments::record::record_locked;
use crate::payments::store;
use crate::web::client_ids::{self, Reservation};
use crate::web::{ApiResponse, AppState, Body, Fingerprint, IdempotencyKey, PathIds, Problem, Routes, Scope, routes};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes!["payments": record_payment, list_order_payments]
}

/// A request to record a payment.
pub(super) struct PaymentRequest {
    pub(super) credential: OrderCredential,
    pub(super) gateway_config: ConfiguredGateway,
    pub(super) request: RecordPayment,
    pub(super) scope: Scope,
    pub(super) fingerprint: Fingerprint,
    pub(super) language: Language,
}

/// Records the payment, or returns it if the client sent it before.
pub(super) fn create_payment(
    tx: &mut Tx<'_>,
    now: Instant,
    order: OrderId,
    request: &PaymentRequest,
) -> Result<ApiResponse, PaymentError> {
    let PaymentRequest { credential, gateway_config, request, scope, fingerprint, language } = request;
    let order = store::lock_order(tx, order)?.ok_or(PaymentError::NotFound)?;
    let access = credential.access(tx, &order)?;
    access.require_record()?;
    if let Some(id) = request.id
        && client_ids::reserve_client_id(tx, now, id, scope, fingerprint)? == Reservation::Repeated
    {
        let payment = store::find_payment(tx, id)?.ok_or(PaymentError::NotFound)?;
        let version = payment.version;
        let view = view_payment(tx, payment, &order, &access, (API_PREFIX, *language))?;
        return Ok(ApiResponse::ok(&view).with_version(version).about_subject(order.id));
    }
    let id = request.id.unwrap_or_else(|| tx.id(now));
    let new_payment = request.new_payment(id);
    if access.has_pay_link && new_payment.payer.as_deref().is_none_or(|payer| payer.trim().is_empty()) {
        return Err(PaymentError::PayerUnnamed);
    }
    let payment = match new_payment.method.terms().awaits {
        Awaits::Gateway => gateway::record_charge(tx, now, gateway_config, &order, &access, &new_payment)?,
        _ => record_locked(tx, now, &order, &access, &new_payment)?,
    };
    let version = payment.version;
    let view = view_payment(tx, payment, &order, &access, (API_PREFIX, *language))?;
    Ok(ApiResponse::created(format!("/v1/payments/{id}"), &view).with_version(version).about_subject(order.id))
}

/// The payments of an order as this caller sees them.
pub(super) fn view_order_payments(
    conn: &mut Conn,
    order: OrderId,
    credential: &OrderCredential,
    gateway_config: &ConfiguredGateway,
    pay_link: PayLink,
    language: Language,
) -> Result<ApiResponse, PaymentError> {
    let order = store::find_order(conn, order)?.ok_or(PaymentError::NotFound)?;
    let access = credential.access(conn, &order)?;
    access.require_view()?;
    let payments = store::list_payments_of_order(conn, order.id)?;
    let mut charges = match payments.iter().any(|payment| payment.method.terms().awaits == Awaits::Gateway) {
        true => gateway::list_charges_of_order(conn, order.id)?,
        false => Vec::new(),
    };
    let payments = payments.into_iter().map(|payment| {
        let own = charges.iter().position(|charge| charge.is_of(payment.id)).map(|index| charges.swap_remove(index));
        (payment, own)
    });
    let payments = payments.collect();
    let options = PaymentOptions {
        bank: store::find_bank_account(conn, order.cooperative)?,
        gateway_config,
        scannable: Scannable::of(conn, order.cooperative)?,
        language,
        pay_link,
    };
    Ok(ApiResponse::ok(&OrderPayments::of(&order, payments, options, &access, &credential.url_prefix())?).with_etag())
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
    params(("Idempotency-Key" = String, Header)),
    responses(
        (status = 201, description = "Written down", body = PaymentView),
        (status = 200, description = "Written down before, by the same request", body = PaymentView),
        (status = 409, description = "Nothing is owed, the order is closed, or too many transfers wait"),
    ),
)]
async fn record_payment(
    (state, gateway_config): (Data<AppState>, Data<ConfiguredGateway>),
    caller: Caller,
    PathIds(order): PathIds<OrderId>,
    idempotency: IdempotencyKey,
    language: Language,
    body: Body<RecordPayment>,
) -> Result<ApiResponse, Problem> {
    let (now, scope) = (state.now(), caller.person.scope());
    let request = PaymentRequest {
        credential: OrderCredential::of_roles(caller.roles),
        gateway_config: gateway_config.get_ref().clone(),
        request: body.value,
        scope: scope.clone(),
        fingerprint: body.fingerprint.clone(),
        language,
    };
    let key = idempotency.required()?;
    key.once(&state.db, now, scope, body.fingerprint, move |tx| create_payment(tx, now, order, &request)).await
}

/// Payments of an order
///
/// With the amount left to pay and how to pay it; for the buyer, the officers of its groups, and the board, supervisors
/// and treasurer of the cooperative.
#[utoipa::path(get, path = "/v1/orders/{id}/payments", responses((status = 200, body = OrderPayments)))]
async fn list_order_payments(
    (state, gateway_config): (Data<AppState>, Data<ConfiguredGateway>),
    caller: Caller,
    PathIds(order): PathIds<OrderId>,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let (credential, link) = (OrderCredential::of_roles(caller.roles), PayLink::of(&state, order));
    Ok(state
        .db
        .read(move |conn| view_order_payments(conn, order, &credential, &gateway_config, link, language))
        .await?)
}

//! Routes of the payment gateway.

mod bodies;
mod views;

use actix_web::HttpRequest;
use actix_web::web::{Data, Payload};

use self::bodies::{ChargesQuery, ReviewCharge};
use self::views::{GatewayChargeView, NotificationReceipt};
use super::provider::{ConfiguredGateway, WebhookError};
use super::review::review;
use super::store::{self, ChargeKey};
use super::webhook::receive_notification;
use crate::cooperatives::{Caller, Treasurer};
use crate::db;
use crate::kernel::ids::{CooperativeId, GatewayChargeId};
use crate::payments::access::OrderCredential;
use crate::payments::error::PaymentError;
use crate::web::{
    ApiResponse, AppState, Body, Code, IdempotencyKey, Page, Paging, PathIds, Problem, Query, Routes, read_body, routes,
};

pub(in crate::payments) use views::{GatewayOffer, PaymentChargeView};

/// Maximum size of a notification, in bytes.
const MAX_NOTIFICATION_BYTES: usize = 64 * 1024;

/// The routes of gateways.
pub(in crate::payments) fn routes() -> Routes {
    routes!["payments": receive_midtrans_notification, list_gateway_charges, transition_gateway_charge]
}

/// Receive a notification of Midtrans
///
/// Called by Midtrans and authenticated by its signature. The notification is stored, acknowledged, and applied by a
/// job. Repeated notifications have no effect.
#[utoipa::path(
    post, path = "/v1/gateway_notifications/midtrans",
    request_body(
        content = Object,
        content_type = "application/json",
        description = "In the words of Midtrans, whose documentation explains them; at most 64 KiB",
        example = json!({ "transaction_status": "settlement", "status_code": "200", "order_id": "CIH-2611-0042-1", "gross_amount": "147356.00", "currency": "IDR", "payment_type": "qris", "fraud_status": "accept", "transaction_id": "57d5293c-e65f-4a29-95e4-5959c3fa335b", "signature_key": "a586256f", }),
    ),
    responses(
        (status = 200, body = NotificationReceipt),
        (status = 403, description = "`signature-invalid`: not signed by Midtrans, or no gateway is set up"),
    ),
)]
async fn receive_midtrans_notification(
    state: Data<AppState>,
    gateway_config: Data<ConfiguredGateway>,
    request: HttpRequest,
    payload: Payload,
) -> Result<ApiResponse, Problem> {
    let invalid_signature = || Problem::new(Code::SignatureInvalid);
    let gateway = gateway_config.active().ok_or_else(invalid_signature)?;
    let bytes = read_body(&request, payload.into_inner(), MAX_NOTIFICATION_BYTES).await?;
    let notification = gateway.parse_notification(&bytes).map_err(|error| match error {
        WebhookError::Unreadable => Problem::new(Code::BodyUnreadable),
        WebhookError::Forged => invalid_signature(),
    })?;
    let (now, name) = (state.now(), gateway.name());
    let body = String::from_utf8(bytes).map_err(|_| Problem::new(Code::BodyUnreadable))?;
    state.db.write::<_, db::Error, _>(move |tx| receive_notification(tx, now, name, &notification, &body)).await?;
    Ok(ApiResponse::ok(&NotificationReceipt::TRUE).no_store())
}

/// Charges of a cooperative
///
/// Charges at the gateway, oldest first; or only those that need a review by the treasurer.
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/gateway_charges",
    responses((status = 200, body = Page<GatewayChargeView>)),
)]
async fn list_gateway_charges(
    state: Data<AppState>,
    treasurer: Treasurer,
    PathIds(cooperative): PathIds<CooperativeId>,
    Query(query): Query<ChargesQuery>,
    request: HttpRequest,
) -> Result<ApiResponse, Problem> {
    let permit = treasurer.permit(cooperative)?;
    let only_in_review = query.needs_review.unwrap_or(false);
    let list = format!("gateway_charges {cooperative} {only_in_review}");
    let paging = Paging::<ChargeKey>::read(&state.signer, list, query.limit, query.cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.fetch_limit());
    let charges = state
        .db
        .read::<_, PaymentError, _>(move |conn| {
            Ok(store::list_charges(conn, permit.cooperative, only_in_review, after, rows)?)
        })
        .await?;
    let page = paging.page(
        &state.signer,
        charges,
        |(charge, _, _)| (charge.created_at, charge.id),
        |(charge, order, number)| GatewayChargeView::of(charge, order, number),
    );
    Ok(page.to_response(request.path(), request.query_string()))
}

/// Accept or dismiss an unexpected payment at the gateway
///
/// For the cooperative's treasurer, on a charge that needs a review. An accepted charge becomes a confirmed payment of
/// the received amount and replaces the announced payment; a dismissed one has no further effect.
#[utoipa::path(
    post, path = "/v1/gateway_charges/{id}/transitions",
    params(("Idempotency-Key" = String, Header)),
    responses(
        (status = 200, body = GatewayChargeView),
        (status = 409, description = "The step is not possible any more"),
    ),
)]
async fn transition_gateway_charge(
    state: Data<AppState>,
    caller: Caller,
    PathIds(id): PathIds<GatewayChargeId>,
    idempotency: IdempotencyKey,
    body: Body<ReviewCharge>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, action) = (state.now(), caller.person.scope(), body.value.action);
    let credential = OrderCredential::of_roles(caller.roles);
    idempotency
        .required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let charge = store::find_charge(tx, id)?.ok_or(PaymentError::NotFound)?;
            let (_, order, access) = credential.find(tx, charge.payment)?;
            let reviewed = review(tx, now, id, &access, action)?;
            Ok::<_, PaymentError>(
                ApiResponse::ok(&GatewayChargeView::of(reviewed, order.id, order.number)).about_subject(order.id),
            )
        })
        .await
}

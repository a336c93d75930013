//! Routes of the payment gateway.

mod bodies;
mod views;

use actix_web::HttpRequest;
use actix_web::web::{Data, Payload};

use self::bodies::{ChargesFilter, ReviewCharge};
use self::views::{GatewayChargeView, NotificationReceipt};
use super::provider::{ConfiguredGateway, WebhookError};
use super::review::review;
use super::store::{self, ChargePageKey};
use super::webhook::receive_notification;
use crate::cooperatives::{AccessError, Caller, Treasurer};
use crate::kernel::ids::{CooperativeId, GatewayChargeId};
use crate::payments::access::OrderCredential;
use crate::web::{
    ApiResponse, KeyIgnored, KeyRequired, List, Page, PathIds, Problem, Routes, Write, read_body, routes,
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
    call: Write<(), KeyIgnored>,
    gateway_config: Data<ConfiguredGateway>,
    request: HttpRequest,
    payload: Payload,
) -> Result<ApiResponse, Problem> {
    let gateway = gateway_config.active().ok_or(WebhookError::Forged)?;
    let bytes = read_body(&request, payload.into_inner(), MAX_NOTIFICATION_BYTES).await?;
    let notification = gateway.parse_notification(&bytes)?;
    let name = gateway.name();
    let body = String::from_utf8(bytes).map_err(|_| WebhookError::Unreadable)?;
    call.run(move |tx, now, ()| Ok(receive_notification(tx, now, name, &notification, &body)?)).await?;
    Ok(ApiResponse::ok(&NotificationReceipt { kept: true }).no_store())
}

/// Charges of a cooperative
///
/// Charges at the gateway, oldest first; or only those that need a review by the treasurer.
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/gateway_charges",
    responses((status = 200, body = Page<GatewayChargeView>)),
)]
async fn list_gateway_charges(
    list: List<ChargePageKey, ChargesFilter>,
    treasurer: Treasurer,
    id: PathIds<CooperativeId>,
) -> Result<ApiResponse, Problem> {
    let permit = treasurer.permit(id.0)?;
    let rows = list.read(move |conn, list| {
        let only_in_review = list.filter.needs_review.unwrap_or(false);
        Ok(store::list_charges(conn, permit.cooperative, only_in_review, list.after, list.limit)?)
    });
    let view = |(charge, order, number)| GatewayChargeView::of(charge, order, number);
    Ok(rows.await?.answer(|(charge, _, _)| (charge.created_at, charge.id), view))
}

/// Accept or dismiss an unexpected payment at the gateway
///
/// For the cooperative's treasurer, on a charge that needs a review. An accepted charge becomes a confirmed payment of
/// the received amount and replaces the announced payment; a dismissed one has no further effect.
#[utoipa::path(
    post, path = "/v1/gateway_charges/{id}/transitions",
    responses(
        (status = 200, body = GatewayChargeView),
        (status = 409, description = "The step is not possible any more"),
    ),
)]
async fn transition_gateway_charge(
    call: Write<ReviewCharge, KeyRequired>,
    caller: Caller,
    PathIds(id): PathIds<GatewayChargeId>,
) -> Result<ApiResponse, Problem> {
    let (scope, credential) = (caller.person.idempotency_scope(), OrderCredential::of_roles(caller.roles));
    call.once(scope, move |tx, now, body| {
        let charge = store::find_charge(tx, id)?.ok_or(AccessError::Hidden)?;
        let (_, order, access) = credential.find_payment(tx, charge.payment)?;
        let reviewed = review(tx, now, id, &access, body.action)?;
        let view = GatewayChargeView::of(reviewed, order.id, order.number);
        Ok(ApiResponse::ok(&view).about_subject(order.id))
    })
    .await
}

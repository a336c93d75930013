//! The routes of gateways.

use actix_web::HttpRequest;
use actix_web::web::{Data, Payload};

use super::provider::{ConfiguredGateway, WebhookError};
use super::review::review;
use super::store::{self, PageKey};
use super::view::{ChargesQuery, GatewayChargeView, Kept, ReviewCharge};
use super::webhook::hear;
use crate::cooperatives::{Caller, Treasurer};
use crate::db;
use crate::kernel::ids::{CooperativeId, GatewayChargeId};
use crate::payments::access::PaymentRoute;
use crate::payments::error::PaymentError;
use crate::web::{
    ApiResponse, AppState, Body, Code, Idempotency, Page, Paging, PathIds, Problem, Query, Routes, collect, routes,
};

/// The largest notification, in bytes.
const LONGEST: usize = 64 * 1024;

/// The routes of gateways.
pub(in crate::payments) fn routes() -> Routes {
    routes![hear_midtrans, list_gateway_charges, review_gateway_charge]
}

/// Hear what Midtrans tells
///
/// For Midtrans, whose signature is what opens this. What it tells is kept as it came, answered, and applied a moment
/// later; told again, it changes nothing.
#[utoipa::path(
    post,
    path = "/v1/gateway_notifications/midtrans",
    tag = "payments",
    operation_id = "hear_midtrans",
    request_body(
        content = Object,
        content_type = "application/json",
        description = "In the words of Midtrans, whose documentation explains them; at most 64 KiB",
        example = json!({
            "transaction_status": "settlement", "status_code": "200", "order_id": "CIH-2611-0042-1",
            "gross_amount": "147356.00", "currency": "IDR", "payment_type": "qris", "fraud_status": "accept",
            "transaction_id": "57d5293c-e65f-4a29-95e4-5959c3fa335b", "signature_key": "a586256f",
        }),
    ),
    responses(
        (status = 200, description = "Kept, now or before", body = Kept),
        (status = 403, description = "`signature-invalid`: not signed by Midtrans, or no gateway is set up"),
    ),
    security(()),
)]
pub(super) async fn hear_midtrans(
    state: Data<AppState>,
    gateways: Data<ConfiguredGateway>,
    request: HttpRequest,
    payload: Payload,
) -> Result<ApiResponse, Problem> {
    let forged = || Problem::new(Code::SignatureInvalid);
    let gateway = gateways.offered().ok_or_else(forged)?;
    let bytes = collect(&request, payload.into_inner(), LONGEST).await?;
    let told = gateway.read(&bytes).map_err(|unheard| match unheard {
        WebhookError::Unreadable => Problem::new(Code::BodyUnreadable),
        WebhookError::Forged => forged(),
    })?;
    let (now, name) = (state.now(), gateway.name());
    let body = String::from_utf8(bytes).map_err(|_| Problem::new(Code::BodyUnreadable))?;
    state.db.write::<_, db::Error, _>(move |tx| hear(tx, now, name, &told, &body)).await?;
    Ok(ApiResponse::ok(&Kept::TRUE).no_store())
}

/// Charges of a cooperative
///
/// What the gateway was asked to collect, oldest first; or only what waits for the treasurer because it did not come as
/// it was asked for.
#[utoipa::path(
    get,
    path = "/v1/cooperatives/{id}/gateway_charges",
    tag = "payments",
    operation_id = "list_gateway_charges",
    params(("id" = CooperativeId, Path, description = "The cooperative"), ChargesQuery),
    responses(
        (status = 200, description = "A page of charges", body = Page<GatewayChargeView>),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn list_gateway_charges(
    state: Data<AppState>,
    treasurer: Treasurer,
    PathIds(cooperative): PathIds<CooperativeId>,
    Query(query): Query<ChargesQuery>,
    request: HttpRequest,
) -> Result<ApiResponse, Problem> {
    let permit = treasurer.of(cooperative)?;
    let waiting = query.needs_review.unwrap_or(false);
    let list = format!("gateway_charges {cooperative} {waiting}");
    let paging = Paging::<PageKey>::read(&state.signer, list, query.limit, query.cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.rows_to_read());
    let found = state
        .db
        .read::<_, PaymentError, _>(move |conn| Ok(store::charges_in(conn, permit.cooperative, waiting, after, rows)?))
        .await?;
    let page = paging.page(
        &state.signer,
        found,
        |(charge, _, _)| (charge.created_at, charge.id),
        |(charge, order, number)| GatewayChargeView::of(charge, order, number),
    );
    Ok(page.answer(request.path(), request.query_string()))
}

/// Accept or dismiss what came through the gateway
///
/// By the cooperative's treasurer, for a charge that waits for them. What is accepted becomes a confirmed payment of the
/// sum that came, in the place of the one that was announced; of what is dismissed nothing follows.
#[utoipa::path(
    post,
    path = "/v1/gateway_charges/{id}/transitions",
    tag = "payments",
    operation_id = "review_gateway_charge",
    params(
        ("id" = GatewayChargeId, Path, description = "The charge"),
        ("Idempotency-Key" = String, Header),
    ),
    request_body = ReviewCharge,
    responses(
        (status = 200, description = "Done", body = GatewayChargeView),
        (status = 409, description = "The step is not possible any more"),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn review_gateway_charge(
    state: Data<AppState>,
    caller: Caller,
    PathIds(id): PathIds<GatewayChargeId>,
    idempotency: Idempotency,
    body: Body<ReviewCharge>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, action) = (state.now(), caller.person.scope(), body.value.action);
    let route = PaymentRoute::of(caller.roles);
    idempotency
        .required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let charge = store::charge(tx, id)?.ok_or(PaymentError::NotFound)?;
            let (_, order, access) = route.find(tx, charge.payment)?;
            let reviewed = review(tx, now, id, &access, action)?;
            Ok::<_, PaymentError>(
                ApiResponse::ok(&GatewayChargeView::of(reviewed, order.id, order.number)).about_subject(order.id),
            )
        })
        .await
}

//! Routes of the payments of a tracked order, for holders of its links.

use actix_web::web::Data;

use super::bodies::RecordPayment;
use super::order_payments::{PaymentRequest, create_payment, view_order_payments};
use super::views::{OrderPayments, PayLink, PaymentView};
use super::web_page;
use crate::kernel::Language;
use crate::payments::access::OrderCredential;
use crate::payments::gateway::ConfiguredGateway;
use crate::web::html::{HtmlPage, Reader};
use crate::web::{ApiResponse, AppState, Body, IdempotencyKey, PathIds, Problem, Routes, Scope, routes};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes!["payments": record_tracked_payment, list_tracked_payments]
}

/// Announce a transfer for a tracked order
///
/// For guests, by the order's tracking secret; or pay through the gateway. By an order's payment link anyone does so
/// for the buyer, and gives the payer's name.
#[utoipa::path(
    post, path = "/v1/track/{secret}/payments",
    params(
        ("secret" = String, Path, description = "The secret of the order's link", max_length = 100),
        ("Idempotency-Key" = String, Header),
    ),
    responses(
        (status = 201, description = "Written down", body = PaymentView),
        (status = 200, description = "Written down before, by the same request", body = PaymentView),
        (status = 403, description = "Guests only announce transfers or pay through the gateway"),
        (status = 409, description = "Nothing is owed, the order is closed, or too many transfers wait"),
    ),
)]
async fn record_tracked_payment(
    (state, gateway_config): (Data<AppState>, Data<ConfiguredGateway>),
    PathIds(secret): PathIds<String>,
    idempotency: IdempotencyKey,
    language: Language,
    body: Body<RecordPayment>,
) -> Result<ApiResponse, Problem> {
    let (now, (order, credential)) = (state.now(), OrderCredential::parse_secret(&state, secret)?);
    let (path, with_own_urls) = (credential.url_prefix(), credential.clone());
    let request = PaymentRequest {
        credential,
        gateway_config: gateway_config.get_ref().clone(),
        request: body.value,
        scope: Scope::guest(),
        fingerprint: body.fingerprint.clone(),
        language,
    };
    let key = idempotency.required()?;
    let answer = key
        .once(&state.db, now, Scope::guest(), body.fingerprint, move |tx| create_payment(tx, now, order, &request))
        .await?;
    Ok(with_own_urls.with_own_urls(answer).with_location(format!("{path}/payments")).no_store())
}

/// Payments of a tracked order
///
/// By the order's tracking secret. By its payment link anyone sees the amount left to pay, how to pay it, and the
/// payments announced through the link; browsers get a page.
#[utoipa::path(
    get, path = "/v1/track/{secret}/payments",
    params(("secret" = String, Path, description = "The secret of the order's link", max_length = 100)),
    responses(
        (status = 200, description = "The payments", content( (OrderPayments = "application/json"), (HtmlPage = "text/html"), )),
    ),
)]
async fn list_tracked_payments(
    (state, gateway_config): (Data<AppState>, Data<ConfiguredGateway>),
    PathIds(secret): PathIds<String>,
    reader: Reader,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let (order, credential) = OrderCredential::parse_secret(&state, secret)?;
    let link = PayLink::of(&state, order);
    let response = state.db.read::<_, Problem, _>(move |conn| match reader {
        Reader::Person => web_page::render(conn, order, &credential, language),
        Reader::Program => Ok(view_order_payments(conn, order, &credential, &gateway_config, link, language)?),
    });
    Ok(response.await?.no_store())
}

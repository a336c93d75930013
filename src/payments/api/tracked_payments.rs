//! Routes of the payments of a tracked order, for holders of its links.

use actix_web::web::Data;

use super::bodies::RecordPayment;
use super::order_payments::create_payment;
use super::views::{OrderPayments, PayLink, PaymentView};
use super::web_page;
use crate::kernel::Language;
use crate::payments::access::OrderCredential;
use crate::payments::gateway::ConfiguredGateway;
use crate::web::html::{HtmlPage, Reader};
use crate::web::{ApiResponse, AppState, IdempotencyScope, KeyRequired, PathIds, Problem, Read, Routes, Write, routes};

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
    params(("secret" = String, Path, description = "The secret of the order's link", max_length = 100)),
    responses(
        (status = 201, description = "Written down", body = PaymentView),
        (status = 200, description = "Written down before, by the same request", body = PaymentView),
        (status = 403, description = "Guests only announce transfers or pay through the gateway"),
        (status = 409, description = "Nothing is owed, the order is closed, or too many transfers wait"),
    ),
)]
async fn record_tracked_payment(
    call: Write<RecordPayment, KeyRequired>,
    (state, gateway_config): (Data<AppState>, Data<ConfiguredGateway>),
    PathIds(secret): PathIds<String>,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let (order, credential) = OrderCredential::parse_secret(&state, secret)?;
    let own = (order, credential.clone());
    let response = create_payment(call, IdempotencyScope::guest(), own, gateway_config, language).await?;
    Ok(credential.with_own_urls(response).with_location(format!("{}/payments", credential.url_prefix())).no_store())
}

/// Payments of a tracked order
///
/// By the order's tracking secret. By its payment link anyone sees the amount left to pay, how to pay it, and the
/// payments announced through the link; browsers get a page.
#[utoipa::path(
    get, path = "/v1/track/{secret}/payments",
    params(("secret" = String, Path, description = "The secret of the order's link", max_length = 100)),
    responses(
        (status = 200, content((OrderPayments = "application/json"), (HtmlPage = "text/html"))),
    ),
)]
async fn list_tracked_payments(
    read: Read,
    (state, gateway_config): (Data<AppState>, Data<ConfiguredGateway>),
    PathIds(secret): PathIds<String>,
    reader: Reader,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let (order, credential) = OrderCredential::parse_secret(&state, secret)?;
    let link = PayLink::of(&state, order);
    let response = read.run(move |conn, _| match reader {
        Reader::Person => web_page::render(conn, order, &credential, language),
        Reader::Program => {
            let view = OrderPayments::load(conn, order, &credential, &gateway_config, link, language)?;
            Ok(ApiResponse::ok(&view).with_etag())
        }
    });
    Ok(response.await?.no_store())
}

//! Routes of payments.

mod quick_sale;
mod web_page;

use actix_web::HttpRequest;
use actix_web::web::Data;

use crate::cooperatives::{Caller, Treasurer};
use crate::db::{Conn, Tx};
use crate::kernel::ids::{CooperativeId, OrderId, PaymentId};
use crate::kernel::{Instant, Language};
use crate::payments::access::PaymentAccess;
use crate::payments::access::{API_PREFIX, PaymentRoute};
use crate::payments::error::PaymentError;
use crate::payments::gateway::{self, ConfiguredGateway};
use crate::payments::payment::{Method, Payment, Status};
use crate::payments::qris::{PaymentQrisView, Scannable};
use crate::payments::record::record_locked;
use crate::payments::store::{self, OrderMoney, PaymentKey};
use crate::payments::transition::{PaymentTransition, apply_transition};
use crate::payments::view::{
    DecidePayment, OrderPayments, PayLink, PaymentOptions, PaymentView, PaymentsQuery, RecordPayment,
};
use crate::web::client_ids::{self, ClientId};
use crate::web::html::{HtmlPage, Reader};
use crate::web::{
    ApiResponse, AppState, Body, Code, FieldError, FieldErrors, Fingerprint, Idempotency, IfMatch, Page, Paging,
    PathIds, Problem, Query, Routes, Scope, routes,
};

/// The routes of payments.
pub(super) fn routes() -> Routes {
    routes![
        record_payment,
        list_order_payments,
        transition_payment,
        get_payment,
        list_cooperative_payments,
        record_tracked_payment,
        list_tracked_payments,
    ]
    .and(quick_sale::routes())
}

/// A request to record a payment.
struct PaymentRequest {
    route: PaymentRoute,
    gateway_config: ConfiguredGateway,
    request: RecordPayment,
    scope: Scope,
    fingerprint: Fingerprint,
    language: Language,
}

/// Records the payment, or returns it if the client sent it before.
fn create_payment(
    tx: &mut Tx<'_>,
    now: Instant,
    order: OrderId,
    request: &PaymentRequest,
) -> Result<ApiResponse, PaymentError> {
    let PaymentRequest { route, gateway_config, request, scope, fingerprint, language } = request;
    let order = store::lock_order(tx, order)?.ok_or(PaymentError::NotFound)?;
    let access = route.access(tx, &order)?;
    access.require_record()?;
    if let Some(id) = request.id
        && client_ids::reserve_client_id(tx, now, id, scope, fingerprint)? == ClientId::Repeated
    {
        let payment = store::find_payment(tx, id)?.ok_or(PaymentError::NotFound)?;
        let version = payment.version;
        let view = view_payment(tx, payment, &order, &access, (API_PREFIX, *language))?;
        return Ok(ApiResponse::ok(&view).with_version(version).about_subject(order.id));
    }
    let id = request.id.unwrap_or_else(|| tx.id(now));
    let new_payment = request.new_payment(id);
    if access.payer && new_payment.payer.as_deref().is_none_or(|payer| payer.trim().is_empty()) {
        return Err(PaymentError::PayerUnnamed);
    }
    let payment = match new_payment.method {
        Method::Gateway => gateway::record_charge(tx, now, gateway_config, &order, &access, &new_payment)?,
        _ => record_locked(tx, now, &order, &access, &new_payment)?,
    };
    let version = payment.version;
    let view = view_payment(tx, payment, &order, &access, (API_PREFIX, *language))?;
    Ok(ApiResponse::created(format!("/v1/payments/{id}"), &view).with_version(version).about_subject(order.id))
}

/// A payment as this caller sees it, with its gateway charge or QRIS code.
fn view_payment(
    conn: &mut Conn,
    payment: Payment,
    order: &OrderMoney,
    access: &PaymentAccess,
    (path, language): (&str, Language),
) -> Result<PaymentView, PaymentError> {
    let charge = match payment.method {
        Method::Gateway => gateway::find_charge_of_payment(conn, payment.id)?,
        _ => None,
    };
    let scannable = match payment.method {
        Method::Qris => Scannable::of(conn, order.cooperative)?,
        _ => None,
    };
    let code = scannable.and_then(|scannable| PaymentQrisView::of(&scannable, &payment, &order.number, path, language));
    Ok(PaymentView::of(payment, order, access, path).with_charge(charge).with_qris(code))
}

fn view_order_payments(
    conn: &mut Conn,
    order: OrderId,
    route: &PaymentRoute,
    gateway_config: &ConfiguredGateway,
    pay_link: PayLink,
    language: Language,
) -> Result<ApiResponse, PaymentError> {
    let order = store::find_order(conn, order)?.ok_or(PaymentError::NotFound)?;
    let access = route.access(conn, &order)?;
    access.require_view()?;
    let payments = store::list_payments_of_order(conn, order.id)?;
    let mut charges = match payments.iter().any(|payment| payment.method == Method::Gateway) {
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
    Ok(ApiResponse::ok(&OrderPayments::of(&order, payments, options, &access, &route.path())?).with_etag())
}

/// Record a payment
///
/// A buyer announces a transfer, which is pending until the treasurer confirms it, or pays through the gateway, which
/// reports the payment: a code to pay by is added shortly after. An officer of a group of the order records cash, which
/// is confirmed at once and held by them until a hand-over. Payments recorded by the treasurer are confirmed at once.
/// Only the treasurer records refunds, which name the refunded payment; a gateway payment is refunded through the
/// gateway.
#[utoipa::path(
    post,
    path = "/v1/orders/{id}/payments",
    tag = "payments",
    params(
        ("id" = OrderId, Path, description = "The order"),
        ("Idempotency-Key" = String, Header),
    ),
    request_body = RecordPayment,
    responses(
        (status = 201, description = "Written down", body = PaymentView),
        (status = 200, description = "Written down before, by the same request", body = PaymentView),
        (status = 409, description = "Nothing is owed, the order is closed, or too many transfers wait"),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn record_payment(
    (state, gateway_config): (Data<AppState>, Data<ConfiguredGateway>),
    caller: Caller,
    PathIds(order): PathIds<OrderId>,
    idempotency: Idempotency,
    language: Language,
    body: Body<RecordPayment>,
) -> Result<ApiResponse, Problem> {
    let (now, scope) = (state.now(), caller.person.scope());
    let request = PaymentRequest {
        route: PaymentRoute::of(caller.roles),
        gateway_config: gateway_config.get_ref().clone(),
        request: body.value,
        scope: scope.clone(),
        fingerprint: body.fingerprint.clone(),
        language,
    };
    let key = idempotency.required()?;
    key.once(&state.db, now, scope, body.fingerprint, move |tx| create_payment(tx, now, order, &request)).await
}

/// Announce a transfer for a tracked order
///
/// For guests, by the order's tracking secret; or pay through the gateway. By an order's payment link anyone does so
/// for the buyer, and gives the payer's name.
#[utoipa::path(
    post,
    path = "/v1/track/{secret}/payments",
    tag = "payments",
    params(
        ("secret" = String, Path, description = "The secret of the order's link", max_length = 100),
        ("Idempotency-Key" = String, Header),
    ),
    request_body = RecordPayment,
    responses(
        (status = 201, description = "Written down", body = PaymentView),
        (status = 200, description = "Written down before, by the same request", body = PaymentView),
        (status = 403, description = "Guests only announce transfers or pay through the gateway"),
        (status = 409, description = "Nothing is owed, the order is closed, or too many transfers wait"),
    ),
    security(()),
)]
pub(super) async fn record_tracked_payment(
    (state, gateway_config): (Data<AppState>, Data<ConfiguredGateway>),
    PathIds(secret): PathIds<String>,
    idempotency: Idempotency,
    language: Language,
    body: Body<RecordPayment>,
) -> Result<ApiResponse, Problem> {
    let (now, (order, route)) = (state.now(), PaymentRoute::with_secret(&state, secret)?);
    let (path, with_own_urls) = (route.path(), route.clone());
    let request = PaymentRequest {
        route,
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

/// Payments of an order
///
/// With the amount left to pay and how to pay it; for the buyer, the officers of its groups, and the board, supervisors
/// and treasurer of the cooperative.
#[utoipa::path(
    get,
    path = "/v1/orders/{id}/payments",
    tag = "payments",
    params(("id" = OrderId, Path, description = "The order")),
    responses(
        (status = 200, description = "The payments", body = OrderPayments),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn list_order_payments(
    (state, gateway_config): (Data<AppState>, Data<ConfiguredGateway>),
    caller: Caller,
    PathIds(order): PathIds<OrderId>,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let (route, link) = (PaymentRoute::of(caller.roles), PayLink::of(&state, order));
    Ok(state.db.read(move |conn| view_order_payments(conn, order, &route, &gateway_config, link, language)).await?)
}

/// Payments of a tracked order
///
/// By the order's tracking secret. By its payment link anyone sees the amount left to pay, how to pay it, and the
/// payments announced through the link; browsers get a page.
#[utoipa::path(
    get,
    path = "/v1/track/{secret}/payments",
    tag = "payments",
    params(("secret" = String, Path, description = "The secret of the order's link", max_length = 100)),
    responses(
        (status = 200, description = "The payments", content(
            (OrderPayments = "application/json"), (HtmlPage = "text/html"),
        )),
    ),
    security(()),
)]
pub(super) async fn list_tracked_payments(
    (state, gateway_config): (Data<AppState>, Data<ConfiguredGateway>),
    PathIds(secret): PathIds<String>,
    reader: Reader,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let (order, route) = PaymentRoute::with_secret(&state, secret)?;
    let link = PayLink::of(&state, order);
    let response = state.db.read::<_, Problem, _>(move |conn| match reader {
        Reader::Person => web_page::render(conn, order, &route, language),
        Reader::Program => Ok(view_order_payments(conn, order, &route, &gateway_config, link, language)?),
    });
    Ok(response.await?.no_store())
}

/// One payment
#[utoipa::path(
    get,
    path = "/v1/payments/{id}",
    tag = "payments",
    params(("id" = PaymentId, Path, description = "The payment")),
    responses(
        (status = 200, description = "The payment", body = PaymentView),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn get_payment(
    state: Data<AppState>,
    caller: Caller,
    PathIds(id): PathIds<PaymentId>,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let route = PaymentRoute::of(caller.roles);
    let view = state.db.read::<_, PaymentError, _>(move |conn| {
        let (payment, order, access) = route.find(conn, id)?;
        view_payment(conn, payment, &order, &access, (&route.path(), language))
    });
    let view = view.await?;
    Ok(ApiResponse::ok(&view).with_version(view.version))
}

/// Confirm, reject or reverse a payment
///
/// For the cooperative's treasurer. Of two concurrent decisions one fails.
#[utoipa::path(
    post,
    path = "/v1/payments/{id}/transitions",
    tag = "payments",
    params(
        ("id" = PaymentId, Path, description = "The payment"),
        ("Idempotency-Key" = String, Header),
        ("If-Match" = Option<String>, Header),
    ),
    request_body = DecidePayment,
    responses(
        (status = 200, description = "Done", body = PaymentView),
        (status = 409, description = "The step is not possible any more"),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn transition_payment(
    state: Data<AppState>,
    caller: Caller,
    PathIds(id): PathIds<PaymentId>,
    idempotency: Idempotency,
    if_match: IfMatch,
    language: Language,
    body: Body<DecidePayment>,
) -> Result<ApiResponse, Problem> {
    let (now, scope) = (state.now(), caller.person.scope());
    let route = PaymentRoute::of(caller.roles);
    let DecidePayment { action, reason } = body.value;
    let transition = PaymentTransition { action: action.into(), reason, expected: if_match.optional() };
    idempotency
        .required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let (payment, _, _) = route.find(tx, id)?;
            store::lock_order(tx, payment.order)?;
            let (payment, order, access) = route.find(tx, id)?;
            let decided = apply_transition(tx, now, &order, &payment, &access, &transition)?;
            let order = store::find_order(tx, payment.order)?.ok_or(PaymentError::NotFound)?;
            let view = view_payment(tx, decided, &order, &access, (&route.path(), language))?;
            Ok::<_, PaymentError>(ApiResponse::ok(&view).with_version(view.version).about_subject(order.id))
        })
        .await
}

/// Payments of a cooperative
///
/// Pending payments, oldest first; or those with another status; or the cash that officers hold.
#[utoipa::path(
    get,
    path = "/v1/cooperatives/{id}/payments",
    tag = "payments",
    params(("id" = CooperativeId, Path, description = "The cooperative"), PaymentsQuery),
    responses(
        (status = 200, description = "A page of payments", body = Page<PaymentView>),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn list_cooperative_payments(
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
        let errors = FieldErrors::single("/status", FieldError::NotOneOf("confirmed"));
        return Err(Problem::new(Code::QueryInvalid).with_field_errors(errors));
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
    let access = PaymentAccess { account: Some(permit.account), treasurer: true, ..PaymentAccess::default() };
    let page = paging.page(
        &state.signer,
        rows_read,
        |(payment, _)| (payment.recorded_at, payment.id),
        |(payment, order)| PaymentView::of(payment, &order, &access, "/v1"),
    );
    Ok(page.to_response(request.path(), request.query_string()))
}

//! The routes of payments.

mod quick_sale;
mod web_page;

use actix_web::HttpRequest;
use actix_web::web::Data;

use crate::cooperatives::{Caller, Treasurer};
use crate::db::{Conn, Tx};
use crate::kernel::ids::{CooperativeId, OrderId, PaymentId};
use crate::kernel::{Instant, Language};
use crate::payments::access::PaymentAccess;
use crate::payments::access::{KEPT, PaymentRoute};
use crate::payments::decide::{Step, decide};
use crate::payments::error::PaymentError;
use crate::payments::gateway::{self, ConfiguredGateway};
use crate::payments::payment::{Method, Payment, Status};
use crate::payments::qris::{QrisShown, Scannable};
use crate::payments::record::record;
use crate::payments::store::{self, OrderMoney, PageKey};
use crate::payments::view::{DecidePayment, OrderPayments, PayLink, PaymentView, PaymentsQuery, RecordPayment, Ways};
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
        order_payments,
        decide_payment,
        payment,
        cooperative_payments,
        record_tracked_payment,
        tracked_payments,
    ]
    .and(quick_sale::routes())
}

/// A payment to write down: what was sent, by whom, and through what it may go.
struct Sent {
    route: PaymentRoute,
    gateways: ConfiguredGateway,
    request: RecordPayment,
    scope: Scope,
    fingerprint: Fingerprint,
    language: Language,
}

/// Writes the payment down, or finds it where the client sent it before.
fn create(tx: &mut Tx<'_>, now: Instant, order: OrderId, sent: &Sent) -> Result<ApiResponse, PaymentError> {
    let Sent { route, gateways, request, scope, fingerprint, language } = sent;
    let order = store::locked_order(tx, order)?.ok_or(PaymentError::NotFound)?;
    let access = route.access(tx, &order)?;
    access.records()?;
    if let Some(id) = request.id
        && client_ids::reserve_client_id(tx, now, id, scope, fingerprint)? == ClientId::Repeated
    {
        let payment = store::payment(tx, id)?.ok_or(PaymentError::NotFound)?;
        let version = payment.version;
        let view = shown(tx, payment, &order, &access, (KEPT, *language))?;
        return Ok(ApiResponse::ok(&view).version(version).about_subject(order.id));
    }
    let id = request.id.unwrap_or_else(|| tx.id(now));
    let recording = request.recording(id);
    if access.payer && recording.payer.as_deref().is_none_or(|payer| payer.trim().is_empty()) {
        return Err(PaymentError::PayerUnnamed);
    }
    let payment = match recording.method {
        Method::Gateway => gateway::begin(tx, now, gateways, &order, &access, &recording)?,
        _ => record(tx, now, &order, &access, &recording)?,
    };
    let version = payment.version;
    let view = shown(tx, payment, &order, &access, (KEPT, *language))?;
    Ok(ApiResponse::created(format!("/v1/payments/{id}"), &view).version(version).about_subject(order.id))
}

/// A payment as this caller sees it, and how it is paid where it goes through the gateway or by a code.
fn shown(
    conn: &mut Conn,
    payment: Payment,
    order: &OrderMoney,
    access: &PaymentAccess,
    (path, language): (&str, Language),
) -> Result<PaymentView, PaymentError> {
    let charge = match payment.method {
        Method::Gateway => gateway::charge_of(conn, payment.id)?,
        _ => None,
    };
    let scannable = match payment.method {
        Method::Qris => Scannable::of(conn, order.cooperative)?,
        _ => None,
    };
    let code = scannable.and_then(|with| QrisShown::of(&with, &payment, &order.number, path, language));
    Ok(PaymentView::of(payment, order, access, path).through(charge).by_code(code))
}

fn list(
    conn: &mut Conn,
    order: OrderId,
    route: &PaymentRoute,
    gateways: &ConfiguredGateway,
    pay_link: PayLink,
    language: Language,
) -> Result<ApiResponse, PaymentError> {
    let order = store::order(conn, order)?.ok_or(PaymentError::NotFound)?;
    let access = route.access(conn, &order)?;
    access.sees()?;
    let payments = store::payments_of(conn, order.id)?;
    let mut charges = match payments.iter().any(|payment| payment.method == Method::Gateway) {
        true => gateway::charges_of_order(conn, order.id)?,
        false => Vec::new(),
    };
    let payments = payments.into_iter().map(|payment| {
        let own = charges.iter().position(|charge| charge.is_of(payment.id)).map(|place| charges.swap_remove(place));
        (payment, own)
    });
    let payments = payments.collect();
    let ways = Ways {
        bank: store::bank_account(conn, order.cooperative)?,
        gateways,
        scannable: Scannable::of(conn, order.cooperative)?,
        language,
        pay_link,
    };
    Ok(ApiResponse::ok(&OrderPayments::of(&order, payments, ways, &access, &route.path())?).tagged())
}

/// Record a payment
///
/// The buyer announces a transfer, which waits for the treasurer, or pays through the gateway, which tells when the money
/// is there: the payment then shows a code to pay by, a moment later. An officer of a group of the order takes cash, which
/// is confirmed at once and held by them until they hand it in. What the treasurer writes is confirmed at once; only
/// the treasurer writes refunds, which name the payment they give back; through the gateway goes what came through it.
#[utoipa::path(
    post,
    path = "/v1/orders/{id}/payments",
    tag = "payments",
    operation_id = "record_payment",
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
    (state, gateways): (Data<AppState>, Data<ConfiguredGateway>),
    caller: Caller,
    PathIds(order): PathIds<OrderId>,
    idempotency: Idempotency,
    language: Language,
    body: Body<RecordPayment>,
) -> Result<ApiResponse, Problem> {
    let (now, scope) = (state.now(), caller.person.scope());
    let sent = Sent {
        route: PaymentRoute::of(caller.roles),
        gateways: gateways.get_ref().clone(),
        request: body.value,
        scope: scope.clone(),
        fingerprint: body.fingerprint.clone(),
        language,
    };
    let key = idempotency.required()?;
    key.once(&state.db, now, scope, body.fingerprint, move |tx| create(tx, now, order, &sent)).await
}

/// Announce a transfer for a tracked order
///
/// As a guest, by the order's secret link; or pay through the gateway. By an order's pay link anybody does so for somebody
/// else, and says who they are.
#[utoipa::path(
    post,
    path = "/v1/track/{secret}/payments",
    tag = "payments",
    operation_id = "record_tracked_payment",
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
    (state, gateways): (Data<AppState>, Data<ConfiguredGateway>),
    PathIds(secret): PathIds<String>,
    idempotency: Idempotency,
    language: Language,
    body: Body<RecordPayment>,
) -> Result<ApiResponse, Problem> {
    let (now, (order, route)) = (state.now(), PaymentRoute::with_secret(&state, secret)?);
    let (path, told) = (route.path(), route.clone());
    let sent = Sent {
        route,
        gateways: gateways.get_ref().clone(),
        request: body.value,
        scope: Scope::guest(),
        fingerprint: body.fingerprint.clone(),
        language,
    };
    let key = idempotency.required()?;
    let answer =
        key.once(&state.db, now, Scope::guest(), body.fingerprint, move |tx| create(tx, now, order, &sent)).await?;
    Ok(told.told(answer).with_location(format!("{path}/payments")).no_store())
}

/// Payments of an order
///
/// With what is left to pay and where to transfer it; for the buyer, the officers of its groups, and those who govern,
/// supervise or keep the money of the cooperative.
#[utoipa::path(
    get,
    path = "/v1/orders/{id}/payments",
    tag = "payments",
    operation_id = "order_payments",
    params(("id" = OrderId, Path, description = "The order")),
    responses(
        (status = 200, description = "The payments", body = OrderPayments),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn order_payments(
    (state, gateways): (Data<AppState>, Data<ConfiguredGateway>),
    caller: Caller,
    PathIds(order): PathIds<OrderId>,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let (route, link) = (PaymentRoute::of(caller.roles), PayLink::of(&state, order));
    Ok(state.db.read(move |conn| list(conn, order, &route, &gateways, link, language)).await?)
}

/// Payments of a tracked order
///
/// By the order's secret link. By its pay link anybody sees what is left to pay and where to, and what was announced by it;
/// in a browser that is a page.
#[utoipa::path(
    get,
    path = "/v1/track/{secret}/payments",
    tag = "payments",
    operation_id = "tracked_payments",
    params(("secret" = String, Path, description = "The secret of the order's link", max_length = 100)),
    responses(
        (status = 200, description = "The payments", content(
            (OrderPayments = "application/json"), (HtmlPage = "text/html"),
        )),
    ),
    security(()),
)]
pub(super) async fn tracked_payments(
    (state, gateways): (Data<AppState>, Data<ConfiguredGateway>),
    PathIds(secret): PathIds<String>,
    reader: Reader,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let (order, route) = PaymentRoute::with_secret(&state, secret)?;
    let link = PayLink::of(&state, order);
    let read = state.db.read::<_, Problem, _>(move |conn| match reader {
        Reader::Person => web_page::of(conn, order, &route, language),
        Reader::Program => Ok(list(conn, order, &route, &gateways, link, language)?),
    });
    Ok(read.await?.no_store())
}

/// One payment
#[utoipa::path(
    get,
    path = "/v1/payments/{id}",
    tag = "payments",
    operation_id = "payment",
    params(("id" = PaymentId, Path, description = "The payment")),
    responses(
        (status = 200, description = "The payment", body = PaymentView),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn payment(
    state: Data<AppState>,
    caller: Caller,
    PathIds(id): PathIds<PaymentId>,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let route = PaymentRoute::of(caller.roles);
    let view = state.db.read::<_, PaymentError, _>(move |conn| {
        let (payment, order, access) = route.find(conn, id)?;
        shown(conn, payment, &order, &access, (&route.path(), language))
    });
    let view = view.await?;
    Ok(ApiResponse::ok(&view).version(view.version))
}

/// Confirm, reject, or take cash in
///
/// By the cooperative's treasurer. Of two who decide at once, one does.
#[utoipa::path(
    post,
    path = "/v1/payments/{id}/transitions",
    tag = "payments",
    operation_id = "decide_payment",
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
pub(super) async fn decide_payment(
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
    let step = Step { action: action.into(), reason, expected: if_match.sent() };
    idempotency
        .required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let (payment, _, _) = route.find(tx, id)?;
            store::locked_order(tx, payment.order)?;
            let (payment, order, access) = route.find(tx, id)?;
            let decided = decide(tx, now, &order, &payment, &access, &step)?;
            let order = store::order(tx, payment.order)?.ok_or(PaymentError::NotFound)?;
            let view = shown(tx, decided, &order, &access, (&route.path(), language))?;
            Ok::<_, PaymentError>(ApiResponse::ok(&view).version(view.version).about_subject(order.id))
        })
        .await
}

/// Payments of a cooperative
///
/// What waits for the treasurer, oldest first; or what was confirmed, rejected or has expired; or the cash that
/// officers hold.
#[utoipa::path(
    get,
    path = "/v1/cooperatives/{id}/payments",
    tag = "payments",
    operation_id = "cooperative_payments",
    params(("id" = CooperativeId, Path, description = "The cooperative"), PaymentsQuery),
    responses(
        (status = 200, description = "A page of payments", body = Page<PaymentView>),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn cooperative_payments(
    state: Data<AppState>,
    treasurer: Treasurer,
    PathIds(cooperative): PathIds<CooperativeId>,
    Query(query): Query<PaymentsQuery>,
    request: HttpRequest,
) -> Result<ApiResponse, Problem> {
    let permit = treasurer.of(cooperative)?;
    let held = query.held.unwrap_or(false);
    let status = query.status.unwrap_or(if held { Status::Confirmed } else { Status::Pending });
    if held && status != Status::Confirmed {
        let errors = FieldErrors::one("/status", FieldError::NotOneOf("confirmed"));
        return Err(Problem::new(Code::QueryInvalid).with_faults(errors));
    }
    let list = format!("payments {cooperative} {status} {held}");
    let paging = Paging::<PageKey>::read(&state.signer, list, query.limit, query.cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.rows_to_read());
    let found = state
        .db
        .read::<_, PaymentError, _>(move |conn| {
            Ok(store::payments_in(conn, permit.cooperative, status, held, after, rows)?)
        })
        .await?;
    let access = PaymentAccess { account: Some(permit.account), treasurer: true, ..PaymentAccess::default() };
    let page = paging.page(
        &state.signer,
        found,
        |(payment, _)| (payment.recorded_at, payment.id),
        |(payment, order)| PaymentView::of(payment, &order, &access, "/v1"),
    );
    Ok(page.answer(request.path(), request.query_string()))
}

//! The routes of payments.

use actix_web::HttpRequest;
use actix_web::web::Data;

use super::decide::{Step, decide};
use super::door::{Door, KEPT};
use super::error::PaymentError;
use super::gateway::{self, Gateways};
use super::page;
use super::party::Party;
use super::payment::{Method, Payment, Status};
use super::qris::{QrisShown, Scannable};
use super::record::record;
use super::store::{self, OrderMoney, PageKey};
use super::view::{DecidePayment, OrderPayments, PayLink, PaymentView, PaymentsQuery, RecordPayment, Ways};
use crate::cooperatives::{Insider, Treasurer};
use crate::db::{Conn, Tx};
use crate::kernel::ids::{CooperativeId, OrderId, PaymentId};
use crate::kernel::{Instant, Language};
use crate::web::creation::{self, Creation};
use crate::web::html::{HtmlPage, Reader};
use crate::web::{
    Answer, Body, Code, Fault, Faults, Fingerprint, Idempotency, IfMatch, Page, Paging, PathIds, Problem, Query,
    Routes, Scope, Site, routes,
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
        tracked_payments
    ]
}

/// A payment to write down: what was sent, by whom, and through what it may go.
struct Sent {
    door: Door,
    gateways: Gateways,
    request: RecordPayment,
    scope: Scope,
    fingerprint: Fingerprint,
    language: Language,
}

/// Writes the payment down, or finds it where the client sent it before.
fn create(tx: &mut Tx<'_>, now: Instant, order: OrderId, sent: &Sent) -> Result<Answer, PaymentError> {
    let Sent { door, gateways, request, scope, fingerprint, language } = sent;
    let order = store::locked_order(tx, order)?.ok_or(PaymentError::NotFound)?;
    let party = door.party(tx, &order)?;
    party.records()?;
    if let Some(id) = request.id
        && creation::reserve(tx, now, id, scope, fingerprint)? == Creation::Repeated
    {
        let payment = store::payment(tx, id)?.ok_or(PaymentError::NotFound)?;
        let version = payment.version;
        let view = shown(tx, payment, &order, &party, (KEPT, *language))?;
        return Ok(Answer::ok(&view).version(version).about(order.id));
    }
    let id = request.id.unwrap_or_else(|| tx.id(now));
    let recording = request.recording(id);
    if party.payer && recording.payer.as_deref().is_none_or(|payer| payer.trim().is_empty()) {
        return Err(PaymentError::PayerUnnamed);
    }
    let payment = match recording.method {
        Method::Gateway => gateway::begin(tx, now, gateways, &order, &party, &recording)?,
        _ => record(tx, now, &order, &party, &recording)?,
    };
    let version = payment.version;
    let view = shown(tx, payment, &order, &party, (KEPT, *language))?;
    Ok(Answer::created(format!("/v1/payments/{id}"), &view).version(version).about(order.id))
}

/// A payment as this caller sees it, and how it is paid where it goes through the gateway or by a code.
fn shown(
    conn: &mut Conn,
    payment: Payment,
    order: &OrderMoney,
    party: &Party,
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
    Ok(PaymentView::of(payment, order, party, path).through(charge).by_code(code))
}

fn list(
    conn: &mut Conn,
    order: OrderId,
    door: &Door,
    gateways: &Gateways,
    pay_link: PayLink,
    language: Language,
) -> Result<Answer, PaymentError> {
    let order = store::order(conn, order)?.ok_or(PaymentError::NotFound)?;
    let party = door.party(conn, &order)?;
    party.sees()?;
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
    Ok(Answer::ok(&OrderPayments::of(&order, payments, ways, &party, &door.path())?).tagged())
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
    (site, gateways): (Data<Site>, Data<Gateways>),
    insider: Insider,
    PathIds(order): PathIds<OrderId>,
    idempotency: Idempotency,
    language: Language,
    body: Body<RecordPayment>,
) -> Result<Answer, Problem> {
    let (now, scope) = (site.now(), insider.person.scope());
    let sent = Sent {
        door: Door::of(insider.standing),
        gateways: gateways.get_ref().clone(),
        request: body.value,
        scope: scope.clone(),
        fingerprint: body.fingerprint.clone(),
        language,
    };
    let key = idempotency.required()?;
    key.once(&site.db, now, scope, body.fingerprint, move |tx| create(tx, now, order, &sent)).await
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
    (site, gateways): (Data<Site>, Data<Gateways>),
    PathIds(secret): PathIds<String>,
    idempotency: Idempotency,
    language: Language,
    body: Body<RecordPayment>,
) -> Result<Answer, Problem> {
    let (now, (order, door)) = (site.now(), Door::with_secret(&site, secret)?);
    let (path, told) = (door.path(), door.clone());
    let sent = Sent {
        door,
        gateways: gateways.get_ref().clone(),
        request: body.value,
        scope: Scope::guest(),
        fingerprint: body.fingerprint.clone(),
        language,
    };
    let key = idempotency.required()?;
    let answer =
        key.once(&site.db, now, Scope::guest(), body.fingerprint, move |tx| create(tx, now, order, &sent)).await?;
    Ok(told.told(answer).lives_at(format!("{path}/payments")).no_store())
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
    (site, gateways): (Data<Site>, Data<Gateways>),
    insider: Insider,
    PathIds(order): PathIds<OrderId>,
    language: Language,
) -> Result<Answer, Problem> {
    let (door, link) = (Door::of(insider.standing), PayLink::of(&site, order));
    Ok(site.db.read(move |conn| list(conn, order, &door, &gateways, link, language)).await?)
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
    (site, gateways): (Data<Site>, Data<Gateways>),
    PathIds(secret): PathIds<String>,
    reader: Reader,
    language: Language,
) -> Result<Answer, Problem> {
    let (order, door) = Door::with_secret(&site, secret)?;
    let link = PayLink::of(&site, order);
    let read = site.db.read::<_, Problem, _>(move |conn| match reader {
        Reader::Person => page::of(conn, order, &door, language),
        Reader::Program => Ok(list(conn, order, &door, &gateways, link, language)?),
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
    site: Data<Site>,
    insider: Insider,
    PathIds(id): PathIds<PaymentId>,
    language: Language,
) -> Result<Answer, Problem> {
    let door = Door::of(insider.standing);
    let view = site.db.read::<_, PaymentError, _>(move |conn| {
        let (payment, order, party) = door.find(conn, id)?;
        shown(conn, payment, &order, &party, (&door.path(), language))
    });
    let view = view.await?;
    Ok(Answer::ok(&view).version(view.version))
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
    site: Data<Site>,
    insider: Insider,
    PathIds(id): PathIds<PaymentId>,
    idempotency: Idempotency,
    if_match: IfMatch,
    language: Language,
    body: Body<DecidePayment>,
) -> Result<Answer, Problem> {
    let (now, scope) = (site.now(), insider.person.scope());
    let door = Door::of(insider.standing);
    let DecidePayment { action, reason } = body.value;
    let step = Step { action: action.into(), reason, expected: if_match.sent() };
    idempotency
        .required()?
        .once(&site.db, now, scope, body.fingerprint, move |tx| {
            let (payment, _, _) = door.find(tx, id)?;
            store::locked_order(tx, payment.order)?;
            let (payment, order, party) = door.find(tx, id)?;
            let decided = decide(tx, now, &order, &payment, &party, &step)?;
            let order = store::order(tx, payment.order)?.ok_or(PaymentError::NotFound)?;
            let view = shown(tx, decided, &order, &party, (&door.path(), language))?;
            Ok::<_, PaymentError>(Answer::ok(&view).version(view.version).about(order.id))
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
    site: Data<Site>,
    treasurer: Treasurer,
    PathIds(cooperative): PathIds<CooperativeId>,
    Query(query): Query<PaymentsQuery>,
    request: HttpRequest,
) -> Result<Answer, Problem> {
    let permit = treasurer.of(cooperative)?;
    let held = query.held.unwrap_or(false);
    let status = query.status.unwrap_or(if held { Status::Confirmed } else { Status::Pending });
    if held && status != Status::Confirmed {
        let faults = Faults::one("/status", Fault::NotOneOf("confirmed"));
        return Err(Problem::new(Code::QueryInvalid).with_faults(faults));
    }
    let list = format!("payments {cooperative} {status} {held}");
    let paging = Paging::<PageKey>::read(&site.sealer, list, query.limit, query.cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.rows_to_read());
    let found = site
        .db
        .read::<_, PaymentError, _>(move |conn| {
            Ok(store::payments_in(conn, permit.cooperative, status, held, after, rows)?)
        })
        .await?;
    let party = Party { account: Some(permit.account), treasurer: true, ..Party::default() };
    let page = paging.page(
        &site.sealer,
        found,
        |(payment, _)| (payment.recorded_at, payment.id),
        |(payment, order)| PaymentView::of(payment, &order, &party, "/v1"),
    );
    Ok(page.answer(request.path(), request.query_string()))
}

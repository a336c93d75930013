//! Routes of QRIS: the codes of a cooperative, and the picture of a payment's code.

mod views;

use actix_web::http::StatusCode;
use actix_web::web::Data;

use self::views::{DecideQris, ProposeQris, QrisCodeView};
use super::access::QrisAccess;
use super::picture::{PictureFormat, draw};
use super::propose::{decide, propose};
use super::show::Scannable;
use super::store::{self, QrisCodePageKey};
use crate::cooperatives::{AccessError, Caller, Treasurer};
use crate::files::PictureBytes;
use crate::kernel::Language;
use crate::kernel::ids::{CooperativeId, PaymentId, QrisCodeId};
use crate::payments::access::OrderCredential;
use crate::web::{
    ApiResponse, AppState, IfMatch, KeyRequired, List, Page, PathIds, Problem, Read, Routes, Write, routes,
};

/// The routes of this sub-slice.
pub(super) fn routes() -> Routes {
    routes!["payments": propose_qris_code, list_qris_codes, get_qris_code, transition_qris_code, get_payment_qris, get_tracked_qris]
}

/// Set the QRIS code of the cooperative
///
/// For the treasurer, who scans the cooperative's sticker and sends its text. The first code is active at once. A code
/// that pays another merchant or account is `proposed` until another person of board or treasury approves it; until
/// then the active code stays. Sending the active code again has no effect.
#[utoipa::path(post, path = "/v1/cooperatives/{id}/qris_codes", responses((status = 201, body = QrisCodeView)))]
async fn propose_qris_code(
    call: Write<ProposeQris, KeyRequired>,
    treasurer: Treasurer,
    id: PathIds<CooperativeId>,
) -> Result<ApiResponse, Problem> {
    let permit = treasurer.permit(id.0)?;
    call.once(treasurer.person.idempotency_scope(), move |tx, now, body| {
        let code = propose(tx, now, &permit, tx.id(now), &body.payload)?;
        let view = QrisCodeView::load(tx, QrisAccess { account: permit.account, can_decide: true }, code)?;
        Ok(ApiResponse::created(format!("/v1/qris_codes/{}", view.id), &view).with_version(view.version))
    })
    .await
}

/// List the QRIS codes of a cooperative
///
/// Newest first, including former ones; for the board, the treasurer and the supervisors.
#[utoipa::path(get, path = "/v1/cooperatives/{id}/qris_codes", responses((status = 200, body = Page<QrisCodeView>)))]
async fn list_qris_codes(
    list: List<QrisCodePageKey>,
    caller: Caller,
    id: PathIds<CooperativeId>,
) -> Result<ApiResponse, Problem> {
    let access = QrisAccess::of(&caller, id.0)?;
    let views = list.read(move |conn, list| {
        let codes = store::list_codes(conn, id.0, list.after, list.limit)?;
        codes.into_iter().map(|code| Ok(QrisCodeView::load(conn, access, code)?)).collect()
    });
    Ok(views.await?.answer(|view| (view.proposed_at, view.id), |view| view))
}

/// Get a QRIS code
#[utoipa::path(get, path = "/v1/qris_codes/{id}", responses((status = 200, body = QrisCodeView)))]
async fn get_qris_code(read: Read, caller: Caller, id: PathIds<QrisCodeId>) -> Result<ApiResponse, Problem> {
    read.run(move |conn, _| {
        let code = store::find_code(conn, id.0)?.ok_or(AccessError::Hidden)?;
        let view = QrisCodeView::load(conn, QrisAccess::of(&caller, code.cooperative)?, code)?;
        Ok(ApiResponse::ok(&view).with_version(view.version))
    })
    .await
}

/// Approve or refuse a QRIS code
///
/// For board and treasurer. The proposer cannot approve it: the second person compares the code with the cooperative's
/// sticker and sends the last characters of its merchant id. Any of them can refuse it.
#[utoipa::path(
    post, path = "/v1/qris_codes/{id}/transitions",
    responses(
        (status = 200, body = QrisCodeView),
        (status = 409, description = "`second-person-needed`, `transition-invalid`"),
    ),
)]
async fn transition_qris_code(
    call: Write<DecideQris, KeyRequired>,
    caller: Caller,
    IfMatch(expected_version): IfMatch<Option<i64>>,
    id: PathIds<QrisCodeId>,
) -> Result<ApiResponse, Problem> {
    call.once(caller.person.idempotency_scope(), move |tx, now, body| {
        let code = store::find_code(tx, id.0)?.ok_or(AccessError::Hidden)?;
        let access = QrisAccess::of(&caller, code.cooperative)?;
        AccessError::forbid_unless(access.can_decide)?;
        let decided = decide(tx, now, access.account, code.id, &body.decision(expected_version))?;
        let view = QrisCodeView::load(tx, access, decided)?;
        Ok(ApiResponse::ok(&view).with_version(view.version))
    })
    .await
}

/// The picture of a payment's code, for callers who see the payment.
async fn render_picture(
    read: Read,
    credential: OrderCredential,
    (id, format): (PaymentId, &str),
    language: Language,
) -> Result<ApiResponse, Problem> {
    let format: PictureFormat = format.parse().map_err(|_| Problem::not_found())?;
    let scan = read.run(move |conn, _| {
        let (payment, order, _) = credential.find_payment(conn, id)?;
        let scannable = Scannable::of_payment(conn, &payment)?;
        let scan = scannable.and_then(|scannable| scannable.scan(&payment, &order.number, language));
        Ok(scan.ok_or(AccessError::Hidden)?)
    });
    let scan = scan.await?;
    let bytes = draw(&scan.text, format, &scan.label)?;
    Ok(ApiResponse::raw(StatusCode::OK, format.content_type(), bytes).no_store())
}

/// The QRIS code of a payment as a picture
///
/// While the payment is announced and the cooperative has set a code. The code is no proof of payment.
#[utoipa::path(
    get, path = "/v1/payments/{id}/qris/{format}",
    params(("format" = inline(PictureFormat), Path, description = "What the picture is made as")),
    responses((status = 200, content((PictureBytes = "image/svg+xml"), (PictureBytes = "image/png")))),
)]
async fn get_payment_qris(
    read: Read,
    caller: Caller,
    language: Language,
    PathIds((id, format)): PathIds<(PaymentId, String)>,
) -> Result<ApiResponse, Problem> {
    render_picture(read, OrderCredential::of_roles(caller.roles), (id, &format), language).await
}

/// The QRIS code of a tracked order's payment as a picture
#[utoipa::path(
    get, path = "/v1/track/{secret}/payments/{id}/qris/{format}",
    params(
        ("secret" = String, Path, description = "The secret of the order's link", max_length = 100),
        ("format" = inline(PictureFormat), Path, description = "What the picture is made as"),
    ),
    responses((status = 200, content((PictureBytes = "image/svg+xml"), (PictureBytes = "image/png")))),
)]
async fn get_tracked_qris(
    read: Read,
    state: Data<AppState>,
    language: Language,
    PathIds((secret, id, format)): PathIds<(String, PaymentId, String)>,
) -> Result<ApiResponse, Problem> {
    let (_, credential) = OrderCredential::parse_secret(&state, secret)?;
    render_picture(read, credential, (id, &format), language).await
}

//! Routes of QRIS: the codes of a cooperative, and the picture of a payment's code.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::Data;

use super::code::{QrisCode, QrisStatus};
use super::error::QrisError;
use super::payload::Payload;
use super::picture::{PictureFormat, draw};
use super::propose::{decide, differences_from_active, propose};
use super::show::Scannable;
use super::store::{self, CodeKey};
use super::views::{DecideQris, ProposeQris, QrisCodeView};
use crate::cooperatives::{AccessError, Caller, Office, Roles, Treasurer};
use crate::db::Conn;
use crate::files::PictureBytes;
use crate::kernel::Language;
use crate::kernel::ids::{AccountId, CooperativeId, PaymentId, QrisCodeId};
use crate::payments::access::OrderCredential;
use crate::payments::error::PaymentError;
use crate::web::{
    ApiResponse, AppState, Body, IdempotencyKey, IfMatch, Page, PageQuery, Paging, PathIds, Problem, Query, Routes,
    routes,
};

/// The routes of this sub-slice.
pub(super) fn routes() -> Routes {
    routes!["payments": propose_qris_code, list_qris_codes, get_qris_code, transition_qris_code, get_payment_qris, get_tracked_qris]
}

/// A caller's access to the codes of one cooperative.
#[derive(Debug, Clone, Copy)]
struct Keeper {
    account: AccountId,
    /// Whether they may decide; supervisors only read.
    can_decide: bool,
}

impl Keeper {
    /// Board, treasurer and supervisors of the cooperative; else forbidden or hidden.
    fn of(roles: &Roles, cooperative: CooperativeId) -> Result<Keeper, AccessError> {
        let account = roles.account.ok_or(AccessError::Hidden)?;
        let holds = |office| roles.has_office(office, cooperative);
        let can_decide = holds(Office::Treasurer) || holds(Office::Board);
        if can_decide || holds(Office::Supervisor) {
            Ok(Keeper { account, can_decide })
        } else if roles.has_any_office(cooperative) {
            Err(AccessError::Forbidden)
        } else {
            Err(AccessError::Hidden)
        }
    }

    /// The code as this caller sees it.
    fn view(self, conn: &mut Conn, code: QrisCode) -> Result<QrisCodeView, QrisError> {
        let differs = match code.status {
            QrisStatus::Proposed => {
                let active = store::find_by_status(conn, code.cooperative, QrisStatus::Active)?;
                differences_from_active(active.as_ref(), &Payload::parse(&code.payload)?)?
            }
            _ => Vec::new(),
        };
        Ok(QrisCodeView::of(code, differs, self.account, self.can_decide))
    }
}

/// Set the QRIS code of the cooperative
///
/// For the treasurer, who scans the cooperative's sticker and sends its text. The first code is active at once. A code
/// that pays another merchant or account is `proposed` until another person of board or treasury approves it; until
/// then the active code stays. Sending the active code again has no effect.
#[utoipa::path(
    post, path = "/v1/cooperatives/{id}/qris_codes",
    params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = QrisCodeView)),
)]
async fn propose_qris_code(
    state: Data<AppState>,
    treasurer: Treasurer,
    key: IdempotencyKey,
    id: PathIds<CooperativeId>,
    body: Body<ProposeQris>,
) -> Result<ApiResponse, Problem> {
    let permit = treasurer.permit(id.0)?;
    let (now, scope, request) = (state.now(), treasurer.person.scope(), body.value);
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let id = tx.id(now);
            let code = propose(tx, now, &permit, id, &request.payload)?;
            let (id, version) = (code.id, code.version);
            let view = Keeper { account: permit.account, can_decide: true }.view(tx, code)?;
            Ok::<_, QrisError>(ApiResponse::created(format!("/v1/qris_codes/{id}"), &view).with_version(version))
        })
        .await
}

/// List the QRIS codes of a cooperative
///
/// Newest first, including former ones; for the board, the treasurer and the supervisors.
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/qris_codes",
    params(PageQuery),
    responses((status = 200, body = Page<QrisCodeView>)),
)]
async fn list_qris_codes(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<CooperativeId>,
    Query(PageQuery { cursor, limit }): Query<PageQuery>,
    request: HttpRequest,
) -> Result<ApiResponse, Problem> {
    let keeper = Keeper::of(&caller.roles, id.0)?;
    let list = format!("qris codes of {}", id.0);
    let paging = Paging::<CodeKey>::read(&state.signer, list, limit, cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.fetch_limit());
    let keyed_views = state
        .db
        .read::<_, QrisError, _>(move |conn| {
            let mut views = Vec::new();
            for code in store::list_codes(conn, id.0, after, rows)? {
                views.push(((code.proposed_at, code.id), keeper.view(conn, code)?));
            }
            Ok(views)
        })
        .await?;
    let page = paging.page(&state.signer, keyed_views, |(key, _)| *key, |(_, view)| view);
    Ok(page.to_response(request.path(), request.query_string()))
}

/// Get a QRIS code
#[utoipa::path(get, path = "/v1/qris_codes/{id}", responses((status = 200, body = QrisCodeView)))]
async fn get_qris_code(state: Data<AppState>, caller: Caller, id: PathIds<QrisCodeId>) -> Result<ApiResponse, Problem> {
    state
        .db
        .read::<_, Problem, _>(move |conn| {
            let code = store::find_code(conn, id.0)?.ok_or(AccessError::Hidden)?;
            let view = Keeper::of(&caller.roles, code.cooperative)?.view(conn, code)?;
            let version = view.version;
            Ok(ApiResponse::ok(&view).with_version(version))
        })
        .await
}

/// Approve or refuse a QRIS code
///
/// For board and treasurer. The proposer cannot approve it: the second person compares the code with the cooperative's
/// sticker and sends the last characters of its merchant id. Any of them can refuse it.
#[utoipa::path(
    post, path = "/v1/qris_codes/{id}/transitions",
    params(("Idempotency-Key" = String, Header)),
    responses(
        (status = 200, body = QrisCodeView),
        (status = 409, description = "`second-person-needed`, `transition-invalid`"),
    ),
)]
async fn transition_qris_code(
    state: Data<AppState>,
    caller: Caller,
    key: IdempotencyKey,
    if_match: IfMatch<Option<i64>>,
    id: PathIds<QrisCodeId>,
    body: Body<DecideQris>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, request) = (state.now(), caller.person.scope(), body.value.decision(if_match.0));
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let code = store::find_code(tx, id.0)?.ok_or(AccessError::Hidden)?;
            let keeper = Keeper::of(&caller.roles, code.cooperative)?;
            if !keeper.can_decide {
                return Err(QrisError::from(AccessError::Forbidden));
            }
            let decided = decide(tx, now, keeper.account, code.id, &request)?;
            let version = decided.version;
            Ok(ApiResponse::ok(&keeper.view(tx, decided)?).with_version(version))
        })
        .await
}

/// The picture of a payment's code, for callers who see the payment.
async fn render_picture(
    state: &AppState,
    credential: OrderCredential,
    id: PaymentId,
    format: &str,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let format: PictureFormat = format.parse().map_err(|_| Problem::not_found())?;
    let scan = state.db.read::<_, PaymentError, _>(move |conn| {
        let (payment, order, _) = credential.find(conn, id)?;
        let scannable = Scannable::of_payment(conn, &payment)?;
        scannable.and_then(|scannable| scannable.scan(&payment, &order.number, language)).ok_or(PaymentError::NotFound)
    });
    let scan = scan.await?;
    let bytes = draw(&scan.text, format, &scan.label).map_err(Problem::internal)?;
    Ok(ApiResponse::raw(StatusCode::OK, format.content_type(), bytes).no_store())
}

/// The QRIS code of a payment as a picture
///
/// While the payment is announced and the cooperative has set a code. The code is no proof of payment.
#[utoipa::path(
    get, path = "/v1/payments/{id}/qris/{format}",
    params(("format" = inline(PictureFormat), Path, description = "What the picture is made as")),
    responses(
        (status = 200, description = "The code", content( (PictureBytes = "image/svg+xml"), (PictureBytes = "image/png"), )),
    ),
)]
async fn get_payment_qris(
    state: Data<AppState>,
    caller: Caller,
    language: Language,
    path: PathIds<(PaymentId, String)>,
) -> Result<ApiResponse, Problem> {
    let (id, format) = path.0;
    render_picture(&state, OrderCredential::of_roles(caller.roles), id, &format, language).await
}

/// The QRIS code of a tracked order's payment as a picture
#[utoipa::path(
    get, path = "/v1/track/{secret}/payments/{id}/qris/{format}",
    params(
        ("secret" = String, Path, description = "The secret of the order's link", max_length = 100),
        ("format" = inline(PictureFormat), Path, description = "What the picture is made as"),
    ),
    responses(
        (status = 200, description = "The code", content( (PictureBytes = "image/svg+xml"), (PictureBytes = "image/png"), )),
    ),
)]
async fn get_tracked_qris(
    state: Data<AppState>,
    language: Language,
    path: PathIds<(String, PaymentId, String)>,
) -> Result<ApiResponse, Problem> {
    let (secret, id, format) = path.0;
    let (_, credential) = OrderCredential::parse_secret(&state, secret)?;
    render_picture(&state, credential, id, &format, language).await
}

//! A guest's order, opened by its tracking secret.

use actix_web::web::Data;

use super::order::OrderTransition;
use super::views::OrderView;
use crate::cooperatives::{Caller, find_cooperative, find_pickup_point};
use crate::db;
use crate::kernel::Language;
use crate::kernel::ids::OrderId;
use crate::orders::access::Viewer;
use crate::orders::cancel::{CancelError, cancel};
use crate::orders::claim_guest_order::claim_guest_order;
use crate::orders::settings::Settings;
use crate::orders::{store, track};
use crate::web::html::{HtmlPage, Reader};
use crate::web::{ApiResponse, AppState, Body, IdempotencyKey, PathIds, Problem, Routes, Scope, routes};

/// The routes of this file.
pub fn routes() -> Routes {
    routes!["orders": get_tracked_order, cancel_tracked_order, claim_tracked_order]
}

/// The order of this tracking secret. The secret is void once an account has claimed the order.
async fn find_tracked_order(state: &AppState, secret: &str) -> Result<OrderId, Problem> {
    let id = track::parse_tracking_secret(&state.signer, secret).ok_or_else(Problem::not_found)?;
    let order = state
        .db
        .read(move |conn| store::find_order(conn, id))
        .await
        .map_err(|error: db::Error| Problem::from(error))?;
    order.filter(|order| order.buyer.is_none()).map(|order| order.id).ok_or_else(Problem::not_found)
}

/// Returns a guest's order: JSON for clients, a localized page for browsers.
#[utoipa::path(
    get, path = "/v1/track/{secret}",
    params(("secret" = String, Path, description = "The secret of the order", max_length = 60)),
    responses(
        (status = 200, description = "The order", content((OrderView = "application/json"), (HtmlPage = "text/html"))),
    ),
)]
async fn get_tracked_order(
    state: Data<AppState>,
    settings: Data<Settings>,
    reader: Reader,
    language: Language,
    secret: PathIds<String>,
) -> Result<ApiResponse, Problem> {
    let id = find_tracked_order(&state, &secret.0).await?;
    if reader == Reader::Person {
        return render_page(&state, id, language).await;
    }
    let order = state
        .db
        .read(move |conn| {
            store::find_order(conn, id)?.map(|order| store::load_with_fulfilments(conn, order)).transpose()
        })
        .await;
    let whole = order.map_err(|error: db::Error| Problem::from(error))?.ok_or_else(Problem::not_found)?;
    let view = OrderView::of(&whole, &Viewer::with_secret(), &settings, state.now()).ok_or_else(Problem::not_found)?;
    Ok(ApiResponse::ok(&view).with_version(whole.order.version).about_subject(id).no_store())
}

async fn render_page(state: &AppState, id: OrderId, language: Language) -> Result<ApiResponse, Problem> {
    state
        .db
        .read(move |conn| {
            let order = store::find_order(conn, id)?.ok_or_else(Problem::not_found)?;
            let cooperative = find_cooperative(conn, order.cooperative)?.ok_or_else(Problem::not_found)?;
            let point = order.pickup_point.map(|point| find_pickup_point(conn, point)).transpose()?.flatten();
            super::web_page::render(store::load_with_fulfilments(conn, order)?, cooperative, point, language)
        })
        .await
}

/// Cancels a guest's order, until the cut-off.
#[utoipa::path(
    post, path = "/v1/track/{secret}/transitions",
    params(
        ("secret" = String, Path, description = "The secret of the order", max_length = 60),
        ("Idempotency-Key" = String, Header),
    ),
    responses(
        (status = 200, body = OrderView),
        (status = 409, description = "`transition-invalid`, `cancel-too-late`"),
    ),
)]
async fn cancel_tracked_order(
    state: Data<AppState>,
    settings: Data<Settings>,
    key: IdempotencyKey,
    secret: PathIds<String>,
    body: Body<OrderTransition>,
) -> Result<ApiResponse, Problem> {
    let key = key.required()?;
    let id = find_tracked_order(&state, &secret.0).await?;
    let (now, settings, reason) = (state.now(), **settings, body.value.reason);
    key.once(&state.db, now, Scope::guest(), body.fingerprint, move |tx| {
        let viewer = Viewer::with_secret();
        let whole = cancel(tx, now, &viewer, id, reason.as_deref(), None)?;
        let view = OrderView::of(&whole, &viewer, &settings, now).ok_or(CancelError::NotFound)?;
        Ok::<_, CancelError>(ApiResponse::ok(&view).with_version(whole.order.version).no_store().about_subject(id))
    })
    .await
}

/// Assigns a guest's order to the caller's account. The tracking secret is void from then on. Idempotent for the same
/// account.
#[utoipa::path(
    post, path = "/v1/track/{secret}/claim",
    params(("secret" = String, Path, description = "The secret of the order", max_length = 60)),
    responses((status = 200, body = OrderView)),
)]
async fn claim_tracked_order(
    state: Data<AppState>,
    settings: Data<Settings>,
    caller: Caller,
    secret: PathIds<String>,
) -> Result<ApiResponse, Problem> {
    let id = track::parse_tracking_secret(&state.signer, &secret.0).ok_or_else(Problem::not_found)?;
    let (now, account) = (state.now(), caller.person.account);
    let claimed = state
        .db
        .write(move |tx| claim_guest_order(tx, now, account, id))
        .await
        .map_err(|error: db::Error| Problem::from(error))?;
    let whole = claimed.ok_or_else(Problem::not_found)?;
    let view = OrderView::of(&whole, &Viewer::of(caller.roles), &settings, now).ok_or_else(Problem::not_found)?;
    Ok(ApiResponse::ok(&view).with_version(whole.order.version))
}

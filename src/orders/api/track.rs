//! A guest's order, opened by its secret.

use actix_web::web::Data;

use super::show::OrderTransition;
use super::views::OrderView;
use crate::cooperatives::{Caller, find_cooperative, pickup_point};
use crate::db;
use crate::kernel::Language;
use crate::kernel::ids::OrderId;
use crate::orders::cancel::{CancelError, cancel};
use crate::orders::claim_guest_order::adopt;
use crate::orders::settings::Settings;
use crate::orders::viewer::Viewer;
use crate::orders::{store, track};
use crate::web::html::{HtmlPage, Reader};
use crate::web::{ApiResponse, AppState, Body, Idempotency, PathIds, Problem, Routes, Scope, routes};

/// The routes of this file.
pub fn routes() -> Routes {
    routes![track_order, cancel_tracked_order, adopt_order]
}

/// The order that this secret opens. Once an account has taken it over, the secret opens nothing.
async fn opened(state: &AppState, secret: &str) -> Result<OrderId, Problem> {
    let id = track::order_of(&state.signer, secret).ok_or_else(Problem::not_found)?;
    let order =
        state.db.read(move |conn| store::order(conn, id)).await.map_err(|error: db::Error| Problem::from(error))?;
    order.filter(|order| order.buyer.is_none()).map(|order| order.id).ok_or_else(Problem::not_found)
}

/// Shows a guest their order: JSON for programs; a page in the reader's language, where a browser opens the link.
#[utoipa::path(
    get, path = "/v1/track/{secret}", tag = "orders", operation_id = "track_order",
    params(("secret" = String, Path, description = "The secret of the order", max_length = 60)),
    responses(
        (status = 200, description = "The order", content((OrderView = "application/json"), (HtmlPage = "text/html"))),
    ),
)]
async fn track_order(
    state: Data<AppState>,
    settings: Data<Settings>,
    reader: Reader,
    language: Language,
    secret: PathIds<String>,
) -> Result<ApiResponse, Problem> {
    let id = opened(&state, &secret.0).await?;
    if reader == Reader::Person {
        return page(&state, id, language).await;
    }
    let found =
        state.db.read(move |conn| store::order(conn, id)?.map(|order| store::whole(conn, order)).transpose()).await;
    let whole = found.map_err(|error: db::Error| Problem::from(error))?.ok_or_else(Problem::not_found)?;
    let view = OrderView::of(&whole, &Viewer::with_secret(), &settings, state.now()).ok_or_else(Problem::not_found)?;
    Ok(ApiResponse::ok(&view).version(whole.order.version).about_subject(id).no_store())
}

async fn page(state: &AppState, id: OrderId, language: Language) -> Result<ApiResponse, Problem> {
    state
        .db
        .read(move |conn| {
            let order = store::order(conn, id)?.ok_or_else(Problem::not_found)?;
            let cooperative = find_cooperative(conn, order.cooperative)?.ok_or_else(Problem::not_found)?;
            let point = order.pickup_point.map(|point| pickup_point(conn, point)).transpose()?.flatten();
            super::web_page::of(store::whole(conn, order)?, cooperative, point, language)
        })
        .await
}

/// Cancels a guest's order, until the cut-off.
#[utoipa::path(
    post, path = "/v1/track/{secret}/transitions", tag = "orders", operation_id = "cancel_tracked_order",
    request_body = OrderTransition,
    params(
        ("secret" = String, Path, description = "The secret of the order", max_length = 60),
        ("Idempotency-Key" = String, Header),
    ),
    responses(
        (status = 200, description = "The order as it is now", body = OrderView),
        (status = 409, description = "`transition-invalid`, `cancel-too-late`"),
    ),
)]
async fn cancel_tracked_order(
    state: Data<AppState>,
    settings: Data<Settings>,
    key: Idempotency,
    secret: PathIds<String>,
    body: Body<OrderTransition>,
) -> Result<ApiResponse, Problem> {
    let key = key.required()?;
    let id = opened(&state, &secret.0).await?;
    let (now, settings, reason) = (state.now(), **settings, body.value.reason);
    key.once(&state.db, now, Scope::guest(), body.fingerprint, move |tx| {
        let viewer = Viewer::with_secret();
        let whole = cancel(tx, now, &viewer, id, reason.as_deref(), None)?;
        let view = OrderView::of(&whole, &viewer, &settings, now).ok_or(CancelError::NotFound)?;
        Ok::<_, CancelError>(ApiResponse::ok(&view).version(whole.order.version).no_store().about_subject(id))
    })
    .await
}

/// Takes a guest's order over into the account of who is signed in. The secret opens nothing from then on. Sent twice
/// by the same person, it is done once.
#[utoipa::path(
    post, path = "/v1/track/{secret}/claim", tag = "orders", operation_id = "adopt_order",
    params(
        ("secret" = String, Path, description = "The secret of the order", max_length = 60),
    ),
    responses((status = 200, description = "The order, which is theirs now", body = OrderView)),
    security(("bearer" = [])),
)]
async fn adopt_order(
    state: Data<AppState>,
    settings: Data<Settings>,
    caller: Caller,
    secret: PathIds<String>,
) -> Result<ApiResponse, Problem> {
    let id = track::order_of(&state.signer, &secret.0).ok_or_else(Problem::not_found)?;
    let (now, account) = (state.now(), caller.person.account);
    let adopted =
        state.db.write(move |tx| adopt(tx, now, account, id)).await.map_err(|error: db::Error| Problem::from(error))?;
    let whole = adopted.ok_or_else(Problem::not_found)?;
    let view = OrderView::of(&whole, &Viewer::of(caller.roles), &settings, now).ok_or_else(Problem::not_found)?;
    Ok(ApiResponse::ok(&view).version(whole.order.version))
}

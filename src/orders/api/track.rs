//! A guest's order, opened by its tracking secret.

use actix_web::web::Data;

use super::order::OrderTransition;
use super::views::OrderView;
use super::web_page;
use crate::cooperatives::{Caller, find_cooperative, find_pickup_point};
use crate::db::Conn;
use crate::kernel::Language;
use crate::kernel::ids::OrderId;
use crate::orders::access::Viewer;
use crate::orders::cancel::cancel;
use crate::orders::claim_guest_order::claim_guest_order;
use crate::orders::order::OrderWithFulfilments;
use crate::orders::settings::Settings;
use crate::orders::{store, track};
use crate::web::html::{HtmlPage, Reader};
use crate::web::{
    ApiResponse, AppState, IdempotencyScope, KeyIgnored, KeyRequired, PathIds, Problem, Read, Routes, Write, routes,
};

/// The routes of this file.
pub fn routes() -> Routes {
    routes!["orders": get_tracked_order, cancel_tracked_order, claim_tracked_order]
}

/// The order of the tracking secret in the path.
pub(super) fn parse_secret(state: &AppState, secret: &PathIds<String>) -> Result<OrderId, Problem> {
    track::parse_tracking_secret(&state.signer, &secret.0).ok_or_else(Problem::not_found)
}

/// Finds the order of a tracking secret, which is void once an account has claimed the order.
fn find_tracked_order(conn: &mut Conn, id: OrderId) -> Result<OrderWithFulfilments, Problem> {
    let whole = store::find_with_fulfilments(conn, id)?.filter(|whole| whole.order.buyer.is_none());
    whole.ok_or_else(Problem::not_found)
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
    read: Read,
    state: Data<AppState>,
    settings: Data<Settings>,
    reader: Reader,
    language: Language,
    secret: PathIds<String>,
) -> Result<ApiResponse, Problem> {
    let id = parse_secret(&state, &secret)?;
    read.run(move |conn, now| {
        let whole = find_tracked_order(conn, id)?;
        if reader == Reader::Person {
            let cooperative = find_cooperative(conn, whole.order.cooperative)?.ok_or_else(Problem::not_found)?;
            let point = whole.order.pickup_point.map(|point| find_pickup_point(conn, point)).transpose()?.flatten();
            return web_page::render(whole, cooperative, point, language);
        }
        Ok(OrderView::respond(&whole, &Viewer::with_secret(), &settings, now)?.no_store())
    })
    .await
}

/// Cancels a guest's order, until the cut-off.
#[utoipa::path(
    post, path = "/v1/track/{secret}/transitions",
    params(("secret" = String, Path, description = "The secret of the order", max_length = 60)),
    responses(
        (status = 200, body = OrderView),
        (status = 409, description = "`transition-invalid`, `cancel-too-late`"),
    ),
)]
async fn cancel_tracked_order(
    call: Write<OrderTransition, KeyRequired>,
    state: Data<AppState>,
    settings: Data<Settings>,
    secret: PathIds<String>,
) -> Result<ApiResponse, Problem> {
    let (id, viewer) = (parse_secret(&state, &secret)?, Viewer::with_secret());
    call.once(IdempotencyScope::guest(), move |tx, now, body| {
        find_tracked_order(tx, id)?;
        let whole = cancel(tx, now, &viewer, id, body.reason.as_deref(), None)?;
        Ok(OrderView::respond(&whole, &viewer, &settings, now)?.no_store())
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
    call: Write<(), KeyIgnored>,
    state: Data<AppState>,
    settings: Data<Settings>,
    caller: Caller,
    secret: PathIds<String>,
) -> Result<ApiResponse, Problem> {
    let (id, viewer) = (parse_secret(&state, &secret)?, Viewer::of(caller.roles));
    call.run(move |tx, now, ()| {
        let whole = claim_guest_order(tx, now, caller.person.account, id)?.ok_or_else(Problem::not_found)?;
        OrderView::respond(&whole, &viewer, &settings, now)
    })
    .await
}

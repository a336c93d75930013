//! Lists of orders: of the caller, of a group, of a cooperative.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::Deserialize;

use super::views::OrderView;
use crate::cooperatives::{Caller, Officer, Overseer};
use crate::kernel::ids::{CooperativeId, FulfilmentId, GroupId, OrderId};
use crate::kernel::{Day, Instant};
use crate::orders::access::Viewer;
use crate::orders::fulfilment::FulfilmentStatus;
use crate::orders::order::OrderWithFulfilments;
use crate::orders::settings::Settings;
use crate::orders::status::OrderStatus;
use crate::orders::store::{self, Seek};
use crate::web::{ApiResponse, AppState, Page, Paging, PathIds, Problem, Query, Routes, routes};

/// The routes of this file.
pub fn routes() -> Routes {
    routes!["orders": list_my_orders, list_group_orders, list_cooperative_orders]
}

/// Filter and page of a list of orders.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OrderFilter {
    /// Only with this status.
    #[param(inline)]
    status: Option<OrderStatus>,
    /// The `next` of the page before.
    #[param(max_length = 600)]
    cursor: Option<String>,
    /// Page size, 1 to 100.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// Filter and page of a list of a group's orders.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PartFilter {
    /// Only with this status.
    #[param(inline)]
    status: Option<FulfilmentStatus>,
    /// The `next` of the page before.
    #[param(max_length = 600)]
    cursor: Option<String>,
    /// Page size, 1 to 100.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

type OrderKey = (Instant, OrderId);

fn status_text<T: std::fmt::Display>(status: Option<T>) -> String {
    status.map(|status| status.to_string()).unwrap_or_default()
}

fn page_response(
    request: &HttpRequest,
    state: &AppState,
    settings: &Settings,
    viewer: &Viewer,
    paging: &Paging<OrderKey>,
    wholes: Vec<OrderWithFulfilments>,
) -> ApiResponse {
    let now = state.now();
    let page = paging.page(
        &state.signer,
        wholes,
        |whole| (whole.order.placed_at, whole.order.id),
        |whole| OrderView::of(&whole, viewer, settings, now),
    );
    let page = Page { data: page.data.into_iter().flatten().collect::<Vec<_>>(), next: page.next };
    page.to_response(request.path(), request.query_string()).with_etag()
}

/// Lists the caller's own orders, newest first.
#[utoipa::path(get, path = "/v1/orders", responses((status = 200, body = Page<OrderView>)))]
async fn list_my_orders(
    request: HttpRequest,
    state: Data<AppState>,
    settings: Data<Settings>,
    caller: Caller,
    filter: Query<OrderFilter>,
) -> Result<ApiResponse, Problem> {
    let (filter, account) = (filter.0, caller.person.account);
    let list = format!("orders of {account} {}", status_text(filter.status));
    let paging = Paging::<OrderKey>::read(&state.signer, list, filter.limit, filter.cursor.as_deref())?;
    let seek = Seek { after: paging.after, limit: paging.fetch_limit() };
    let wholes = state
        .db
        .read(move |conn| {
            let orders = store::list_orders_of_buyer(conn, account, filter.status, &seek)?;
            store::load_many_with_fulfilments(conn, orders)
        })
        .await
        .map_err(|error: crate::db::Error| Problem::from(error))?;
    Ok(page_response(&request, &state, &settings, &Viewer::of(caller.roles), &paging, wholes))
}

/// Lists a cooperative's orders, newest first, for its offices.
#[utoipa::path(get, path = "/v1/cooperatives/{id}/orders", responses((status = 200, body = Page<OrderView>)))]
async fn list_cooperative_orders(
    request: HttpRequest,
    state: Data<AppState>,
    settings: Data<Settings>,
    overseer: Overseer,
    caller: Caller,
    id: PathIds<CooperativeId>,
    filter: Query<OrderFilter>,
) -> Result<ApiResponse, Problem> {
    let permit = overseer.permit(id.0)?;
    let filter = filter.0;
    let list = format!("orders in {} {}", permit.cooperative, status_text(filter.status));
    let paging = Paging::<OrderKey>::read(&state.signer, list, filter.limit, filter.cursor.as_deref())?;
    let seek = Seek { after: paging.after, limit: paging.fetch_limit() };
    let wholes = state
        .db
        .read(move |conn| {
            let orders = store::list_orders_of_cooperative(conn, permit.cooperative, filter.status, &seek)?;
            store::load_many_with_fulfilments(conn, orders)
        })
        .await
        .map_err(|error: crate::db::Error| Problem::from(error))?;
    Ok(page_response(&request, &state, &settings, &Viewer::of(caller.roles), &paging, wholes))
}

/// Lists a group's parts of orders, by ready day, latest first.
#[utoipa::path(get, path = "/v1/groups/{id}/orders", responses((status = 200, body = Page<OrderView>)))]
async fn list_group_orders(
    request: HttpRequest,
    state: Data<AppState>,
    settings: Data<Settings>,
    officer: Officer,
    caller: Caller,
    id: PathIds<GroupId>,
    filter: Query<PartFilter>,
) -> Result<ApiResponse, Problem> {
    let permit = officer.permit(id.0)?;
    let (filter, now) = (filter.0, state.now());
    let list = format!("parts of {} {}", permit.group, status_text(filter.status));
    let paging = Paging::<(Day, FulfilmentId)>::read(&state.signer, list, filter.limit, filter.cursor.as_deref())?;
    let seek = Seek { after: paging.after, limit: paging.fetch_limit() };
    let rows = state
        .db
        .read(move |conn| {
            let fulfilments = store::list_fulfilments_of_group(conn, permit.group, filter.status, &seek)?;
            let (keys, orders): (Vec<_>, Vec<_>) =
                fulfilments.into_iter().map(|(ready_on, id, order)| ((ready_on, id), order)).unzip();
            let wholes = store::load_many_with_fulfilments(conn, orders)?;
            Ok::<Vec<((Day, FulfilmentId), OrderWithFulfilments)>, crate::db::Error>(
                keys.into_iter().zip(wholes).collect(),
            )
        })
        .await
        .map_err(Problem::from)?;
    let viewer = Viewer::of(caller.roles);
    let page = paging.page(
        &state.signer,
        rows,
        |row| row.0,
        |row| OrderView::of(&row.1, &viewer, &settings, now).map(|view| view.only_of(permit.group)),
    );
    let page = Page { data: page.data.into_iter().flatten().collect::<Vec<_>>(), next: page.next };
    Ok(page.to_response(request.path(), request.query_string()).with_etag())
}

//! Lists of orders: of the caller, of a group, of a cooperative.

use actix_web::web::Data;
use serde::Deserialize;

use super::views::OrderView;
use crate::cooperatives::{Caller, Officer, Overseer};
use crate::db::Conn;
use crate::kernel::ids::{CooperativeId, FulfilmentId, GroupId, OrderId};
use crate::kernel::{Day, Instant};
use crate::orders::access::Viewer;
use crate::orders::fulfilment::FulfilmentStatus;
use crate::orders::order::Order;
use crate::orders::settings::Settings;
use crate::orders::status::OrderStatus;
use crate::orders::store::{self, OrdersOf};
use crate::web::{ApiResponse, List, Page, PathIds, Problem, Routes, routes};

/// The routes of this file.
pub fn routes() -> Routes {
    routes!["orders": list_my_orders, list_group_orders, list_cooperative_orders]
}

/// Filter of a list of orders.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct OrderFilter {
    /// Only with this status.
    #[param(inline)]
    status: Option<OrderStatus>,
}

/// Filter of a list of a group's orders.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct PartFilter {
    /// Only with this status.
    #[param(inline)]
    status: Option<FulfilmentStatus>,
}

/// The orders as this viewer sees them, with their keys in the list.
fn view_orders<K>(
    conn: &mut Conn,
    rows: Vec<(K, Order)>,
    viewer: &Viewer,
    settings: &Settings,
    now: Instant,
) -> Result<Vec<(K, OrderView)>, Problem> {
    let (keys, orders): (Vec<K>, Vec<Order>) = rows.into_iter().unzip();
    let wholes = store::load_many_with_fulfilments(conn, orders)?;
    let views = wholes.iter().map(|whole| OrderView::of(whole, viewer, settings, now));
    Ok(keys.into_iter().zip(views).filter_map(|(key, view)| Some((key, view?))).collect())
}

async fn list_orders(
    list: List<(Instant, OrderId), OrderFilter>,
    settings: Data<Settings>,
    viewer: Viewer,
    of: OrdersOf,
) -> Result<ApiResponse, Problem> {
    let rows = list.read(move |conn, list| {
        let orders = store::list_orders(conn, of, list.filter.status, list.after, list.limit)?;
        view_orders(conn, orders, &viewer, &settings, list.now)
    });
    Ok(rows.await?.answer(|row| row.0, |row| row.1).with_etag())
}

/// Lists the caller's own orders, newest first.
#[utoipa::path(get, path = "/v1/orders", responses((status = 200, body = Page<OrderView>)))]
async fn list_my_orders(
    list: List<(Instant, OrderId), OrderFilter>,
    settings: Data<Settings>,
    caller: Caller,
) -> Result<ApiResponse, Problem> {
    list_orders(list, settings, Viewer::of(caller.roles), OrdersOf::Buyer(caller.person.account)).await
}

/// Lists a cooperative's orders, newest first, for its offices.
#[utoipa::path(get, path = "/v1/cooperatives/{id}/orders", responses((status = 200, body = Page<OrderView>)))]
async fn list_cooperative_orders(
    list: List<(Instant, OrderId), OrderFilter>,
    settings: Data<Settings>,
    overseer: Overseer,
    caller: Caller,
    id: PathIds<CooperativeId>,
) -> Result<ApiResponse, Problem> {
    let permit = overseer.permit(id.0)?;
    list_orders(list, settings, Viewer::of(caller.roles), OrdersOf::Cooperative(permit.cooperative)).await
}

/// Lists a group's parts of orders, by ready day, latest first.
#[utoipa::path(get, path = "/v1/groups/{id}/orders", responses((status = 200, body = Page<OrderView>)))]
async fn list_group_orders(
    list: List<(Day, FulfilmentId), PartFilter>,
    settings: Data<Settings>,
    officer: Officer,
    caller: Caller,
    id: PathIds<GroupId>,
) -> Result<ApiResponse, Problem> {
    let group = officer.permit(id.0)?.group;
    let rows = list.read(move |conn, list| {
        let orders = store::list_orders_of_group(conn, group, list.filter.status, list.after, list.limit)?;
        view_orders(conn, orders, &Viewer::of(caller.roles), &settings, list.now)
    });
    Ok(rows.await?.answer(|row| row.0, |row| row.1.only_of(group)).with_etag())
}

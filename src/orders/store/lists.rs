//! Paged lists, newest first.

use diesel::prelude::*;

use crate::db::schema::{fulfilments, orders};
use crate::db::{Conn, Result};
use crate::kernel::ids::{AccountId, CooperativeId, FulfilmentId, GroupId, OrderId};
use crate::kernel::{Day, Instant};
use crate::orders::fulfilment::FulfilmentStatus;
use crate::orders::order::Order;
use crate::orders::status::OrderStatus;

/// Whose orders are listed.
#[derive(Debug, Clone, Copy)]
pub enum OrdersOf {
    /// Those of a buyer.
    Buyer(AccountId),
    /// Those of a cooperative.
    Cooperative(CooperativeId),
}

/// Orders with their keys, newest first.
pub fn list_orders(
    conn: &mut Conn,
    of: OrdersOf,
    status: Option<OrderStatus>,
    after: Option<(Instant, OrderId)>,
    limit: i64,
) -> Result<Vec<((Instant, OrderId), Order)>> {
    let mut query = orders::table.select(((orders::placed_at, orders::id), Order::as_select())).into_boxed();
    query = match of {
        OrdersOf::Buyer(buyer) => query.filter(orders::buyer_id.eq(buyer)),
        OrdersOf::Cooperative(cooperative) => query.filter(orders::cooperative_id.eq(cooperative)),
    };
    if let Some(status) = status {
        query = query.filter(orders::status.eq(status));
    }
    if let Some((placed_at, id)) = after {
        query =
            query.filter(orders::placed_at.lt(placed_at).or(orders::placed_at.eq(placed_at).and(orders::id.lt(id))));
    }
    Ok(query.order((orders::placed_at.desc(), orders::id.desc())).limit(limit).load(conn)?)
}

/// Counts the open fulfilments of a group that are to be ready on this day.
pub fn count_open_fulfilments_due(conn: &mut Conn, group: GroupId, day: Day) -> Result<i64> {
    let open = FulfilmentStatus::ALL.iter().copied().filter(|status| status.is_open());
    let due = fulfilments::table
        .filter(fulfilments::group_id.eq(group))
        .filter(fulfilments::ready_on.eq(day))
        .filter(fulfilments::status.eq_any(open));
    Ok(due.count().get_result(conn)?)
}

/// The orders of a group with the keys of its fulfilments, latest ready day first.
pub fn list_orders_of_group(
    conn: &mut Conn,
    group: GroupId,
    status: Option<FulfilmentStatus>,
    after: Option<(Day, FulfilmentId)>,
    limit: i64,
) -> Result<Vec<((Day, FulfilmentId), Order)>> {
    let mut query = fulfilments::table
        .inner_join(orders::table)
        .filter(fulfilments::group_id.eq(group))
        .select(((fulfilments::ready_on, fulfilments::id), Order::as_select()))
        .into_boxed();
    if let Some(status) = status {
        query = query.filter(fulfilments::status.eq(status));
    }
    if let Some((ready_on, id)) = after {
        query = query.filter(
            fulfilments::ready_on.lt(ready_on).or(fulfilments::ready_on.eq(ready_on).and(fulfilments::id.lt(id))),
        );
    }
    Ok(query.order((fulfilments::ready_on.desc(), fulfilments::id.desc())).limit(limit).load(conn)?)
}

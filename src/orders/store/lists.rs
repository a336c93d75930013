//! Paged lists, newest first.

use diesel::prelude::*;

use crate::db::schema::{fulfilments, orders};
use crate::db::{Conn, Result};
use crate::kernel::ids::{AccountId, CooperativeId, FulfilmentId, GroupId, OrderId};
use crate::kernel::{Day, Instant};
use crate::orders::fulfilment::FulfilmentStatus;
use crate::orders::order::Order;
use crate::orders::status::OrderStatus;

/// Position and size of a page.
#[derive(Debug, Clone)]
pub struct Seek<K> {
    /// Key of the last row of the page before.
    pub after: Option<K>,
    /// Maximum number of rows.
    pub limit: i64,
}

macro_rules! newest_first {
    ($query:expr, $status:expr, $seek:expr) => {{
        let mut query = $query.select(Order::as_select()).into_boxed();
        if let Some(status) = $status {
            query = query.filter(orders::status.eq(status));
        }
        if let Some((placed_at, id)) = $seek.after {
            query = query
                .filter(orders::placed_at.lt(placed_at).or(orders::placed_at.eq(placed_at).and(orders::id.lt(id))));
        }
        query.order((orders::placed_at.desc(), orders::id.desc())).limit($seek.limit)
    }};
}

/// The orders of a buyer, newest first.
pub fn list_orders_of_buyer(
    conn: &mut Conn,
    buyer: AccountId,
    status: Option<OrderStatus>,
    seek: &Seek<(Instant, OrderId)>,
) -> Result<Vec<Order>> {
    Ok(newest_first!(orders::table.filter(orders::buyer_id.eq(buyer)), status, seek).load(conn)?)
}

/// The orders of a cooperative, newest first.
pub fn list_orders_of_cooperative(
    conn: &mut Conn,
    cooperative: CooperativeId,
    status: Option<OrderStatus>,
    seek: &Seek<(Instant, OrderId)>,
) -> Result<Vec<Order>> {
    Ok(newest_first!(orders::table.filter(orders::cooperative_id.eq(cooperative)), status, seek).load(conn)?)
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

/// The fulfilments of a group with their orders, latest ready day first.
pub fn list_fulfilments_of_group(
    conn: &mut Conn,
    group: GroupId,
    status: Option<FulfilmentStatus>,
    seek: &Seek<(Day, FulfilmentId)>,
) -> Result<Vec<(Day, FulfilmentId, Order)>> {
    let mut query = fulfilments::table
        .inner_join(orders::table)
        .filter(fulfilments::group_id.eq(group))
        .select((fulfilments::ready_on, fulfilments::id, Order::as_select()))
        .into_boxed();
    if let Some(status) = status {
        query = query.filter(fulfilments::status.eq(status));
    }
    if let Some((ready_on, id)) = seek.after {
        query = query.filter(
            fulfilments::ready_on.lt(ready_on).or(fulfilments::ready_on.eq(ready_on).and(fulfilments::id.lt(id))),
        );
    }
    Ok(query.order((fulfilments::ready_on.desc(), fulfilments::id.desc())).limit(seek.limit).load(conn)?)
}

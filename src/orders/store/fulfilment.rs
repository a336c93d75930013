//! Fulfilments with their lines and claims.

#![allow(clippy::arithmetic_side_effects, reason = "columns are added up by the database, which checks")]

use std::collections::HashMap;

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use crate::cooperatives::GroupRef;
use crate::db::schema::{batches, claims, fulfilments, groups, order_lines};
use crate::db::{Conn, Result, Tx, pad_list, prepared};
use crate::kernel::ids::{BatchId, ClaimId, FulfilmentId, GroupId, LineId, OrderId};
use crate::kernel::{Day, Instant, Quantity, Rupiah};
use crate::orders::fulfilment::{
    Claim, Fulfilment, FulfilmentStatus, FulfilmentWithLines, LineReason, LineWithClaims, OrderLine,
};
use crate::orders::order::{Order, OrderWithFulfilments};
use crate::supply::{BatchKind, BatchStatus};

/// The order with all its fulfilments.
pub fn load_with_fulfilments(conn: &mut Conn, order: Order) -> Result<OrderWithFulfilments> {
    let id = order.id;
    let whole = load_many_with_fulfilments(conn, vec![order])?.pop();
    whole.filter(|whole| whole.order.id == id).ok_or_else(|| diesel::result::Error::NotFound.into())
}

/// The orders with all their fulfilments, in three queries.
pub fn load_many_with_fulfilments(conn: &mut Conn, orders: Vec<Order>) -> Result<Vec<OrderWithFulfilments>> {
    let ids = pad_list(orders.iter().map(|order| order.id).collect());
    let fulfilments = fulfilments::table
        .inner_join(groups::table.on(groups::id.eq(fulfilments::group_id)))
        .filter(fulfilments::order_id.eq_any(&ids))
        .order(fulfilments::id.asc())
        .select((Fulfilment::as_select(), GroupRef::as_select()));
    let fulfilments: Vec<(Fulfilment, GroupRef)> = prepared(fulfilments).load(conn)?;
    let lines = order_lines::table
        .filter(order_lines::order_id.eq_any(&ids))
        .order((order_lines::position.asc(), order_lines::id.asc()))
        .select(OrderLine::as_select());
    let lines: Vec<OrderLine> = prepared(lines).load(conn)?;
    let claims_ = claims::table
        .inner_join(order_lines::table)
        .filter(order_lines::order_id.eq_any(&ids))
        .order(claims::batch_id.asc())
        .select(Claim::as_select());
    let claims_: Vec<Claim> = prepared(claims_).load(conn)?;
    Ok(assemble(orders, fulfilments, lines, claims_))
}

/// Joins orders, fulfilments, lines and claims in memory; each list keeps its order.
pub(super) fn assemble(
    orders: Vec<Order>,
    fulfilments: Vec<(Fulfilment, GroupRef)>,
    lines: Vec<OrderLine>,
    claims_: Vec<Claim>,
) -> Vec<OrderWithFulfilments> {
    let mut by_line: HashMap<LineId, Vec<Claim>> = HashMap::new();
    for claim in claims_ {
        by_line.entry(claim.line).or_default().push(claim);
    }
    let mut lines_by_fulfilment: HashMap<FulfilmentId, Vec<LineWithClaims>> = HashMap::new();
    for line in lines {
        let claims = by_line.remove(&line.id).unwrap_or_default();
        lines_by_fulfilment.entry(line.fulfilment).or_default().push(LineWithClaims { row: line, claims });
    }
    let mut by_order: HashMap<OrderId, Vec<FulfilmentWithLines>> = HashMap::new();
    for (fulfilment, group) in fulfilments {
        let lines = lines_by_fulfilment.remove(&fulfilment.id).unwrap_or_default();
        by_order.entry(fulfilment.order).or_default().push(FulfilmentWithLines { row: fulfilment, group, lines });
    }
    orders
        .into_iter()
        .map(|order| {
            let fulfilments = by_order.remove(&order.id).unwrap_or_default();
            OrderWithFulfilments { order, fulfilments }
        })
        .collect()
}

/// The fulfilment with this id.
pub fn find_fulfilment(conn: &mut Conn, id: FulfilmentId) -> Result<Option<Fulfilment>> {
    Ok(fulfilments::table.find(id).select(Fulfilment::as_select()).get_result(conn).optional()?)
}

/// Pending fulfilments whose deadline has passed, oldest first; without those on an open market batch.
pub fn list_unanswered(conn: &mut Conn, now: Instant, limit: i64) -> Result<Vec<(OrderId, FulfilmentId)>> {
    let of_undecided = order_lines::table
        .inner_join(claims::table.inner_join(batches::table))
        .filter(order_lines::fulfilment_id.eq(fulfilments::id))
        .filter(claims::quantity.gt(Quantity::ZERO))
        .filter(batches::status.eq(BatchStatus::Open))
        .filter(batches::kind.eq(BatchKind::Market));
    Ok(fulfilments::table
        .filter(fulfilments::status.eq(FulfilmentStatus::Pending))
        .filter(fulfilments::answer_by.le(now))
        .filter(not(exists(of_undecided)))
        .order(fulfilments::answer_by.asc())
        .limit(limit)
        .select((fulfilments::order_id, fulfilments::id))
        .load(conn)?)
}

/// A change of a fulfilment; `None` leaves a column as it is.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = fulfilments)]
pub struct FulfilmentChange {
    /// Status after.
    pub status: Option<FulfilmentStatus>,
    /// When the group answered.
    pub answered_at: Option<Instant>,
    /// When the goods became ready.
    pub ready_at: Option<Instant>,
    /// When the goods were handed over; `Some(None)` undoes it.
    pub handed_over_at: Option<Option<Instant>>,
    /// The reason.
    pub reason: Option<String>,
    /// The courier.
    pub courier: Option<String>,
    /// The courier's tracking number.
    pub tracking_number: Option<String>,
    /// Who received the goods.
    pub received_by: Option<String>,
}

/// Updates a fulfilment; false if it was changed since it was read.
pub fn update_fulfilment(tx: &mut Tx<'_>, fulfilment: &Fulfilment, change: &FulfilmentChange) -> Result<bool> {
    let current = fulfilments::table
        .find(fulfilment.id)
        .filter(fulfilments::status.eq(fulfilment.status))
        .filter(fulfilments::version.eq(fulfilment.version));
    let update = diesel::update(current).set((change, fulfilments::version.eq(fulfilments::version + 1)));
    Ok(prepared(update).execute(&mut **tx)? == 1)
}

/// Writes the total of a fulfilment.
pub fn set_fulfilment_total(tx: &mut Tx<'_>, id: FulfilmentId, goods: Rupiah) -> Result<()> {
    diesel::update(fulfilments::table.find(id))
        .set((fulfilments::goods_total.eq(goods), fulfilments::version.eq(fulfilments::version + 1)))
        .execute(&mut **tx)?;
    Ok(())
}

/// Writes the reduced quantity and total of a line, and the reason.
pub fn set_line(tx: &mut Tx<'_>, id: LineId, quantity: Quantity, total: Rupiah, reason: LineReason) -> Result<()> {
    diesel::update(order_lines::table.find(id))
        .set((order_lines::quantity.eq(quantity), order_lines::total.eq(total), order_lines::reason.eq(reason)))
        .execute(&mut **tx)?;
    Ok(())
}

/// Moves a line to another day.
pub fn set_line_day(tx: &mut Tx<'_>, id: LineId, ready_on: Day) -> Result<()> {
    diesel::update(order_lines::table.find(id)).set(order_lines::ready_on.eq(ready_on)).execute(&mut **tx)?;
    Ok(())
}

/// Moves a fulfilment to another day, with its answer deadline.
pub fn set_fulfilment_day(tx: &mut Tx<'_>, id: FulfilmentId, ready_on: Day, answer_by: Option<Instant>) -> Result<()> {
    diesel::update(fulfilments::table.find(id))
        .set((
            fulfilments::ready_on.eq(ready_on),
            fulfilments::answer_by.eq(answer_by),
            fulfilments::version.eq(fulfilments::version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Writes the claimed quantity.
pub fn set_claim(tx: &mut Tx<'_>, id: ClaimId, quantity: Quantity) -> Result<()> {
    diesel::update(claims::table.find(id)).set(claims::quantity.eq(quantity)).execute(&mut **tx)?;
    Ok(())
}

/// Ids of the orders with claims on this batch in parts that are not handed over, ascending.
pub fn list_orders_on_batch(conn: &mut Conn, batch: BatchId) -> Result<Vec<OrderId>> {
    use FulfilmentStatus::{Accepted, Pending, Preparing, Ready};
    Ok(claims::table
        .inner_join(order_lines::table.inner_join(fulfilments::table))
        .filter(claims::batch_id.eq(batch))
        .filter(claims::quantity.gt(Quantity::ZERO))
        .filter(fulfilments::status.eq_any([Pending, Accepted, Preparing, Ready]))
        .select(fulfilments::order_id)
        .distinct()
        .order(fulfilments::order_id.asc())
        .load(conn)?)
}

/// The fulfilment of a line.
pub fn find_fulfilment_of_line(conn: &mut Conn, line: LineId) -> Result<Option<FulfilmentId>> {
    Ok(order_lines::table.find(line).select(order_lines::fulfilment_id).get_result(conn).optional()?)
}

/// The group that makes this batch.
pub fn find_group_of_batch(conn: &mut Conn, id: BatchId) -> Result<Option<GroupId>> {
    Ok(batches::table.find(id).select(batches::group_id).get_result(conn).optional()?)
}

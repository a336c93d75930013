//! Parts, lines and claims.

#![allow(clippy::arithmetic_side_effects, reason = "columns are added up by the database, which checks")]

use std::collections::HashMap;

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use crate::db::schema::{batches, claims, fulfilments, groups, order_lines};
use crate::db::{Conn, Result, Tx};
use crate::kernel::ids::{BatchId, ClaimId, FulfilmentId, GroupId, LineId, OrderId};
use crate::kernel::{Day, Instant, Quantity, Rupiah};
use crate::orders::fulfilment::FulfilmentStatus;
use crate::orders::order::{Claim, ClaimedLine, Fulfilment, Line, LineReason, Order, Part, WholeOrder};
use crate::supply::{BatchKind, BatchStatus};

/// The order with all its parts.
pub fn whole(conn: &mut Conn, order: Order) -> Result<WholeOrder> {
    let id = order.id;
    let whole = whole_many(conn, vec![order])?.pop();
    whole.filter(|whole| whole.order.id == id).ok_or_else(|| diesel::result::Error::NotFound.into())
}

/// The orders with all their parts, in four queries.
pub fn whole_many(conn: &mut Conn, orders: Vec<Order>) -> Result<Vec<WholeOrder>> {
    let ids: Vec<OrderId> = orders.iter().map(|order| order.id).collect();
    let parts: Vec<(Fulfilment, String)> = fulfilments::table
        .inner_join(groups::table.on(groups::id.eq(fulfilments::group_id)))
        .filter(fulfilments::order_id.eq_any(&ids))
        .order(fulfilments::id.asc())
        .select((Fulfilment::as_select(), groups::name))
        .load(conn)?;
    let lines: Vec<Line> = order_lines::table
        .filter(order_lines::order_id.eq_any(&ids))
        .order((order_lines::position.asc(), order_lines::id.asc()))
        .select(Line::as_select())
        .load(conn)?;
    let held: Vec<Claim> = claims::table
        .inner_join(order_lines::table)
        .filter(order_lines::order_id.eq_any(&ids))
        .order(claims::batch_id.asc())
        .select(Claim::as_select())
        .load(conn)?;
    Ok(assembled(orders, parts, lines, held))
}

/// Orders with their parts, lines and claims, each in the order in which it comes.
pub(super) fn assembled(
    orders: Vec<Order>,
    parts: Vec<(Fulfilment, String)>,
    lines: Vec<Line>,
    held: Vec<Claim>,
) -> Vec<WholeOrder> {
    let mut by_line: HashMap<LineId, Vec<Claim>> = HashMap::new();
    for claim in held {
        by_line.entry(claim.line).or_default().push(claim);
    }
    let mut by_part: HashMap<FulfilmentId, Vec<ClaimedLine>> = HashMap::new();
    for line in lines {
        let claims = by_line.remove(&line.id).unwrap_or_default();
        by_part.entry(line.fulfilment).or_default().push(ClaimedLine { line, claims });
    }
    let mut by_order: HashMap<OrderId, Vec<Part>> = HashMap::new();
    for (fulfilment, group_name) in parts {
        let lines = by_part.remove(&fulfilment.id).unwrap_or_default();
        by_order.entry(fulfilment.order).or_default().push(Part { fulfilment, group_name, lines });
    }
    orders
        .into_iter()
        .map(|order| {
            let parts = by_order.remove(&order.id).unwrap_or_default();
            WholeOrder { order, parts }
        })
        .collect()
}

/// The part of this id, if there is one.
pub fn fulfilment(conn: &mut Conn, id: FulfilmentId) -> Result<Option<Fulfilment>> {
    Ok(fulfilments::table.find(id).select(Fulfilment::as_select()).first(conn).optional()?)
}

/// The parts that should have been answered by now, oldest first; without those that a market day's closing answers.
pub fn unanswered(conn: &mut Conn, now: Instant, limit: i64) -> Result<Vec<(OrderId, FulfilmentId)>> {
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

/// What a step writes beside the status; what is `None` stays as it is.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = fulfilments)]
pub struct Step {
    /// The state after.
    pub status: Option<FulfilmentStatus>,
    /// When the group answered.
    pub answered_at: Option<Instant>,
    /// When the goods were ready.
    pub ready_at: Option<Instant>,
    /// When they were handed over; `Some(None)` when they were not after all.
    pub handed_over_at: Option<Option<Instant>>,
    /// Why.
    pub reason: Option<String>,
    /// Which courier has it.
    pub courier: Option<String>,
    /// The courier's number for it.
    pub tracking_number: Option<String>,
    /// Who took the goods.
    pub received_by: Option<String>,
}

/// Takes a step, unless the part has moved since it was read: false then.
pub fn step(tx: &mut Tx<'_>, part: &Fulfilment, step: &Step) -> Result<bool> {
    let changed = diesel::update(
        fulfilments::table
            .find(part.id)
            .filter(fulfilments::status.eq(part.status))
            .filter(fulfilments::version.eq(part.version)),
    )
    .set((step, fulfilments::version.eq(fulfilments::version + 1)))
    .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Writes what a part comes to.
pub fn set_part_total(tx: &mut Tx<'_>, id: FulfilmentId, goods: Rupiah) -> Result<()> {
    diesel::update(fulfilments::table.find(id))
        .set((fulfilments::goods_total.eq(goods), fulfilments::version.eq(fulfilments::version + 1)))
        .execute(&mut **tx)?;
    Ok(())
}

/// Writes what a line gets and comes to, and why that is less than it was.
pub fn set_line(tx: &mut Tx<'_>, id: LineId, quantity: Quantity, total: Rupiah, why: LineReason) -> Result<()> {
    diesel::update(order_lines::table.find(id))
        .set((order_lines::quantity.eq(quantity), order_lines::total.eq(total), order_lines::reason.eq(why)))
        .execute(&mut **tx)?;
    Ok(())
}

/// Moves a line to another day.
pub fn set_line_day(tx: &mut Tx<'_>, id: LineId, ready_on: Day) -> Result<()> {
    diesel::update(order_lines::table.find(id)).set(order_lines::ready_on.eq(ready_on)).execute(&mut **tx)?;
    Ok(())
}

/// Moves a part to another day, with the time in which it is answered.
pub fn set_part_day(tx: &mut Tx<'_>, id: FulfilmentId, ready_on: Day, answer_by: Option<Instant>) -> Result<()> {
    diesel::update(fulfilments::table.find(id))
        .set((
            fulfilments::ready_on.eq(ready_on),
            fulfilments::answer_by.eq(answer_by),
            fulfilments::version.eq(fulfilments::version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Writes what a line has claimed of a batch.
pub fn set_claim(tx: &mut Tx<'_>, id: ClaimId, quantity: Quantity) -> Result<()> {
    diesel::update(claims::table.find(id)).set(claims::quantity.eq(quantity)).execute(&mut **tx)?;
    Ok(())
}

/// The orders that have claims on this batch in parts that are not handed over, by order id.
pub fn orders_on_batch(conn: &mut Conn, batch: BatchId) -> Result<Vec<OrderId>> {
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

/// The part that a line belongs to.
pub fn part_of_line(conn: &mut Conn, line: LineId) -> Result<Option<FulfilmentId>> {
    Ok(order_lines::table.find(line).select(order_lines::fulfilment_id).first(conn).optional()?)
}

/// The group that makes this batch.
pub fn maker_of_batch(conn: &mut Conn, id: BatchId) -> Result<Option<GroupId>> {
    Ok(batches::table.find(id).select(batches::group_id).first(conn).optional()?)
}

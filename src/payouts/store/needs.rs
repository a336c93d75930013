//! Planned batches and the deposits for them.

use diesel::prelude::*;

use crate::db::schema::{batches, claims, fulfilments, order_lines, orders, products};
use crate::db::{Conn, Result};
use crate::kernel::ids::{BatchId, GroupId, ProductId};
use crate::kernel::{Day, Quantity, Rupiah, divide_rounding};
use crate::orders::FulfilmentStatus;
use crate::payouts::needs::PlannedBatch;
use crate::supply::BatchStatus;

type Row = (BatchId, ProductId, String, Day, Quantity);

fn planned_batch((batch, product, name, ready_on, quantity): Row) -> PlannedBatch {
    PlannedBatch { batch, product, name, ready_on, quantity }
}

/// Lists the confirmed batches of a group for these days that have orders, by day.
pub(in crate::payouts) fn list_planned_batches(
    conn: &mut Conn,
    group: GroupId,
    from: Day,
    to: Day,
) -> Result<Vec<PlannedBatch>> {
    let rows: Vec<Row> = batches::table
        .inner_join(products::table)
        .filter(batches::group_id.eq(group))
        .filter(batches::status.eq(BatchStatus::Confirmed))
        .filter(batches::ready_on.between(from, to))
        .filter(batches::claimed.gt(Quantity::ZERO))
        .order((batches::ready_on.asc(), batches::id.asc()))
        .limit(1_000)
        .select((batches::id, batches::product_id, products::name, batches::ready_on, batches::claimed))
        .load(conn)?;
    Ok(rows.into_iter().map(planned_batch).collect())
}

/// Finds a batch and its group.
pub(in crate::payouts) fn find_planned_batch(
    conn: &mut Conn,
    batch: BatchId,
) -> Result<Option<(GroupId, PlannedBatch)>> {
    let row: Option<(GroupId, Row)> = batches::table
        .inner_join(products::table)
        .filter(batches::id.eq(batch))
        .select((
            batches::group_id,
            (batches::id, batches::product_id, products::name, batches::ready_on, batches::claimed),
        ))
        .get_result(conn)
        .optional()?;
    Ok(row.map(|(group, row)| (group, planned_batch(row))))
}

/// Sums the deposits for a batch: of each order's payments, the part that the batch is of its total.
pub(in crate::payouts) fn sum_deposits(conn: &mut Conn, batch: BatchId) -> Result<Rupiah> {
    let open =
        [FulfilmentStatus::Pending, FulfilmentStatus::Accepted, FulfilmentStatus::Preparing, FulfilmentStatus::Ready];
    let rows: Vec<(Quantity, Rupiah, Rupiah, Rupiah)> = claims::table
        .inner_join(order_lines::table.inner_join(fulfilments::table.inner_join(orders::table)))
        .filter(claims::batch_id.eq(batch))
        .filter(fulfilments::status.eq_any(open))
        .filter(orders::paid_total.gt(Rupiah::ZERO))
        .select((claims::quantity, order_lines::unit_price, orders::paid_total, orders::total))
        .load(conn)?;
    let deposits = rows.into_iter().map(|(quantity, price, paid, total)| {
        let value = quantity.total_at(price).unwrap_or_default();
        // An overpayment is no deposit.
        let paid = paid.min(total);
        let deposit = divide_rounding(i128::from(paid.0).saturating_mul(i128::from(value.0)), i128::from(total.0));
        Rupiah(i64::try_from(deposit).unwrap_or(0))
    });
    Ok(Rupiah::sum(deposits).unwrap_or_default())
}

//! Batches that are to be made, and what buyers have paid for what they have of them.

use diesel::prelude::*;

use crate::db::schema::{batches, claims, fulfilments, order_lines, orders, products};
use crate::db::{Conn, Result};
use crate::kernel::ids::{BatchId, GroupId, ProductId};
use crate::kernel::{Day, Quantity, Rupiah, divide_rounding};
use crate::orders::FulfilmentStatus;
use crate::payouts::needs::ToMake;
use crate::supply::BatchStatus;

type Row = (BatchId, ProductId, String, Day, Quantity);

fn to_make((batch, product, name, ready_on, quantity): Row) -> ToMake {
    ToMake { batch, product, name, ready_on, quantity }
}

/// The confirmed batches of a group for these days of which something is ordered, by day.
pub(in crate::payouts) fn batches_to_make(conn: &mut Conn, group: GroupId, from: Day, to: Day) -> Result<Vec<ToMake>> {
    let found: Vec<Row> = batches::table
        .inner_join(products::table)
        .filter(batches::group_id.eq(group))
        .filter(batches::status.eq(BatchStatus::Confirmed))
        .filter(batches::ready_on.between(from, to))
        .filter(batches::claimed.gt(Quantity::ZERO))
        .order((batches::ready_on.asc(), batches::id.asc()))
        .limit(1_000)
        .select((batches::id, batches::product_id, products::name, batches::ready_on, batches::claimed))
        .load(conn)?;
    Ok(found.into_iter().map(to_make).collect())
}

/// A batch as something to be made, and whose it is.
pub(in crate::payouts) fn batch_to_make(conn: &mut Conn, batch: BatchId) -> Result<Option<(GroupId, ToMake)>> {
    let found: Option<(GroupId, Row)> = batches::table
        .inner_join(products::table)
        .filter(batches::id.eq(batch))
        .select((
            batches::group_id,
            (batches::id, batches::product_id, products::name, batches::ready_on, batches::claimed),
        ))
        .first(conn)
        .optional()?;
    Ok(found.map(|(group, row)| (group, to_make(row))))
}

/// What buyers have paid for what they have of a batch: of each order as large a part as the batch is of its goods.
pub(in crate::payouts) fn deposits_on(conn: &mut Conn, batch: BatchId) -> Result<Rupiah> {
    let open =
        [FulfilmentStatus::Pending, FulfilmentStatus::Accepted, FulfilmentStatus::Preparing, FulfilmentStatus::Ready];
    let found: Vec<(Quantity, Rupiah, Rupiah, Rupiah)> = claims::table
        .inner_join(order_lines::table.inner_join(fulfilments::table.inner_join(orders::table)))
        .filter(claims::batch_id.eq(batch))
        .filter(fulfilments::status.eq_any(open))
        .filter(orders::paid_total.gt(Rupiah::ZERO))
        .select((claims::quantity, order_lines::unit_price, orders::paid_total, orders::total))
        .load(conn)?;
    let parts = found.into_iter().map(|(quantity, price, paid, total)| {
        let worth = quantity.cost(price).unwrap_or_default();
        // Who paid more than everything has paid no more than that for it.
        let paid = paid.min(total);
        let part = divide_rounding(i128::from(paid.0).saturating_mul(i128::from(worth.0)), i128::from(total.0));
        Rupiah(i64::try_from(part).unwrap_or(0))
    });
    Ok(Rupiah::sum(parts).unwrap_or_default())
}

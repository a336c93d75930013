//! What is left of sales: the share that the cooperative keeps of each product, and what its goods had cost.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date};

use super::beside::Margin;
use super::report::{Period, Scope};
use crate::db::{Conn, Result};
use crate::kernel::Rupiah;
use crate::kernel::ids::{ProductId, SqlUuid};

#[derive(QueryableByName)]
struct Left {
    #[diesel(sql_type = SqlUuid)]
    product: ProductId,
    #[diesel(sql_type = BigInt)]
    service: Rupiah,
    #[diesel(sql_type = BigInt)]
    costed: Rupiah,
    #[diesel(sql_type = BigInt)]
    costed_service: Rupiah,
    /// In thousandths of a rupiah, as quantities are thousandths.
    #[diesel(sql_type = BigInt)]
    worth: i64,
    #[diesel(sql_type = BigInt)]
    known: i64,
}

/// What is left of each product's sales. A line's goods have a cost where each batch that they were taken from has one;
/// what came back takes its cost along. Apart from the report, since its index does not hold the service share.
#[expect(
    clippy::disallowed_methods,
    reason = "a sum over two grouped queries is beyond diesel; only constants are pasted"
)]
pub(super) fn margins(conn: &mut Conn, scope: Scope, period: Period) -> Result<BTreeMap<ProductId, Margin>> {
    let owner = match scope {
        Scope::Cooperative(_) => "cooperative_id",
        Scope::Group(_) => "group_id",
    };
    let query = diesel::sql_query(format!(
        "WITH facts AS (SELECT product_id, line_id, SUM(quantity) AS quantity, SUM(amount) AS amount, \
         SUM(service) AS service FROM sales WHERE {owner} = $1 AND sold_on >= $2 AND sold_on <= $3 \
         GROUP BY product_id, line_id), \
         costs AS (SELECT c.line_id, SUM(c.quantity) AS taken, SUM(c.quantity * b.unit_cost) AS worth \
         FROM claims c JOIN batches b ON b.id = c.batch_id \
         WHERE c.quantity > 0 AND c.line_id IN (SELECT line_id FROM facts) \
         GROUP BY c.line_id HAVING COUNT(*) = COUNT(b.unit_cost)), \
         sold AS (SELECT f.product_id, f.amount, f.service, \
         CASE WHEN c.taken = f.quantity THEN 1 WHEN c.taken = -f.quantity THEN -1 ELSE 0 END AS side, c.worth \
         FROM facts f LEFT JOIN costs c ON c.line_id = f.line_id) \
         SELECT product_id AS product, CAST(SUM(service) AS BIGINT) AS service, \
         CAST(SUM(CASE WHEN side <> 0 THEN amount ELSE 0 END) AS BIGINT) AS costed, \
         CAST(SUM(CASE WHEN side <> 0 THEN service ELSE 0 END) AS BIGINT) AS costed_service, \
         CAST(SUM(CASE WHEN side <> 0 THEN side * worth ELSE 0 END) AS BIGINT) AS worth, \
         CAST(SUM(CASE WHEN side <> 0 THEN 1 ELSE 0 END) AS BIGINT) AS known FROM sold GROUP BY product_id"
    ));
    let (from, to) = (period.from, period.to);
    let rows: Vec<Left> = match scope {
        Scope::Cooperative(id) => query.bind::<SqlUuid, _>(id).bind::<Date, _>(from).bind::<Date, _>(to).load(conn)?,
        Scope::Group(id) => query.bind::<SqlUuid, _>(id).bind::<Date, _>(from).bind::<Date, _>(to).load(conn)?,
    };
    let margin = |row: &Left| Margin {
        service: row.service,
        costed: row.costed,
        costed_service: row.costed_service,
        cost: (row.known > 0).then_some(Rupiah(row.worth.saturating_add(500).div_euclid(1000))),
    };
    Ok(rows.iter().map(|row| (row.product, margin(row))).collect())
}

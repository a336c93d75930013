//! Margins: the cooperative's share and the cost of each product.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date};

use crate::db::{Conn, Result};
use crate::kernel::Rupiah;
use crate::kernel::ids::{ProductId, SqlUuid};
use crate::sales::comparison::Margin;
use crate::sales::report::{Period, SalesScope};

#[derive(QueryableByName)]
struct MarginRow {
    #[diesel(sql_type = SqlUuid)]
    product: ProductId,
    #[diesel(sql_type = BigInt)]
    service: Rupiah,
    #[diesel(sql_type = BigInt)]
    costed: Rupiah,
    #[diesel(sql_type = BigInt)]
    costed_service: Rupiah,
    #[diesel(sql_type = BigInt)]
    cost: Rupiah,
    /// How many facts have a cost.
    #[diesel(sql_type = BigInt)]
    known: i64,
}

/// The query of margins, in the order of a covering index. A return subtracts its cost; the cost of a product is known
/// as soon as that of one fact is, also if returns reach or exceed its sales. `worth` is in thousandths of a rupiah; each
/// fact is rounded by itself, half away from zero, so that the months of a year add up to it.
fn statement(scope: SalesScope) -> String {
    let owner = match scope {
        SalesScope::Cooperative(_) => "cooperative_id",
        SalesScope::Group(_) => "group_id",
    };
    format!(
        "SELECT product_id AS product, CAST(SUM(service) AS BIGINT) AS service, \
         CAST(SUM(CASE WHEN worth IS NULL THEN 0 ELSE amount END) AS BIGINT) AS costed, \
         CAST(SUM(CASE WHEN worth IS NULL THEN 0 ELSE service END) AS BIGINT) AS costed_service, \
         CAST(SUM(CASE WHEN worth IS NULL THEN 0 WHEN worth < 0 THEN (worth - 500) / 1000 \
         ELSE (worth + 500) / 1000 END) AS BIGINT) AS cost, CAST(COUNT(worth) AS BIGINT) AS known FROM sales \
         WHERE product_id IN (SELECT id FROM products WHERE {owner} = $1) AND sold_on >= $2 AND sold_on <= $3 \
         GROUP BY product_id"
    )
}

/// Loads the margin of each product.
#[expect(clippy::disallowed_methods, reason = "diesel sums integers to a type that only PostgreSQL has")]
pub(in crate::sales) fn load_margins(
    conn: &mut Conn,
    scope: SalesScope,
    period: Period,
) -> Result<BTreeMap<ProductId, Margin>> {
    let query = diesel::sql_query(statement(scope));
    let (from, to) = (period.from, period.to);
    let rows: Vec<MarginRow> = match scope {
        SalesScope::Cooperative(id) => {
            query.bind::<SqlUuid, _>(id).bind::<Date, _>(from).bind::<Date, _>(to).load(conn)?
        }
        SalesScope::Group(id) => query.bind::<SqlUuid, _>(id).bind::<Date, _>(from).bind::<Date, _>(to).load(conn)?,
    };
    let margin = |row: &MarginRow| Margin {
        service: row.service,
        costed: row.costed,
        costed_service: row.costed_service,
        cost: (row.known > 0).then_some(row.cost),
    };
    Ok(rows.iter().map(|row| (row.product, margin(row))).collect())
}

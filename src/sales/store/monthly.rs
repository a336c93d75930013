//! SQL of the monthly page: names and production.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::db::schema::{batches, cooperatives, groups, products};
use crate::db::{Conn, Result};
use crate::kernel::Quantity;
use crate::kernel::ids::{GroupId, ProductId};
use crate::sales::report::Period;

/// Loads the names of a group and its cooperative.
pub(in crate::sales) fn load_names(conn: &mut Conn, group: GroupId) -> Result<(String, String)> {
    Ok(groups::table
        .inner_join(cooperatives::table)
        .filter(groups::id.eq(group))
        .select((groups::name, cooperatives::name))
        .get_result(conn)?)
}

/// Production and discards of a product.
pub(in crate::sales) struct ProductionTotal {
    pub(in crate::sales) name: String,
    pub(in crate::sales) unit: String,
    pub(in crate::sales) batches: usize,
    pub(in crate::sales) made: Quantity,
    pub(in crate::sales) discarded: Quantity,
}

/// Lists the production of the batches that were ready in these days, by product in the order of their names.
pub(in crate::sales) fn list_production(
    conn: &mut Conn,
    group: GroupId,
    period: Period,
) -> Result<Vec<ProductionTotal>> {
    let rows: Vec<(ProductId, String, String, Option<Quantity>, Quantity)> = batches::table
        .inner_join(products::table)
        .filter(batches::group_id.eq(group))
        .filter(batches::ready_on.between(period.from, period.to))
        .filter(batches::made.is_not_null())
        .select((products::id, products::name, products::unit, batches::made, batches::discarded))
        .load(conn)?;
    let mut by_product: BTreeMap<(String, ProductId), ProductionTotal> = BTreeMap::new();
    for (id, name, unit, made, discarded) in rows {
        let zero =
            ProductionTotal { name: name.clone(), unit, batches: 0, made: Quantity::ZERO, discarded: Quantity::ZERO };
        let sum = by_product.entry((name, id)).or_insert(zero);
        sum.batches = sum.batches.saturating_add(1);
        sum.made = sum.made.plus(made.unwrap_or(Quantity::ZERO));
        sum.discarded = sum.discarded.plus(discarded);
    }
    Ok(by_product.into_values().collect())
}

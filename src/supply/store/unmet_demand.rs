//! The SQL of unmet demand, in the table `refused_demand`.

use diesel::prelude::*;

use crate::db::schema::refused_demand;
use crate::db::{Conn, Result, Tx, on_both};
use crate::kernel::ids::{GroupId, ProductId, RefusalId};
use crate::kernel::{Day, Instant};
use crate::supply::{UnmetDemand, UnmetDemandRecord};

/// Inserts unmet demand unless the source has a record for this product and day; returns whether it was inserted.
pub fn insert_unmet_demand(
    tx: &mut Tx<'_>,
    now: Instant,
    source: &str,
    anonymous: bool,
    demand: &UnmetDemand,
) -> Result<bool> {
    let row = (
        refused_demand::id.eq(tx.id::<RefusalId>(now)),
        refused_demand::cooperative_id.eq(demand.cooperative),
        refused_demand::group_id.eq(demand.group),
        refused_demand::product_id.eq(demand.product),
        refused_demand::day.eq(demand.day),
        refused_demand::quantity.eq(demand.quantity),
        refused_demand::reason.eq(demand.reason),
        refused_demand::asker.eq(source),
        refused_demand::anonymous.eq(anonymous),
        refused_demand::recorded_at.eq(now),
    );
    let inserted =
        on_both!(tx, c => diesel::insert_into(refused_demand::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(inserted == 1)
}

/// Raises the quantity of an existing record if it is smaller; returns whether it was.
pub fn raise_unmet_demand(tx: &mut Tx<'_>, now: Instant, source: &str, demand: &UnmetDemand) -> Result<bool> {
    let row = refused_demand::table
        .filter(refused_demand::asker.eq(source))
        .filter(refused_demand::product_id.eq(demand.product))
        .filter(refused_demand::day.eq(demand.day))
        .filter(refused_demand::quantity.lt(demand.quantity));
    let changed = diesel::update(row)
        .set((
            refused_demand::quantity.eq(demand.quantity),
            refused_demand::reason.eq(demand.reason),
            refused_demand::recorded_at.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Renames the key of a source.
pub fn rename_source(tx: &mut Tx<'_>, from: &str, to: &str) -> Result<()> {
    diesel::update(refused_demand::table.filter(refused_demand::asker.eq(from)))
        .set(refused_demand::asker.eq(to))
        .execute(&mut **tx)?;
    Ok(())
}

/// Lists a group's unmet demand, latest day first, after the given key.
pub fn list_unmet_demand_of_group(
    conn: &mut Conn,
    group: GroupId,
    product: Option<ProductId>,
    (from, to): (Option<Day>, Option<Day>),
    after: Option<(Day, RefusalId)>,
    limit: i64,
) -> Result<Vec<UnmetDemandRecord>> {
    let mut query = refused_demand::table
        .filter(refused_demand::group_id.eq(group))
        .order((refused_demand::day.desc(), refused_demand::id.desc()))
        .limit(limit)
        .select((
            refused_demand::id,
            refused_demand::product_id,
            refused_demand::day,
            refused_demand::quantity,
            refused_demand::reason,
            refused_demand::anonymous,
            refused_demand::recorded_at,
        ))
        .into_boxed();
    if let Some(product) = product {
        query = query.filter(refused_demand::product_id.eq(product));
    }
    if let Some(from) = from {
        query = query.filter(refused_demand::day.ge(from));
    }
    if let Some(to) = to {
        query = query.filter(refused_demand::day.le(to));
    }
    if let Some((day, id)) = after {
        query =
            query.filter(refused_demand::day.le(day)).filter(refused_demand::day.lt(day).or(refused_demand::id.lt(id)));
    }
    Ok(query.load(conn)?)
}

/// Lists the unmet demand of a source, oldest first.
pub fn list_unmet_demand_of_source(conn: &mut Conn, source: &str) -> Result<Vec<UnmetDemandRecord>> {
    Ok(refused_demand::table
        .filter(refused_demand::asker.eq(source))
        .order((refused_demand::recorded_at.asc(), refused_demand::id.asc()))
        .select((
            refused_demand::id,
            refused_demand::product_id,
            refused_demand::day,
            refused_demand::quantity,
            refused_demand::reason,
            refused_demand::anonymous,
            refused_demand::recorded_at,
        ))
        .load(conn)?)
}

//! The SQL of refused demand.

use diesel::prelude::*;

use crate::db::schema::refused_demand;
use crate::db::{Conn, Result, Tx, on_both};
use crate::kernel::ids::{GroupId, ProductId, RefusalId};
use crate::kernel::{Day, Instant};
use crate::supply::{Refused, UnmetDemand};

/// Remembers refused demand, unless the same asker wished for the product on that day before.
pub fn insert_refusal(
    tx: &mut Tx<'_>,
    now: Instant,
    asker: &str,
    anonymous: bool,
    refusal: &UnmetDemand,
) -> Result<bool> {
    let row = (
        refused_demand::id.eq(tx.id::<RefusalId>(now)),
        refused_demand::cooperative_id.eq(refusal.cooperative),
        refused_demand::group_id.eq(refusal.group),
        refused_demand::product_id.eq(refusal.product),
        refused_demand::day.eq(refusal.day),
        refused_demand::quantity.eq(refusal.quantity),
        refused_demand::reason.eq(refusal.reason),
        refused_demand::asker.eq(asker),
        refused_demand::anonymous.eq(anonymous),
        refused_demand::recorded_at.eq(now),
    );
    let inserted =
        on_both!(tx, c => diesel::insert_into(refused_demand::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(inserted == 1)
}

/// The same asker wished for more than was remembered.
pub fn raise_refusal(tx: &mut Tx<'_>, now: Instant, asker: &str, refusal: &UnmetDemand) -> Result<bool> {
    let known = refused_demand::table
        .filter(refused_demand::asker.eq(asker))
        .filter(refused_demand::product_id.eq(refusal.product))
        .filter(refused_demand::day.eq(refusal.day))
        .filter(refused_demand::quantity.lt(refusal.quantity));
    let changed = diesel::update(known)
        .set((
            refused_demand::quantity.eq(refusal.quantity),
            refused_demand::reason.eq(refusal.reason),
            refused_demand::recorded_at.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Gives an asker another name.
pub fn rename_asker(tx: &mut Tx<'_>, from: &str, to: &str) -> Result<()> {
    diesel::update(refused_demand::table.filter(refused_demand::asker.eq(from)))
        .set(refused_demand::asker.eq(to))
        .execute(&mut **tx)?;
    Ok(())
}

/// A group's refused demand, the latest first, behind this one.
pub fn refusals_of_group(
    conn: &mut Conn,
    group: GroupId,
    product: Option<ProductId>,
    (from, to): (Option<Day>, Option<Day>),
    after: Option<(Day, RefusalId)>,
    limit: i64,
) -> Result<Vec<Refused>> {
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

/// Everything that this asker wished for in vain, oldest first.
pub fn refusals_of(conn: &mut Conn, asker: &str) -> Result<Vec<Refused>> {
    Ok(refused_demand::table
        .filter(refused_demand::asker.eq(asker))
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

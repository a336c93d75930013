//! The SQL of batches. Contributions, discards, closed days, terms and unmet demand have files of their own.

#![allow(clippy::arithmetic_side_effects, reason = "columns are added up by the database, which checks")]

mod closed_days;
mod contributions;
mod discards;
mod terms;
mod unmet_demand;

use chrono::{Datelike, Days};
use diesel::dsl::{exists, not, sql};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Integer};
use serde::Deserialize;
use utoipa::IntoParams;

use super::Discount;
use super::batch::{Batch, BatchKind, BatchStatus, NewBatch};
use crate::catalogue::Condition;
use crate::db::schema::{batches, closed_days as closed, products};
use crate::db::{Conn, Result, Tx, lock_row, on_both, pad_list, prepared};
use crate::kernel::ids::{BatchId, GroupId, ProductId};
use crate::kernel::{Day, Instant, Quantity, Rupiah, Zone};

pub use closed_days::{delete_closed_day, find_closed_day, find_zone, list_closed_days, upsert_closed_day};
pub use contributions::{find_contribution, find_member_name, insert_contribution, list_contributions};
pub use discards::{insert_discard, list_discards};
pub use terms::load_terms;
pub use unmet_demand::{
    insert_unmet_demand, list_unmet_demand_of_group, list_unmet_demand_of_source, raise_unmet_demand, rename_source,
};

/// How long a batch that is sold out is still listed, so that a buyer who asks for it hears that and not that it is unknown.
const SOLD_OUT_DAYS: Days = Days::new(31);
const LIVE: [BatchStatus; 3] = [BatchStatus::Open, BatchStatus::Confirmed, BatchStatus::Made];

/// Lists the made batches of these products that are not sold out, and all batches of this day and later, of any status.
/// Batches that sold out within the last month are listed too. Earlier batches that were never made are no supply.
pub fn list_current_batches(conn: &mut Conn, products: &[ProductId], today: Day) -> Result<Vec<Batch>> {
    let ids = pad_list(products.to_vec());
    let recently = today.checked_sub_days(SOLD_OUT_DAYS).unwrap_or(today);
    let of_products = || batches::table.filter(batches::product_id.eq_any(&ids)).select(Batch::as_select());
    // Two queries, because SQLite uses one index for each.
    let recent: Vec<Batch> = prepared(of_products().filter(batches::ready_on.ge(recently))).load(conn)?;
    let left = batches::made.gt((batches::claimed + batches::discarded).nullable());
    let earlier: Vec<Batch> = prepared(of_products().filter(left).filter(batches::ready_on.lt(recently))).load(conn)?;
    let is_live = |batch: &Batch| batch.ready_on >= today || batch.status == BatchStatus::Made;
    let mut live: Vec<Batch> = earlier.into_iter().chain(recent).filter(is_live).collect();
    live.sort_unstable_by_key(|batch| batch.id);
    Ok(live)
}

/// The condition that a product may be available on this day: its group is not closed, and a batch has something left or
/// the product is made to order on that weekday without a batch yet. It is a superset: it uses the most permissive time
/// zone and ignores order minimums, prices and cut-off times.
pub fn available_condition(now: Instant, day: Day) -> Condition {
    let of_product = || batches::table.filter(batches::product_id.eq(products::id));
    let used = batches::claimed + batches::discarded;
    let in_stock = batches::status
        .eq(BatchStatus::Made)
        .and(batches::ready_on.le(day))
        .and(batches::best_before.is_null().or(batches::best_before.ge(day)))
        .and(batches::made.gt(used.nullable()));
    let ahead = batches::status
        .eq_any([BatchStatus::Open, BatchStatus::Confirmed])
        .and(batches::ready_on.eq(day))
        .and(batches::cutoff_at.is_null().or(batches::cutoff_at.gt(now)))
        .and(batches::capacity.gt(used));
    let days_from_today_in =
        |zone: Zone| i32::try_from(day.signed_duration_since(zone.day_of(now)).num_days()).unwrap_or(i32::MAX);
    let weekday = 1_i32.checked_shl(day.weekday().num_days_from_monday()).unwrap_or(0);
    let made_to_order = products::daily_capacity
        .gt(Quantity::ZERO)
        .and(sql::<Bool>("products.made_on & ").bind::<Integer, _>(weekday).sql(" <> 0"))
        .and(products::lead_time_days.le(days_from_today_in(Zone::Jakarta)))
        .and(products::open_days_ahead.ge(days_from_today_in(Zone::Jayapura)));
    let of_day = batches::ready_on.eq(day).and(batches::kind.eq(BatchKind::ToOrder));
    let made_to_order = made_to_order.and(not(exists(of_product().filter(of_day))));
    let closed_day = closed::table.filter(closed::group_id.eq(products::group_id)).filter(closed::day.eq(day));
    Box::new(not(exists(closed_day)).and(exists(of_product().filter(in_stock.or(ahead))).or(made_to_order)))
}

/// Finds a batch.
pub fn find_batch(conn: &mut Conn, id: BatchId) -> Result<Option<Batch>> {
    Ok(batches::table.find(id).select(Batch::as_select()).get_result(conn).optional()?)
}

/// Locks a batch until the end of the transaction.
pub fn lock_batch(tx: &mut Tx<'_>, id: BatchId) -> Result<Option<Batch>> {
    Ok(lock_row!(tx, batches::table.find(id), Batch)?)
}

/// Inserts a batch.
pub fn insert_batch(tx: &mut Tx<'_>, new: &NewBatch) -> Result<()> {
    diesel::insert_into(batches::table).values(new).execute(&mut **tx)?;
    Ok(())
}

/// Inserts the batch of a made-to-order day unless it exists; returns its id and whether it was inserted.
pub fn insert_batch_if_absent(tx: &mut Tx<'_>, new: &NewBatch) -> Result<(BatchId, bool)> {
    let inserted =
        on_both!(tx, c => diesel::insert_into(batches::table).values(new).on_conflict_do_nothing().execute(c))?;
    let id = batches::table
        .filter(batches::product_id.eq(new.product_id))
        .filter(batches::ready_on.eq(new.ready_on))
        .filter(batches::kind.eq(BatchKind::ToOrder))
        .select(batches::id)
        .get_result(&mut **tx)?;
    Ok((id, inserted == 1))
}

/// Claims a quantity of a batch if it is available and can still be ordered; returns whether it was. This single
/// statement makes overselling impossible.
pub fn claim(tx: &mut Tx<'_>, now: Instant, id: BatchId, quantity: Quantity) -> Result<bool> {
    let fits_capacity = (batches::claimed + batches::discarded + quantity).le(batches::capacity);
    let fits_made = batches::made.ge((batches::claimed + batches::discarded + quantity).nullable());
    let in_time = batches::cutoff_at.is_null().or(batches::cutoff_at.gt(now));
    let has_room = batches::made.is_null().and(in_time).and(fits_capacity).or(fits_made);
    let claimed = diesel::update(batches::table.find(id).filter(batches::status.eq_any(LIVE)).filter(has_room))
        .set(batches::claimed.eq(batches::claimed + quantity));
    let changed = prepared(claimed).execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Releases a claimed quantity; returns `false` and changes nothing when less is claimed.
pub fn release(tx: &mut Tx<'_>, id: BatchId, quantity: Quantity) -> Result<bool> {
    let changed = diesel::update(batches::table.find(id).filter(batches::claimed.ge(quantity)))
        .set(batches::claimed.eq(batches::claimed - quantity))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Sets all quantities of a batch, with its status and unit cost.
pub fn set_quantities(
    tx: &mut Tx<'_>,
    id: BatchId,
    status: BatchStatus,
    (made, claimed, discarded): (Option<Quantity>, Quantity, Quantity),
    unit_cost: Option<Rupiah>,
    made_at: Option<Instant>,
) -> Result<()> {
    let update = diesel::update(batches::table.find(id)).set((
        batches::status.eq(status),
        batches::made_at.eq(made_at),
        batches::made.eq(made),
        batches::claimed.eq(claimed),
        batches::discarded.eq(discarded),
        batches::unit_cost.eq(unit_cost),
        batches::version.eq(batches::version + 1),
    ));
    prepared(update).execute(&mut **tx)?;
    Ok(())
}

/// Moves a batch to another day, best-before day and cut-offs.
pub fn reschedule_batch(
    tx: &mut Tx<'_>,
    id: BatchId,
    (ready_on, best_before): (Day, Option<Day>),
    (cutoff_at, extends_to): (Option<Instant>, Option<Instant>),
) -> Result<()> {
    diesel::update(batches::table.find(id))
        .set((
            batches::ready_on.eq(ready_on),
            batches::best_before.eq(best_before),
            batches::cutoff_at.eq(cutoff_at),
            batches::extend_to.eq(extends_to),
            batches::version.eq(batches::version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Sets the status of a batch, with its cut-off.
pub fn set_status(
    tx: &mut Tx<'_>,
    id: BatchId,
    status: BatchStatus,
    cutoff_at: Option<Instant>,
    extended: bool,
) -> Result<()> {
    diesel::update(batches::table.find(id))
        .set((
            batches::status.eq(status),
            batches::cutoff_at.eq(cutoff_at),
            batches::extended.eq(extended),
            batches::version.eq(batches::version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Updates the amendable columns of a batch.
pub fn update_batch(tx: &mut Tx<'_>, batch: &Batch) -> Result<()> {
    diesel::update(batches::table.find(batch.id))
        .set((
            batches::best_before.eq(batch.best_before),
            batches::capacity.eq(batch.capacity),
            batches::minimum.eq(batch.minimum),
            batches::minimum_deposits.eq(batch.minimum_deposits),
            batches::extend_to.eq(batch.extends_to),
            batches::price.eq(batch.price),
            batches::unit_cost.eq(batch.unit_cost),
            batches::version.eq(batches::version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Sets or clears the discount of a batch.
pub fn set_discount(tx: &mut Tx<'_>, id: BatchId, discount: Option<&Discount>) -> Result<()> {
    diesel::update(batches::table.find(id))
        .set((
            batches::discount_kind.eq(discount.map(|discount| discount.kind)),
            batches::discount_percent.eq(discount.map(|discount| discount.percent)),
            batches::discount_starts_at.eq(discount.map(|discount| discount.starts_at)),
            batches::discount_ends_at.eq(discount.map(|discount| discount.ends_at)),
            batches::discount_floor.eq(discount.map(|discount| discount.floor_price)),
            batches::version.eq(batches::version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Lists the open batches past their cut-off, the earliest cut-off first.
pub fn list_past_cutoff(conn: &mut Conn, now: Instant, limit: i64) -> Result<Vec<BatchId>> {
    Ok(batches::table
        .filter(batches::status.eq(BatchStatus::Open))
        .filter(batches::cutoff_at.le(now))
        .order((batches::cutoff_at.asc(), batches::id.asc()))
        .limit(limit)
        .select(batches::id)
        .load(conn)?)
}

/// Lists batches that may be finished: spoiled, sold out before `sold_out_since`, or neither ordered nor made.
pub fn list_finished(
    conn: &mut Conn,
    today: Day,
    sold_out_since: Day,
    limit: i64,
) -> Result<Vec<(BatchId, ProductId)>> {
    let spoiled = batches::status.eq(BatchStatus::Made).and(batches::best_before.lt(today));
    let sold_out = batches::status
        .eq(BatchStatus::Made)
        .and(batches::ready_on.lt(sold_out_since))
        .and(batches::made.le((batches::claimed + batches::discarded).nullable()));
    let never_made = batches::status
        .eq(BatchStatus::Confirmed)
        .and(batches::claimed.eq(Quantity::ZERO))
        .and(batches::ready_on.lt(today));
    Ok(batches::table
        .filter(spoiled.or(sold_out).or(never_made))
        .order(batches::id.asc())
        .limit(limit)
        .select((batches::id, batches::product_id))
        .load(conn)?)
}

/// The filters of a group's batch list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct BatchFilters {
    /// Only of this product.
    pub product: Option<ProductId>,
    /// Only with this status.
    pub status: Option<BatchStatus>,
    /// Only of this kind.
    pub kind: Option<BatchKind>,
    /// Only ready on this day or later.
    pub from: Option<Day>,
    /// Only ready on this day or earlier.
    pub to: Option<Day>,
}

/// Lists a group's batches, latest day first, after the given key.
pub fn list_batches_of_group(
    conn: &mut Conn,
    group: GroupId,
    filters: &BatchFilters,
    after: Option<(Day, BatchId)>,
    limit: i64,
) -> Result<Vec<Batch>> {
    let mut query = batches::table
        .filter(batches::group_id.eq(group))
        .order((batches::ready_on.desc(), batches::id.desc()))
        .limit(limit)
        .select(Batch::as_select())
        .into_boxed();
    if let Some(product) = filters.product {
        query = query.filter(batches::product_id.eq(product));
    }
    if let Some(status) = filters.status {
        query = query.filter(batches::status.eq(status));
    }
    if let Some(kind) = filters.kind {
        query = query.filter(batches::kind.eq(kind));
    }
    if let Some(from) = filters.from {
        query = query.filter(batches::ready_on.ge(from));
    }
    if let Some(to) = filters.to {
        query = query.filter(batches::ready_on.le(to));
    }
    if let Some((day, id)) = after {
        query = query.filter(batches::ready_on.le(day)).filter(batches::ready_on.lt(day).or(batches::id.lt(id)));
    }
    Ok(query.load(conn)?)
}

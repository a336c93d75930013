//! The slice's SQL: batches, contributions, discards, refused demand; terms and closed days have files of their own.

#![allow(clippy::arithmetic_side_effects, reason = "columns are added up by the database, which checks")]

mod closed_days;
mod terms;
mod unmet_demand;

use chrono::Datelike;
use diesel::dsl::{exists, not, sql};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Integer};

use super::batch::{Batch, BatchKind, BatchStatus, NewBatch};
use super::{Contribution, Discard, Discount};
use crate::catalogue::Condition;
use crate::db::schema::{batches, closed_days as closed, contributions, discards, groups, memberships, products};
use crate::db::{Conn, Result, Tx, on_both, prepared};
use crate::kernel::ids::{
    AccountId, BatchId, ContributionId, CooperativeId, DiscardId, GroupId, MembershipId, ProductId,
};
use crate::kernel::{Day, Instant, Quantity, Rupiah, Zone};

pub use closed_days::{closed_day, closed_days, keep_closed_day, remove_closed_day, zone_of};
pub use terms::terms_of;
pub use unmet_demand::{insert_refusal, raise_refusal, refusals_of, refusals_of_group, rename_asker};

const LIVE: [BatchStatus; 3] = [BatchStatus::Open, BatchStatus::Confirmed, BatchStatus::Made];

/// The batches of these products that something may be sold of, and all of this day and later: what was to be made by an
/// earlier day and never was is no supply.
pub fn live_batches(conn: &mut Conn, products: &[ProductId], today: Day) -> Result<Vec<Batch>> {
    let query = batches::table
        .filter(batches::product_id.eq_any(products.to_vec()))
        .filter(batches::status.eq(BatchStatus::Made).or(batches::ready_on.ge(today)))
        .order(batches::id.asc())
        .select(Batch::as_select());
    Ok(prepared(query).load(conn)?)
}

/// The condition that some of a listed product may be had on this day: its group is not shut, and a batch has something
/// left, or it is made to order on that weekday and nobody has ordered yet. It lets through a little too much: the clock is read in the zone
/// that is kindest, and minimum, prices and days that were called off are not looked at.
pub fn may_be_had(now: Instant, day: Day) -> Condition {
    let of_product = || batches::table.filter(batches::product_id.eq(products::id));
    let taken = batches::claimed + batches::discarded;
    let on_the_shelf = batches::status
        .eq(BatchStatus::Made)
        .and(batches::ready_on.le(day))
        .and(batches::best_before.is_null().or(batches::best_before.ge(day)))
        .and(batches::made.gt(taken.nullable()));
    let ahead = batches::status
        .eq_any([BatchStatus::Open, BatchStatus::Confirmed])
        .and(batches::ready_on.eq(day))
        .and(batches::cutoff_at.is_null().or(batches::cutoff_at.gt(now)))
        .and(batches::capacity.gt(taken));
    let days_from_today_in =
        |zone: Zone| i32::try_from(day.signed_duration_since(zone.day_of(now)).num_days()).unwrap_or(i32::MAX);
    let weekday = 1_i32.checked_shl(day.weekday().num_days_from_monday()).unwrap_or(0);
    let made_to_order = products::daily_capacity
        .gt(Quantity::ZERO)
        .and(sql::<Bool>("products.made_on & ").bind::<Integer, _>(weekday).sql(" <> 0"))
        .and(products::lead_time_days.le(days_from_today_in(Zone::Jakarta)))
        .and(products::open_days_ahead.ge(days_from_today_in(Zone::Jayapura)));
    let the_days = batches::ready_on.eq(day).and(batches::kind.eq(BatchKind::ToOrder));
    let made_to_order = made_to_order.and(not(exists(of_product().filter(the_days))));
    let shut = closed::table.filter(closed::group_id.eq(products::group_id)).filter(closed::day.eq(day));
    Box::new(not(exists(shut)).and(exists(of_product().filter(on_the_shelf.or(ahead))).or(made_to_order)))
}

/// One batch.
pub fn batch(conn: &mut Conn, id: BatchId) -> Result<Option<Batch>> {
    Ok(batches::table.find(id).select(Batch::as_select()).first(conn).optional()?)
}

/// One batch, which nobody else changes until this transaction is over.
pub fn locked_batch(tx: &mut Tx<'_>, id: BatchId) -> Result<Option<Batch>> {
    let query = batches::table.find(id);
    Ok(match &mut **tx {
        // One writer: nobody else changes anything.
        Conn::Sqlite(sqlite) => query.select(Batch::as_select()).first(sqlite).optional()?,
        Conn::Postgres(postgres) => query.select(Batch::as_select()).for_update().first(postgres).optional()?,
    })
}

/// Creates a batch.
pub fn insert_batch(tx: &mut Tx<'_>, new: &NewBatch) -> Result<()> {
    diesel::insert_into(batches::table).values(new).execute(&mut **tx)?;
    Ok(())
}

/// Creates the batch of a product that is made to order for a day, unless it is there; tells which it is, and
/// whether it is new.
pub fn materialise(tx: &mut Tx<'_>, new: &NewBatch) -> Result<(BatchId, bool)> {
    let inserted =
        on_both!(tx, c => diesel::insert_into(batches::table).values(new).on_conflict_do_nothing().execute(c))?;
    let id = batches::table
        .filter(batches::product_id.eq(new.product_id))
        .filter(batches::ready_on.eq(new.ready_on))
        .filter(batches::kind.eq(BatchKind::ToOrder))
        .select(batches::id)
        .first(&mut **tx)?;
    Ok((id, inserted == 1))
}

/// Claims this much of a batch, if it is there and may still be ordered. This one statement is what makes overselling
/// impossible.
pub fn claim(tx: &mut Tx<'_>, now: Instant, id: BatchId, quantity: Quantity) -> Result<bool> {
    let fits_capacity = (batches::claimed + batches::discarded + quantity).le(batches::capacity);
    let fits_made = batches::made.ge((batches::claimed + batches::discarded + quantity).nullable());
    let in_time = batches::cutoff_at.is_null().or(batches::cutoff_at.gt(now));
    let room = batches::made.is_null().and(in_time).and(fits_capacity).or(fits_made);
    let claimed = diesel::update(batches::table.find(id).filter(batches::status.eq_any(LIVE)).filter(room))
        .set(batches::claimed.eq(batches::claimed + quantity));
    let changed = prepared(claimed).execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Gives back what was claimed. What was not claimed cannot be given back: then nothing changes.
pub fn release(tx: &mut Tx<'_>, id: BatchId, quantity: Quantity) -> Result<bool> {
    let changed = diesel::update(batches::table.find(id).filter(batches::claimed.ge(quantity)))
        .set(batches::claimed.eq(batches::claimed - quantity))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Sets what came of a batch, all figures at once.
pub fn set_figures(
    tx: &mut Tx<'_>,
    id: BatchId,
    status: BatchStatus,
    (made, claimed, discarded): (Option<Quantity>, Quantity, Quantity),
    unit_cost: Option<Rupiah>,
    made_at: Option<Instant>,
) -> Result<()> {
    diesel::update(batches::table.find(id))
        .set((
            batches::status.eq(status),
            batches::made_at.eq(made_at),
            batches::made.eq(made),
            batches::claimed.eq(claimed),
            batches::discarded.eq(discarded),
            batches::unit_cost.eq(unit_cost),
            batches::version.eq(batches::version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Moves a batch to another day, with the last on which it may be sold, and to other cut-offs.
pub fn move_batch(
    tx: &mut Tx<'_>,
    id: BatchId,
    (ready_on, best_before): (Day, Option<Day>),
    (cutoff_at, extend_to): (Option<Instant>, Option<Instant>),
) -> Result<()> {
    diesel::update(batches::table.find(id))
        .set((
            batches::ready_on.eq(ready_on),
            batches::best_before.eq(best_before),
            batches::cutoff_at.eq(cutoff_at),
            batches::extend_to.eq(extend_to),
            batches::version.eq(batches::version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Moves a batch to another status, with its cut-off.
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

/// Writes an edited batch.
pub fn update_batch(tx: &mut Tx<'_>, edited: &Batch) -> Result<()> {
    diesel::update(batches::table.find(edited.id))
        .set((
            batches::best_before.eq(edited.best_before),
            batches::capacity.eq(edited.capacity),
            batches::minimum.eq(edited.minimum),
            batches::minimum_deposits.eq(edited.minimum_deposits),
            batches::extend_to.eq(edited.extend_to),
            batches::price.eq(edited.price),
            batches::unit_cost.eq(edited.unit_cost),
            batches::version.eq(batches::version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Gives a batch a discount, or takes it away.
pub fn set_discount(tx: &mut Tx<'_>, id: BatchId, discount: Option<&Discount>) -> Result<()> {
    diesel::update(batches::table.find(id))
        .set((
            batches::discount_kind.eq(discount.map(|it| it.kind)),
            batches::discount_percent.eq(discount.map(|it| it.percent)),
            batches::discount_starts_at.eq(discount.map(|it| it.starts_at)),
            batches::discount_ends_at.eq(discount.map(|it| it.ends_at)),
            batches::discount_floor.eq(discount.map(|it| it.floor_price)),
            batches::version.eq(batches::version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// The open batches whose cut-off has come, the longest due first.
pub fn past_cutoff(conn: &mut Conn, now: Instant, limit: i64) -> Result<Vec<BatchId>> {
    Ok(batches::table
        .filter(batches::status.eq(BatchStatus::Open))
        .filter(batches::cutoff_at.le(now))
        .order((batches::cutoff_at.asc(), batches::id.asc()))
        .limit(limit)
        .select(batches::id)
        .load(conn)?)
}

/// The batches that are over, or nearly: spoiled, gone before `gone_since`, or neither ordered nor made.
pub fn over(conn: &mut Conn, today: Day, gone_since: Day, limit: i64) -> Result<Vec<(BatchId, ProductId)>> {
    let spoiled = batches::status.eq(BatchStatus::Made).and(batches::best_before.lt(today));
    let gone = batches::status
        .eq(BatchStatus::Made)
        .and(batches::ready_on.lt(gone_since))
        .and(batches::made.le((batches::claimed + batches::discarded).nullable()));
    let unwanted = batches::status
        .eq(BatchStatus::Confirmed)
        .and(batches::claimed.eq(Quantity::ZERO))
        .and(batches::ready_on.lt(today));
    Ok(batches::table
        .filter(spoiled.or(gone).or(unwanted))
        .order(batches::id.asc())
        .limit(limit)
        .select((batches::id, batches::product_id))
        .load(conn)?)
}

/// Which batches of a group a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BatchFilters {
    /// Of this product.
    pub product: Option<ProductId>,
    /// In this status.
    pub status: Option<BatchStatus>,
    /// Of this kind.
    pub kind: Option<BatchKind>,
    /// Ready on this day or later.
    pub from: Option<Day>,
    /// Ready on this day or earlier.
    pub to: Option<Day>,
}

/// A group's batches, the latest day first, behind this key.
pub fn batches_of_group(
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

/// What a member of this group is called, also one who has left it.
pub fn member_name(conn: &mut Conn, group: GroupId, membership: MembershipId) -> Result<Option<String>> {
    Ok(memberships::table
        .filter(memberships::id.eq(membership))
        .filter(memberships::group_id.eq(group))
        .select(memberships::name)
        .first(conn)
        .optional()?)
}

/// Notes a contribution.
pub fn insert_contribution(tx: &mut Tx<'_>, batch: &Batch, by: AccountId, done: &Contribution) -> Result<()> {
    diesel::insert_into(contributions::table)
        .values((
            contributions::id.eq(done.id),
            contributions::cooperative_id.eq(batch.cooperative_id),
            contributions::batch_id.eq(batch.id),
            contributions::membership_id.eq(done.membership),
            contributions::kind.eq(done.kind),
            contributions::amount.eq(done.amount),
            contributions::noted_by.eq(by),
            contributions::noted_at.eq(done.noted_at),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Notes what was thrown away.
pub fn insert_discard(tx: &mut Tx<'_>, batch: &Batch, it: &Discard) -> Result<()> {
    diesel::insert_into(discards::table)
        .values((
            discards::id.eq(it.id),
            discards::cooperative_id.eq(batch.cooperative_id),
            discards::batch_id.eq(batch.id),
            discards::quantity.eq(it.quantity),
            discards::reason.eq(&it.reason),
            discards::noted_by.eq(it.by),
            discards::noted_at.eq(it.noted_at),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// What was thrown away of a batch, in the order in which it was noted, behind this one.
pub fn discards_of(conn: &mut Conn, batch: BatchId, after: Option<DiscardId>, limit: i64) -> Result<Vec<Discard>> {
    let mut query = discards::table
        .filter(discards::batch_id.eq(batch))
        .order(discards::id.asc())
        .limit(limit)
        .select((discards::id, discards::quantity, discards::reason, discards::noted_by, discards::noted_at))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(discards::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// What was done for a batch, in the order in which it was noted, behind this one.
pub fn contributions_to(
    conn: &mut Conn,
    batch: BatchId,
    after: Option<ContributionId>,
    limit: i64,
) -> Result<Vec<Contribution>> {
    let mut query = contributions::table
        .inner_join(memberships::table.on(memberships::id.eq(contributions::membership_id)))
        .filter(contributions::batch_id.eq(batch))
        .order(contributions::id.asc())
        .limit(limit)
        .select((
            contributions::id,
            contributions::membership_id,
            memberships::name,
            contributions::kind,
            contributions::amount,
            contributions::noted_at,
        ))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(contributions::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// One contribution to a batch.
pub fn contribution(conn: &mut Conn, batch: BatchId, id: ContributionId) -> Result<Option<Contribution>> {
    Ok(contributions::table
        .inner_join(memberships::table.on(memberships::id.eq(contributions::membership_id)))
        .filter(contributions::batch_id.eq(batch))
        .filter(contributions::id.eq(id))
        .select((
            contributions::id,
            contributions::membership_id,
            memberships::name,
            contributions::kind,
            contributions::amount,
            contributions::noted_at,
        ))
        .first(conn)
        .optional()?)
}

/// The cooperative of a group.
pub fn cooperative_of(conn: &mut Conn, group: GroupId) -> Result<Option<CooperativeId>> {
    Ok(groups::table.find(group).select(groups::cooperative_id).first(conn).optional()?)
}

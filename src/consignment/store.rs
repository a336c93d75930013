//! The SQL of consignment.

use diesel::prelude::*;

use super::ageing::Locked;
use super::goods::{Consignment, CountLine, OutletCount};
use super::outlet::Outlet;
use super::viewer::Sight;
use crate::db::schema::{batches, consignments, groups, orders, outlet_count_lines, outlet_counts, outlets, products};
use crate::db::{Conn, Result, Tx, insert_rows};
use crate::kernel::ids::{ConsignmentId, CooperativeId, GroupId, OrderId, OutletCountId, OutletId};
use crate::kernel::{Day, Instant, Quantity, Rupiah, Zone};

/// How many outlets a cooperative has.
pub(super) fn count_outlets(conn: &mut Conn, cooperative: CooperativeId) -> Result<i64> {
    Ok(outlets::table.filter(outlets::cooperative_id.eq(cooperative)).count().get_result(conn)?)
}

/// The outlet of this name.
pub(super) fn outlet_named(conn: &mut Conn, cooperative: CooperativeId, name: &str) -> Result<Option<OutletId>> {
    let found = outlets::table.filter(outlets::cooperative_id.eq(cooperative)).filter(outlets::name.eq(name));
    Ok(found.select(outlets::id).first(conn).optional()?)
}

/// Writes an outlet down.
pub(super) fn insert_outlet(tx: &mut Tx<'_>, it: &Outlet) -> Result<()> {
    diesel::insert_into(outlets::table).values(it).execute(&mut **tx)?;
    Ok(())
}

/// Writes what changed of an outlet, whose row this transaction holds.
pub(super) fn update_outlet(tx: &mut Tx<'_>, it: &Outlet) -> Result<()> {
    use outlets as o;
    diesel::update(o::table.find(it.id))
        .set((
            o::name.eq(&it.name),
            o::keeper.eq(&it.keeper),
            o::phone.eq(&it.phone),
            o::address.eq(&it.address),
            o::cut_percent.eq(it.cut_percent),
            o::settle_days.eq(it.settle_days),
            o::bears_damage.eq(it.bears_damage),
            o::active.eq(it.active),
            o::version.eq(it.version),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// The outlet of this id.
pub(super) fn outlet(conn: &mut Conn, id: OutletId) -> Result<Option<Outlet>> {
    Ok(outlets::table.find(id).select(Outlet::as_select()).first(conn).optional()?)
}

/// The outlet, its row held until the end of the transaction.
pub(super) fn locked_outlet(tx: &mut Tx<'_>, id: OutletId) -> Result<Option<Outlet>> {
    if let Conn::Postgres(postgres) = &mut **tx {
        outlets::table.find(id).select(outlets::id).for_update().first::<OutletId>(postgres).optional()?;
    }
    outlet(tx, id)
}

/// Where a page of outlets begins.
pub(super) type OutletKey = (String, OutletId);

/// A cooperative's outlets by name, behind this key.
pub(super) fn outlets_of(
    conn: &mut Conn,
    cooperative: CooperativeId,
    after: Option<OutletKey>,
    rows: i64,
) -> Result<Vec<Outlet>> {
    let mut query = outlets::table
        .filter(outlets::cooperative_id.eq(cooperative))
        .order((outlets::name.asc(), outlets::id.asc()))
        .limit(rows)
        .select(Outlet::as_select())
        .into_boxed();
    if let Some((name, id)) = after {
        query = query.filter(outlets::name.gt(name.clone()).or(outlets::name.eq(name).and(outlets::id.gt(id))));
    }
    Ok(query.load(conn)?)
}

/// The names of a cooperative's outlets.
pub(super) fn names_of(conn: &mut Conn, cooperative: CooperativeId) -> Result<Vec<(OutletId, String)>> {
    Ok(outlets::table
        .filter(outlets::cooperative_id.eq(cooperative))
        .order((outlets::name.asc(), outlets::id.asc()))
        .select((outlets::id, outlets::name))
        .load(conn)?)
}

/// A consignment with what people call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) consignment: Consignment,
    pub(super) outlet_name: String,
    pub(super) group_name: String,
    pub(super) product_name: String,
    pub(super) unit: String,
    pub(super) ready_on: Day,
    pub(super) best_before: Option<Day>,
}

type Row = (Consignment, String, String, String, String, Day, Option<Day>);

impl From<Row> for Shown {
    fn from((consignment, outlet_name, group_name, product_name, unit, ready_on, best_before): Row) -> Self {
        Shown { consignment, outlet_name, group_name, product_name, unit, ready_on, best_before }
    }
}

/// Consignments with what people call them.
macro_rules! shown {
    () => {
        consignments::table
            .inner_join(outlets::table)
            .inner_join(groups::table)
            .inner_join(products::table.on(products::id.eq(consignments::product_id)))
            .inner_join(batches::table)
            .select((
                Consignment::as_select(),
                outlets::name,
                groups::name,
                products::name,
                products::unit,
                batches::ready_on,
                batches::best_before,
            ))
    };
}

/// The consignment of this id.
pub(super) fn consignment(conn: &mut Conn, id: ConsignmentId) -> Result<Option<Shown>> {
    let found: Option<Row> = shown!().filter(consignments::id.eq(id)).first(conn).optional()?;
    Ok(found.map(Shown::from))
}

/// These consignments, their rows held until the end of the transaction, by id.
pub(super) fn locked_consignments(tx: &mut Tx<'_>, ids: &[ConsignmentId]) -> Result<Vec<Shown>> {
    if let Conn::Postgres(postgres) = &mut **tx {
        let held = consignments::table.filter(consignments::id.eq_any(ids.to_vec())).order(consignments::id.asc());
        held.select(consignments::id).for_update().load::<ConsignmentId>(postgres)?;
    }
    let found = shown!().filter(consignments::id.eq_any(ids.to_vec())).order(consignments::id.asc());
    let rows: Vec<Row> = found.load(&mut **tx)?;
    Ok(rows.into_iter().map(Shown::from).collect())
}

/// These consignments with what people call them.
pub(super) fn consignments_of(conn: &mut Conn, ids: &[ConsignmentId]) -> Result<Vec<Shown>> {
    let found =
        shown!().filter(consignments::id.eq_any(ids.to_vec())).order((products::name.asc(), consignments::id.asc()));
    let rows: Vec<Row> = found.load(conn)?;
    Ok(rows.into_iter().map(Shown::from).collect())
}

/// Writes a consignment down.
pub(super) fn insert_consignment(tx: &mut Tx<'_>, it: &Consignment) -> Result<()> {
    diesel::insert_into(consignments::table).values(it).execute(&mut **tx)?;
    Ok(())
}

/// Writes what was counted of a consignment, whose row this transaction holds.
pub(super) fn update_consignment(tx: &mut Tx<'_>, it: &Consignment) -> Result<()> {
    use consignments as c;
    diesel::update(c::table.find(it.id))
        .set((
            c::sold.eq(it.sold),
            c::returned.eq(it.returned),
            c::damaged.eq(it.damaged),
            c::on_hand.eq(it.on_hand),
            c::version.eq(it.version),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Where a page of consignments begins.
pub(super) type ConsignmentKey = (Instant, ConsignmentId);

/// What was brought to an outlet as far as it is seen, the latest first, behind this key; or only that of which something is
/// there.
pub(super) fn consignments_at(
    conn: &mut Conn,
    outlet: OutletId,
    sight: &Sight,
    open: bool,
    after: Option<ConsignmentKey>,
    rows: i64,
) -> Result<Vec<Shown>> {
    use consignments as c;
    let mut query =
        shown!().filter(c::outlet_id.eq(outlet)).order((c::delivered_at.desc(), c::id.desc())).limit(rows).into_boxed();
    if let Sight::Groups(groups) = sight {
        query = query.filter(c::group_id.eq_any(groups.clone()));
    }
    if open {
        query = query.filter(c::on_hand.gt(Quantity::ZERO));
    }
    if let Some((moment, id)) = after {
        query = query.filter(c::delivered_at.lt(moment).or(c::delivered_at.eq(moment).and(c::id.lt(id))));
    }
    let found: Vec<Row> = query.load(conn)?;
    Ok(found.into_iter().map(Shown::from).collect())
}

/// Writes a count with its lines.
pub(super) fn insert_count(tx: &mut Tx<'_>, count: &OutletCount, lines: &[CountLine]) -> Result<()> {
    diesel::insert_into(outlet_counts::table).values(count).execute(&mut **tx)?;
    insert_rows!(tx, outlet_count_lines::table, lines)?;
    Ok(())
}

/// The count of this id.
pub(super) fn outlet_count(conn: &mut Conn, id: OutletCountId) -> Result<Option<OutletCount>> {
    Ok(outlet_counts::table.find(id).select(OutletCount::as_select()).first(conn).optional()?)
}

/// The count, its row held until the end of the transaction.
pub(super) fn locked_count(tx: &mut Tx<'_>, id: OutletCountId) -> Result<Option<OutletCount>> {
    if let Conn::Postgres(postgres) = &mut **tx {
        let held = outlet_counts::table.find(id).select(outlet_counts::id).for_update();
        held.first::<OutletCountId>(postgres).optional()?;
    }
    outlet_count(tx, id)
}

/// The lines of these counts.
pub(super) fn lines_of(conn: &mut Conn, counts: &[OutletCountId]) -> Result<Vec<CountLine>> {
    Ok(outlet_count_lines::table
        .filter(outlet_count_lines::count_id.eq_any(counts.to_vec()))
        .order((outlet_count_lines::count_id.asc(), outlet_count_lines::consignment_id.asc()))
        .select(CountLine::as_select())
        .load(conn)?)
}

/// Writes that a count was taken back.
pub(super) fn set_reversed(tx: &mut Tx<'_>, it: &OutletCount) -> Result<()> {
    diesel::update(outlet_counts::table.find(it.id))
        .set((outlet_counts::reversed_at.eq(it.reversed_at), outlet_counts::reversed_by.eq(it.reversed_by)))
        .execute(&mut **tx)?;
    Ok(())
}

/// Where a page of counts begins.
pub(super) type CountKey = (Instant, OutletCountId);

/// A count with its order's number and what of it is open.
pub(super) type CountRow = (OutletCount, Option<(String, Rupiah, Rupiah)>);

/// The counts of an outlet as far as they are seen, the latest first, behind this key.
pub(super) fn counts_at(
    conn: &mut Conn,
    outlet: OutletId,
    sight: &Sight,
    after: Option<CountKey>,
    rows: i64,
) -> Result<Vec<CountRow>> {
    use outlet_counts as c;
    let mut query = c::table
        .left_join(orders::table)
        .filter(c::outlet_id.eq(outlet))
        .order((c::counted_at.desc(), c::id.desc()))
        .limit(rows)
        .select((OutletCount::as_select(), (orders::number, orders::total, orders::paid_total).nullable()))
        .into_boxed();
    if let Sight::Groups(groups) = sight {
        query = query.filter(c::group_id.eq_any(groups.clone()));
    }
    if let Some((moment, id)) = after {
        query = query.filter(c::counted_at.lt(moment).or(c::counted_at.eq(moment).and(c::id.lt(id))));
    }
    Ok(query.load(conn)?)
}

/// A count with its order's number and what of it is open.
pub(super) fn count_row(conn: &mut Conn, id: OutletCountId) -> Result<Option<CountRow>> {
    Ok(outlet_counts::table
        .find(id)
        .left_join(orders::table)
        .select((OutletCount::as_select(), (orders::number, orders::total, orders::paid_total).nullable()))
        .first(conn)
        .optional()?)
}

/// The orders of an outlet of which something is open, the oldest first, each with how much.
pub(super) fn open_orders(conn: &mut Conn, outlet: OutletId) -> Result<Vec<(OrderId, Rupiah)>> {
    let found: Vec<(OrderId, Rupiah, Rupiah)> = orders::table
        .filter(orders::outlet_id.eq(outlet))
        .filter(orders::delivered_total.gt(orders::paid_total))
        .order((orders::placed_at.asc(), orders::id.asc()))
        .select((orders::id, orders::delivered_total, orders::paid_total))
        .load(conn)?;
    let open = |(order, delivered, paid): (OrderId, Rupiah, Rupiah)| (order, delivered.minus(paid).unwrap_or_default());
    Ok(found.into_iter().map(open).collect())
}

/// All that is locked up at a cooperative's outlets as far as it is seen.
pub(super) fn locked_up(
    conn: &mut Conn,
    cooperative: CooperativeId,
    zone: Zone,
    sight: &Sight,
) -> Result<Vec<(OutletId, Locked)>> {
    let mut goods: Vec<(OutletId, GroupId, Quantity, Rupiah, Day, Option<Day>)> = consignments::table
        .inner_join(batches::table)
        .filter(consignments::cooperative_id.eq(cooperative))
        .filter(consignments::on_hand.gt(Quantity::ZERO))
        .select((
            consignments::outlet_id,
            consignments::group_id,
            consignments::on_hand,
            consignments::unit_price,
            consignments::delivered_on,
            batches::best_before,
        ))
        .load(conn)?;
    let mut debts: Vec<(OutletId, GroupId, Rupiah, Rupiah, Day, Option<Instant>)> = outlet_counts::table
        .inner_join(orders::table)
        .filter(outlet_counts::cooperative_id.eq(cooperative))
        .filter(orders::delivered_total.gt(orders::paid_total))
        .select((
            outlet_counts::outlet_id,
            outlet_counts::group_id,
            orders::delivered_total,
            orders::paid_total,
            outlet_counts::counted_on,
            orders::pay_by,
        ))
        .load(conn)?;
    goods.retain(|(_, group, ..)| sight.sees(*group));
    debts.retain(|(_, group, ..)| sight.sees(*group));
    let goods = goods.into_iter().map(|(outlet, _, on_hand, unit_price, since, best_before)| {
        let worth = on_hand.cost(unit_price).unwrap_or_default();
        (outlet, Locked::Goods { worth, since, best_before })
    });
    let debts = debts.into_iter().map(|(outlet, _, delivered, paid, since, pay_by)| {
        let open = delivered.minus(paid).unwrap_or_default();
        (outlet, Locked::Debt { open, since, due_on: pay_by.map_or(since, |moment| zone.day_of(moment)) })
    });
    Ok(goods.chain(debts).collect())
}

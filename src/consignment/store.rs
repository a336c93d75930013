//! All SQL of outlets, consignments and counts.

use diesel::prelude::*;

use super::access::GoodsAccess;
use super::ageing::OutstandingItem;
use super::goods::{Consignment, CountLine, OutletCount};
use super::outlet::Outlet;
use crate::cooperatives::GroupRef;
use crate::db::schema::{batches, consignments, groups, orders, outlet_count_lines, outlet_counts, outlets, products};
use crate::db::{Conn, Result, Tx, insert_rows, pad_list, prepared};
use crate::kernel::ids::{ConsignmentId, CooperativeId, GroupId, OrderId, OutletCountId, OutletId};
use crate::kernel::{Day, Instant, Quantity, Rupiah, Zone};

/// Counts the outlets of a cooperative.
pub(super) fn count_outlets(conn: &mut Conn, cooperative: CooperativeId) -> Result<i64> {
    Ok(outlets::table.filter(outlets::cooperative_id.eq(cooperative)).count().get_result(conn)?)
}

/// Finds an outlet by name.
pub(super) fn find_outlet_by_name(conn: &mut Conn, cooperative: CooperativeId, name: &str) -> Result<Option<OutletId>> {
    let rows = outlets::table.filter(outlets::cooperative_id.eq(cooperative)).filter(outlets::name.eq(name));
    Ok(rows.select(outlets::id).get_result(conn).optional()?)
}

/// Inserts an outlet.
pub(super) fn insert_outlet(tx: &mut Tx<'_>, outlet: &Outlet) -> Result<()> {
    diesel::insert_into(outlets::table).values(outlet).execute(&mut **tx)?;
    Ok(())
}

/// Updates an outlet, whose row this transaction has locked.
pub(super) fn update_outlet(tx: &mut Tx<'_>, outlet: &Outlet) -> Result<()> {
    diesel::update(outlets::table.find(outlet.id))
        .set((&outlet.terms, outlets::version.eq(outlet.version)))
        .execute(&mut **tx)?;
    Ok(())
}

/// Finds an outlet.
pub(super) fn find_outlet(conn: &mut Conn, id: OutletId) -> Result<Option<Outlet>> {
    Ok(outlets::table.find(id).select(Outlet::as_select()).get_result(conn).optional()?)
}

/// Finds and locks an outlet until the end of the transaction.
pub(super) fn lock_outlet(tx: &mut Tx<'_>, id: OutletId) -> Result<Option<Outlet>> {
    if let Conn::Postgres(postgres) = &mut **tx {
        outlets::table.find(id).select(outlets::id).for_update().get_result::<OutletId>(postgres).optional()?;
    }
    find_outlet(tx, id)
}

/// Page key of lists of outlets.
pub(super) type OutletPageKey = (String, OutletId);

/// Lists the outlets of a cooperative by name, after this page key.
pub(super) fn list_outlets(
    conn: &mut Conn,
    cooperative: CooperativeId,
    after: Option<OutletPageKey>,
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

/// Lists the names of a cooperative's outlets.
pub(super) fn list_outlet_names(conn: &mut Conn, cooperative: CooperativeId) -> Result<Vec<(OutletId, String)>> {
    Ok(outlets::table
        .filter(outlets::cooperative_id.eq(cooperative))
        .order((outlets::name.asc(), outlets::id.asc()))
        .select((outlets::id, outlets::name))
        .load(conn)?)
}

/// A consignment with names and dates that views show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ConsignmentDetails {
    pub(super) consignment: Consignment,
    pub(super) outlet_name: String,
    pub(super) group: GroupRef,
    pub(super) product_name: String,
    pub(super) unit: String,
    pub(super) ready_on: Day,
    pub(super) best_before: Option<Day>,
}

type Row = (Consignment, String, GroupRef, String, String, Day, Option<Day>);

impl From<Row> for ConsignmentDetails {
    fn from((consignment, outlet_name, group, product_name, unit, ready_on, best_before): Row) -> Self {
        ConsignmentDetails { consignment, outlet_name, group, product_name, unit, ready_on, best_before }
    }
}

/// Query of consignments with names and dates.
macro_rules! consignment_details {
    () => {
        consignments::table
            .inner_join(outlets::table)
            .inner_join(groups::table)
            .inner_join(products::table.on(products::id.eq(consignments::product_id)))
            .inner_join(batches::table)
            .select((
                Consignment::as_select(),
                outlets::name,
                GroupRef::as_select(),
                products::name,
                products::unit,
                batches::ready_on,
                batches::best_before,
            ))
    };
}

/// Finds a consignment.
pub(super) fn find_consignment(conn: &mut Conn, id: ConsignmentId) -> Result<Option<ConsignmentDetails>> {
    let rows: Option<Row> = consignment_details!().filter(consignments::id.eq(id)).get_result(conn).optional()?;
    Ok(rows.map(ConsignmentDetails::from))
}

/// Finds and locks consignments until the end of the transaction, in the order of their ids.
pub(super) fn lock_consignments(tx: &mut Tx<'_>, ids: &[ConsignmentId]) -> Result<Vec<ConsignmentDetails>> {
    if let Conn::Postgres(postgres) = &mut **tx {
        let locked = consignments::table.filter(consignments::id.eq_any(ids.to_vec())).order(consignments::id.asc());
        locked.select(consignments::id).for_update().load::<ConsignmentId>(postgres)?;
    }
    let rows =
        consignment_details!().filter(consignments::id.eq_any(pad_list(ids.to_vec()))).order(consignments::id.asc());
    let rows: Vec<Row> = prepared(rows).load(&mut **tx)?;
    Ok(rows.into_iter().map(ConsignmentDetails::from).collect())
}

/// Lists these consignments by product name.
pub(super) fn list_consignments_by_id(conn: &mut Conn, ids: &[ConsignmentId]) -> Result<Vec<ConsignmentDetails>> {
    let rows = consignment_details!()
        .filter(consignments::id.eq_any(ids.to_vec()))
        .order((products::name.asc(), consignments::id.asc()));
    let rows: Vec<Row> = rows.load(conn)?;
    Ok(rows.into_iter().map(ConsignmentDetails::from).collect())
}

/// Inserts a consignment.
pub(super) fn insert_consignment(tx: &mut Tx<'_>, consignment: &Consignment) -> Result<()> {
    diesel::insert_into(consignments::table).values(consignment).execute(&mut **tx)?;
    Ok(())
}

/// Updates the quantities of a consignment, whose row this transaction has locked.
pub(super) fn update_consignment(tx: &mut Tx<'_>, consignment: &Consignment) -> Result<()> {
    use consignments as c;
    diesel::update(c::table.find(consignment.id))
        .set((
            c::sold.eq(consignment.sold),
            c::returned.eq(consignment.returned),
            c::damaged.eq(consignment.damaged),
            c::on_hand.eq(consignment.on_hand),
            c::version.eq(consignment.version),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Page key of lists of consignments.
pub(super) type ConsignmentPageKey = (Instant, ConsignmentId);

/// Lists the visible consignments at an outlet, the newest first, after this page key; with `open`, only those with
/// goods on hand.
pub(super) fn list_consignments(
    conn: &mut Conn,
    outlet: OutletId,
    sight: &GoodsAccess,
    open: bool,
    after: Option<ConsignmentPageKey>,
    rows: i64,
) -> Result<Vec<ConsignmentDetails>> {
    use consignments as c;
    let mut query = consignment_details!()
        .filter(c::outlet_id.eq(outlet))
        .order((c::delivered_at.desc(), c::id.desc()))
        .limit(rows)
        .into_boxed();
    if let GoodsAccess::Groups(groups) = sight {
        query = query.filter(c::group_id.eq_any(groups.clone()));
    }
    if open {
        query = query.filter(c::on_hand.gt(Quantity::ZERO));
    }
    if let Some((moment, id)) = after {
        query = query.filter(c::delivered_at.lt(moment).or(c::delivered_at.eq(moment).and(c::id.lt(id))));
    }
    let rows: Vec<Row> = query.load(conn)?;
    Ok(rows.into_iter().map(ConsignmentDetails::from).collect())
}

/// Inserts a count with its lines.
pub(super) fn insert_count(tx: &mut Tx<'_>, count: &OutletCount, lines: &[CountLine]) -> Result<()> {
    diesel::insert_into(outlet_counts::table).values(count).execute(&mut **tx)?;
    insert_rows!(tx, outlet_count_lines::table, lines)?;
    Ok(())
}

/// Finds a count.
pub(super) fn find_count(conn: &mut Conn, id: OutletCountId) -> Result<Option<OutletCount>> {
    Ok(outlet_counts::table.find(id).select(OutletCount::as_select()).get_result(conn).optional()?)
}

/// Finds and locks a count until the end of the transaction.
pub(super) fn lock_count(tx: &mut Tx<'_>, id: OutletCountId) -> Result<Option<OutletCount>> {
    if let Conn::Postgres(postgres) = &mut **tx {
        let locked = outlet_counts::table.find(id).select(outlet_counts::id).for_update();
        locked.get_result::<OutletCountId>(postgres).optional()?;
    }
    find_count(tx, id)
}

/// Lists the lines of these counts.
pub(super) fn list_count_lines(conn: &mut Conn, counts: &[OutletCountId]) -> Result<Vec<CountLine>> {
    Ok(outlet_count_lines::table
        .filter(outlet_count_lines::count_id.eq_any(counts.to_vec()))
        .order((outlet_count_lines::count_id.asc(), outlet_count_lines::consignment_id.asc()))
        .select(CountLine::as_select())
        .load(conn)?)
}

/// Marks a count as reversed.
pub(super) fn mark_reversed(tx: &mut Tx<'_>, count: &OutletCount) -> Result<()> {
    diesel::update(outlet_counts::table.find(count.id))
        .set((outlet_counts::reversed_at.eq(count.reversed_at), outlet_counts::reversed_by.eq(count.reversed_by)))
        .execute(&mut **tx)?;
    Ok(())
}

/// Page key of lists of counts.
pub(super) type OutletCountPageKey = (Instant, OutletCountId);

/// A count with its group's name, and its order's number, total and paid amount.
pub(super) type CountRow = (OutletCount, GroupRef, Option<(String, Rupiah, Rupiah)>);

/// Query of counts with what their views show.
macro_rules! count_rows {
    () => {
        outlet_counts::table
            .inner_join(groups::table.on(groups::id.eq(outlet_counts::group_id)))
            .left_join(orders::table)
            .select((
                OutletCount::as_select(),
                GroupRef::as_select(),
                (orders::number, orders::total, orders::paid_total).nullable(),
            ))
    };
}

/// Lists the visible counts of an outlet, the newest first, after this page key.
pub(super) fn list_counts(
    conn: &mut Conn,
    outlet: OutletId,
    sight: &GoodsAccess,
    after: Option<OutletCountPageKey>,
    rows: i64,
) -> Result<Vec<CountRow>> {
    use outlet_counts as c;
    let mut query = count_rows!()
        .filter(c::outlet_id.eq(outlet))
        .order((c::counted_at.desc(), c::id.desc()))
        .limit(rows)
        .into_boxed();
    if let GoodsAccess::Groups(groups) = sight {
        query = query.filter(c::group_id.eq_any(groups.clone()));
    }
    if let Some((moment, id)) = after {
        query = query.filter(c::counted_at.lt(moment).or(c::counted_at.eq(moment).and(c::id.lt(id))));
    }
    Ok(query.load(conn)?)
}

/// Finds a count with what its view shows.
pub(super) fn find_count_row(conn: &mut Conn, id: OutletCountId) -> Result<Option<CountRow>> {
    Ok(count_rows!().filter(outlet_counts::id.eq(id)).get_result(conn).optional()?)
}

/// Lists the outlet's orders that are not fully paid with their unpaid amount, the oldest first.
pub(super) fn list_open_orders(conn: &mut Conn, outlet: OutletId) -> Result<Vec<(OrderId, Rupiah)>> {
    let rows: Vec<(OrderId, Rupiah, Rupiah)> = orders::table
        .filter(orders::outlet_id.eq(outlet))
        .filter(orders::delivered_total.gt(orders::paid_total))
        .order((orders::placed_at.asc(), orders::id.asc()))
        .select((orders::id, orders::delivered_total, orders::paid_total))
        .load(conn)?;
    let open = |(order, delivered, paid): (OrderId, Rupiah, Rupiah)| (order, delivered.minus(paid).unwrap_or_default());
    Ok(rows.into_iter().map(open).collect())
}

/// Lists the visible unsold goods and unpaid debts at the cooperative's outlets.
pub(super) fn list_outstanding(
    conn: &mut Conn,
    cooperative: CooperativeId,
    zone: Zone,
    sight: &GoodsAccess,
) -> Result<Vec<(OutletId, OutstandingItem)>> {
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
    let goods = goods.into_iter().map(|(outlet, _, on_hand, unit_price, delivered_on, best_before)| {
        let value = on_hand.total_at(unit_price).unwrap_or_default();
        (outlet, OutstandingItem::Goods { value, delivered_on, best_before })
    });
    let debts = debts.into_iter().map(|(outlet, _, delivered, paid, counted_on, pay_by)| {
        let unpaid = delivered.minus(paid).unwrap_or_default();
        (
            outlet,
            OutstandingItem::Debt {
                unpaid,
                counted_on,
                due_on: pay_by.map_or(counted_on, |moment| zone.day_of(moment)),
            },
        )
    });
    Ok(goods.chain(debts).collect())
}

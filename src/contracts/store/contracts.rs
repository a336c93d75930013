//! Contracts, their lines and what was ordered under them.

use diesel::prelude::*;

use crate::contracts::contract::{Contract, ContractLine, ContractStatus};
use crate::db::schema::{contract_lines, contract_orders, contracts, orders};
use crate::db::{Conn, Result, Tx};
use crate::kernel::ids::{AccountId, ContractId, CooperativeId, OrderId};
use crate::kernel::{Day, Instant, Rupiah};
use crate::orders::OrderStatus;

/// Writes a contract with its lines.
pub fn insert_contract(tx: &mut Tx<'_>, new: &Contract, lines: &[ContractLine]) -> Result<()> {
    diesel::insert_into(contracts::table).values(new).execute(&mut **tx)?;
    for line in lines {
        diesel::insert_into(contract_lines::table).values(line).execute(&mut **tx)?;
    }
    Ok(())
}

/// The contract of this id.
pub fn contract(conn: &mut Conn, id: ContractId) -> Result<Option<Contract>> {
    Ok(contracts::table.find(id).select(Contract::as_select()).first(conn).optional()?)
}

/// The contract, its row held until the end of the transaction.
pub fn locked(tx: &mut Tx<'_>, id: ContractId) -> Result<Option<Contract>> {
    let query = contracts::table.find(id);
    Ok(match &mut **tx {
        // One writer: nobody else changes anything.
        Conn::Sqlite(sqlite) => query.select(Contract::as_select()).first(sqlite).optional()?,
        Conn::Postgres(postgres) => query.select(Contract::as_select()).for_update().first(postgres).optional()?,
    })
}

/// The lines of a contract.
pub fn lines_of(conn: &mut Conn, id: ContractId) -> Result<Vec<ContractLine>> {
    Ok(contract_lines::table
        .filter(contract_lines::contract_id.eq(id))
        .order(contract_lines::position.asc())
        .select(ContractLine::as_select())
        .load(conn)?)
}

/// Where a page of contracts begins.
pub type PageKey = (Instant, ContractId);

/// The contracts of a buyer, the latest first, behind this key.
pub fn of_buyer(conn: &mut Conn, buyer: AccountId, after: Option<PageKey>, rows: i64) -> Result<Vec<Contract>> {
    let mut query = contracts::table
        .filter(contracts::buyer_id.eq(buyer))
        .order((contracts::created_at.desc(), contracts::id.desc()))
        .limit(rows)
        .select(Contract::as_select())
        .into_boxed();
    if let Some((moment, id)) = after {
        let same = contracts::created_at.eq(moment).and(contracts::id.lt(id));
        query = query.filter(contracts::created_at.lt(moment).or(same));
    }
    Ok(query.load(conn)?)
}

/// The contracts of a cooperative, the latest first, behind this key.
pub fn of_cooperative(
    conn: &mut Conn,
    cooperative: CooperativeId,
    after: Option<PageKey>,
    rows: i64,
) -> Result<Vec<Contract>> {
    let mut query = contracts::table
        .filter(contracts::cooperative_id.eq(cooperative))
        .order((contracts::created_at.desc(), contracts::id.desc()))
        .limit(rows)
        .select(Contract::as_select())
        .into_boxed();
    if let Some((moment, id)) = after {
        let same = contracts::created_at.eq(moment).and(contracts::id.lt(id));
        query = query.filter(contracts::created_at.lt(moment).or(same));
    }
    Ok(query.load(conn)?)
}

/// All contracts of a person.
pub fn all_of_buyer(conn: &mut Conn, buyer: AccountId) -> Result<Vec<Contract>> {
    Ok(contracts::table
        .filter(contracts::buyer_id.eq(buyer))
        .order(contracts::id.asc())
        .select(Contract::as_select())
        .load(conn)?)
}

/// Writes where a contract stands, whose row this transaction holds.
pub fn set_status(tx: &mut Tx<'_>, it: &Contract) -> Result<()> {
    diesel::update(contracts::table.find(it.id))
        .set((
            contracts::status.eq(it.status),
            contracts::answered_at.eq(it.answered_at),
            contracts::closed_at.eq(it.closed_at),
            contracts::version.eq(it.version),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Proposed and active contracts whose last day is before this one, the longest over first.
pub fn over(conn: &mut Conn, today: Day, rows: i64) -> Result<Vec<ContractId>> {
    Ok(contracts::table
        .filter(contracts::status.eq_any([ContractStatus::Proposed, ContractStatus::Active]))
        .filter(contracts::ends_on.lt(today))
        .order((contracts::ends_on.asc(), contracts::id.asc()))
        .limit(rows)
        .select(contracts::id)
        .load(conn)?)
}

/// Contracts under which there may be something to ask for of the time up to this day.
pub fn to_invoice(conn: &mut Conn, through: Day) -> Result<Vec<ContractId>> {
    let behind = contracts::invoiced_through.is_null().or(contracts::invoiced_through.lt(through));
    Ok(contracts::table
        .filter(contracts::status.eq_any([ContractStatus::Active, ContractStatus::Ended]))
        .filter(behind)
        .order(contracts::id.asc())
        .select(contracts::id)
        .load(conn)?)
}

/// Remembers up to which day it was looked what there is to ask for.
pub fn set_invoiced_through(tx: &mut Tx<'_>, id: ContractId, day: Day) -> Result<()> {
    diesel::update(contracts::table.find(id)).set(contracts::invoiced_through.eq(day)).execute(&mut **tx)?;
    Ok(())
}

/// Counts an order as ordered under a contract.
pub fn link(tx: &mut Tx<'_>, contract: &Contract, order: OrderId) -> Result<()> {
    diesel::insert_into(contract_orders::table)
        .values((
            contract_orders::order_id.eq(order),
            contract_orders::cooperative_id.eq(contract.cooperative),
            contract_orders::contract_id.eq(contract.id),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// What is open under a contract: of its orders that came or are to come, what was not paid. What was paid too much for one
/// order leaves no room for another.
pub fn open_of(conn: &mut Conn, id: ContractId) -> Result<Rupiah> {
    let figures: Vec<(Rupiah, Rupiah)> = contract_orders::table
        .inner_join(orders::table)
        .filter(contract_orders::contract_id.eq(id))
        .filter(orders::status.ne_all([OrderStatus::Cancelled, OrderStatus::Expired]))
        .filter(orders::paid_total.lt(orders::total))
        .select((orders::total, orders::paid_total))
        .load(conn)?;
    let unpaid = figures.into_iter().map(|(total, paid)| total.minus(paid).unwrap_or(Rupiah::ZERO));
    // Each is within the bounds of one order, and the limit is far below where their sum would leave its own.
    Ok(Rupiah::sum(unpaid).unwrap_or(Rupiah(i64::MAX)))
}

/// Takes what a buyer and the board told each other out of a person's contracts.
pub fn forget(tx: &mut Tx<'_>, buyer: AccountId) -> Result<()> {
    diesel::update(contracts::table.filter(contracts::buyer_id.eq(buyer)))
        .set(contracts::note.eq(None::<String>))
        .execute(&mut **tx)?;
    Ok(())
}

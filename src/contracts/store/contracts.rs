//! SQL of contracts, their lines and orders.

use diesel::prelude::*;

use crate::contracts::contract::{Contract, ContractLine, ContractStatus};
use crate::db::schema::{contract_lines, contract_orders, contracts, orders};
use crate::db::{Conn, MultiBackend, Result, Tx, filter_after, lock_row};
use crate::kernel::ids::{AccountId, ContractId, CooperativeId, OrderId};
use crate::kernel::{Day, Instant, Rupiah};
use crate::orders::OrderStatus;

/// Inserts a contract with its lines.
pub fn insert_contract(tx: &mut Tx<'_>, new: &Contract, lines: &[ContractLine]) -> Result<()> {
    diesel::insert_into(contracts::table).values(new).execute(&mut **tx)?;
    for line in lines {
        diesel::insert_into(contract_lines::table).values(line).execute(&mut **tx)?;
    }
    Ok(())
}

/// Finds a contract.
pub fn find_contract(conn: &mut Conn, id: ContractId) -> Result<Option<Contract>> {
    Ok(contracts::table.find(id).select(Contract::as_select()).get_result(conn).optional()?)
}

/// Finds and locks a contract until the end of the transaction.
pub fn lock_contract(tx: &mut Tx<'_>, id: ContractId) -> Result<Option<Contract>> {
    Ok(lock_row!(tx, contracts::table.find(id), Contract)?)
}

/// Lists the lines of a contract.
pub fn list_lines(conn: &mut Conn, id: ContractId) -> Result<Vec<ContractLine>> {
    Ok(contract_lines::table
        .filter(contract_lines::contract_id.eq(id))
        .order(contract_lines::position.asc())
        .select(ContractLine::as_select())
        .load(conn)?)
}

/// Page key of lists of contracts.
pub type ContractPageKey = (Instant, ContractId);

/// Lists the contracts of a buyer, the newest first, after this page key.
pub fn list_by_buyer(
    conn: &mut Conn,
    buyer: AccountId,
    after: Option<ContractPageKey>,
    rows: i64,
) -> Result<Vec<Contract>> {
    list_page(conn, contracts::table.filter(contracts::buyer_id.eq(buyer)).into_boxed(), after, rows)
}

/// Lists the contracts of a cooperative, the newest first, after this page key.
pub fn list_by_cooperative(
    conn: &mut Conn,
    cooperative: CooperativeId,
    after: Option<ContractPageKey>,
    rows: i64,
) -> Result<Vec<Contract>> {
    list_page(conn, contracts::table.filter(contracts::cooperative_id.eq(cooperative)).into_boxed(), after, rows)
}

fn list_page(
    conn: &mut Conn,
    mut query: contracts::BoxedQuery<'_, MultiBackend>,
    after: Option<ContractPageKey>,
    rows: i64,
) -> Result<Vec<Contract>> {
    filter_after!(query, after, lt, contracts::created_at, contracts::id);
    let newest_first = query.order((contracts::created_at.desc(), contracts::id.desc())).limit(rows);
    Ok(newest_first.select(Contract::as_select()).load(conn)?)
}

/// Lists all contracts of a buyer.
pub fn list_all_by_buyer(conn: &mut Conn, buyer: AccountId) -> Result<Vec<Contract>> {
    Ok(contracts::table
        .filter(contracts::buyer_id.eq(buyer))
        .order(contracts::id.asc())
        .select(Contract::as_select())
        .load(conn)?)
}

/// Updates the status of a contract, whose row this transaction has locked.
pub fn update_status(tx: &mut Tx<'_>, contract: &Contract) -> Result<()> {
    diesel::update(contracts::table.find(contract.id))
        .set((
            contracts::status.eq(contract.status),
            contracts::answered_at.eq(contract.answered_at),
            contracts::closed_at.eq(contract.closed_at),
            contracts::version.eq(contract.version),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Lists proposed and active contracts whose last day is before this date, the earliest end first.
pub fn list_past_end(conn: &mut Conn, today: Day, rows: i64) -> Result<Vec<ContractId>> {
    Ok(contracts::table
        .filter(contracts::status.eq_any([ContractStatus::Proposed, ContractStatus::Active]))
        .filter(contracts::ends_on.lt(today))
        .order((contracts::ends_on.asc(), contracts::id.asc()))
        .limit(rows)
        .select(contracts::id)
        .load(conn)?)
}

/// Lists contracts that were not yet invoiced up to this day.
pub fn list_to_invoice(conn: &mut Conn, through: Day) -> Result<Vec<ContractId>> {
    let behind = contracts::invoiced_through.is_null().or(contracts::invoiced_through.lt(through));
    Ok(contracts::table
        .filter(contracts::status.eq_any([ContractStatus::Active, ContractStatus::Ended]))
        .filter(behind)
        .order(contracts::id.asc())
        .select(contracts::id)
        .load(conn)?)
}

/// Stores up to which day a contract was invoiced.
pub fn set_invoiced_through(tx: &mut Tx<'_>, id: ContractId, day: Day) -> Result<()> {
    diesel::update(contracts::table.find(id)).set(contracts::invoiced_through.eq(day)).execute(&mut **tx)?;
    Ok(())
}

/// Links an order to a contract.
pub fn link_order(tx: &mut Tx<'_>, contract: &Contract, order: OrderId) -> Result<()> {
    diesel::insert_into(contract_orders::table)
        .values((
            contract_orders::order_id.eq(order),
            contract_orders::cooperative_id.eq(contract.cooperative),
            contract_orders::contract_id.eq(contract.id),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Sums the unpaid amounts of the contract's orders, except cancelled and expired ones. Overpayment of one order does
/// not reduce what is open of another.
pub fn sum_open(conn: &mut Conn, id: ContractId) -> Result<Rupiah> {
    let figures: Vec<(Rupiah, Rupiah)> = contract_orders::table
        .inner_join(orders::table)
        .filter(contract_orders::contract_id.eq(id))
        .filter(orders::status.ne_all([OrderStatus::Cancelled, OrderStatus::Expired]))
        .filter(orders::paid_total.lt(orders::total))
        .select((orders::total, orders::paid_total))
        .load(conn)?;
    let unpaid = figures.into_iter().map(|(total, paid)| total.minus(paid).unwrap_or(Rupiah::ZERO));
    // Each amount is within the bounds of one order, and the credit limit is far below the bounds of the sum.
    Ok(Rupiah::sum(unpaid).unwrap_or(Rupiah(i64::MAX)))
}

/// Erases the notes of a buyer's contracts.
pub fn forget(tx: &mut Tx<'_>, buyer: AccountId) -> Result<()> {
    diesel::update(contracts::table.filter(contracts::buyer_id.eq(buyer)))
        .set(contracts::note.eq(None::<String>))
        .execute(&mut **tx)?;
    Ok(())
}

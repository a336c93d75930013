//! SQL of invoices, their lines, and the sale facts they are made of.

#![allow(clippy::arithmetic_side_effects, reason = "columns are added up by the database, which checks")]

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::contracts::invoice::{Invoice, InvoiceLine, InvoiceShare};
use crate::db::schema::{contract_orders, invoice_counters, invoice_lines, invoices, order_lines, orders, sales};
use crate::db::{Conn, Result, Tx, on_both};
use crate::kernel::ids::{ContractId, CooperativeId, InvoiceId, LineId, OrderId};
use crate::kernel::{Day, Instant, Quantity, Rupiah};

/// Goods of an order line that were handed over or returned, as they are to be invoiced.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct DeliveryMovement {
    /// The order.
    pub order: OrderId,
    /// Order number.
    pub order_number: String,
    /// The order's current delivery fee, the same in all movements of the order.
    pub order_delivery_fee: Rupiah,
    /// The order line.
    pub line: LineId,
    /// Product name.
    pub product_name: String,
    /// Unit of the product.
    pub unit: String,
    /// Price per unit, in rupiah.
    pub unit_price: Rupiah,
    /// Date of the hand-over or return.
    pub day: Day,
    /// Quantity; negative for returned goods.
    pub quantity: Quantity,
    /// Amount in rupiah; negative for returned goods.
    pub amount: Rupiah,
}

/// Lists everything handed over and returned under a contract up to this day, the oldest first.
pub fn list_delivery_movements(conn: &mut Conn, id: ContractId, through: Day) -> Result<Vec<DeliveryMovement>> {
    Ok(contract_orders::table
        .inner_join(orders::table)
        .inner_join(sales::table.on(sales::order_id.eq(contract_orders::order_id)))
        .inner_join(order_lines::table.on(order_lines::id.eq(sales::line_id)))
        .filter(contract_orders::contract_id.eq(id))
        .filter(sales::sold_on.le(through))
        .order((
            sales::sold_on.asc(),
            orders::placed_at.asc(),
            orders::number.asc(),
            order_lines::position.asc(),
            sales::id,
        ))
        .select((
            orders::id,
            orders::number,
            orders::delivery_fee,
            order_lines::id,
            order_lines::product_name,
            order_lines::unit,
            order_lines::unit_price,
            sales::sold_on,
            sales::quantity,
            sales::amount,
        ))
        .load(conn)?)
}

/// Lists what was invoiced under a contract: per order line, and delivery fees per order.
pub fn list_invoiced(conn: &mut Conn, id: ContractId) -> Result<Vec<(OrderId, Option<LineId>, Quantity, Rupiah)>> {
    Ok(invoice_lines::table
        .inner_join(invoices::table)
        .filter(invoices::contract_id.eq(id))
        .select((invoice_lines::order_id, invoice_lines::line_id, invoice_lines::quantity, invoice_lines::total))
        .load(conn)?)
}

/// Takes the next invoice number of the cooperative and month; numbers have no gaps.
pub fn take_next_number(tx: &mut Tx<'_>, cooperative: CooperativeId, month: &str) -> Result<i64> {
    let row = (
        invoice_counters::cooperative_id.eq(cooperative),
        invoice_counters::month.eq(month),
        invoice_counters::last.eq(1_i64),
    );
    let statement = diesel::insert_into(invoice_counters::table)
        .values(row)
        .on_conflict((invoice_counters::cooperative_id, invoice_counters::month))
        .do_update()
        .set(invoice_counters::last.eq(invoice_counters::last + 1_i64))
        .returning(invoice_counters::last);
    Ok(on_both!(tx, c => statement.get_result(c))?)
}

/// Whether the contract has an invoice of this month.
pub fn has_invoice(conn: &mut Conn, id: ContractId, month: Day) -> Result<bool> {
    let matching = invoices::table.filter(invoices::contract_id.eq(id)).filter(invoices::month.eq(month));
    Ok(diesel::select(diesel::dsl::exists(matching)).get_result(conn)?)
}

/// Inserts an invoice with its lines.
pub fn insert_invoice(tx: &mut Tx<'_>, new: &Invoice, lines: &[InvoiceLine]) -> Result<()> {
    diesel::insert_into(invoices::table).values(new).execute(&mut **tx)?;
    for line in lines {
        diesel::insert_into(invoice_lines::table).values(line).execute(&mut **tx)?;
    }
    Ok(())
}

/// Finds an invoice.
pub fn find_invoice(conn: &mut Conn, id: InvoiceId) -> Result<Option<Invoice>> {
    Ok(invoices::table.find(id).select(Invoice::as_select()).get_result(conn).optional()?)
}

/// Lists the lines of an invoice.
pub fn list_invoice_lines(conn: &mut Conn, id: InvoiceId) -> Result<Vec<InvoiceLine>> {
    Ok(invoice_lines::table
        .filter(invoice_lines::invoice_id.eq(id))
        .order(invoice_lines::position.asc())
        .select(InvoiceLine::as_select())
        .load(conn)?)
}

/// Lists the invoices of a contract before this month, the latest first.
pub fn list_invoices(conn: &mut Conn, id: ContractId, before: Option<Day>, rows: i64) -> Result<Vec<Invoice>> {
    let mut query = invoices::table
        .filter(invoices::contract_id.eq(id))
        .order(invoices::month.desc())
        .limit(rows)
        .select(Invoice::as_select())
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(invoices::month.lt(before));
    }
    Ok(query.load(conn)?)
}

/// Lists each order's share of an invoice and what was paid for the order, the oldest order first.
pub fn list_shares(conn: &mut Conn, invoice: &Invoice) -> Result<Vec<InvoiceShare>> {
    let rows: Vec<(OrderId, (Instant, String), Rupiah, Rupiah, Day, Rupiah)> = invoice_lines::table
        .inner_join(invoices::table)
        .inner_join(orders::table)
        .filter(invoices::contract_id.eq(invoice.contract))
        .filter(invoices::month.le(invoice.month))
        .select((
            orders::id,
            (orders::placed_at, orders::number),
            orders::total,
            orders::paid_total,
            invoices::month,
            invoice_lines::total,
        ))
        .load(conn)?;
    let mut shares: BTreeMap<(Instant, String), (InvoiceShare, bool)> = BTreeMap::new();
    for (order, age, total, paid, month, invoiced) in rows {
        let empty = InvoiceShare { order, invoiced: Rupiah::ZERO, invoiced_so_far: Rupiah::ZERO, total, paid };
        let (share, is_on_it) = shares.entry(age).or_insert((empty, false));
        share.invoiced_so_far = share.invoiced_so_far.plus(invoiced).unwrap_or(share.invoiced_so_far);
        if month == invoice.month {
            share.invoiced = share.invoiced.plus(invoiced).unwrap_or(share.invoiced);
            *is_on_it = true;
        }
    }
    Ok(shares.into_values().filter(|(_, is_on_it)| *is_on_it).map(|(share, _)| share).collect())
}

/// Lists invoices due before this day without a reminder, the longest overdue first.
pub fn list_overdue(conn: &mut Conn, today: Day, rows: i64) -> Result<Vec<InvoiceId>> {
    Ok(invoices::table
        .filter(invoices::reminded_at.is_null())
        .filter(invoices::due_on.lt(today))
        .order((invoices::due_on.asc(), invoices::id.asc()))
        .limit(rows)
        .select(invoices::id)
        .load(conn)?)
}

/// Marks the reminder of an invoice as done, whether or not one was needed. Returns false when it was done before.
pub fn mark_reminded(tx: &mut Tx<'_>, id: InvoiceId, at: Instant) -> Result<bool> {
    let target = invoices::table.find(id).filter(invoices::reminded_at.is_null());
    Ok(diesel::update(target).set(invoices::reminded_at.eq(at)).execute(&mut **tx)? == 1)
}

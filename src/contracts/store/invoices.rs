//! Invoices, their lines, and the facts they are made of.

#![allow(clippy::arithmetic_side_effects, reason = "columns are added up by the database, which checks")]

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::contracts::invoice::{Invoice, InvoiceLine, Share};
use crate::db::schema::{contract_orders, invoice_counters, invoice_lines, invoices, order_lines, orders, sales};
use crate::db::{Conn, Result, Tx, on_both};
use crate::kernel::ids::{ContractId, CooperativeId, InvoiceId, LineId, OrderId};
use crate::kernel::{Day, Instant, Quantity, Rupiah};

/// What was handed over or came back of a line of an order, as it is to be asked for.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Fact {
    /// Of which order.
    pub order: OrderId,
    /// What people call it.
    pub order_number: String,
    /// What the way to the buyer costs now.
    pub delivery_fee: Rupiah,
    /// Of which line.
    pub line: LineId,
    /// The product's name.
    pub product_name: String,
    /// Its unit.
    pub unit: String,
    /// The price of a unit.
    pub unit_price: Rupiah,
    /// When.
    pub day: Day,
    /// How much; negative when it came back.
    pub quantity: Quantity,
    /// For how much; negative when it came back.
    pub amount: Rupiah,
}

/// Everything that was handed over and came back under a contract up to this day, the oldest first.
pub fn facts(conn: &mut Conn, id: ContractId, through: Day) -> Result<Vec<Fact>> {
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

/// What was asked for already under a contract: by line of an order, and for the way by order.
pub fn asked(conn: &mut Conn, id: ContractId) -> Result<Vec<(OrderId, Option<LineId>, Quantity, Rupiah)>> {
    Ok(invoice_lines::table
        .inner_join(invoices::table)
        .filter(invoices::contract_id.eq(id))
        .select((invoice_lines::order_id, invoice_lines::line_id, invoice_lines::quantity, invoice_lines::total))
        .load(conn)?)
}

/// The next number of this cooperative's invoices of this month, counted without gaps.
pub fn next_number(tx: &mut Tx<'_>, cooperative: CooperativeId, month: &str) -> Result<i64> {
    let row = (
        invoice_counters::cooperative_id.eq(cooperative),
        invoice_counters::month.eq(month),
        invoice_counters::last.eq(1_i64),
    );
    let counted = diesel::insert_into(invoice_counters::table)
        .values(row)
        .on_conflict((invoice_counters::cooperative_id, invoice_counters::month))
        .do_update()
        .set(invoice_counters::last.eq(invoice_counters::last + 1_i64))
        .returning(invoice_counters::last);
    Ok(on_both!(tx, c => counted.get_result(c))?)
}

/// Whether a contract has an invoice of this month.
pub fn has_invoice(conn: &mut Conn, id: ContractId, month: Day) -> Result<bool> {
    let known = invoices::table.filter(invoices::contract_id.eq(id)).filter(invoices::month.eq(month));
    Ok(diesel::select(diesel::dsl::exists(known)).get_result(conn)?)
}

/// Writes an invoice with its lines.
pub fn insert_invoice(tx: &mut Tx<'_>, new: &Invoice, lines: &[InvoiceLine]) -> Result<()> {
    diesel::insert_into(invoices::table).values(new).execute(&mut **tx)?;
    for line in lines {
        diesel::insert_into(invoice_lines::table).values(line).execute(&mut **tx)?;
    }
    Ok(())
}

/// The invoice of this id.
pub fn invoice(conn: &mut Conn, id: InvoiceId) -> Result<Option<Invoice>> {
    Ok(invoices::table.find(id).select(Invoice::as_select()).first(conn).optional()?)
}

/// The lines of an invoice.
pub fn invoice_lines(conn: &mut Conn, id: InvoiceId) -> Result<Vec<InvoiceLine>> {
    Ok(invoice_lines::table
        .filter(invoice_lines::invoice_id.eq(id))
        .order(invoice_lines::position.asc())
        .select(InvoiceLine::as_select())
        .load(conn)?)
}

/// The invoices of a contract, the latest month first, before this one.
pub fn invoices_of(conn: &mut Conn, id: ContractId, before: Option<Day>, rows: i64) -> Result<Vec<Invoice>> {
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

/// What each order of an invoice comes to, and what was paid of it, the oldest order first.
pub fn shares(conn: &mut Conn, it: &Invoice) -> Result<Vec<Share>> {
    let rows: Vec<(OrderId, (Instant, String), Rupiah, Rupiah, Day, Rupiah)> = invoice_lines::table
        .inner_join(invoices::table)
        .inner_join(orders::table)
        .filter(invoices::contract_id.eq(it.contract))
        .filter(invoices::month.le(it.month))
        .select((
            orders::id,
            (orders::placed_at, orders::number),
            orders::total,
            orders::paid_total,
            invoices::month,
            invoice_lines::total,
        ))
        .load(conn)?;
    let mut shares: BTreeMap<(Instant, String), (Share, bool)> = BTreeMap::new();
    for (order, age, total, paid, month, asked) in rows {
        let nothing = Share { order, asked: Rupiah::ZERO, asked_so_far: Rupiah::ZERO, total, paid };
        let (share, is_on_it) = shares.entry(age).or_insert((nothing, false));
        share.asked_so_far = share.asked_so_far.plus(asked).unwrap_or(share.asked_so_far);
        if month == it.month {
            share.asked = share.asked.plus(asked).unwrap_or(share.asked);
            *is_on_it = true;
        }
    }
    Ok(shares.into_values().filter(|(_, is_on_it)| *is_on_it).map(|(share, _)| share).collect())
}

/// Invoices that fell due before this day and of which nobody was reminded, the longest due first.
pub fn overdue(conn: &mut Conn, today: Day, rows: i64) -> Result<Vec<InvoiceId>> {
    Ok(invoices::table
        .filter(invoices::reminded_at.is_null())
        .filter(invoices::due_on.lt(today))
        .order((invoices::due_on.asc(), invoices::id.asc()))
        .limit(rows)
        .select(invoices::id)
        .load(conn)?)
}

/// Writes that the buyer was reminded, or that there was nothing to remind them of; false when it was done before.
pub fn set_reminded(tx: &mut Tx<'_>, id: InvoiceId, at: Instant) -> Result<bool> {
    let waiting = invoices::table.find(id).filter(invoices::reminded_at.is_null());
    Ok(diesel::update(waiting).set(invoices::reminded_at.eq(at)).execute(&mut **tx)? == 1)
}

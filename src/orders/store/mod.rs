//! SQL of orders. Verbs that change an order lock its row first, then the batches in id order.

#![allow(clippy::arithmetic_side_effects, reason = "columns are added up by the database, which checks")]

mod facts;
mod fulfilment;
mod lists;
mod notes;
mod sellers;

use diesel::prelude::*;

use super::fulfilment::{Claim, Fulfilment, OrderLine};
use super::order::{Order, OrderWithFulfilments};
use super::status::OrderStatus;
use crate::cooperatives::GroupNames;
use crate::db::schema::{accounts, claims, fulfilments, order_counters, order_lines, orders};
use crate::db::{Conn, Result, Tx, insert_rows, lock_row, on_both, prepared};
use crate::kernel::ids::{AccountId, CooperativeId, OrderId};
use crate::kernel::{Instant, Json, Language, Phone, Rupiah};

pub use facts::{SaleFact, SaleKind, insert_facts, list_facts_of_fulfilment};
pub use fulfilment::{
    FulfilmentChange, find_fulfilment, find_fulfilment_of_line, find_group_of_batch, list_orders_on_batch,
    list_unanswered, load_many_with_fulfilments, load_with_fulfilments, set_claim, set_fulfilment_day,
    set_fulfilment_total, set_line, set_line_day, update_fulfilment,
};
pub use lists::{OrdersOf, count_open_fulfilments_due, list_orders, list_orders_of_group};
pub use notes::{insert_note, list_notes, list_notes_for_export, redact_notes};
pub use sellers::{Seller, count_completed_orders, find_seller, find_zone_fee, is_active_point};

/// The next order number of this cooperative in this month, without gaps.
pub fn next_number(tx: &mut Tx<'_>, cooperative: CooperativeId, month: &str) -> Result<i64> {
    let row = (
        order_counters::cooperative_id.eq(cooperative),
        order_counters::month.eq(month),
        order_counters::last.eq(1_i64),
    );
    let counted = diesel::insert_into(order_counters::table)
        .values(row)
        .on_conflict((order_counters::cooperative_id, order_counters::month))
        .do_update()
        .set(order_counters::last.eq(order_counters::last + 1_i64))
        .returning(order_counters::last);
    Ok(on_both!(tx, c => prepared(counted).get_result(c))?)
}

/// Inserts an order with its fulfilments, lines and claims, and returns it without reading it again.
pub fn insert_order(
    tx: &mut Tx<'_>,
    order: Order,
    mut fulfilments: Vec<Fulfilment>,
    groups: &GroupNames,
    lines: Vec<OrderLine>,
    mut claims_: Vec<Claim>,
) -> Result<OrderWithFulfilments> {
    diesel::insert_into(orders::table).values(&order).execute(&mut **tx)?;
    insert_rows!(tx, fulfilments::table, &fulfilments)?;
    insert_rows!(tx, order_lines::table, &lines)?;
    insert_rows!(tx, claims::table, &claims_)?;
    fulfilments.sort_unstable_by_key(|fulfilment| fulfilment.id);
    claims_.sort_unstable_by_key(|claim| claim.batch);
    let named = fulfilments.into_iter().map(|fulfilment| {
        let group = groups.get(fulfilment.group);
        (fulfilment, group)
    });
    let whole = fulfilment::assemble(vec![order], named.collect(), lines, claims_).pop();
    whole.ok_or_else(|| diesel::result::Error::NotFound.into())
}

/// The order with this id.
pub fn find_order(conn: &mut Conn, id: OrderId) -> Result<Option<Order>> {
    Ok(orders::table.find(id).select(Order::as_select()).get_result(conn).optional()?)
}

/// The order with this id, with all its fulfilments.
pub fn find_with_fulfilments(conn: &mut Conn, id: OrderId) -> Result<Option<OrderWithFulfilments>> {
    find_order(conn, id)?.map(|order| load_with_fulfilments(conn, order)).transpose()
}

/// The order with all its fulfilments, its row locked until the end of the transaction.
pub fn lock_order(tx: &mut Tx<'_>, id: OrderId) -> Result<Option<OrderWithFulfilments>> {
    let order = lock_row!(tx, orders::table.find(id), Order)?;
    order.map(|order| load_with_fulfilments(tx, order)).transpose()
}

/// The derived status and totals of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderTotals {
    /// Derived from the fulfilments.
    pub status: OrderStatus,
    /// Total of the goods of all payable fulfilments.
    pub goods: Rupiah,
    /// The delivery fee.
    pub delivery_fee: Rupiah,
    /// Goods and delivery fee.
    pub total: Rupiah,
    /// The deposit due before production.
    pub deposit_due: Rupiah,
    /// Total of what was delivered.
    pub delivered: Rupiah,
}

/// Writes the derived totals and increments the version.
pub fn set_totals(tx: &mut Tx<'_>, id: OrderId, totals: OrderTotals) -> Result<()> {
    let update = diesel::update(orders::table.find(id)).set((
        orders::status.eq(totals.status),
        orders::goods_total.eq(totals.goods),
        orders::delivery_fee.eq(totals.delivery_fee),
        orders::total.eq(totals.total),
        orders::deposit_due.eq(totals.deposit_due),
        orders::delivered_total.eq(totals.delivered),
        orders::version.eq(orders::version + 1),
    ));
    prepared(update).execute(&mut **tx)?;
    Ok(())
}

/// Writes until when the buyer may cancel.
pub fn set_cancellable(tx: &mut Tx<'_>, id: OrderId, until: Instant) -> Result<()> {
    diesel::update(orders::table.find(id))
        .set((orders::cancellable_until.eq(until), orders::version.eq(orders::version + 1)))
        .execute(&mut **tx)?;
    Ok(())
}

/// Writes the paid and refunded totals.
pub fn set_paid(tx: &mut Tx<'_>, id: OrderId, paid: Rupiah, refunded: Rupiah) -> Result<()> {
    let update = diesel::update(orders::table.find(id)).set((
        orders::paid_total.eq(paid),
        orders::refunded_total.eq(refunded),
        orders::version.eq(orders::version + 1),
    ));
    prepared(update).execute(&mut **tx)?;
    Ok(())
}

/// Assigns a guest's order to an account; false if it has a buyer already.
pub fn assign_buyer(tx: &mut Tx<'_>, id: OrderId, account: AccountId) -> Result<bool> {
    let changed = diesel::update(orders::table.find(id).filter(orders::buyer_id.is_null()))
        .set((orders::buyer_id.eq(account), orders::version.eq(orders::version + 1)))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// A page of a person's orders after this id, for their data export.
pub fn list_orders_for_export(
    conn: &mut Conn,
    account: AccountId,
    after: Option<OrderId>,
    limit: i64,
) -> Result<Vec<Order>> {
    let mut query = orders::table.filter(orders::buyer_id.eq(account)).select(Order::as_select()).into_boxed();
    if let Some(after) = after {
        query = query.filter(orders::id.gt(after));
    }
    Ok(query.order(orders::id.asc()).limit(limit).load(conn)?)
}

/// The ids of a person's orders.
pub fn list_order_ids_of_buyer(conn: &mut Conn, account: AccountId) -> Result<Vec<OrderId>> {
    Ok(orders::table.filter(orders::buyer_id.eq(account)).select(orders::id).load(conn)?)
}

/// Anonymizes a person's orders; amounts are kept.
pub fn anonymize_buyer(tx: &mut Tx<'_>, account: AccountId, contact: &Json) -> Result<usize> {
    let own = orders::table.filter(orders::buyer_id.eq(account)).select(orders::id);
    diesel::update(fulfilments::table.filter(fulfilments::order_id.eq_any(own)))
        .set((
            fulfilments::received_by.eq(None::<String>),
            fulfilments::tracking_number.eq(None::<String>),
            fulfilments::reason.eq(None::<String>),
        ))
        .execute(&mut **tx)?;
    Ok(diesel::update(orders::table.filter(orders::buyer_id.eq(account)))
        .set((
            orders::contact.eq(contact),
            orders::recipient.eq(None::<Json>),
            orders::address.eq(None::<String>),
            orders::note.eq(None::<String>),
            orders::version.eq(orders::version + 1),
        ))
        .execute(&mut **tx)?)
}

/// Name, phone, e-mail and language of an account.
pub fn find_account_contact(
    conn: &mut Conn,
    id: AccountId,
) -> Result<Option<(String, Option<Phone>, Option<String>, Language)>> {
    Ok(accounts::table
        .find(id)
        .select((accounts::name, accounts::phone, accounts::email, accounts::locale))
        .get_result(conn)
        .optional()?)
}

//! All SQL of orders. Verbs that change an order lock its row first, then touch batches in id order.

#![allow(clippy::arithmetic_side_effects, reason = "columns are added up by the database, which checks")]

mod facts;
mod lists;
mod notes;
mod parts;
mod sellers;

use std::collections::HashMap;

use diesel::prelude::*;

use super::order::{Claim, Fulfilment, Line, Order, WholeOrder};
use super::status::OrderStatus;
use crate::db::schema::{accounts, claims, fulfilments, groups, order_counters, order_lines, orders};
use crate::db::{Conn, Result, Tx, insert_rows, on_both, prepared};
use crate::kernel::ids::{AccountId, CooperativeId, GroupId, OrderId};
use crate::kernel::{Instant, Json, Language, Phone, Rupiah};

pub use facts::{SaleFact, SaleKind, facts_of_fulfilment, insert_facts};
pub use lists::{Seek, open_parts_due, orders_of_buyer, orders_of_cooperative, parts_of_group};
pub use notes::{forget_notes_of, insert_note, notes, notes_taken_out};
pub use parts::{
    Step, fulfilment, maker_of_batch, orders_on_batch, part_of_line, set_claim, set_line, set_line_day, set_part_day,
    set_part_total, step, unanswered, whole, whole_many,
};
pub use sellers::{Seller, completed_orders, is_open_point, seller, zone_fee};

/// The next number of this cooperative in this month, counted without gaps.
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

/// Writes an order with its parts, lines and claims, and tells it whole without reading it again.
pub fn insert(
    tx: &mut Tx<'_>,
    order: Order,
    mut parts: Vec<Fulfilment>,
    lines: Vec<Line>,
    mut held: Vec<Claim>,
) -> Result<WholeOrder> {
    diesel::insert_into(orders::table).values(&order).execute(&mut **tx)?;
    insert_rows!(tx, fulfilments::table, &parts)?;
    insert_rows!(tx, order_lines::table, &lines)?;
    insert_rows!(tx, claims::table, &held)?;
    let names = group_names(tx, &parts)?;
    parts.sort_unstable_by_key(|part| part.id);
    held.sort_unstable_by_key(|claim| claim.batch);
    let named = parts.into_iter().map(|part| {
        let name = names.get(&part.group).cloned().unwrap_or_default();
        (part, name)
    });
    let whole = parts::assembled(vec![order], named.collect(), lines, held).pop();
    whole.ok_or_else(|| diesel::result::Error::NotFound.into())
}

fn group_names(conn: &mut Conn, parts: &[Fulfilment]) -> Result<HashMap<GroupId, String>> {
    let ids: Vec<GroupId> = parts.iter().map(|part| part.group).collect();
    let names: Vec<(GroupId, String)> =
        prepared(groups::table.filter(groups::id.eq_any(ids)).select((groups::id, groups::name))).load(conn)?;
    Ok(names.into_iter().collect())
}

/// The order, if there is one of this id.
pub fn order(conn: &mut Conn, id: OrderId) -> Result<Option<Order>> {
    Ok(orders::table.find(id).select(Order::as_select()).first(conn).optional()?)
}

/// The order with all its parts, its row locked until the end of the transaction.
pub fn locked(tx: &mut Tx<'_>, id: OrderId) -> Result<Option<WholeOrder>> {
    let query = orders::table.find(id);
    let order: Option<Order> = match &mut **tx {
        // One writer: nobody else changes anything.
        Conn::Sqlite(sqlite) => query.select(Order::as_select()).first(sqlite).optional()?,
        Conn::Postgres(postgres) => query.select(Order::as_select()).for_update().first(postgres).optional()?,
    };
    order.map(|order| whole(tx, order)).transpose()
}

/// What an order comes to, and where it stands, after a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// Derived from the parts.
    pub status: OrderStatus,
    /// The goods of the parts that count.
    pub goods: Rupiah,
    /// The way to the buyer.
    pub delivery_fee: Rupiah,
    /// Both.
    pub total: Rupiah,
    /// What is asked for before work begins.
    pub deposit_due: Rupiah,
    /// What is in the buyer's hands.
    pub delivered: Rupiah,
}

/// Writes what an order comes to; its version grows.
pub fn set_totals(tx: &mut Tx<'_>, id: OrderId, totals: Totals) -> Result<()> {
    diesel::update(orders::table.find(id))
        .set((
            orders::status.eq(totals.status),
            orders::goods_total.eq(totals.goods),
            orders::delivery_fee.eq(totals.delivery_fee),
            orders::total.eq(totals.total),
            orders::deposit_due.eq(totals.deposit_due),
            orders::delivered_total.eq(totals.delivered),
            orders::version.eq(orders::version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Writes until when the buyer may cancel.
pub fn set_cancellable(tx: &mut Tx<'_>, id: OrderId, until: Instant) -> Result<()> {
    diesel::update(orders::table.find(id))
        .set((orders::cancellable_until.eq(until), orders::version.eq(orders::version + 1)))
        .execute(&mut **tx)?;
    Ok(())
}

/// Writes what has been paid of an order and what went back.
pub fn set_paid(tx: &mut Tx<'_>, id: OrderId, paid: Rupiah, refunded: Rupiah) -> Result<()> {
    diesel::update(orders::table.find(id))
        .set((
            orders::paid_total.eq(paid),
            orders::refunded_total.eq(refunded),
            orders::version.eq(orders::version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Gives a guest's order to an account; false when it is somebody's already.
pub fn adopt(tx: &mut Tx<'_>, id: OrderId, account: AccountId) -> Result<bool> {
    let changed = diesel::update(orders::table.find(id).filter(orders::buyer_id.is_null()))
        .set((orders::buyer_id.eq(account), orders::version.eq(orders::version + 1)))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// So many of a person's orders behind this one, for taking their data out.
pub fn orders_taken_out(conn: &mut Conn, account: AccountId, after: Option<OrderId>, most: i64) -> Result<Vec<Order>> {
    let mut query = orders::table.filter(orders::buyer_id.eq(account)).select(Order::as_select()).into_boxed();
    if let Some(after) = after {
        query = query.filter(orders::id.gt(after));
    }
    Ok(query.order(orders::id.asc()).limit(most).load(conn)?)
}

/// The ids of a person's orders.
pub fn ids_of_buyer(conn: &mut Conn, account: AccountId) -> Result<Vec<OrderId>> {
    Ok(orders::table.filter(orders::buyer_id.eq(account)).select(orders::id).load(conn)?)
}

/// Takes a person out of their orders: the figures stay.
pub fn forget_buyer(tx: &mut Tx<'_>, account: AccountId, contact: &Json) -> Result<usize> {
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

/// How to reach an account's owner: name, phone, e-mail and language.
pub fn person(conn: &mut Conn, id: AccountId) -> Result<Option<(String, Option<Phone>, Option<String>, Language)>> {
    Ok(accounts::table
        .find(id)
        .select((accounts::name, accounts::phone, accounts::email, accounts::locale))
        .first(conn)
        .optional()?)
}

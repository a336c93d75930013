//! SQL of bank statements.

use std::collections::HashSet;

use diesel::prelude::*;

use super::line::{LineStatus, StatementLine};
use super::mapping::Mapping;
use super::matching::AwaitedTransfer;
use crate::db::schema::{bank_formats, orders, payments, statement_lines};
use crate::db::{Conn, Result, Tx, filter_after, lock_row, on_both};
use crate::kernel::ids::{AccountId, CooperativeId, OrderId, PaymentId, StatementLineId};
use crate::kernel::{Day, Instant, Json, Rupiah, Zone};
use crate::payments::{Direction, Method, Status};

/// The format with this name.
pub(super) fn find_mapping(conn: &mut Conn, cooperative: CooperativeId, name: &str) -> Result<Option<Mapping>> {
    let rows: Option<Json> =
        bank_formats::table.find((cooperative, name)).select(bank_formats::mapping).get_result(conn).optional()?;
    Ok(rows.and_then(|json| json.read().ok()))
}

/// All formats of a cooperative, by name.
pub(super) fn list_mappings(conn: &mut Conn, cooperative: CooperativeId) -> Result<Vec<(String, Mapping)>> {
    let rows: Vec<(String, Json)> = bank_formats::table
        .filter(bank_formats::cooperative_id.eq(cooperative))
        .order(bank_formats::name.asc())
        .select((bank_formats::name, bank_formats::mapping))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(name, json)| Some((name, json.read().ok()?))).collect())
}

/// Creates or replaces a format.
pub(super) fn set_mapping(
    tx: &mut Tx<'_>,
    now: Instant,
    cooperative: CooperativeId,
    name: &str,
    mapping: &Mapping,
    by: AccountId,
) -> Result<()> {
    let json = Json::new(mapping);
    let values = (bank_formats::mapping.eq(&json), bank_formats::changed_at.eq(now), bank_formats::changed_by.eq(by));
    let row = (bank_formats::cooperative_id.eq(cooperative), bank_formats::name.eq(name));
    let insert = diesel::insert_into(bank_formats::table)
        .values((row, values))
        .on_conflict((bank_formats::cooperative_id, bank_formats::name))
        .do_update()
        .set(values);
    on_both!(tx, c => insert.execute(c))?;
    Ok(())
}

/// Which of these lines were imported before.
pub(super) fn list_known_digests(
    conn: &mut Conn,
    cooperative: CooperativeId,
    digests: &[String],
) -> Result<HashSet<String>> {
    let rows: Vec<String> = statement_lines::table
        .filter(statement_lines::cooperative_id.eq(cooperative))
        .filter(statement_lines::digest.eq_any(digests))
        .select(statement_lines::digest)
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// The awaited transfers of a cooperative, including expired ones, which may arrive late.
pub(super) fn list_awaited_transfers(
    conn: &mut Conn,
    cooperative: CooperativeId,
    zone: Zone,
) -> Result<Vec<AwaitedTransfer>> {
    let rows: Vec<(PaymentId, Rupiah, Option<Rupiah>, Instant, String)> = payments::table
        .inner_join(orders::table)
        .filter(payments::cooperative_id.eq(cooperative))
        .filter(payments::direction.eq(Direction::In))
        .filter(payments::method.eq_any(Method::ALL.iter().filter(|method| method.terms().is_on_statement)))
        .filter(payments::status.eq_any([Status::Pending, Status::Expired]))
        .order(payments::recorded_at.desc())
        .limit(5_000)
        .select((payments::id, payments::amount, payments::transfer_amount, payments::recorded_at, orders::number))
        .load(conn)?;
    let awaited =
        |(payment, amount, transfer_amount, recorded_at, number): (_, _, Option<Rupiah>, _, _)| AwaitedTransfer {
            payment,
            expected_amount: transfer_amount.unwrap_or(amount),
            announced_on: zone.day_of(recorded_at),
            order_number: number,
        };
    Ok(rows.into_iter().map(awaited).collect())
}

/// The amount to transfer of an awaited payment of this cooperative.
pub(super) fn find_amount_to_transfer(
    conn: &mut Conn,
    cooperative: CooperativeId,
    payment: PaymentId,
) -> Result<Option<Rupiah>> {
    let rows: Option<(Rupiah, Option<Rupiah>)> = payments::table
        .find(payment)
        .filter(payments::cooperative_id.eq(cooperative))
        .filter(payments::direction.eq(Direction::In))
        .filter(payments::status.eq_any([Status::Pending, Status::Expired]))
        .select((payments::amount, payments::transfer_amount))
        .get_result(conn)
        .optional()?;
    Ok(rows.map(|(amount, transfer_amount)| transfer_amount.unwrap_or(amount)))
}

/// Whether the order belongs to the cooperative.
pub(super) fn is_order_of_cooperative(conn: &mut Conn, cooperative: CooperativeId, order: OrderId) -> Result<bool> {
    let rows = orders::table.find(order).filter(orders::cooperative_id.eq(cooperative));
    Ok(diesel::select(diesel::dsl::exists(rows)).get_result(conn)?)
}

/// Inserts a line.
pub(super) fn insert_line(tx: &mut Tx<'_>, line: &StatementLine) -> Result<()> {
    diesel::insert_into(statement_lines::table).values(line).execute(&mut **tx)?;
    Ok(())
}

/// The line with this id, locked until the end of the transaction.
pub(super) fn lock_line(tx: &mut Tx<'_>, id: StatementLineId) -> Result<Option<StatementLine>> {
    Ok(lock_row!(tx, statement_lines::table.find(id), StatementLine)?)
}

/// Writes the decision on a locked line.
pub(super) fn update_decision(tx: &mut Tx<'_>, line: &StatementLine) -> Result<()> {
    diesel::update(statement_lines::table.find(line.id))
        .set((
            statement_lines::status.eq(line.status),
            statement_lines::payment_id.eq(line.payment),
            statement_lines::decided_at.eq(line.decided_at),
            statement_lines::decided_by.eq(line.decided_by),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Key of a page of lines.
pub(super) type StatementLinePageKey = (Day, StatementLineId);

/// The lines of a cooperative with this status, oldest day first.
pub(super) fn list_lines(
    conn: &mut Conn,
    cooperative: CooperativeId,
    status: LineStatus,
    after: Option<StatementLinePageKey>,
    limit: i64,
) -> Result<Vec<StatementLine>> {
    let mut query = statement_lines::table
        .filter(statement_lines::cooperative_id.eq(cooperative))
        .filter(statement_lines::status.eq(status))
        .order((statement_lines::booked_on.asc(), statement_lines::id.asc()))
        .limit(limit)
        .select(StatementLine::as_select())
        .into_boxed();
    filter_after!(query, after, gt, statement_lines::booked_on, statement_lines::id);
    Ok(query.load(conn)?)
}

/// Clears the bank's descriptions of the payments of a person's orders; amounts and days are kept, because the
/// cooperative must account for its money.
pub fn forget(tx: &mut Tx<'_>, buyer: AccountId) -> Result<()> {
    let paid =
        payments::table.inner_join(orders::table).filter(orders::buyer_id.eq(buyer)).select(payments::id.nullable());
    diesel::update(statement_lines::table.filter(statement_lines::payment_id.eq_any(paid)))
        .set(statement_lines::description.eq(""))
        .execute(&mut **tx)?;
    Ok(())
}

//! SQL of payments.

#![allow(clippy::arithmetic_side_effects, reason = "columns are added up by the database, which checks")]

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::payment::{Payment, Status};
use crate::db::schema::payments::dsl;
use crate::db::schema::{cooperatives, fulfilments, orders, payments};
use crate::db::{Conn, Result, Tx, filter_after};
use crate::kernel::ids::{AccountId, CooperativeId, GroupId, HandoverId, OrderId, OutletId, PaymentId};
use crate::kernel::{Instant, Json, Rupiah, Zone};
use crate::ledger::OrderBalance;
use crate::orders::{OrderContact, OrderStatus};

/// Read model of an order for payments.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = orders)]
pub(super) struct PayableOrder {
    pub(super) id: OrderId,
    #[diesel(column_name = cooperative_id)]
    pub(super) cooperative: CooperativeId,
    pub(super) number: String,
    pub(super) status: OrderStatus,
    #[diesel(column_name = buyer_id)]
    pub(super) buyer: Option<AccountId>,
    contact: Json,
    pub(super) total: Rupiah,
    pub(super) deposit_due: Rupiah,
    pub(super) placed_total: Rupiah,
    pub(super) paid_total: Rupiah,
    pub(super) refunded_total: Rupiah,
    pub(super) pay_by: Option<Instant>,
    pub(super) delivered_total: Rupiah,
    #[diesel(column_name = outlet_id)]
    pub(super) outlet: Option<OutletId>,
    #[diesel(select_expression = cooperatives::zone)]
    pub(super) zone: Zone,
}

impl PayableOrder {
    /// Paid and delivered totals, as the ledger rules need them.
    pub(super) fn standing(&self) -> OrderBalance {
        OrderBalance { paid: self.paid_total, delivered: self.delivered_total, outlet: self.outlet }
    }

    /// Whether it is neither cancelled nor expired.
    pub(super) fn takes_payments(&self) -> bool {
        !matches!(self.status, OrderStatus::Cancelled | OrderStatus::Expired)
    }

    /// The buyer's name.
    pub(super) fn payer(&self) -> String {
        self.contact.read::<OrderContact>().map(|contact| contact.name).unwrap_or_default()
    }
}

/// The order with this id.
pub(super) fn find_order(conn: &mut Conn, order: OrderId) -> Result<Option<PayableOrder>> {
    let rows = orders::table.inner_join(cooperatives::table.on(cooperatives::id.eq(orders::cooperative_id)));
    Ok(rows.filter(orders::id.eq(order)).select(PayableOrder::as_select()).get_result(conn).optional()?)
}

/// The order, its row locked until the end of the transaction, so that changes of its payments are serialized.
pub(super) fn lock_order(tx: &mut Tx<'_>, id: OrderId) -> Result<Option<PayableOrder>> {
    if let Conn::Postgres(postgres) = &mut **tx {
        orders::table.find(id).select(orders::id).for_update().get_result::<OrderId>(postgres).optional()?;
    }
    find_order(tx, id)
}

/// The groups with a part in an order.
pub(super) fn list_groups_of_order(conn: &mut Conn, order: OrderId) -> Result<Vec<GroupId>> {
    Ok(fulfilments::table.filter(fulfilments::order_id.eq(order)).select(fulfilments::group_id).load(conn)?)
}

/// The payment with this id.
pub(super) fn find_payment(conn: &mut Conn, id: PaymentId) -> Result<Option<Payment>> {
    Ok(dsl::payments.find(id).select(Payment::as_select()).get_result(conn).optional()?)
}

/// The payments of an order, oldest first.
pub(super) fn list_payments_of_order(conn: &mut Conn, order: OrderId) -> Result<Vec<Payment>> {
    Ok(dsl::payments
        .filter(dsl::order_id.eq(order))
        .order((dsl::recorded_at.asc(), dsl::id.asc()))
        .select(Payment::as_select())
        .load(conn)?)
}

/// Key of a page of a cooperative's payments.
pub(super) type PaymentPageKey = (Instant, PaymentId);

/// A cooperative's payments with this status, oldest first; with `held` only cash held by officers.
pub(super) fn list_payments(
    conn: &mut Conn,
    cooperative: CooperativeId,
    status: Status,
    only_held: bool,
    after: Option<PaymentPageKey>,
    limit: i64,
) -> Result<Vec<(Payment, PayableOrder)>> {
    let mut query = dsl::payments
        .inner_join(orders::table)
        .inner_join(cooperatives::table.on(cooperatives::id.eq(orders::cooperative_id)))
        .filter(dsl::cooperative_id.eq(cooperative))
        .filter(dsl::status.eq(status))
        .order((dsl::recorded_at.asc(), dsl::id.asc()))
        .limit(limit)
        .select((Payment::as_select(), PayableOrder::as_select()))
        .into_boxed();
    if only_held {
        query = query.filter(dsl::held_by.is_not_null());
    }
    filter_after!(query, after, gt, dsl::recorded_at, dsl::id);
    Ok(query.load(conn)?)
}

/// Inserts a payment.
pub(super) fn insert_payment(tx: &mut Tx<'_>, payment: &Payment) -> Result<()> {
    diesel::insert_into(dsl::payments).values(payment).execute(&mut **tx)?;
    Ok(())
}

/// Writes a decision; false if the payment was changed since it was read.
pub(super) fn update_decision(tx: &mut Tx<'_>, before: &Payment, decided: &Payment) -> Result<bool> {
    let unchanged = dsl::payments.find(before.id).filter(dsl::status.eq(before.status));
    let changed = diesel::update(unchanged.filter(dsl::version.eq(before.version)))
        .set((
            dsl::status.eq(decided.status),
            dsl::held_by.eq(decided.held_by),
            dsl::decided_by.eq(decided.decided_by),
            dsl::decided_at.eq(decided.decided_at),
            dsl::reason.eq(&decided.reason),
            dsl::version.eq(decided.version),
        ))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Whether the payment has a pending or confirmed refund.
pub(super) fn has_refund(conn: &mut Conn, id: PaymentId) -> Result<bool> {
    let refunds =
        dsl::payments.filter(dsl::refunds_id.eq(id)).filter(dsl::status.eq_any([Status::Pending, Status::Confirmed]));
    Ok(diesel::select(diesel::dsl::exists(refunds)).get_result(conn)?)
}

/// The sums within these bounds (inclusive) of a cooperative's transfers that are awaited, or were confirmed or expired since
/// then.
pub(super) fn list_transfer_amounts(
    conn: &mut Conn,
    cooperative: CooperativeId,
    (lowest, highest): (Rupiah, Rupiah),
    since: Instant,
) -> Result<BTreeSet<Rupiah>> {
    let is_recent =
        dsl::status.eq_any([Status::Confirmed, Status::Expired]).and(dsl::decided_at.ge(since).assume_not_null());
    let amounts: Vec<Rupiah> = dsl::payments
        .filter(dsl::cooperative_id.eq(cooperative))
        .filter(dsl::transfer_amount.between(lowest, highest))
        .filter(dsl::status.eq(Status::Pending).or(is_recent))
        .select(dsl::transfer_amount.assume_not_null())
        .load(conn)?;
    Ok(amounts.into_iter().collect())
}

/// Sets the proof of a pending payment; false if it was changed since it was read.
pub(super) fn set_proof(tx: &mut Tx<'_>, before: &Payment, file: &str) -> Result<bool> {
    let waiting = dsl::payments.find(before.id).filter(dsl::status.eq(Status::Pending));
    let changed = diesel::update(waiting.filter(dsl::version.eq(before.version)))
        .set((dsl::proof.eq(file), dsl::version.eq(before.version.saturating_add(1))))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Whether this file is the proof of any payment.
pub(super) fn is_proof_in_use(conn: &mut Conn, file: &str) -> Result<bool> {
    Ok(diesel::select(diesel::dsl::exists(dsl::payments.filter(dsl::proof.eq(file)))).get_result(conn)?)
}

/// Pending payments without proof whose deadline has passed, oldest first.
pub(super) fn list_overdue(conn: &mut Conn, now: Instant, limit: i64) -> Result<Vec<Payment>> {
    Ok(dsl::payments
        .filter(dsl::status.eq(Status::Pending))
        .filter(dsl::proof.is_null())
        .filter(dsl::expires_at.le(now))
        .order((dsl::expires_at.asc(), dsl::id.asc()))
        .limit(limit)
        .select(Payment::as_select())
        .load(conn)?)
}

/// A page of the payments of an account's orders after this id, with their order numbers.
pub(super) fn list_payments_for_export(
    conn: &mut Conn,
    account: AccountId,
    after: Option<PaymentId>,
    limit: i64,
) -> Result<Vec<(Payment, String)>> {
    let mut query = dsl::payments
        .inner_join(orders::table)
        .filter(orders::buyer_id.eq(account))
        .select((Payment::as_select(), orders::number))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(dsl::id.gt(after));
    }
    Ok(query.order(dsl::id.asc()).limit(limit).load(conn)?)
}

/// The proofs of the payments of an account's orders.
pub(super) fn list_proofs_of_buyer(conn: &mut Conn, account: AccountId) -> Result<Vec<(PaymentId, String)>> {
    let rows: Vec<(PaymentId, Option<String>)> = dsl::payments
        .inner_join(orders::table)
        .filter(orders::buyer_id.eq(account))
        .filter(dsl::proof.is_not_null())
        .select((dsl::id, dsl::proof))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(id, proof)| Some((id, proof?))).collect())
}

/// Clears the payer names of a person's orders.
pub(super) fn clear_payer_names(tx: &mut Tx<'_>, account: AccountId) -> Result<()> {
    let own = orders::table.filter(orders::buyer_id.eq(account)).select(orders::id);
    diesel::update(dsl::payments.filter(dsl::order_id.eq_any(own)))
        .set(dsl::payer.eq(None::<String>))
        .execute(&mut **tx)?;
    Ok(())
}

/// Locks and lists the confirmed payments whose cash this person holds and that are in no hand-over yet, by id.
pub fn lock_held_by(
    tx: &mut Tx<'_>,
    cooperative: CooperativeId,
    holder: AccountId,
) -> Result<Vec<(PaymentId, Rupiah)>> {
    let held = dsl::payments
        .filter(dsl::cooperative_id.eq(cooperative))
        .filter(dsl::held_by.eq(holder))
        .filter(dsl::status.eq(Status::Confirmed))
        .filter(dsl::handover_id.is_null())
        .order(dsl::id.asc())
        .select((dsl::id, dsl::amount));
    Ok(match &mut **tx {
        Conn::Sqlite(sqlite) => held.load(sqlite)?,
        Conn::Postgres(postgres) => held.for_update().load(postgres)?,
    })
}

/// Adds these payments to a hand-over and increments their versions.
pub fn put_in_handover(tx: &mut Tx<'_>, ids: &[PaymentId], handover: HandoverId) -> Result<()> {
    diesel::update(dsl::payments.filter(dsl::id.eq_any(ids.to_vec())))
        .set((dsl::handover_id.eq(handover), dsl::version.eq(dsl::version + 1)))
        .execute(&mut **tx)?;
    Ok(())
}

/// Clears the holder of the payments of this hand-over.
pub fn receive_handover(tx: &mut Tx<'_>, handover: HandoverId) -> Result<()> {
    diesel::update(dsl::payments.filter(dsl::handover_id.eq(handover)))
        .set((dsl::held_by.eq(None::<AccountId>), dsl::version.eq(dsl::version + 1)))
        .execute(&mut **tx)?;
    Ok(())
}

/// Removes the payments from this hand-over.
pub fn release_handover(tx: &mut Tx<'_>, handover: HandoverId) -> Result<()> {
    diesel::update(dsl::payments.filter(dsl::handover_id.eq(handover)))
        .set((dsl::handover_id.eq(None::<HandoverId>), dsl::version.eq(dsl::version + 1)))
        .execute(&mut **tx)?;
    Ok(())
}

/// The payments of a hand-over with their amounts.
pub fn list_in_handover(conn: &mut Conn, handover: HandoverId) -> Result<Vec<(PaymentId, Rupiah)>> {
    Ok(dsl::payments
        .filter(dsl::handover_id.eq(handover))
        .order(dsl::id.asc())
        .select((dsl::id, dsl::amount))
        .load(conn)?)
}

/// Clears the proof of a payment.
pub(super) fn clear_proof(tx: &mut Tx<'_>, id: PaymentId) -> Result<()> {
    diesel::update(dsl::payments.find(id)).set(dsl::proof.eq(None::<String>)).execute(&mut **tx)?;
    Ok(())
}

/// The numbers of the orders that credit of this order pays; a hundred at most.
pub(super) fn list_orders_paid_by_credit(conn: &mut Conn, order: OrderId) -> Result<Vec<String>> {
    let (credit, given) = diesel::alias!(payments as credit, payments as given);
    Ok(credit
        .inner_join(given.on(given.field(payments::id).nullable().eq(credit.field(payments::credit_of_id))))
        .inner_join(orders::table.on(orders::id.eq(credit.field(payments::order_id))))
        .filter(given.field(payments::order_id).eq(order))
        .filter(credit.field(payments::status).eq(Status::Confirmed))
        .order(orders::number.asc())
        .limit(100)
        .select(orders::number)
        .load(conn)?)
}

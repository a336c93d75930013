//! The SQL of payments.

use diesel::prelude::*;

use super::payment::{Direction, Method, Payment, Status};
use crate::db::schema::payments::dsl;
use crate::db::schema::{cooperatives, fulfilments, orders};
use crate::db::{Conn, Result, Tx};
use crate::kernel::ids::{AccountId, CooperativeId, GroupId, HandoverId, OrderId, OutletId, PaymentId};
use crate::kernel::{Instant, Json, Rupiah, Zone};
use crate::ledger::Standing;
use crate::orders::{Contact, OrderStatus};

/// What payments need to know of an order.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = orders)]
pub(super) struct OrderMoney {
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

impl OrderMoney {
    /// How it stands between buyer and cooperative.
    pub(super) fn standing(&self) -> Standing {
        Standing { paid: self.paid_total, delivered: self.delivered_total, outlet: self.outlet }
    }

    /// Who ordered.
    pub(super) fn payer(&self) -> String {
        self.contact.read::<Contact>().map(|contact| contact.name).unwrap_or_default()
    }
}

/// The order, if there is one.
pub(super) fn order(conn: &mut Conn, order: OrderId) -> Result<Option<OrderMoney>> {
    let found = orders::table.inner_join(cooperatives::table.on(cooperatives::id.eq(orders::cooperative_id)));
    Ok(found.filter(orders::id.eq(order)).select(OrderMoney::as_select()).first(conn).optional()?)
}

/// The order, and its row held until the transaction ends: what is decided about its money is decided one at a time.
pub(super) fn locked_order(tx: &mut Tx<'_>, id: OrderId) -> Result<Option<OrderMoney>> {
    if let Conn::Postgres(postgres) = &mut **tx {
        orders::table.find(id).select(orders::id).for_update().first::<OrderId>(postgres).optional()?;
    }
    order(tx, id)
}

/// The groups that deliver an order.
pub(super) fn groups_of(conn: &mut Conn, order: OrderId) -> Result<Vec<GroupId>> {
    Ok(fulfilments::table.filter(fulfilments::order_id.eq(order)).select(fulfilments::group_id).load(conn)?)
}

/// One payment.
pub(super) fn payment(conn: &mut Conn, id: PaymentId) -> Result<Option<Payment>> {
    Ok(dsl::payments.find(id).select(Payment::as_select()).first(conn).optional()?)
}

/// The payments of an order, oldest first.
pub(super) fn payments_of(conn: &mut Conn, order: OrderId) -> Result<Vec<Payment>> {
    Ok(dsl::payments
        .filter(dsl::order_id.eq(order))
        .order((dsl::recorded_at.asc(), dsl::id.asc()))
        .select(Payment::as_select())
        .load(conn)?)
}

/// Where a page of a cooperative's payments begins.
pub(super) type PageKey = (Instant, PaymentId);

/// A cooperative's payments in this state, oldest first; or only the cash that is in someone's hands.
pub(super) fn payments_in(
    conn: &mut Conn,
    cooperative: CooperativeId,
    status: Status,
    held: bool,
    after: Option<PageKey>,
    rows: i64,
) -> Result<Vec<(Payment, OrderMoney)>> {
    let mut query = dsl::payments
        .inner_join(orders::table)
        .inner_join(cooperatives::table.on(cooperatives::id.eq(orders::cooperative_id)))
        .filter(dsl::cooperative_id.eq(cooperative))
        .filter(dsl::status.eq(status))
        .order((dsl::recorded_at.asc(), dsl::id.asc()))
        .limit(rows)
        .select((Payment::as_select(), OrderMoney::as_select()))
        .into_boxed();
    if held {
        query = query.filter(dsl::held_by.is_not_null());
    }
    if let Some((recorded_at, id)) = after {
        query = query.filter(dsl::recorded_at.gt(recorded_at).or(dsl::recorded_at.eq(recorded_at).and(dsl::id.gt(id))));
    }
    Ok(query.load(conn)?)
}

/// Writes a payment down.
pub(super) fn insert(tx: &mut Tx<'_>, payment: &Payment) -> Result<()> {
    diesel::insert_into(dsl::payments).values(payment).execute(&mut **tx)?;
    Ok(())
}

/// What changes with a step.
pub(super) struct Decision {
    pub(super) to: Status,
    pub(super) held_by: Option<AccountId>,
    pub(super) decided_by: Option<AccountId>,
    pub(super) decided_at: Option<Instant>,
    pub(super) reason: Option<String>,
}

/// Takes the step if the payment still is as it was read; of two who decide at once, one does.
pub(super) fn decide(tx: &mut Tx<'_>, before: &Payment, decision: &Decision) -> Result<bool> {
    let changed = diesel::update(
        dsl::payments.find(before.id).filter(dsl::status.eq(before.status)).filter(dsl::version.eq(before.version)),
    )
    .set((
        dsl::status.eq(decision.to),
        dsl::held_by.eq(decision.held_by),
        dsl::decided_by.eq(decision.decided_by),
        dsl::decided_at.eq(decision.decided_at),
        dsl::reason.eq(&decision.reason),
        dsl::version.eq(before.version.saturating_add(1)),
    ))
    .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Whether any of a payment went back, or is about to.
pub(super) fn has_refund(conn: &mut Conn, id: PaymentId) -> Result<bool> {
    let refunds =
        dsl::payments.filter(dsl::refunds_id.eq(id)).filter(dsl::status.eq_any([Status::Pending, Status::Confirmed]));
    Ok(diesel::select(diesel::dsl::exists(refunds)).get_result(conn)?)
}

/// The codes of the transfers that a cooperative awaits, each with what it comes to.
pub(super) fn awaited_transfers(conn: &mut Conn, cooperative: CooperativeId) -> Result<Vec<(i32, Rupiah)>> {
    Ok(dsl::payments
        .filter(dsl::cooperative_id.eq(cooperative))
        .filter(dsl::status.eq(Status::Pending))
        .filter(dsl::unique_code.is_not_null())
        .select((dsl::unique_code.assume_not_null(), dsl::transfer_amount.assume_not_null()))
        .load(conn)?)
}

/// Shows the payment by this file if it still is as it was read and waits for the treasurer.
pub(super) fn set_proof(tx: &mut Tx<'_>, before: &Payment, file: &str) -> Result<bool> {
    let waiting = dsl::payments.find(before.id).filter(dsl::status.eq(Status::Pending));
    let changed = diesel::update(waiting.filter(dsl::version.eq(before.version)))
        .set((dsl::proof.eq(file), dsl::version.eq(before.version.saturating_add(1))))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Whether this file shows any payment.
pub(super) fn is_proof(conn: &mut Conn, file: &str) -> Result<bool> {
    Ok(diesel::select(diesel::dsl::exists(dsl::payments.filter(dsl::proof.eq(file)))).get_result(conn)?)
}

/// Announced transfers whose time is over and that nothing shows, oldest first.
pub(super) fn overdue(conn: &mut Conn, now: Instant, rows: i64) -> Result<Vec<Payment>> {
    Ok(dsl::payments
        .filter(dsl::status.eq(Status::Pending))
        .filter(dsl::proof.is_null())
        .filter(dsl::expires_at.le(now))
        .order((dsl::expires_at.asc(), dsl::id.asc()))
        .limit(rows)
        .select(Payment::as_select())
        .load(conn)?)
}

/// Where buyers transfer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BankAccount {
    pub(super) bank: String,
    pub(super) account: String,
    pub(super) holder: String,
}

/// The cooperative's bank account, when it has told all of it.
pub(super) fn bank_account(conn: &mut Conn, cooperative: CooperativeId) -> Result<Option<BankAccount>> {
    let found: (Option<String>, Option<String>, Option<String>) = cooperatives::table
        .find(cooperative)
        .select((cooperatives::bank_name, cooperatives::bank_account, cooperatives::bank_holder))
        .first(conn)?;
    Ok(match found {
        (Some(bank), Some(account), Some(holder)) => Some(BankAccount { bank, account, holder }),
        _ => None,
    })
}

/// So many of the payments of an account's orders behind this one.
pub(super) fn payments_taken_out(
    conn: &mut Conn,
    account: AccountId,
    after: Option<PaymentId>,
    most: i64,
) -> Result<Vec<(Payment, String)>> {
    let mut query = dsl::payments
        .inner_join(orders::table)
        .filter(orders::buyer_id.eq(account))
        .select((Payment::as_select(), orders::number))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(dsl::id.gt(after));
    }
    Ok(query.order(dsl::id.asc()).limit(most).load(conn)?)
}

/// The pictures that show the transfers of an account's orders.
pub(super) fn proofs_of(conn: &mut Conn, account: AccountId) -> Result<Vec<(PaymentId, String)>> {
    let found: Vec<(PaymentId, Option<String>)> = dsl::payments
        .inner_join(orders::table)
        .filter(orders::buyer_id.eq(account))
        .filter(dsl::proof.is_not_null())
        .select((dsl::id, dsl::proof))
        .load(conn)?;
    Ok(found.into_iter().filter_map(|(id, proof)| Some((id, proof?))).collect())
}

/// Forgets who paid a person's orders.
pub(super) fn forget_payers(tx: &mut Tx<'_>, account: AccountId) -> Result<()> {
    let own = orders::table.filter(orders::buyer_id.eq(account)).select(orders::id);
    diesel::update(dsl::payments.filter(dsl::order_id.eq_any(own)))
        .set(dsl::payer.eq(None::<String>))
        .execute(&mut **tx)?;
    Ok(())
}

/// Locks the confirmed payments whose cash this person holds and that are in no hand-over yet, in the order of their ids.
pub(super) fn lock_held_by(
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

/// Puts these payments into a hand-over. Each has changed: whoever read it before decides on an old version.
pub(super) fn put_in_handover(tx: &mut Tx<'_>, ids: &[PaymentId], handover: HandoverId) -> Result<()> {
    diesel::update(dsl::payments.filter(dsl::id.eq_any(ids.to_vec())))
        .set((dsl::handover_id.eq(handover), dsl::version.eq(dsl::version + 1)))
        .execute(&mut **tx)?;
    Ok(())
}

/// Nobody holds the cash of this hand-over's payments any more.
pub(super) fn receive_handover(tx: &mut Tx<'_>, handover: HandoverId) -> Result<()> {
    diesel::update(dsl::payments.filter(dsl::handover_id.eq(handover)))
        .set((dsl::held_by.eq(None::<AccountId>), dsl::version.eq(dsl::version + 1)))
        .execute(&mut **tx)?;
    Ok(())
}

/// The payments of this hand-over are in none any more.
pub(super) fn release_handover(tx: &mut Tx<'_>, handover: HandoverId) -> Result<()> {
    diesel::update(dsl::payments.filter(dsl::handover_id.eq(handover)))
        .set((dsl::handover_id.eq(None::<HandoverId>), dsl::version.eq(dsl::version + 1)))
        .execute(&mut **tx)?;
    Ok(())
}

/// The payments of a hand-over with their amounts.
pub(super) fn list_in_handover(conn: &mut Conn, handover: HandoverId) -> Result<Vec<(PaymentId, Rupiah)>> {
    Ok(dsl::payments
        .filter(dsl::handover_id.eq(handover))
        .order(dsl::id.asc())
        .select((dsl::id, dsl::amount))
        .load(conn)?)
}

/// Drops the name of a picture that is gone.
pub(super) fn drop_proof(tx: &mut Tx<'_>, id: PaymentId) -> Result<()> {
    diesel::update(dsl::payments.find(id)).set(dsl::proof.eq(None::<String>)).execute(&mut **tx)?;
    Ok(())
}

/// How many announced payments of an order wait.
pub(super) fn waiting(payments: &[Payment]) -> usize {
    payments
        .iter()
        .filter(|it| it.status == Status::Pending && it.direction == Direction::In && it.method != Method::Cash)
        .count()
}

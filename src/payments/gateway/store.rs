//! SQL of the gateway.

use diesel::prelude::*;

use super::charge::{Charge, ChargeStatus, ReviewReason};
use super::charge_update::ChargeUpdate;
use super::provider::WebhookNotification;
use crate::db::schema::gateway_charges::dsl;
use crate::db::schema::{gateway_notifications, orders, payments};
use crate::db::{Conn, Result, Tx, filter_after, on_both};
use crate::kernel::ids::{AccountId, CooperativeId, GatewayChargeId, GatewayNotificationId, OrderId, PaymentId};
use crate::kernel::{Instant, Json, Rupiah};

/// Inserts a charge.
pub(super) fn insert(tx: &mut Tx<'_>, charge: &Charge) -> Result<()> {
    diesel::insert_into(dsl::gateway_charges).values(charge).execute(&mut **tx)?;
    Ok(())
}

/// The charge with this id.
pub(super) fn find_charge(conn: &mut Conn, id: GatewayChargeId) -> Result<Option<Charge>> {
    Ok(dsl::gateway_charges.find(id).select(Charge::as_select()).get_result(conn).optional()?)
}

/// The charge of a payment, if it has one.
pub(in crate::payments) fn find_charge_of_payment(conn: &mut Conn, payment: PaymentId) -> Result<Option<Charge>> {
    let own = dsl::gateway_charges.filter(dsl::payment_id.eq(payment));
    Ok(own.select(Charge::as_select()).get_result(conn).optional()?)
}

/// The charges of an order's payments.
pub(in crate::payments) fn list_charges_of_order(conn: &mut Conn, order: OrderId) -> Result<Vec<Charge>> {
    Ok(dsl::gateway_charges
        .inner_join(payments::table)
        .filter(payments::order_id.eq(order))
        .select(Charge::as_select())
        .load(conn)?)
}

/// The charge with this reference at this gateway.
pub(super) fn find_charge_by_reference(
    conn: &mut Conn,
    gateway: &str,
    reference: &str,
) -> Result<Option<GatewayChargeId>> {
    let known = dsl::gateway_charges.filter(dsl::gateway.eq(gateway)).filter(dsl::reference.eq(reference));
    Ok(known.select(dsl::id).get_result(conn).optional()?)
}

/// Counts the charges of an order.
pub(super) fn count_attempts(conn: &mut Conn, order: OrderId) -> Result<i64> {
    let own = dsl::gateway_charges.inner_join(payments::table).filter(payments::order_id.eq(order));
    Ok(own.count().get_result(conn)?)
}

/// Records an attempt before the gateway is called.
pub(super) fn increment_tries(tx: &mut Tx<'_>, charge: &Charge) -> Result<()> {
    diesel::update(dsl::gateway_charges.find(charge.id))
        .set(dsl::tries.eq(charge.tries.saturating_add(1)))
        .execute(&mut **tx)?;
    Ok(())
}

/// Records the time of an update, and the payment details in it.
pub(super) fn record_update(tx: &mut Tx<'_>, now: Instant, charge: &Charge, update: &ChargeUpdate) -> Result<()> {
    diesel::update(dsl::gateway_charges.find(charge.id))
        .set((
            dsl::heard_at.eq(now),
            dsl::transaction_id.eq(update.transaction.as_ref().or(charge.transaction.as_ref())),
            dsl::qr_text.eq(update.qr_text.as_ref().or(charge.qr_text.as_ref())),
            dsl::qr_url.eq(update.qr_url.as_ref().or(charge.qr_url.as_ref())),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Writes the status, and the paid amount if it was paid.
pub(super) fn set_status(
    tx: &mut Tx<'_>,
    id: GatewayChargeId,
    status: ChargeStatus,
    paid: Option<Rupiah>,
) -> Result<()> {
    diesel::update(dsl::gateway_charges.find(id))
        .set((dsl::status.eq(status), dsl::paid_amount.eq(paid)))
        .execute(&mut **tx)?;
    Ok(())
}

/// Marks the charge as needing a review.
pub(super) fn set_review_reason(tx: &mut Tx<'_>, id: GatewayChargeId, reason: ReviewReason) -> Result<()> {
    diesel::update(dsl::gateway_charges.find(id)).set(dsl::needs_review.eq(reason)).execute(&mut **tx)?;
    Ok(())
}

/// Closes a review and assigns the charge to this payment; false if it was closed concurrently.
pub(super) fn close_review(
    tx: &mut Tx<'_>,
    now: Instant,
    id: GatewayChargeId,
    by: Option<AccountId>,
    payment: PaymentId,
) -> Result<bool> {
    let changed = diesel::update(dsl::gateway_charges.find(id).filter(dsl::needs_review.is_not_null()))
        .set((
            dsl::needs_review.eq(None::<ReviewReason>),
            dsl::reviewed_by.eq(by),
            dsl::reviewed_at.eq(now),
            dsl::payment_id.eq(payment),
        ))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Open charges without updates since `since` that are known to the gateway, or that expired before `expired_before`;
/// longest silent first.
pub(super) fn list_silent(conn: &mut Conn, since: Instant, expired_before: Instant, limit: i64) -> Result<Vec<Charge>> {
    Ok(dsl::gateway_charges
        .filter(dsl::status.eq_any([ChargeStatus::Queued, ChargeStatus::Pending]))
        .filter(dsl::heard_at.le(since))
        .filter(dsl::status.eq(ChargeStatus::Pending).or(dsl::expires_at.le(expired_before)))
        .order((dsl::heard_at.asc(), dsl::id.asc()))
        .limit(limit)
        .select(Charge::as_select())
        .load(conn)?)
}

/// Records a poll, so that other charges are polled next.
pub(super) fn record_poll(tx: &mut Tx<'_>, now: Instant, id: GatewayChargeId) -> Result<()> {
    diesel::update(dsl::gateway_charges.find(id)).set(dsl::heard_at.eq(now)).execute(&mut **tx)?;
    Ok(())
}

/// Key of a page of a cooperative's charges.
pub(super) type ChargePageKey = (Instant, GatewayChargeId);

/// A cooperative's charges with their orders, oldest first; with `only_in_review` those that need a review.
pub(super) fn list_charges(
    conn: &mut Conn,
    cooperative: CooperativeId,
    only_in_review: bool,
    after: Option<ChargePageKey>,
    limit: i64,
) -> Result<Vec<(Charge, OrderId, String)>> {
    let mut query = dsl::gateway_charges
        .inner_join(payments::table.inner_join(orders::table))
        .filter(dsl::cooperative_id.eq(cooperative))
        .order((dsl::created_at.asc(), dsl::id.asc()))
        .limit(limit)
        .select((Charge::as_select(), orders::id, orders::number))
        .into_boxed();
    if only_in_review {
        query = query.filter(dsl::needs_review.is_not_null());
    }
    filter_after!(query, after, gt, dsl::created_at, dsl::id);
    Ok(query.load(conn)?)
}

/// Stores a notification as received; `None` if it is a repeated one.
pub(super) fn insert_notification(
    tx: &mut Tx<'_>,
    now: Instant,
    gateway: &str,
    notification: &WebhookNotification,
    body: &str,
) -> Result<Option<GatewayNotificationId>> {
    let id: GatewayNotificationId = tx.id(now);
    let row = (
        gateway_notifications::id.eq(id),
        gateway_notifications::gateway.eq(gateway),
        gateway_notifications::event_key.eq(&notification.key),
        gateway_notifications::reference.eq(&notification.reference),
        gateway_notifications::body.eq(body),
        gateway_notifications::news.eq(Json::new(&notification.update)),
        gateway_notifications::heard_at.eq(now),
    );
    let inserted = on_both!(tx, c => diesel::insert_into(gateway_notifications::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok((inserted == 1).then_some(id))
}

/// A notification that was not applied yet: gateway, reference and update.
pub(super) fn find_unapplied(conn: &mut Conn, id: GatewayNotificationId) -> Result<Option<(String, String, Json)>> {
    Ok(gateway_notifications::table
        .find(id)
        .filter(gateway_notifications::applied_at.is_null())
        .select((gateway_notifications::gateway, gateway_notifications::reference, gateway_notifications::news))
        .get_result(conn)
        .optional()?)
}

/// Marks a notification as applied.
pub(super) fn mark_applied(tx: &mut Tx<'_>, now: Instant, id: GatewayNotificationId) -> Result<()> {
    diesel::update(gateway_notifications::table.find(id))
        .set(gateway_notifications::applied_at.eq(now))
        .execute(&mut **tx)?;
    Ok(())
}

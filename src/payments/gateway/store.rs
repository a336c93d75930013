//! The SQL of gateways.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::charge::{Charge, ChargeStatus, Review};
use super::charge_update::ChargeUpdate;
use super::provider::WebhookNotification;
use crate::db::schema::gateway_charges::dsl;
use crate::db::schema::{gateway_notifications, orders, payments};
use crate::db::{Conn, Result, Tx, on_both};
use crate::kernel::ids::{AccountId, CooperativeId, GatewayChargeId, GatewayNotificationId, OrderId, PaymentId};
use crate::kernel::{Instant, Json, Rupiah};

/// Writes a charge down.
pub(super) fn insert(tx: &mut Tx<'_>, charge: &Charge) -> Result<()> {
    diesel::insert_into(dsl::gateway_charges).values(charge).execute(&mut **tx)?;
    Ok(())
}

/// One charge.
pub(super) fn charge(conn: &mut Conn, id: GatewayChargeId) -> Result<Option<Charge>> {
    Ok(dsl::gateway_charges.find(id).select(Charge::as_select()).first(conn).optional()?)
}

/// The charge of a payment, when it goes through a gateway.
pub(in crate::payments) fn charge_of(conn: &mut Conn, payment: PaymentId) -> Result<Option<Charge>> {
    let own = dsl::gateway_charges.filter(dsl::payment_id.eq(payment));
    Ok(own.select(Charge::as_select()).first(conn).optional()?)
}

/// The charges of an order's payments.
pub(in crate::payments) fn charges_of_order(conn: &mut Conn, order: OrderId) -> Result<Vec<Charge>> {
    Ok(dsl::gateway_charges
        .inner_join(payments::table)
        .filter(payments::order_id.eq(order))
        .select(Charge::as_select())
        .load(conn)?)
}

/// The charge that this gateway knows by this reference.
pub(super) fn charge_with(conn: &mut Conn, gateway: &str, reference: &str) -> Result<Option<GatewayChargeId>> {
    let known = dsl::gateway_charges.filter(dsl::gateway.eq(gateway)).filter(dsl::reference.eq(reference));
    Ok(known.select(dsl::id).first(conn).optional()?)
}

/// How often charges of an order were begun.
pub(super) fn attempts(conn: &mut Conn, order: OrderId) -> Result<i64> {
    let own = dsl::gateway_charges.inner_join(payments::table).filter(payments::order_id.eq(order));
    Ok(own.count().get_result(conn)?)
}

/// Notes, before the gateway is asked, that it may know the charge from now on.
pub(super) fn note_try(tx: &mut Tx<'_>, charge: &Charge) -> Result<()> {
    diesel::update(dsl::gateway_charges.find(charge.id))
        .set(dsl::tries.eq(charge.tries.saturating_add(1)))
        .execute(&mut **tx)?;
    Ok(())
}

/// Notes that the gateway was asked, and what it told of how it is paid.
pub(super) fn note_news(tx: &mut Tx<'_>, now: Instant, charge: &Charge, news: &ChargeUpdate) -> Result<()> {
    diesel::update(dsl::gateway_charges.find(charge.id))
        .set((
            dsl::heard_at.eq(now),
            dsl::transaction_id.eq(news.transaction.as_ref().or(charge.transaction.as_ref())),
            dsl::qr_text.eq(news.qr_text.as_ref().or(charge.qr_text.as_ref())),
            dsl::qr_url.eq(news.qr_url.as_ref().or(charge.qr_url.as_ref())),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Notes how far it is, and what was paid where it was paid.
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

/// Leaves the charge to the treasurer.
pub(super) fn set_review(tx: &mut Tx<'_>, id: GatewayChargeId, review: Review) -> Result<()> {
    diesel::update(dsl::gateway_charges.find(id)).set(dsl::needs_review.eq(review)).execute(&mut **tx)?;
    Ok(())
}

/// The treasurer has looked at it; from now on the charge belongs to this payment. Of two who look at once, one does.
pub(super) fn close_review(
    tx: &mut Tx<'_>,
    now: Instant,
    id: GatewayChargeId,
    by: Option<AccountId>,
    payment: PaymentId,
) -> Result<bool> {
    let changed = diesel::update(dsl::gateway_charges.find(id).filter(dsl::needs_review.is_not_null()))
        .set((
            dsl::needs_review.eq(None::<Review>),
            dsl::reviewed_by.eq(by),
            dsl::reviewed_at.eq(now),
            dsl::payment_id.eq(payment),
        ))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Charges that the gateway may still collect, silent since a moment and known to it, or over since another; the longest
/// silent first.
pub(super) fn silent(conn: &mut Conn, since: Instant, over: Instant, rows: i64) -> Result<Vec<Charge>> {
    Ok(dsl::gateway_charges
        .filter(dsl::status.eq_any([ChargeStatus::Queued, ChargeStatus::Pending]))
        .filter(dsl::heard_at.le(since))
        .filter(dsl::status.eq(ChargeStatus::Pending).or(dsl::expires_at.le(over)))
        .order((dsl::heard_at.asc(), dsl::id.asc()))
        .limit(rows)
        .select(Charge::as_select())
        .load(conn)?)
}

/// Notes that somebody asks about it now, so that others have their turn.
pub(super) fn note_asking(tx: &mut Tx<'_>, now: Instant, id: GatewayChargeId) -> Result<()> {
    diesel::update(dsl::gateway_charges.find(id)).set(dsl::heard_at.eq(now)).execute(&mut **tx)?;
    Ok(())
}

/// Where a page of a cooperative's charges begins.
pub(super) type PageKey = (Instant, GatewayChargeId);

/// A cooperative's charges with their orders, oldest first; or only those that wait for the treasurer.
pub(super) fn charges_in(
    conn: &mut Conn,
    cooperative: CooperativeId,
    waiting: bool,
    after: Option<PageKey>,
    rows: i64,
) -> Result<Vec<(Charge, OrderId, String)>> {
    let mut query = dsl::gateway_charges
        .inner_join(payments::table.inner_join(orders::table))
        .filter(dsl::cooperative_id.eq(cooperative))
        .order((dsl::created_at.asc(), dsl::id.asc()))
        .limit(rows)
        .select((Charge::as_select(), orders::id, orders::number))
        .into_boxed();
    if waiting {
        query = query.filter(dsl::needs_review.is_not_null());
    }
    if let Some((created_at, id)) = after {
        query = query.filter(dsl::created_at.gt(created_at).or(dsl::created_at.eq(created_at).and(dsl::id.gt(id))));
    }
    Ok(query.load(conn)?)
}

/// Keeps what a gateway told, as it came; nothing when it was told before.
pub(super) fn keep(
    tx: &mut Tx<'_>,
    now: Instant,
    gateway: &str,
    told: &WebhookNotification,
    body: &str,
) -> Result<Option<GatewayNotificationId>> {
    let known = gateway_notifications::table
        .filter(gateway_notifications::gateway.eq(gateway))
        .filter(gateway_notifications::event_key.eq(&told.key));
    if diesel::select(exists(known)).get_result(&mut **tx)? {
        return Ok(None);
    }
    let id: GatewayNotificationId = tx.id(now);
    let row = (
        gateway_notifications::id.eq(id),
        gateway_notifications::gateway.eq(gateway),
        gateway_notifications::event_key.eq(&told.key),
        gateway_notifications::reference.eq(&told.reference),
        gateway_notifications::body.eq(body),
        gateway_notifications::news.eq(Json::of(&told.news)),
        gateway_notifications::heard_at.eq(now),
    );
    let kept = on_both!(tx, c => diesel::insert_into(gateway_notifications::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok((kept == 1).then_some(id))
}

/// What a gateway told and what was not applied yet: which gateway, of what, and its news.
pub(super) fn unapplied(conn: &mut Conn, id: GatewayNotificationId) -> Result<Option<(String, String, Json)>> {
    Ok(gateway_notifications::table
        .find(id)
        .filter(gateway_notifications::applied_at.is_null())
        .select((gateway_notifications::gateway, gateway_notifications::reference, gateway_notifications::news))
        .first(conn)
        .optional()?)
}

/// It is applied.
pub(super) fn applied(tx: &mut Tx<'_>, now: Instant, id: GatewayNotificationId) -> Result<()> {
    diesel::update(gateway_notifications::table.find(id))
        .set(gateway_notifications::applied_at.eq(now))
        .execute(&mut **tx)?;
    Ok(())
}

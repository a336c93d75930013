//! Applies updates of a charge by rank, with the order's row locked, so that late or repeated updates have no effect.

use super::charge::{Charge, ChargeStatus, Review};
use super::charge_update::ChargeUpdate;
use super::store;
use crate::db::Tx;
use crate::events::{self, Event};
use crate::kernel::ids::GatewayChargeId;
use crate::kernel::{Instant, Rupiah};
use crate::payments::access::PaymentAccess;
use crate::payments::error::PaymentError;
use crate::payments::events::record_event;
use crate::payments::payment::{Direction, Method, Payment, PaymentAction, PaymentPurpose, Status};
use crate::payments::store::{self as money, lock_order};
use crate::payments::transition::{PaymentTransition, apply_transition, expire_payment};

/// Applies an update of a charge.
pub(super) fn apply(
    tx: &mut Tx<'_>,
    now: Instant,
    id: GatewayChargeId,
    update: &ChargeUpdate,
) -> Result<(), PaymentError> {
    let (charge, payment) = lock_charge(tx, id)?;
    store::record_update(tx, now, &charge, update)?;
    let Some(status) = update.status else { return leave_to_treasurer(tx, now, &charge, Review::UnknownStatus) };
    if !status.follows(charge.status) {
        return Ok(());
    }
    let paid = if status.was_paid() { update.amount.or(charge.paid_amount) } else { None };
    store::set_status(tx, id, status, paid)?;
    match status {
        ChargeStatus::Queued | ChargeStatus::Pending => Ok(()),
        ChargeStatus::Expired if payment.status == Status::Pending => expire_payment(tx, now, &payment),
        ChargeStatus::Cancelled if payment.status == Status::Pending => {
            transition(tx, now, &payment, PaymentAction::Reject, Some("Pembayaran dibatalkan di penyedia pembayaran."))
                .map(drop)
        }
        ChargeStatus::Denied if payment.status == Status::Pending => {
            transition(tx, now, &payment, PaymentAction::Reject, Some("Pembayaran ditolak penyedia pembayaran."))
                .map(drop)
        }
        ChargeStatus::Failed if payment.status == Status::Pending => {
            transition(tx, now, &payment, PaymentAction::Reject, Some("Penyedia pembayaran tidak dapat memproses."))
                .map(drop)
        }
        ChargeStatus::Expired | ChargeStatus::Cancelled | ChargeStatus::Denied | ChargeStatus::Failed => Ok(()),
        ChargeStatus::Paid => confirm_received(tx, now, &charge, payment, update).map(drop),
        ChargeStatus::PartlyRefunded | ChargeStatus::Refunded | ChargeStatus::ChargedBack => {
            match confirm_received(tx, now, &charge, payment, update)? {
                Some(payment) => record_refunds(tx, now, &charge, &payment, status, update),
                None => Ok(()),
            }
        }
    }
}

/// The charge and its payment, with the order's row locked.
pub(super) fn lock_charge(tx: &mut Tx<'_>, id: GatewayChargeId) -> Result<(Charge, Payment), PaymentError> {
    let charge = store::find_charge(tx, id)?.ok_or(PaymentError::NotFound)?;
    let order = money::find_payment(tx, charge.payment)?.ok_or(PaymentError::NotFound)?.order;
    lock_order(tx, order)?;
    let charge = store::find_charge(tx, id)?.ok_or(PaymentError::NotFound)?;
    let payment = money::find_payment(tx, charge.payment)?.ok_or(PaymentError::NotFound)?;
    Ok((charge, payment))
}

/// Applies an action on behalf of the gateway, with the treasurer's permissions.
pub(super) fn transition(
    tx: &mut Tx<'_>,
    now: Instant,
    payment: &Payment,
    action: PaymentAction,
    reason: Option<&str>,
) -> Result<Payment, PaymentError> {
    let order = money::find_order(tx, payment.order)?.ok_or(PaymentError::NotFound)?;
    let transition = PaymentTransition { action, reason: reason.map(str::to_owned), expected: None };
    apply_transition(
        tx,
        now,
        &order,
        payment,
        &PaymentAccess { treasurer: true, ..PaymentAccess::default() },
        &transition,
    )
}

/// Confirms the payment of a paid charge, unless it needs a review.
fn confirm_received(
    tx: &mut Tx<'_>,
    now: Instant,
    charge: &Charge,
    payment: Payment,
    update: &ChargeUpdate,
) -> Result<Option<Payment>, PaymentError> {
    match payment.status {
        Status::Confirmed => Ok(Some(payment)),
        _ if update.amount != Some(charge.amount) => {
            leave_to_treasurer(tx, now, charge, Review::WrongAmount)?;
            Ok(None)
        }
        Status::Rejected | Status::Reversed => {
            leave_to_treasurer(tx, now, charge, Review::PaymentClosed)?;
            Ok(None)
        }
        Status::Pending | Status::Expired => transition(tx, now, &payment, PaymentAction::Confirm, None).map(Some),
    }
}

/// Records refunds reported by the gateway: confirms refunds that were requested here, and records those made at the
/// gateway. Only the missing amount is recorded, so it is idempotent.
fn record_refunds(
    tx: &mut Tx<'_>,
    now: Instant,
    charge: &Charge,
    payment: &Payment,
    status: ChargeStatus,
    update: &ChargeUpdate,
) -> Result<(), PaymentError> {
    let refunded_total = match (status, update.given_back) {
        (ChargeStatus::PartlyRefunded, None) => {
            return leave_to_treasurer(tx, now, charge, Review::UnclearRefund);
        }
        (ChargeStatus::PartlyRefunded, Some(part)) => part.min(payment.amount),
        _ => payment.amount,
    };
    let mut recorded_total = Rupiah::ZERO;
    for refund in
        money::list_payments_of_order(tx, payment.order)?.iter().filter(|refund| refund.refunds == Some(payment.id))
    {
        if refund.status == Status::Pending && update.refund_keys.contains(&refund.id.to_string()) {
            transition(tx, now, refund, PaymentAction::Confirm, None)?;
        }
        if matches!(refund.status, Status::Pending | Status::Confirmed) {
            recorded_total = recorded_total.plus(refund.amount)?;
        }
    }
    let missing = refunded_total.minus(recorded_total)?;
    if missing <= Rupiah::ZERO {
        return Ok(());
    }
    let refund = Payment {
        id: tx.id(now),
        direction: Direction::Out,
        method: Method::Gateway,
        purpose: PaymentPurpose::Refund,
        amount: missing,
        refunds: Some(payment.id),
        ..new_payment_like(now, payment)
    };
    insert_confirmed(tx, now, &refund).map(drop)
}

/// A new payment of the same order, not yet recorded or decided.
pub(super) fn new_payment_like(now: Instant, like: &Payment) -> Payment {
    Payment {
        status: Status::Pending,
        proof: None,
        recorded_by: None,
        held_by: None,
        decided_by: None,
        recorded_at: now,
        expires_at: None,
        decided_at: None,
        reason: None,
        version: 1,
        ..like.clone()
    }
}

/// Inserts a payment reported by the gateway and confirms it.
pub(super) fn insert_confirmed(tx: &mut Tx<'_>, now: Instant, payment: &Payment) -> Result<Payment, PaymentError> {
    money::insert_payment(tx, payment)?;
    record_event(tx, now, "payment.recorded", payment, None)?;
    transition(tx, now, payment, PaymentAction::Confirm, None)
}

fn leave_to_treasurer(tx: &mut Tx<'_>, now: Instant, charge: &Charge, review: Review) -> Result<(), PaymentError> {
    if charge.needs_review == Some(review) {
        return Ok(());
    }
    store::set_review(tx, charge.id, review)?;
    let event = Event::new("gateway_charge.needs_review", charge.id)
        .in_cooperative(charge.cooperative)
        .with("charge", charge.id)
        .with("payment", charge.payment)
        .with("needs_review", review);
    events::record(tx, now, &event)?;
    Ok(())
}

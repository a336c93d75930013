//! Applies updates of a charge to its payment. Notifications and polls may come late, repeatedly and in any order, so
//! every status has a rank and only an update of a higher rank has an effect. The order's row is locked meanwhile.

use super::charge::{Charge, ChargeStatus, ReviewReason};
use super::charge_update::ChargeUpdate;
use super::events::{self, GatewayEvent};
use super::store;
use crate::cooperatives::AccessError;
use crate::db::Tx;
use crate::kernel::ids::{AccountId, GatewayChargeId};
use crate::kernel::{Instant, Rupiah};
use crate::payments::access::PaymentAccess;
use crate::payments::error::PaymentError;
use crate::payments::events::{PaymentEvent, record_event};
use crate::payments::payment::{Direction, Payment, PaymentAction, PaymentPurpose, Status};
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
    let Some(status) = update.status else { return request_review(tx, now, &charge, ReviewReason::UnknownStatus) };
    if !status.follows(charge.status) {
        return Ok(());
    }
    let paid = if status.was_paid() { update.amount.or(charge.paid_amount) } else { None };
    store::set_status(tx, id, status, paid)?;
    match status {
        ChargeStatus::Queued | ChargeStatus::Pending => Ok(()),
        ChargeStatus::Expired | ChargeStatus::Cancelled | ChargeStatus::Denied | ChargeStatus::Failed => {
            if payment.status != Status::Pending {
                return Ok(());
            }
            let reason = match status {
                ChargeStatus::Cancelled => "Pembayaran dibatalkan di penyedia pembayaran.",
                ChargeStatus::Denied => "Pembayaran ditolak penyedia pembayaran.",
                ChargeStatus::Failed => "Penyedia pembayaran tidak dapat memproses.",
                _ => return expire_payment(tx, now, &payment),
            };
            transition(tx, now, &payment, None, PaymentAction::Reject, Some(reason)).map(drop)
        }
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
    let charge = store::find_charge(tx, id)?.ok_or(AccessError::Hidden)?;
    let order = money::find_payment(tx, charge.payment)?.ok_or(AccessError::Hidden)?.order;
    lock_order(tx, order)?;
    let charge = store::find_charge(tx, id)?.ok_or(AccessError::Hidden)?;
    let payment = money::find_payment(tx, charge.payment)?.ok_or(AccessError::Hidden)?;
    Ok((charge, payment))
}

/// Applies an action with the treasurer's permissions, on behalf of the gateway or of this treasurer.
pub(super) fn transition(
    tx: &mut Tx<'_>,
    now: Instant,
    payment: &Payment,
    by: Option<AccountId>,
    action: PaymentAction,
    reason: Option<&str>,
) -> Result<Payment, PaymentError> {
    let order = money::find_order(tx, payment.order)?.ok_or(AccessError::Hidden)?;
    let transition = PaymentTransition { action, reason: reason.map(str::to_owned), expected_version: None };
    let access = PaymentAccess { account: by, is_treasurer: true, ..PaymentAccess::default() };
    apply_transition(tx, now, &order, payment, &access, &transition)
}

/// Confirms the payment of a paid charge, unless it needs a review.
fn confirm_received(
    tx: &mut Tx<'_>,
    now: Instant,
    charge: &Charge,
    payment: Payment,
    update: &ChargeUpdate,
) -> Result<Option<Payment>, PaymentError> {
    let reason = match payment.status {
        Status::Confirmed => return Ok(Some(payment)),
        _ if update.amount != Some(charge.amount) => ReviewReason::WrongAmount,
        Status::Rejected | Status::Reversed => ReviewReason::PaymentClosed,
        Status::Pending | Status::Expired => {
            return transition(tx, now, &payment, None, PaymentAction::Confirm, None).map(Some);
        }
    };
    request_review(tx, now, charge, reason)?;
    Ok(None)
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
    let refunded_total = match (status, update.refunded_total) {
        (ChargeStatus::PartlyRefunded, None) => return request_review(tx, now, charge, ReviewReason::UnclearRefund),
        (ChargeStatus::PartlyRefunded, Some(part)) => part.min(payment.amount),
        _ => payment.amount,
    };
    let mut recorded_total = Rupiah::ZERO;
    let payments = money::list_payments_of_order(tx, payment.order)?;
    for refund in payments.iter().filter(|refund| refund.refund_of == Some(payment.id)) {
        if refund.status == Status::Pending && update.refund_keys.contains(&refund.id.to_string()) {
            transition(tx, now, refund, None, PaymentAction::Confirm, None)?;
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
        purpose: PaymentPurpose::Refund,
        amount: missing,
        refund_of: Some(payment.id),
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

/// Inserts a payment reported by the gateway and confirms it, on behalf of who recorded it.
pub(super) fn insert_confirmed(tx: &mut Tx<'_>, now: Instant, payment: &Payment) -> Result<Payment, PaymentError> {
    money::insert_payment(tx, payment)?;
    record_event(tx, now, PaymentEvent::Recorded, payment, payment.recorded_by)?;
    transition(tx, now, payment, payment.recorded_by, PaymentAction::Confirm, None)
}

/// Leaves the charge to the treasurer.
fn request_review(tx: &mut Tx<'_>, now: Instant, charge: &Charge, reason: ReviewReason) -> Result<(), PaymentError> {
    if charge.review_reason == Some(reason) {
        return Ok(());
    }
    store::set_review_reason(tx, charge.id, reason)?;
    let event = GatewayEvent::NeedsReview { charge: charge.id, payment: charge.payment, needs_review: reason };
    events::record(tx, now, &event.about(charge.id).in_cooperative(charge.cooperative))?;
    Ok(())
}

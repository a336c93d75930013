//! Decisions of the treasurer, and expiry.

use super::access::PaymentAccess;
use super::credit::take_back_credit;
use super::error::PaymentError;
use super::events::{PaymentEvent, record_event};
use super::paid_total::update_paid_total;
use super::payment::{Balance, Payment, PaymentAction, Status};
use super::postings;
use super::store::{self, PayableOrder};
use crate::cooperatives::AccessError;
use crate::db::{Db, Tx};
use crate::jobs::TaskError;
use crate::kernel::Instant;
use crate::kernel::ids::PaymentId;
use crate::web::StaleVersion;

/// A transition of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentTransition {
    /// The action.
    pub action: PaymentAction,
    /// The reason, for the payer.
    pub reason: Option<String>,
    /// The version the caller read, if sent.
    pub expected_version: Option<i64>,
}

/// Applies the treasurer's decision to the payment with this id.
pub fn transition_payment(
    tx: &mut Tx<'_>,
    now: Instant,
    id: PaymentId,
    access: &PaymentAccess,
    transition: &PaymentTransition,
) -> Result<Payment, PaymentError> {
    let order = store::find_payment(tx, id)?.ok_or(AccessError::Hidden)?.order;
    let order = store::lock_order(tx, order)?.ok_or(AccessError::Hidden)?;
    let payment = store::find_payment(tx, id)?.ok_or(AccessError::Hidden)?;
    apply_transition(tx, now, &order, &payment, access, transition)
}

/// Applies the treasurer's decision. The caller has locked the order's row, so of two concurrent decisions one fails.
pub(super) fn apply_transition(
    tx: &mut Tx<'_>,
    now: Instant,
    order: &PayableOrder,
    payment: &Payment,
    access: &PaymentAccess,
    transition: &PaymentTransition,
) -> Result<Payment, PaymentError> {
    access.require_treasurer()?;
    StaleVersion::check(transition.expected_version, payment.version)?;
    AccessError::forbid_unless(transition.action != PaymentAction::Expire)?;
    let status = payment.after(transition.action).ok_or(PaymentError::WrongStatus(payment.status))?;
    if transition.action == PaymentAction::Reverse {
        require_unused(tx, payment)?;
    }
    let reason = transition.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
    let decided = payment.decided(now, status, access.account, reason);
    if !store::update_decision(tx, payment, &decided)? {
        let current = store::find_payment(tx, payment.id)?.ok_or(AccessError::Hidden)?;
        return Err(PaymentError::WrongStatus(current.status));
    }
    match transition.action {
        PaymentAction::Confirm => postings::post_confirmed(tx, now, order, &decided, access.account)?,
        PaymentAction::Reverse if payment.method.terms().is_credit => {
            take_back_credit(tx, now, order, payment, access.account)?;
        }
        PaymentAction::Reverse => postings::post_reversed(tx, now, order, payment, access.account)?,
        _ => {}
    }
    update_paid_total(tx, now, payment.order)?;
    let kind = match transition.action {
        PaymentAction::Confirm => PaymentEvent::Confirmed,
        PaymentAction::Reverse => PaymentEvent::Reversed,
        _ => PaymentEvent::Rejected,
    };
    record_event(tx, now, kind, &decided, access.account)?;
    Ok(decided)
}

/// Fails if this payment, or what it left over, was refunded or pays another order: then more would have gone out of the
/// order than came in.
fn require_unused(tx: &mut Tx<'_>, payment: &Payment) -> Result<(), PaymentError> {
    if store::has_refund(tx, payment.id)? {
        return Err(PaymentError::WrongStatus(payment.status));
    }
    let left = Balance::of(&store::list_payments_of_order(tx, payment.order)?)?.remaining()?;
    if left.credited < payment.amount || left.money < payment.money()? {
        return Err(PaymentError::MoneyUsed(store::list_orders_paid_by_credit(tx, payment.order)?));
    }
    Ok(())
}

/// Maximum number of transfers that expire in one transaction.
const BATCH_SIZE: i64 = 100;

/// Expires announced transfers without proof whose deadline has passed, in batches until none is left. Idempotent.
pub(super) fn expire_overdue(db: &Db, now: Instant) -> Result<usize, TaskError> {
    let mut total = 0_usize;
    loop {
        let expired = db.write_blocking::<_, PaymentError, _>(move |tx| {
            let overdue = store::list_overdue(tx, now, BATCH_SIZE)?;
            for payment in &overdue {
                expire_payment(tx, now, payment)?;
            }
            Ok(overdue.len())
        })?;
        total = total.saturating_add(expired);
        if i64::try_from(expired).unwrap_or(BATCH_SIZE) < BATCH_SIZE {
            return Ok(total);
        }
    }
}

/// Expires a payment because of its deadline or the gateway's status.
pub(super) fn expire_payment(tx: &mut Tx<'_>, now: Instant, payment: &Payment) -> Result<(), PaymentError> {
    let expired = payment.decided(now, Status::Expired, None, None);
    // It may have been confirmed concurrently; then nothing is left to do.
    if store::update_decision(tx, payment, &expired)? {
        record_event(tx, now, PaymentEvent::Expired, &expired, None)?;
    }
    Ok(())
}

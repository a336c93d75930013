//! The treasurer's steps, and the clock's.

use super::access::PaymentAccess;
use super::error::PaymentError;
use super::payment::{Action, Payment, Status};
use super::postings;
use super::record::tell;
use super::settle::settle;
use super::store::{self, Decision, OrderMoney};
use crate::db::{self, Db, Tx};
use crate::jobs::TaskError;
use crate::kernel::Instant;
use crate::kernel::ids::PaymentId;
use crate::web::StaleVersion;

/// A step to take with a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Which.
    pub action: Action,
    /// Why, for the one who paid.
    pub reason: Option<String>,
    /// On which version the caller decided, when they say so.
    pub expected: Option<i64>,
}

/// Takes the treasurer's step with the payment of this id.
pub fn decide_on(
    tx: &mut Tx<'_>,
    now: Instant,
    id: PaymentId,
    access: &PaymentAccess,
    step: &Step,
) -> Result<Payment, PaymentError> {
    let order = store::payment(tx, id)?.ok_or(PaymentError::NotFound)?.order;
    let order = store::locked_order(tx, order)?.ok_or(PaymentError::NotFound)?;
    let payment = store::payment(tx, id)?.ok_or(PaymentError::NotFound)?;
    decide(tx, now, &order, &payment, access, step)
}

/// Takes the treasurer's step. The order's row is held, so that of two treasurers one decides and the other is told
/// that it is done.
pub(super) fn decide(
    tx: &mut Tx<'_>,
    now: Instant,
    order: &OrderMoney,
    payment: &Payment,
    access: &PaymentAccess,
    step: &Step,
) -> Result<Payment, PaymentError> {
    access.decides()?;
    StaleVersion::check(step.expected, payment.version)?;
    if step.action == Action::Expire {
        return Err(PaymentError::NotAllowed);
    }
    let to = payment.after(step.action).ok_or(PaymentError::NotPossible(payment.status))?;
    if step.action == Action::Reverse && store::has_refund(tx, payment.id)? {
        return Err(PaymentError::NotPossible(payment.status));
    }
    let decision = Decision {
        to,
        held_by: None,
        decided_by: access.account,
        decided_at: Some(now),
        reason: step.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty()).map(str::to_owned),
    };
    let decided = apply(tx, payment, &decision)?;
    match step.action {
        Action::Confirm => postings::confirmed(tx, now, order, &decided, access.account)?,
        Action::Reverse => postings::reversed(tx, now, order, payment, access.account)?,
        _ => {}
    }
    settle(tx, now, payment.order)?;
    let kind = match step.action {
        Action::Confirm => "payment.confirmed",
        Action::Reverse => "payment.reversed",
        _ => "payment.rejected",
    };
    tell(tx, now, kind, &decided, access.account)?;
    Ok(decided)
}

fn apply(tx: &mut Tx<'_>, before: &Payment, decision: &Decision) -> Result<Payment, PaymentError> {
    if !store::decide(tx, before, decision)? {
        let now = store::payment(tx, before.id)?.ok_or(PaymentError::NotFound)?;
        return Err(PaymentError::NotPossible(now.status));
    }
    store::payment(tx, before.id)?.ok_or(PaymentError::NotFound)
}

/// How many transfers expire in one transaction.
const BATCH_SIZE: i64 = 100;

/// Lets announced transfers expire that nobody showed to be paid. Works on until none is left, and may be run twice.
pub(super) fn expire(db: &Db, now: Instant) -> Result<usize, TaskError> {
    let mut done = 0_usize;
    loop {
        let expired = db.write_blocking::<_, PaymentError, _>(move |tx| {
            let overdue = store::overdue(tx, now, BATCH_SIZE)?;
            for payment in &overdue {
                expire_one(tx, now, payment)?;
            }
            Ok(overdue.len())
        })?;
        done = done.saturating_add(expired);
        if i64::try_from(expired).unwrap_or(BATCH_SIZE) < BATCH_SIZE {
            return Ok(done);
        }
    }
}

/// Lets a payment expire that the clock, or the gateway, says is over.
pub(super) fn expire_one(tx: &mut Tx<'_>, now: Instant, payment: &Payment) -> Result<(), PaymentError> {
    let decision =
        Decision { to: Status::Expired, held_by: None, decided_by: None, decided_at: Some(now), reason: None };
    // Someone may have confirmed it in this very moment; then there is nothing left to do.
    if store::decide(tx, payment, &decision)? {
        let expired = Payment { status: Status::Expired, ..payment.clone() };
        tell(tx, now, "payment.expired", &expired, None)?;
    }
    Ok::<(), PaymentError>(())
}

impl From<diesel::result::Error> for PaymentError {
    fn from(error: diesel::result::Error) -> Self {
        PaymentError::Db(db::Error::from(error))
    }
}

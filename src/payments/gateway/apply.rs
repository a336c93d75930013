//! Applying what a gateway says: by rank, while the order's row is held, so that what comes late or twice changes
//! nothing.

use super::charge::{Charge, ChargeStatus, Review};
use super::charge_update::ChargeUpdate;
use super::store;
use crate::db::Tx;
use crate::events::{self, Event};
use crate::kernel::ids::GatewayChargeId;
use crate::kernel::{Instant, Rupiah};
use crate::payments::access::PaymentAccess;
use crate::payments::decide::{Step, decide, expire_one};
use crate::payments::error::PaymentError;
use crate::payments::payment::{Action, Direction, Method, Payment, Purpose, Status};
use crate::payments::record::tell;
use crate::payments::store::{self as money, locked_order};

/// Applies news of a charge.
pub(super) fn apply(
    tx: &mut Tx<'_>,
    now: Instant,
    id: GatewayChargeId,
    news: &ChargeUpdate,
) -> Result<(), PaymentError> {
    let (charge, payment) = held(tx, id)?;
    store::note_news(tx, now, &charge, news)?;
    let Some(status) = news.status else { return leave_to_treasurer(tx, now, &charge, Review::UnknownStatus) };
    if !status.follows(charge.status) {
        return Ok(());
    }
    let paid = if status.was_paid() { news.amount.or(charge.paid_amount) } else { None };
    store::set_status(tx, id, status, paid)?;
    match status {
        ChargeStatus::Queued | ChargeStatus::Pending => Ok(()),
        ChargeStatus::Expired if payment.status == Status::Pending => expire_one(tx, now, &payment),
        ChargeStatus::Cancelled if payment.status == Status::Pending => {
            step(tx, now, &payment, Action::Reject, Some("Pembayaran dibatalkan di penyedia pembayaran.")).map(drop)
        }
        ChargeStatus::AccessError if payment.status == Status::Pending => {
            step(tx, now, &payment, Action::Reject, Some("Pembayaran ditolak penyedia pembayaran.")).map(drop)
        }
        ChargeStatus::Failed if payment.status == Status::Pending => {
            step(tx, now, &payment, Action::Reject, Some("Penyedia pembayaran tidak dapat memproses.")).map(drop)
        }
        ChargeStatus::Expired | ChargeStatus::Cancelled | ChargeStatus::AccessError | ChargeStatus::Failed => Ok(()),
        ChargeStatus::Paid => arrived(tx, now, &charge, payment, news).map(drop),
        ChargeStatus::PartlyRefunded | ChargeStatus::Refunded | ChargeStatus::ChargedBack => {
            match arrived(tx, now, &charge, payment, news)? {
                Some(payment) => gone_back(tx, now, &charge, &payment, status, news),
                None => Ok(()),
            }
        }
    }
}

/// The charge and its payment, with the order's row held.
pub(super) fn held(tx: &mut Tx<'_>, id: GatewayChargeId) -> Result<(Charge, Payment), PaymentError> {
    let charge = store::charge(tx, id)?.ok_or(PaymentError::NotFound)?;
    let order = money::payment(tx, charge.payment)?.ok_or(PaymentError::NotFound)?.order;
    locked_order(tx, order)?;
    let charge = store::charge(tx, id)?.ok_or(PaymentError::NotFound)?;
    let payment = money::payment(tx, charge.payment)?.ok_or(PaymentError::NotFound)?;
    Ok((charge, payment))
}

/// Takes a step with a payment for the gateway, by the treasurer's verb: what it says counts as if they had seen it.
pub(super) fn step(
    tx: &mut Tx<'_>,
    now: Instant,
    payment: &Payment,
    action: Action,
    reason: Option<&str>,
) -> Result<Payment, PaymentError> {
    let order = money::order(tx, payment.order)?.ok_or(PaymentError::NotFound)?;
    let step = Step { action, reason: reason.map(str::to_owned), expected: None };
    decide(tx, now, &order, payment, &PaymentAccess { treasurer: true, ..PaymentAccess::default() }, &step)
}

/// The money is there: confirms the payment, unless somebody must look at it first.
fn arrived(
    tx: &mut Tx<'_>,
    now: Instant,
    charge: &Charge,
    payment: Payment,
    news: &ChargeUpdate,
) -> Result<Option<Payment>, PaymentError> {
    match payment.status {
        Status::Confirmed => Ok(Some(payment)),
        _ if news.amount != Some(charge.amount) => {
            leave_to_treasurer(tx, now, charge, Review::WrongAmount)?;
            Ok(None)
        }
        Status::Rejected | Status::Reversed => {
            leave_to_treasurer(tx, now, charge, Review::PaymentClosed)?;
            Ok(None)
        }
        Status::Pending | Status::Expired => step(tx, now, &payment, Action::Confirm, None).map(Some),
    }
}

/// Money went back: what we asked for is confirmed, and what was done at the gateway is written down, once, since only
/// what is missing here is.
fn gone_back(
    tx: &mut Tx<'_>,
    now: Instant,
    charge: &Charge,
    payment: &Payment,
    status: ChargeStatus,
    news: &ChargeUpdate,
) -> Result<(), PaymentError> {
    let back = match (status, news.given_back) {
        (ChargeStatus::PartlyRefunded, None) => {
            return leave_to_treasurer(tx, now, charge, Review::UnclearRefund);
        }
        (ChargeStatus::PartlyRefunded, Some(part)) => part.min(payment.amount),
        _ => payment.amount,
    };
    let mut gone = Rupiah::ZERO;
    for refund in money::payments_of(tx, payment.order)?.iter().filter(|it| it.refunds == Some(payment.id)) {
        if refund.status == Status::Pending && news.refund_keys.contains(&refund.id.to_string()) {
            step(tx, now, refund, Action::Confirm, None)?;
        }
        if matches!(refund.status, Status::Pending | Status::Confirmed) {
            gone = gone.plus(refund.amount)?;
        }
    }
    let missing = back.minus(gone)?;
    if missing <= Rupiah::ZERO {
        return Ok(());
    }
    let refund = Payment {
        id: tx.id(now),
        direction: Direction::Out,
        method: Method::Gateway,
        purpose: Purpose::Refund,
        amount: missing,
        refunds: Some(payment.id),
        ..unseen(now, payment)
    };
    write_confirmed(tx, now, &refund).map(drop)
}

/// A payment of the same order that nobody here has written down or decided yet.
pub(super) fn unseen(now: Instant, like: &Payment) -> Payment {
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

/// Writes a payment down of which the gateway says that it has happened.
pub(super) fn write_confirmed(tx: &mut Tx<'_>, now: Instant, payment: &Payment) -> Result<Payment, PaymentError> {
    money::insert(tx, payment)?;
    tell(tx, now, "payment.recorded", payment, None)?;
    step(tx, now, payment, Action::Confirm, None)
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

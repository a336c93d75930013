//! What a buyer has paid too much for one order pays another of theirs.

use super::access::PaymentAccess;
use super::error::PaymentError;
use super::payment::{Direction, Payment, Purpose};
use super::postings;
use super::record::{Recording, at_once, blank, tell};
use super::settle::settle;
use super::store::{self, OrderMoney};
use crate::db::Tx;
use crate::kernel::{Instant, Rupiah};
use crate::orders::OrderStatus;

/// Moves a buyer's credit: a payment out of the one order and one into the other, in one transaction. The row of the
/// order that is paid is held; both are, from here on.
pub(super) fn move_credit(
    tx: &mut Tx<'_>,
    now: Instant,
    to: &OrderMoney,
    access: &PaymentAccess,
    recording: &Recording,
) -> Result<Payment, PaymentError> {
    if !(access.buyer || access.treasurer) {
        return Err(PaymentError::NotAllowed);
    }
    if matches!(to.status, OrderStatus::Cancelled | OrderStatus::Expired) {
        return Err(PaymentError::OrderClosed);
    }
    let from = recording.from.filter(|from| *from != to.id).ok_or(PaymentError::NoCredit)?;
    let from = store::locked_order(tx, from)?.ok_or(PaymentError::NoCredit)?;
    // Guests have no account by which two orders are known to be the same person's.
    let somebodys = to.buyer.is_some() || to.outlet.is_some();
    if !somebodys || (from.buyer, from.outlet, from.cooperative) != (to.buyer, to.outlet, to.cooperative) {
        return Err(PaymentError::NoCredit);
    }
    let credit = from.paid_total.minus(from.total)?;
    let owed = to.total.minus(to.paid_total)?;
    if owed <= Rupiah::ZERO {
        return Err(PaymentError::NothingOwed);
    }
    if credit <= Rupiah::ZERO {
        return Err(PaymentError::NoCredit);
    }
    let amount = recording.amount.unwrap_or(credit.min(owed));
    if amount > owed {
        return Err(PaymentError::MoreThanOwed(owed));
    }
    if amount > credit {
        return Err(PaymentError::MoreThanRefundable(credit));
    }
    let out = Payment {
        id: tx.id(now),
        direction: Direction::Out,
        purpose: Purpose::Refund,
        amount,
        ..blank(now, &from, access, recording)
    };
    let out = Payment { held_by: None, ..at_once(out, now, access) };
    let purpose = if amount == owed { Purpose::Balance } else { Purpose::Deposit };
    let into = Payment { purpose, amount, credit_of: Some(out.id), ..blank(now, to, access, recording) };
    let into = Payment { held_by: None, ..at_once(into, now, access) };
    for (payment, order) in [(&out, &from), (&into, to)] {
        store::insert(tx, payment)?;
        settle(tx, now, order.id)?;
        tell(tx, now, "payment.confirmed", payment, access.account)?;
    }
    postings::credit_moved(tx, now, &from, to, &into, access.account)?;
    Ok(into)
}

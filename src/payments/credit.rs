//! Credit: an overpayment of one order pays another order of the same buyer.

use super::access::PaymentAccess;
use super::error::PaymentError;
use super::events::{PaymentEvent, record_event};
use super::new_payment::{NewPayment, as_confirmed, draft_payment};
use super::paid_total::update_paid_total;
use super::payment::{Balance, Direction, Payment, PaymentPurpose, Status};
use super::postings::CreditPosting;
use super::store::{self, PayableOrder};
use crate::cooperatives::AccessError;
use crate::db::Tx;
use crate::kernel::ids::AccountId;
use crate::kernel::{Instant, Rupiah};

/// Moves a buyer's credit: a payment out of one order and one into the other, in one transaction. The caller has locked
/// the paid order; this locks the other.
pub(super) fn move_credit(
    tx: &mut Tx<'_>,
    now: Instant,
    to: &PayableOrder,
    access: &PaymentAccess,
    new_payment: &NewPayment,
) -> Result<Payment, PaymentError> {
    AccessError::forbid_unless(access.is_buyer || access.is_treasurer)?;
    if !to.takes_payments() {
        return Err(PaymentError::OrderClosed);
    }
    let from = new_payment.from.filter(|from| *from != to.id).ok_or(PaymentError::NoCredit)?;
    let from = store::lock_order(tx, from)?.ok_or(PaymentError::NoCredit)?;
    // Guests have no account, so two orders cannot be known to be the same person's.
    let has_owner = to.buyer.is_some() || to.outlet.is_some();
    if !has_owner || (from.buyer, from.outlet, from.cooperative) != (to.buyer, to.outlet, to.cooperative) {
        return Err(PaymentError::NoCredit);
    }
    let left = Balance::of(&store::list_payments_of_order(tx, from.id)?)?;
    let credit = left.refund_due(from.total)?;
    let owed = to.total.minus(to.paid_total)?;
    if owed <= Rupiah::ZERO {
        return Err(PaymentError::NothingOwed);
    }
    if credit <= Rupiah::ZERO {
        return Err(PaymentError::NoCredit);
    }
    let amount = new_payment.amount.unwrap_or(credit.min(owed));
    if amount > owed {
        return Err(PaymentError::MoreThanOwed(owed));
    }
    if amount > credit {
        return Err(PaymentError::MoreThanRefundable(credit));
    }
    let code_returned = left.remaining()?.code_with(amount, from.paid_total.minus(from.total)?)?;
    let out = Payment {
        id: tx.id(now),
        direction: Direction::Out,
        purpose: PaymentPurpose::Refund,
        amount: amount.plus(code_returned)?,
        code_returned,
        ..draft_payment(now, &from, access, new_payment)
    };
    let out = as_confirmed(out, now, access);
    let purpose = if amount == owed { PaymentPurpose::Balance } else { PaymentPurpose::Deposit };
    let into = Payment { purpose, amount, credit_of: Some(out.id), ..draft_payment(now, to, access, new_payment) };
    let into = as_confirmed(into, now, access);
    for (payment, order) in [(&out, &from), (&into, to)] {
        store::insert_payment(tx, payment)?;
        update_paid_total(tx, now, order.id)?;
        record_event(tx, now, PaymentEvent::Confirmed, payment, access.account)?;
    }
    CreditPosting { from: (&from, &out), to: (to, &into) }.post(tx, now, access.account)?;
    Ok(into)
}

/// Takes credit back from the order that it paid: the order that had given it has it again. The caller has locked the paid
/// order and reversed its payment; this locks the other.
pub(super) fn take_back_credit(
    tx: &mut Tx<'_>,
    now: Instant,
    to: &PayableOrder,
    into: &Payment,
    by: Option<AccountId>,
) -> Result<(), PaymentError> {
    let out = into.credit_of.map(|out| store::find_payment(tx, out)).transpose()?.flatten();
    let out = out.ok_or(AccessError::Hidden)?;
    let from = store::lock_order(tx, out.order)?.ok_or(AccessError::Hidden)?;
    let reversed = out.decided(now, Status::Reversed, by, None);
    if !store::update_decision(tx, &out, &reversed)? {
        return Err(PaymentError::WrongStatus(out.status));
    }
    CreditPosting { from: (&from, &out), to: (to, into) }.post_reversed(tx, now, by)?;
    update_paid_total(tx, now, from.id)?;
    record_event(tx, now, PaymentEvent::Reversed, &reversed, by)?;
    Ok(())
}

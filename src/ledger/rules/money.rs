//! Buyers pay, money goes back, cash changes hands.

use super::{Purse, Standing, buyers_side};
use crate::kernel::ids::{AccountId, OrderId, PaymentId};
use crate::kernel::{AmountError, Rupiah};
use crate::ledger::account::Account;
use crate::ledger::entry::{About, Draft, EntryKind};

/// A payment of an order that counts, or counts no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaymentMoved {
    /// The payment.
    pub payment: PaymentId,
    /// Of which order.
    pub order: OrderId,
    /// Where the money is, or is taken from.
    pub purse: Purse,
    /// What it counts for the buyer.
    pub amount: Rupiah,
    /// The small change that the cooperative lets them off, by which a transfer is told apart.
    pub code: Rupiah,
    /// How the order stood before.
    pub before: Standing,
}

impl PaymentMoved {
    fn draft(&self, kind: EntryKind, counts: Rupiah, code: Rupiah) -> Result<Draft, AmountError> {
        let after = self.before.with_paid(counts)?;
        let draft = Draft::new(kind)
            .from_source(self.payment)
            .debit(self.purse.account(), counts.minus(code)?, self.purse.about())
            .debit(Account::UNIQUE_CODES, code, About::order(self.order));
        buyers_side(draft, self.order, self.before, after)
    }
}

/// A buyer paid. What is under the total by the unique code is a cost of the cooperative, so that the order is paid in
/// full and the turnover is right.
pub fn payment(it: &PaymentMoved) -> Result<Draft, AmountError> {
    it.draft(EntryKind::Payment, it.amount, it.code)
}

/// Money went back to a buyer.
pub fn refund(it: &PaymentMoved) -> Result<Draft, AmountError> {
    it.draft(EntryKind::Refund, it.amount.negated(), Rupiah::ZERO)
}

/// What was confirmed as paid had not been.
pub fn reversed_payment(it: &PaymentMoved) -> Result<Draft, AmountError> {
    it.draft(EntryKind::PaymentReversed, it.amount.negated(), it.code.negated())
}

/// What a buyer has paid too much for one order counts for another.
pub fn credit_moved(
    payment: PaymentId,
    amount: Rupiah,
    (from, from_before): (OrderId, Standing),
    (to, to_before): (OrderId, Standing),
) -> Result<Draft, AmountError> {
    let draft = Draft::new(EntryKind::CreditMoved).from_source(payment);
    let draft = buyers_side(draft, from, from_before, from_before.with_paid(amount.negated())?)?;
    buyers_side(draft, to, to_before, to_before.with_paid(amount)?)
}

/// Cash as the books have it and as it was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// What should be there.
    pub expected: Rupiah,
    /// What is there.
    pub counted: Rupiah,
}

/// An officer hands the cash in that they hold. What is missing is a cost until it turns up.
pub fn hand_in(holder: AccountId, cash: Counted) -> Result<Draft, AmountError> {
    Ok(Draft::new(EntryKind::HandIn)
        .debit(Account::CASH, cash.counted, About::NOTHING)
        .debit(Account::CASH_DIFFERENCES, cash.expected.minus(cash.counted)?, About::holder(holder))
        .credit(Account::CASH_IN_HAND, cash.expected, About::holder(holder)))
}

/// The treasurer counts the cash at the end of a day.
pub fn cash_count(cash: Counted) -> Result<Draft, AmountError> {
    let missing = cash.expected.minus(cash.counted)?;
    Ok(Draft::new(EntryKind::CashCount).debit(Account::CASH_DIFFERENCES, missing, About::NOTHING).credit(
        Account::CASH,
        missing,
        About::NOTHING,
    ))
}

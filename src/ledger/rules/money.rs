//! Drafts of payments, refunds, hand-overs and cash counts.

use super::{OrderBalance, Purse, add_buyer_side};
use crate::kernel::ids::{AccountId, OrderId, PaymentId};
use crate::kernel::{AmountError, Rupiah};
use crate::ledger::account::LedgerAccount;
use crate::ledger::entry::{Dimensions, Draft, EntryKind};

/// A payment of an order, to post or to reverse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaymentPosting {
    /// The payment.
    pub payment: PaymentId,
    /// The order.
    pub order: OrderId,
    /// The purse that receives or pays.
    pub purse: Purse,
    /// The amount credited to the buyer.
    pub amount: Rupiah,
    /// The amount deducted from a transfer to make it unique, at the cooperative's cost.
    pub code: Rupiah,
    /// The sums of the order before.
    pub before: OrderBalance,
}

impl PaymentPosting {
    fn draft(&self, kind: EntryKind, amount: Rupiah, code: Rupiah) -> Result<Draft, AmountError> {
        let after = self.before.with_paid(amount)?;
        let draft = Draft::new(kind)
            .with_source(self.payment)
            .debit(self.purse.account(), amount.minus(code)?, self.purse.dimensions())
            .debit(LedgerAccount::UNIQUE_CODES, code, Dimensions::order(self.order));
        add_buyer_side(draft, self.order, self.before, after)
    }
}

/// A payment of a buyer. The unique code is a cost of the cooperative, so that the order is paid in full and sales are
/// right.
pub fn draft_payment(payment: &PaymentPosting) -> Result<Draft, AmountError> {
    payment.draft(EntryKind::Payment, payment.amount, payment.code)
}

/// A refund to a buyer.
pub fn draft_refund(payment: &PaymentPosting) -> Result<Draft, AmountError> {
    payment.draft(EntryKind::Refund, payment.amount.negated(), Rupiah::ZERO)
}

/// A confirmed payment that had not arrived.
pub fn draft_payment_reversal(payment: &PaymentPosting) -> Result<Draft, AmountError> {
    payment.draft(EntryKind::PaymentReversed, payment.amount.negated(), payment.code.negated())
}

/// An overpayment of one order applied to another.
pub fn draft_credit_move(
    payment: PaymentId,
    amount: Rupiah,
    (from, from_before): (OrderId, OrderBalance),
    (to, to_before): (OrderId, OrderBalance),
) -> Result<Draft, AmountError> {
    let draft = Draft::new(EntryKind::CreditMoved).with_source(payment);
    let draft = add_buyer_side(draft, from, from_before, from_before.with_paid(amount.negated())?)?;
    add_buyer_side(draft, to, to_before, to_before.with_paid(amount)?)
}

/// Cash as expected and as counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedCash {
    /// The amount by the books.
    pub expected: Rupiah,
    /// The counted amount.
    pub counted: Rupiah,
}

/// An officer hands in the cash that they hold. Missing cash is a cost until it is found.
pub fn draft_cash_handover(holder: AccountId, cash: CountedCash) -> Result<Draft, AmountError> {
    Ok(Draft::new(EntryKind::CashHandover)
        .debit(LedgerAccount::CASH, cash.counted, Dimensions::NONE)
        .debit(LedgerAccount::CASH_DIFFERENCES, cash.expected.minus(cash.counted)?, Dimensions::holder(holder))
        .credit(LedgerAccount::CASH_IN_HAND, cash.expected, Dimensions::holder(holder)))
}

/// The treasurer counts the cash at the end of a day.
pub fn draft_cash_count(cash: CountedCash) -> Result<Draft, AmountError> {
    let missing = cash.expected.minus(cash.counted)?;
    Ok(Draft::new(EntryKind::CashCount).debit(LedgerAccount::CASH_DIFFERENCES, missing, Dimensions::NONE).credit(
        LedgerAccount::CASH,
        missing,
        Dimensions::NONE,
    ))
}

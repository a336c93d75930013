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
    /// The part for which no money moves: deducted from a transfer to make it unique, at the cooperative's cost.
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

/// A refund to a buyer. The unique code of the refunded transfers goes back to its account.
pub fn draft_refund(payment: &PaymentPosting) -> Result<Draft, AmountError> {
    payment.draft(EntryKind::Refund, payment.amount.negated(), payment.code.negated())
}

/// A confirmed payment that had not arrived.
pub fn draft_payment_reversal(payment: &PaymentPosting) -> Result<Draft, AmountError> {
    payment.draft(EntryKind::PaymentReversed, payment.amount.negated(), payment.code.negated())
}

/// An overpayment of one order applied to another: no money moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CreditMove {
    /// The payment of the order that it pays.
    pub payment: PaymentId,
    /// The amount that it pays.
    pub amount: Rupiah,
    /// The unique code that the order which gives it returns besides.
    pub code: Rupiah,
    /// The order that gives it, and its sums before.
    pub from: (OrderId, OrderBalance),
    /// The order that it pays, and its sums before.
    pub to: (OrderId, OrderBalance),
}

impl CreditMove {
    /// `sign` gives each amount its sign: unchanged for a move, negated for its reversal.
    fn draft(&self, kind: EntryKind, sign: impl Fn(Rupiah) -> Rupiah) -> Result<Draft, AmountError> {
        let ((from, from_before), (to, to_before)) = (self.from, self.to);
        let (given, paid) = (sign(self.amount.plus(self.code)?).negated(), sign(self.amount));
        let draft = Draft::new(kind).with_source(self.payment);
        let draft = draft.credit(LedgerAccount::UNIQUE_CODES, sign(self.code), Dimensions::order(from));
        let draft = add_buyer_side(draft, from, from_before, from_before.with_paid(given)?)?;
        add_buyer_side(draft, to, to_before, to_before.with_paid(paid)?)
    }
}

/// Credit moved from one order to another.
pub fn draft_credit_move(moved: &CreditMove) -> Result<Draft, AmountError> {
    moved.draft(EntryKind::CreditMoved, std::convert::identity)
}

/// Credit taken back from the order that it paid.
pub fn draft_credit_reversal(moved: &CreditMove) -> Result<Draft, AmountError> {
    moved.draft(EntryKind::PaymentReversed, Rupiah::negated)
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

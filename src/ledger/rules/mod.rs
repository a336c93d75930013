//! Posting rules: one pure function for each kind of entry, whose draft balances for any amounts.
//!
//! The buyer's side of an order follows from two sums, paid and delivered: as long as more is paid the difference is a
//! deposit, a liability; as soon as more is delivered it is a receivable. So no order has both, and payments,
//! deliveries and returns may come in any order. Consignment sales of an outlet are such an order too: its debt has an
//! account of its own, and the part of the price that it keeps is not a discount but its share.

mod groups;
mod manual;
mod money;
mod sale;

pub use groups::{PayoutAmounts, draft_discard, draft_payout, draft_payout_reversal};
pub use manual::{
    draft_advance, draft_advance_repayment, draft_delivery_payment, draft_expense, draft_income, draft_journal,
    draft_opening, draft_transfer,
};
pub use money::{
    CountedCash, CreditMove, PaymentPosting, draft_cash_count, draft_cash_handover, draft_credit_move,
    draft_credit_reversal, draft_payment, draft_payment_reversal, draft_refund,
};
pub use sale::{DeliveryPosting, draft_sale, draft_sale_return, draft_sale_undo};

use super::account::LedgerAccount;
use super::entry::{Dimensions, Draft};
use crate::kernel::ids::{AccountId, OrderId, OutletId};
use crate::kernel::{AmountError, Rupiah};

/// Where the cooperative's money is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purse {
    /// The treasurer's cash.
    Cash,
    /// Cash held by an officer of a group, until it is handed in.
    Hand(AccountId),
    /// The bank account.
    Bank,
    /// The balance with a payment service.
    Settlement,
}

impl Purse {
    /// The account of the purse.
    pub fn account(self) -> LedgerAccount {
        match self {
            Purse::Cash => LedgerAccount::CASH,
            Purse::Hand(_) => LedgerAccount::CASH_IN_HAND,
            Purse::Bank => LedgerAccount::BANK,
            Purse::Settlement => LedgerAccount::IN_SETTLEMENT,
        }
    }

    fn dimensions(self) -> Dimensions {
        match self {
            Purse::Hand(holder) => Dimensions::holder(holder),
            _ => Dimensions::NONE,
        }
    }
}

/// Sums of an order between buyer and cooperative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OrderBalance {
    /// Payments less refunds.
    pub paid: Rupiah,
    /// Deliveries less returns.
    pub delivered: Rupiah,
    /// The outlet, for consignment sales.
    pub outlet: Option<OutletId>,
}

impl OrderBalance {
    /// What is paid and not delivered: owed to the buyer.
    pub fn deposit(self) -> Result<Rupiah, AmountError> {
        Ok(self.paid.minus(self.delivered)?.max(Rupiah::ZERO))
    }

    /// What is delivered and not paid: owed by the buyer.
    pub fn receivable(self) -> Result<Rupiah, AmountError> {
        Ok(self.delivered.minus(self.paid)?.max(Rupiah::ZERO))
    }

    /// The sums after another payment.
    pub fn with_paid(self, amount: Rupiah) -> Result<OrderBalance, AmountError> {
        Ok(OrderBalance { paid: self.paid.plus(amount)?, ..self })
    }

    /// The sums after another delivery.
    pub fn with_delivered(self, amount: Rupiah) -> Result<OrderBalance, AmountError> {
        Ok(OrderBalance { delivered: self.delivered.plus(amount)?, ..self })
    }
}

/// Adds the change of an order's deposit and receivable to a draft.
fn add_buyer_side(
    draft: Draft,
    order: OrderId,
    before: OrderBalance,
    after: OrderBalance,
) -> Result<Draft, AmountError> {
    let dimensions = Dimensions { outlet: before.outlet, ..Dimensions::order(order) };
    let receivable_account =
        if before.outlet.is_some() { LedgerAccount::CONSIGNMENT_RECEIVABLE } else { LedgerAccount::RECEIVABLE };
    let receivable_change = after.receivable()?.minus(before.receivable()?)?;
    Ok(draft.credit(LedgerAccount::DEPOSITS, after.deposit()?.minus(before.deposit()?)?, dimensions).debit(
        receivable_account,
        receivable_change,
        dimensions,
    ))
}

#[cfg(test)]
mod tests;

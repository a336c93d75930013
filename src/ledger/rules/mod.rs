//! What each thing that happens does to the books: a pure function a kind, whose entry balances whatever the figures.
//!
//! The buyers' side of an order follows from two sums, what was paid and what was handed over: as long as more was paid
//! it is a deposit, which is owed; as soon as more was handed over it is a receivable. So no order has both, and
//! payments, deliveries and returns may come in any order. What an outlet has sold on consignment is such an order too: its
//! debt stands in an account of its own, and what it keeps of its price is not a discount but its cut.

mod by_hand;
mod groups;
mod money;
mod sale;

pub use by_hand::{advance, advance_repaid, delivery_paid, expense, income, journal, moved, opening};
pub use groups::{Owed, discard, payout, payout_reversed};
pub use money::{Counted, PaymentMoved, cash_count, credit_moved, hand_in, payment, refund, reversed_payment};
pub use sale::{PartMoved, sale, sale_returned, sale_undone};

use super::account::Account;
use super::entry::{About, Draft};
use crate::kernel::ids::{AccountId, OrderId, OutletId};
use crate::kernel::{AmountError, Rupiah};

/// Where the cooperative's money is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purse {
    /// With the treasurer.
    Cash,
    /// With an officer of a group, until it is handed in.
    Hand(AccountId),
    /// In the bank.
    Bank,
    /// With a payment service.
    Settlement,
}

impl Purse {
    /// The account it stands in.
    pub fn account(self) -> Account {
        match self {
            Purse::Cash => Account::CASH,
            Purse::Hand(_) => Account::CASH_IN_HAND,
            Purse::Bank => Account::BANK,
            Purse::Settlement => Account::IN_SETTLEMENT,
        }
    }

    fn about(self) -> About {
        match self {
            Purse::Hand(holder) => About::holder(holder),
            _ => About::NOTHING,
        }
    }
}

/// How an order stands between buyer and cooperative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// What was paid, less what went back.
    pub paid: Rupiah,
    /// What was handed over, less what came back.
    pub delivered: Rupiah,
    /// The outlet that owes, when it is one.
    pub outlet: Option<OutletId>,
}

impl Standing {
    /// What was paid and not had: owed to the buyer.
    pub fn deposit(self) -> Result<Rupiah, AmountError> {
        Ok(self.paid.minus(self.delivered)?.max(Rupiah::ZERO))
    }

    /// What was had and not paid: owed by the buyer.
    pub fn receivable(self) -> Result<Rupiah, AmountError> {
        Ok(self.delivered.minus(self.paid)?.max(Rupiah::ZERO))
    }

    /// The same with so much more paid.
    pub fn with_paid(self, more: Rupiah) -> Result<Standing, AmountError> {
        Ok(Standing { paid: self.paid.plus(more)?, ..self })
    }

    /// The same with so much more handed over.
    pub fn with_delivered(self, more: Rupiah) -> Result<Standing, AmountError> {
        Ok(Standing { delivered: self.delivered.plus(more)?, ..self })
    }
}

/// Moves an order's deposit and receivable from where they stood to where they stand.
fn buyers_side(draft: Draft, order: OrderId, before: Standing, after: Standing) -> Result<Draft, AmountError> {
    let about = About { outlet: before.outlet, ..About::order(order) };
    let receivable = if before.outlet.is_some() { Account::OUTLETS_OWE } else { Account::RECEIVABLE };
    let owed = after.receivable()?.minus(before.receivable()?)?;
    Ok(draft
        .credit(Account::DEPOSITS, after.deposit()?.minus(before.deposit()?)?, about)
        .debit(receivable, owed, about))
}

#[cfg(test)]
mod tests;

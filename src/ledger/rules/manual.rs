//! Drafts of manual entries.

use super::Purse;
use crate::kernel::ids::GroupId;
use crate::kernel::{AmountError, Rupiah};
use crate::ledger::account::LedgerAccount;
use crate::ledger::entry::{Dimensions, Draft, EntryKind, NewPosting};

/// A purchase or a bill; for one group, or for the cooperative.
pub fn draft_expense(account: LedgerAccount, amount: Rupiah, purse: Purse, group: Option<GroupId>) -> Draft {
    let dimensions = Dimensions { group, ..Dimensions::NONE };
    Draft::new(EntryKind::Expense).debit(account, amount, dimensions).credit(
        purse.account(),
        amount,
        purse.dimensions(),
    )
}

/// Other income, a loan or a donation.
pub fn draft_income(account: LedgerAccount, amount: Rupiah, purse: Purse) -> Draft {
    Draft::new(EntryKind::Income).debit(purse.account(), amount, purse.dimensions()).credit(
        account,
        amount,
        Dimensions::NONE,
    )
}

/// A transfer between two purses, less the fee.
pub fn draft_transfer(from: Purse, to: Purse, amount: Rupiah, fee: Rupiah) -> Result<Draft, AmountError> {
    Ok(Draft::new(EntryKind::Transfer)
        .debit(to.account(), amount.minus(fee)?, to.dimensions())
        .debit(LedgerAccount::BANK_FEES, fee, Dimensions::NONE)
        .credit(from.account(), amount, from.dimensions()))
}

/// An ingredient advance to a group.
pub fn draft_advance(group: GroupId, amount: Rupiah, purse: Purse) -> Draft {
    Draft::new(EntryKind::Advance).debit(LedgerAccount::ADVANCES, amount, Dimensions::group(group)).credit(
        purse.account(),
        amount,
        purse.dimensions(),
    )
}

/// Repayment of an ingredient advance.
pub fn draft_advance_repayment(group: GroupId, amount: Rupiah, purse: Purse) -> Draft {
    Draft::new(EntryKind::AdvanceRepaid).debit(purse.account(), amount, purse.dimensions()).credit(
        LedgerAccount::ADVANCES,
        amount,
        Dimensions::group(group),
    )
}

/// Payment of collected delivery fees to a courier.
pub fn draft_delivery_payment(amount: Rupiah, purse: Purse) -> Draft {
    Draft::new(EntryKind::CourierPaid).debit(LedgerAccount::DELIVERY_FEES, amount, Dimensions::NONE).credit(
        purse.account(),
        amount,
        purse.dimensions(),
    )
}

/// The balances from before these books; the rest is posted to capital.
pub fn draft_opening(postings: Vec<NewPosting>) -> Result<Draft, AmountError> {
    let draft = Draft { postings, ..Draft::new(EntryKind::Opening) };
    let rest = draft.balance()?;
    Ok(draft.credit(LedgerAccount::CAPITAL, rest, Dimensions::NONE))
}

/// Any other entry; the caller makes sure that it balances.
pub fn draft_journal(postings: Vec<NewPosting>) -> Draft {
    Draft { postings, ..Draft::new(EntryKind::Journal) }
}

//! What the treasurer writes by hand.

use super::Purse;
use crate::kernel::ids::GroupId;
use crate::kernel::{AmountError, Rupiah};
use crate::ledger::account::Account;
use crate::ledger::entry::{About, Draft, EntryKind, Leg};

/// Something was bought or paid for; for one group, or for all.
pub fn expense(account: Account, amount: Rupiah, purse: Purse, group: Option<GroupId>) -> Draft {
    let about = About { group, ..About::NOTHING };
    Draft::new(EntryKind::Expense).debit(account, amount, about).credit(purse.account(), amount, purse.about())
}

/// Something else was earned, borrowed or given.
pub fn income(account: Account, amount: Rupiah, purse: Purse) -> Draft {
    Draft::new(EntryKind::Income).debit(purse.account(), amount, purse.about()).credit(account, amount, About::NOTHING)
}

/// Money went from one place of the cooperative to another, less the fee for it.
pub fn moved(from: Purse, to: Purse, amount: Rupiah, fee: Rupiah) -> Result<Draft, AmountError> {
    Ok(Draft::new(EntryKind::Moved)
        .debit(to.account(), amount.minus(fee)?, to.about())
        .debit(Account::BANK_FEES, fee, About::NOTHING)
        .credit(from.account(), amount, from.about()))
}

/// A group gets money for ingredients.
pub fn advance(group: GroupId, amount: Rupiah, purse: Purse) -> Draft {
    Draft::new(EntryKind::Advance).debit(Account::ADVANCES, amount, About::group(group)).credit(
        purse.account(),
        amount,
        purse.about(),
    )
}

/// A group pays such money back.
pub fn advance_repaid(group: GroupId, amount: Rupiah, purse: Purse) -> Draft {
    Draft::new(EntryKind::AdvanceRepaid).debit(purse.account(), amount, purse.about()).credit(
        Account::ADVANCES,
        amount,
        About::group(group),
    )
}

/// Those who bring goods get the fees that buyers paid for it.
pub fn delivery_paid(amount: Rupiah, purse: Purse) -> Draft {
    Draft::new(EntryKind::DeliveryPaid).debit(Account::DELIVERY_FEES, amount, About::NOTHING).credit(
        purse.account(),
        amount,
        purse.about(),
    )
}

/// What stood in the books before these; what is left over is the cooperative's capital.
pub fn opening(legs: Vec<Leg>) -> Result<Draft, AmountError> {
    let draft = Draft { legs, ..Draft::new(EntryKind::Opening) };
    let rest = draft.balance()?;
    Ok(draft.credit(Account::CAPITAL, rest, About::NOTHING))
}

/// Anything else; whoever writes it sees to it that it balances.
pub fn journal(legs: Vec<Leg>) -> Draft {
    Draft { legs, ..Draft::new(EntryKind::Journal) }
}

//! What the cooperative owes its groups, and how it is paid.

use super::Purse;
use crate::kernel::ids::{DiscardId, GroupId, SourceId};
use crate::kernel::{AmountError, Rupiah};
use crate::ledger::account::Account;
use crate::ledger::entry::{About, Draft, EntryKind};

/// What a group is paid out, and what of it stays here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owed {
    /// Which group.
    pub group: GroupId,
    /// What it had earned.
    pub earned: Rupiah,
    /// What of that pays ingredient advances back.
    pub advances: Rupiah,
    /// Where the rest is taken from.
    pub purse: Purse,
}

/// A group is paid.
pub fn payout(payout: SourceId, owed: &Owed) -> Result<Draft, AmountError> {
    let about = About::group(owed.group);
    Ok(Draft::new(EntryKind::Payout)
        .from_source(payout)
        .debit(Account::OWED_TO_GROUPS, owed.earned, about)
        .credit(Account::ADVANCES, owed.advances, about)
        .credit(owed.purse.account(), owed.earned.minus(owed.advances)?, owed.purse.about()))
}

/// A payout was a mistake: what it settled is owed again.
pub fn payout_reversed(payout_id: SourceId, owed: &Owed) -> Result<Draft, AmountError> {
    let back = Owed { earned: owed.earned.negated(), advances: owed.advances.negated(), ..*owed };
    Ok(Draft { kind: EntryKind::PayoutReversed, ..payout(payout_id, &back)? })
}

/// Goods of a group were thrown away at the cooperative's cost. Where the group bears it nothing is posted: goods are the
/// group's until they are sold.
pub fn discard(discard: DiscardId, group: GroupId, cost: Rupiah) -> Draft {
    let about = About::group(group);
    Draft::new(EntryKind::Discard).from_source(discard).debit(Account::LOST_GOODS, cost, about).credit(
        Account::OWED_TO_GROUPS,
        cost,
        about,
    )
}

//! Drafts of payouts and discards.

use super::Purse;
use crate::kernel::ids::{DiscardId, GroupId, SourceDocumentId};
use crate::kernel::{AmountError, Rupiah};
use crate::ledger::account::LedgerAccount;
use crate::ledger::entry::{Dimensions, Draft, EntryKind};

/// Amounts of a payout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayoutAmounts {
    /// The group.
    pub group: GroupId,
    /// What the group has earned.
    pub earned: Rupiah,
    /// The part of it that repays ingredient advances.
    pub advances: Rupiah,
    /// The purse that pays the rest.
    pub purse: Purse,
}

/// A payout to a group.
pub fn draft_payout(payout: SourceDocumentId, amounts: &PayoutAmounts) -> Result<Draft, AmountError> {
    let dimensions = Dimensions::group(amounts.group);
    Ok(Draft::new(EntryKind::Payout)
        .with_source(payout)
        .debit(LedgerAccount::PAYABLE_TO_GROUPS, amounts.earned, dimensions)
        .credit(LedgerAccount::ADVANCES, amounts.advances, dimensions)
        .credit(amounts.purse.account(), amounts.earned.minus(amounts.advances)?, amounts.purse.dimensions()))
}

/// Reversal of a payout: what it settled is payable again.
pub fn draft_payout_reversal(payout_id: SourceDocumentId, amounts: &PayoutAmounts) -> Result<Draft, AmountError> {
    let negated = PayoutAmounts { earned: amounts.earned.negated(), advances: amounts.advances.negated(), ..*amounts };
    Ok(Draft { kind: EntryKind::PayoutReversed, ..draft_payout(payout_id, &negated)? })
}

/// Goods of a group discarded at the cooperative's cost. Nothing is posted when the group bears it: goods belong to the
/// group until they are sold.
pub fn draft_discard(discard: DiscardId, group: GroupId, cost: Rupiah) -> Draft {
    let dimensions = Dimensions::group(group);
    Draft::new(EntryKind::Discard).with_source(discard).debit(LedgerAccount::DAMAGED_GOODS, cost, dimensions).credit(
        LedgerAccount::PAYABLE_TO_GROUPS,
        cost,
        dimensions,
    )
}

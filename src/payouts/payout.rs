//! Payouts: what a group is paid, for which sales, and how it is divided.

use diesel::prelude::*;

use crate::db::schema::payouts;
use crate::kernel::ids::{AccountId, CooperativeId, GroupId, PayoutId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{AmountError, Day, Instant, Rupiah};
use crate::ledger::Purse;
use crate::ledger::rules::PayoutAmounts;
use crate::supply::ContributionKind;

text_enum! {
    /// Status of a payout.
    PayoutStatus {
        /// Paid to the group.
        Paid = "paid",
        /// Reversed; what it settled is payable again.
        Reversed = "reversed",
    }
}

text_enum! {
    /// Transition of a payout.
    PayoutAction {
        /// The payout was a mistake: the money is back, and what it settled is payable again.
        Reverse = "reverse",
    }
}

text_enum! {
    /// Source of the money of a payout.
    PaidFrom {
        /// The treasurer's cash.
        Cash = "cash",
        /// The cooperative's bank account.
        Bank = "bank",
    }
}

/// A payout to a group.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = payouts)]
#[diesel(treat_none_as_default_value = false)]
pub struct Payout {
    /// The id.
    pub id: PayoutId,
    /// The cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// The group.
    #[diesel(column_name = group_id)]
    pub group: GroupId,
    /// The status.
    pub status: PayoutStatus,
    /// The last business day that it settles.
    #[diesel(column_name = until_day)]
    pub until: Day,
    /// The basis of the members' work.
    pub basis: ContributionKind,
    /// The percentage for the group's fund.
    pub fund_percent: i32,
    /// The group's earnings.
    pub earned: Rupiah,
    /// The part that repaid the cooperative's advances.
    pub advances: Rupiah,
    /// The repaid receipts of members.
    pub receipts: Rupiah,
    /// The part for the group's fund.
    pub fund: Rupiah,
    /// The part divided among the members.
    pub shared: Rupiah,
    /// The part for which no work is recorded.
    pub unshared: Rupiah,
    /// The source of the money.
    pub paid_from: PaidFrom,
    /// The person of the group who received it.
    pub received_by: Option<String>,
    /// A note.
    pub note: Option<String>,
    /// When it was paid.
    pub paid_at: Instant,
    /// The account of the treasurer who paid it.
    pub paid_by: AccountId,
    /// When it was reversed.
    pub reversed_at: Option<Instant>,
    /// The account of the treasurer who reversed it.
    pub reversed_by: Option<AccountId>,
    /// The reason of the reversal.
    pub reason: Option<String>,
    /// The version; increases by one with every change.
    pub version: i64,
}

impl Payout {
    /// The money paid: earnings less advances.
    pub fn paid(&self) -> Result<Rupiah, AmountError> {
        self.earned.minus(self.advances)
    }

    /// The amounts to post.
    pub(super) fn amounts(&self) -> PayoutAmounts {
        let purse = match self.paid_from {
            PaidFrom::Cash => Purse::Cash,
            PaidFrom::Bank => Purse::Bank,
        };
        PayoutAmounts { group: self.group, earned: self.earned, advances: self.advances, purse }
    }
}

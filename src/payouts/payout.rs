//! A payout: what a group was paid, for which sales, and how it divides.

use diesel::prelude::*;

use crate::db::schema::{payout_shares, payouts};
use crate::kernel::ids::{AccountId, CooperativeId, GroupId, MembershipId, PayoutId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{AmountError, Day, Instant, Quantity, Rupiah};
use crate::ledger::Purse;
use crate::ledger::rules::Owed;
use crate::supply::ContributionKind;

text_enum! {
    /// Where a payout stands.
    PayoutStatus {
        /// The group has it.
        Paid = "paid",
        /// It was a mistake, and is owed again.
        Reversed = "reversed",
    }
}

text_enum! {
    /// A step of a payout.
    PayoutAction {
        /// It was a mistake: the money is back, and what it settled is owed again.
        Reverse = "reverse",
    }
}

text_enum! {
    /// Where a payout is paid from.
    PaidFrom {
        /// The treasurer's cash.
        Cash = "cash",
        /// The cooperative's bank account.
        Bank = "bank",
    }
}

/// What a group was paid.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = payouts)]
#[diesel(treat_none_as_default_value = false)]
pub struct Payout {
    /// Its id.
    pub id: PayoutId,
    /// By which cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// Which group.
    #[diesel(column_name = group_id)]
    pub group: GroupId,
    /// Where it stands.
    pub status: PayoutStatus,
    /// The last business day that it settles.
    #[diesel(column_name = until_day)]
    pub until: Day,
    /// By what members' work counted.
    pub basis: ContributionKind,
    /// What went to the group's fund, in percent.
    pub fund_percent: i32,
    /// What the group had earned.
    pub earned: Rupiah,
    /// What of it paid advances back.
    pub advances: Rupiah,
    /// What members got back of what they had laid out.
    pub receipts: Rupiah,
    /// What went to the group's fund.
    pub fund: Rupiah,
    /// What was divided among members.
    pub shared: Rupiah,
    /// What nobody's work was noted for.
    pub unshared: Rupiah,
    /// Where it was paid from.
    pub paid_from: PaidFrom,
    /// Who of the group took it.
    pub received_by: Option<String>,
    /// What is worth remembering.
    pub note: Option<String>,
    /// When it was paid.
    pub paid_at: Instant,
    /// By whom.
    pub paid_by: AccountId,
    /// When it was reversed.
    pub reversed_at: Option<Instant>,
    /// By whom.
    pub reversed_by: Option<AccountId>,
    /// Why.
    pub reason: Option<String>,
    /// Grows by one with every change.
    pub version: i64,
}

impl Payout {
    /// What changed hands.
    pub fn paid(&self) -> Result<Rupiah, AmountError> {
        self.earned.minus(self.advances)
    }

    /// The same for the books.
    pub(super) fn owed(&self) -> Owed {
        let purse = match self.paid_from {
            PaidFrom::Cash => Purse::Cash,
            PaidFrom::Bank => Purse::Bank,
        };
        Owed { group: self.group, earned: self.earned, advances: self.advances, purse }
    }
}

/// What a member gets of a payout.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = payout_shares)]
pub struct PayoutShare {
    /// Of which payout.
    #[diesel(column_name = payout_id)]
    pub payout: PayoutId,
    /// Who.
    #[diesel(column_name = membership_id)]
    pub member: MembershipId,
    /// What they did.
    pub work: Quantity,
    /// Their part for it.
    pub share: Rupiah,
    /// What they got back of what they had laid out.
    pub receipts: Rupiah,
}

//! Receipts: ingredients that members paid for, to be repaid before earnings are divided.

use diesel::prelude::*;

use crate::db::schema::ingredient_receipts;
use crate::kernel::ids::{AccountId, CooperativeId, GroupId, MembershipId, PayoutId, ReceiptId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Instant, Rupiah};

text_enum! {
    /// Status of a receipt.
    ReceiptStatus {
        /// Not repaid yet.
        Open = "open",
        /// Repaid by a payout.
        Repaid = "repaid",
        /// Recorded by mistake.
        Void = "void",
    }
}

/// A receipt for ingredients that a member paid for.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = ingredient_receipts)]
#[diesel(treat_none_as_default_value = false)]
pub struct Receipt {
    /// The id.
    pub id: ReceiptId,
    /// The cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// The group.
    #[diesel(column_name = group_id)]
    pub group: GroupId,
    /// The member who paid.
    #[diesel(column_name = membership_id)]
    pub member: MembershipId,
    /// The day of the purchase.
    pub bought_on: Day,
    /// The goods.
    pub what: String,
    /// The amount.
    pub amount: Rupiah,
    /// The status.
    pub status: ReceiptStatus,
    /// The payout that repaid it.
    #[diesel(column_name = payout_id)]
    pub payout: Option<PayoutId>,
    /// When it was recorded.
    pub noted_at: Instant,
    /// The account of the officer who recorded it.
    pub noted_by: AccountId,
}

/// A new receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReceipt {
    /// The id.
    pub id: ReceiptId,
    /// The member who paid.
    pub member: MembershipId,
    /// The day of the purchase; today if `None`.
    pub bought_on: Option<Day>,
    /// The goods.
    pub what: String,
    /// The amount.
    pub amount: Rupiah,
}

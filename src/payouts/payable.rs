//! Payables to groups: the postings that make them up, each until a payout settles it.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use crate::kernel::ids::{EntryId, GroupId, OrderId, SqlUuid};
use crate::kernel::{Day, Rupiah};
use crate::ledger::EntryKind;

/// A posting that a payout settles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayablePosting {
    /// The entry.
    pub entry: EntryId,
    /// The position in the entry.
    pub position: i32,
    /// The amount payable; below zero for a return.
    pub amount: Rupiah,
}

/// A payable posting with its entry and order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PayableDetails {
    pub(super) posting: PayablePosting,
    pub(super) voucher_number: String,
    pub(super) kind: EntryKind,
    pub(super) on: Day,
    pub(super) order: Option<OrderId>,
    pub(super) order_number: Option<String>,
    /// The price of the goods.
    pub(super) goods: Rupiah,
}

impl PayableDetails {
    /// The sort key in lists.
    pub(super) fn key(&self) -> (Day, EntryId, i32) {
        (self.on, self.posting.entry, self.posting.position)
    }
}

/// The balance of a group.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub(super) struct GroupBalance {
    #[diesel(sql_type = SqlUuid, column_name = group_id)]
    pub(super) group: GroupId,
    #[diesel(sql_type = Text)]
    pub(super) name: String,
    /// Earned and not paid.
    #[diesel(sql_type = BigInt)]
    pub(super) owed: Rupiah,
    /// Ingredient advances not repaid.
    #[diesel(sql_type = BigInt)]
    pub(super) advances: Rupiah,
    /// Receipts of its members not repaid.
    #[diesel(sql_type = BigInt)]
    pub(super) receipts: Rupiah,
}

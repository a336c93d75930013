//! What the cooperative owes a group: the postings that make it up, each until a payout settles it.

use crate::kernel::ids::{EntryId, GroupId, OrderId};
use crate::kernel::{Day, Rupiah};
use crate::ledger::EntryKind;

/// A posting that a payout settles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// Of which entry.
    pub entry: EntryId,
    /// Its place there.
    pub position: i32,
    /// What is owed by it; below zero where goods came back.
    pub amount: Rupiah,
}

/// What a group is owed for, as people read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) due: Due,
    pub(super) filed_as: String,
    pub(super) kind: EntryKind,
    pub(super) on: Day,
    pub(super) order: Option<OrderId>,
    pub(super) order_number: Option<String>,
    /// What the goods sold for.
    pub(super) goods: Rupiah,
}

/// How a group stands with its cooperative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) group: GroupId,
    pub(super) name: String,
    /// What it has earned and not been paid.
    pub(super) owed: Rupiah,
    /// What it has had for ingredients and not paid back.
    pub(super) advances: Rupiah,
    /// What its members have laid out and not got back.
    pub(super) receipts: Rupiah,
}

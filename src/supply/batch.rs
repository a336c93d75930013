//! The batch: a dated, limited supply of one product by one group.

use diesel::prelude::*;

use super::discount::{Discount, DiscountKind};
use crate::db::schema::batches;
use crate::kernel::ids::{BatchId, CooperativeId, GroupId, ProductId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Instant, Quantity, Rupiah};

text_enum! {
    /// How a batch came to be.
    BatchKind {
        /// Made and laid on the shelf.
        Shelf = "shelf",
        /// Announced by the group, to be ordered ahead.
        Planned = "planned",
        /// A day's promise of a product that is made to order; it comes into being with the first claim.
        ToOrder = "to_order",
        /// For a market day.
        Market = "market",
        /// An answer to a buyer's request.
        Request = "request",
    }
}

text_enum! {
    /// Where a batch stands.
    BatchStatus {
        /// Takes orders; whether it runs is not decided.
        Open = "open",
        /// Will be made.
        Confirmed = "confirmed",
        /// Is made: what nobody claimed is on the shelf.
        Made = "made",
        /// Over.
        Closed = "closed",
        /// Did not reach its minimum.
        Failed = "failed",
        /// Called off.
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// What can be done with a batch, besides producing and discarding.
    BatchAction {
        /// It will be made, whatever is ordered.
        Confirm = "confirm",
        /// One more cut-off, once.
        Extend = "extend",
        /// It did not reach its minimum.
        Fail = "fail",
        /// The group calls it off.
        Cancel = "cancel",
        /// It is over: nothing more is sold of it.
        Close = "close",
    }
}

/// Every step a batch can take: from, action, to.
pub const TRANSITIONS: &[(BatchStatus, BatchAction, BatchStatus)] = &[
    (BatchStatus::Open, BatchAction::Confirm, BatchStatus::Confirmed),
    (BatchStatus::Open, BatchAction::Extend, BatchStatus::Open),
    (BatchStatus::Open, BatchAction::Fail, BatchStatus::Failed),
    (BatchStatus::Open, BatchAction::Cancel, BatchStatus::Cancelled),
    (BatchStatus::Confirmed, BatchAction::Cancel, BatchStatus::Cancelled),
    (BatchStatus::Confirmed, BatchAction::Close, BatchStatus::Closed),
    (BatchStatus::Made, BatchAction::Close, BatchStatus::Closed),
];

/// A dated, limited supply of one product by one group.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = batches)]
pub struct Batch {
    /// Its id.
    pub id: BatchId,
    /// The seller of record.
    pub cooperative_id: CooperativeId,
    /// Who makes it.
    pub group_id: GroupId,
    /// Of what.
    pub product_id: ProductId,
    /// How it came to be.
    pub kind: BatchKind,
    /// Where it stands.
    pub status: BatchStatus,
    /// The day from which it can be had.
    pub ready_on: Day,
    /// Until when it can be ordered, while it is not made.
    pub cutoff_at: Option<Instant>,
    /// The last day on which it may be sold.
    pub best_before: Option<Day>,
    /// How much there can be at most.
    pub capacity: Quantity,
    /// How much must be ordered for it to run; zero when it runs anyway.
    pub minimum: Quantity,
    /// How much is ordered, handed over or not.
    pub claimed: Quantity,
    /// How much was made, once it is.
    pub made: Option<Quantity>,
    /// How much was thrown away or given away.
    pub discarded: Quantity,
    /// Its own unit price, when it is not the product's.
    pub price: Option<Rupiah>,
    /// What a unit cost to make.
    pub unit_cost: Option<Rupiah>,
    /// Whether its cut-off was already moved.
    pub extended: bool,
    /// When it was created.
    pub created_at: Instant,
    /// Counts the edits; claims do not count.
    pub version: i64,
    /// It is made in whole packs of so much only; in any quantity, when none is said.
    pub pack_size: Option<Quantity>,
    /// How much of deposits must be in for it to run; nothing when it runs anyway.
    pub minimum_deposits: Rupiah,
    /// The second cut-off, when it does not reach its minimum by the first.
    pub extend_to: Option<Instant>,
    /// How much is asked for before work begins, in percent, when it is not the product's.
    pub deposit_percent: Option<i32>,
    /// When it was made.
    pub made_at: Option<Instant>,
    /// Its discount, in parts: all of them, or none.
    pub(super) discount_kind: Option<DiscountKind>,
    pub(super) discount_percent: Option<i32>,
    pub(super) discount_starts_at: Option<Instant>,
    pub(super) discount_ends_at: Option<Instant>,
    pub(super) discount_floor: Option<Rupiah>,
}

/// A batch that is about to be.
#[derive(Debug, Clone, PartialEq, Eq, Insertable)]
#[diesel(table_name = batches)]
#[allow(missing_docs)]
pub(super) struct NewBatch {
    pub(super) id: BatchId,
    pub(super) cooperative_id: CooperativeId,
    pub(super) group_id: GroupId,
    pub(super) product_id: ProductId,
    pub(super) kind: BatchKind,
    pub(super) status: BatchStatus,
    pub(super) ready_on: Day,
    pub(super) cutoff_at: Option<Instant>,
    pub(super) best_before: Option<Day>,
    pub(super) capacity: Quantity,
    pub(super) minimum: Quantity,
    pub(super) made: Option<Quantity>,
    pub(super) price: Option<Rupiah>,
    pub(super) unit_cost: Option<Rupiah>,
    pub(super) created_at: Instant,
    pub(super) pack_size: Option<Quantity>,
    pub(super) minimum_deposits: Rupiah,
    pub(super) extend_to: Option<Instant>,
    pub(super) deposit_percent: Option<i32>,
    pub(super) made_at: Option<Instant>,
}

impl Batch {
    /// What nobody has claimed yet.
    pub fn available(&self) -> Quantity {
        self.made.unwrap_or(self.capacity).minus(self.claimed).minus(self.discarded).max(Quantity::ZERO)
    }

    /// The lower price that it has for a while, whether that is now or not.
    pub fn discount(&self) -> Option<Discount> {
        Some(Discount {
            kind: self.discount_kind?,
            percent: self.discount_percent?,
            starts_at: self.discount_starts_at?,
            ends_at: self.discount_ends_at?,
            floor_price: self.discount_floor?,
        })
    }

    /// Whether it is decided at its cut-off by what was ordered until then.
    pub fn has_minimum(&self) -> bool {
        self.minimum.is_positive() || self.minimum_deposits > Rupiah::ZERO
    }

    /// How much more must be ordered for it to run.
    pub fn needed_to_run(&self) -> Quantity {
        self.minimum.minus(self.claimed).max(Quantity::ZERO)
    }

    /// Whether something may be ordered of it at this moment, if there is any left.
    pub fn takes_orders(&self, now: Instant) -> bool {
        match self.status {
            BatchStatus::Made => true,
            BatchStatus::Open | BatchStatus::Confirmed => self.cutoff_at.is_none_or(|cutoff| now < cutoff),
            BatchStatus::Closed | BatchStatus::Failed | BatchStatus::Cancelled => false,
        }
    }

    /// Whether it may still be sold on this day.
    pub fn keeps_until(&self, day: Day) -> bool {
        self.best_before.is_none_or(|best_before| day <= best_before)
    }

    /// Where this action leads from here.
    pub fn after(&self, action: BatchAction) -> Option<BatchStatus> {
        let unwanted = self.claimed == Quantity::ZERO;
        TRANSITIONS
            .iter()
            .find(|(from, what, _)| *from == self.status && *what == action)
            .filter(|_| action != BatchAction::Extend || !self.extended)
            // What is confirmed and ordered is made first; only an empty one can be closed as it is.
            .filter(|_| action != BatchAction::Close || self.status == BatchStatus::Made || unwanted)
            .map(|(_, _, to)| *to)
    }

    /// What can be done with it now.
    pub fn actions(&self) -> Vec<BatchAction> {
        BatchAction::ALL.iter().copied().filter(|action| self.after(*action).is_some()).collect()
    }
}

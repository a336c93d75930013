//! The batch: a dated, limited supply of one product by one group.

use diesel::prelude::*;

use super::discount::{Discount, DiscountKind};
use crate::db::schema::batches;
use crate::kernel::ids::{BatchId, CooperativeId, GroupId, ProductId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Instant, Quantity, Rupiah};

text_enum! {
    /// The kind of a batch.
    BatchKind {
        /// Made goods in stock.
        Shelf = "shelf",
        /// Announced by the group for pre-orders.
        Planned = "planned",
        /// A day of a product that is made to order; created by the first claim.
        ToOrder = "to_order",
        /// For a market day.
        Market = "market",
        /// Made for an accepted offer on a buyer's request.
        Request = "request",
    }
}

text_enum! {
    /// The status of a batch.
    BatchStatus {
        /// Open for orders; whether it will be made is not decided.
        Open = "open",
        /// Will be made.
        Confirmed = "confirmed",
        /// Made; the unclaimed goods are in stock.
        Made = "made",
        /// Finished: nothing is sold any more.
        Closed = "closed",
        /// Did not reach its minimum.
        Failed = "failed",
        /// Cancelled by the group.
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// A transition of a batch, besides recording production and discards.
    BatchAction {
        /// The batch will be made, whatever is ordered.
        Confirm = "confirm",
        /// The batch gets a second cut-off; possible once.
        Extend = "extend",
        /// The batch did not reach its minimum.
        Fail = "fail",
        /// The group cancels the batch.
        Cancel = "cancel",
        /// Nothing is sold from the batch any more.
        Close = "close",
    }
}

/// The transition table: from, action, to.
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
    /// The id.
    pub id: BatchId,
    /// The cooperative, which is the seller of record.
    pub cooperative_id: CooperativeId,
    /// The group that makes it.
    pub group_id: GroupId,
    /// The product.
    pub product_id: ProductId,
    /// The kind of batch.
    pub kind: BatchKind,
    /// The status.
    pub status: BatchStatus,
    /// The day from which the goods are available.
    pub ready_on: Day,
    /// The cut-off of orders, while the batch is not made.
    pub cutoff_at: Option<Instant>,
    /// The last day on which the goods can be sold.
    pub best_before: Option<Day>,
    /// The capacity: how much can be ordered.
    pub capacity: Quantity,
    /// The minimum: how much must be ordered for the batch to be made; zero for none.
    pub minimum: Quantity,
    /// The ordered quantity, handed over or not.
    pub claimed: Quantity,
    /// The made quantity, once the batch is made.
    pub made: Option<Quantity>,
    /// The quantity that was thrown away or given away.
    pub discarded: Quantity,
    /// The batch's own unit price in rupiah, if it differs from the product's.
    pub price: Option<Rupiah>,
    /// The production cost of a unit, in rupiah.
    pub unit_cost: Option<Rupiah>,
    /// Whether the cut-off was extended already.
    pub extended: bool,
    /// When the batch was created.
    pub created_at: Instant,
    /// The version; claims do not increment it.
    pub version: i64,
    /// The pack size, if the batch is made in whole packs only.
    pub pack_size: Option<Quantity>,
    /// The minimum deposits in rupiah that must be paid for the batch to be made; zero for none.
    pub minimum_deposits: Rupiah,
    /// The second cut-off, used when the minimum is not reached by the first.
    #[diesel(column_name = extend_to)]
    pub extends_to: Option<Instant>,
    /// The batch's own deposit in percent, if it differs from the product's.
    pub deposit_percent: Option<i32>,
    /// When the batch was made.
    pub made_at: Option<Instant>,
    pub(super) discount_kind: Option<DiscountKind>,
    pub(super) discount_percent: Option<i32>,
    pub(super) discount_starts_at: Option<Instant>,
    pub(super) discount_ends_at: Option<Instant>,
    pub(super) discount_floor: Option<Rupiah>,
}

/// The insertable row of a new batch.
#[derive(Debug, Clone, PartialEq, Eq, Insertable)]
#[diesel(table_name = batches)]
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
    #[diesel(column_name = extend_to)]
    pub(super) extends_to: Option<Instant>,
    pub(super) deposit_percent: Option<i32>,
    pub(super) made_at: Option<Instant>,
}

impl Batch {
    /// The available quantity: not claimed and not discarded.
    pub fn available(&self) -> Quantity {
        self.made.unwrap_or(self.capacity).minus(self.claimed).minus(self.discarded).max(Quantity::ZERO)
    }

    /// The discount of the batch, active or not. Its columns are all set or all null.
    pub fn discount(&self) -> Option<Discount> {
        Some(Discount {
            kind: self.discount_kind?,
            percent: self.discount_percent?,
            starts_at: self.discount_starts_at?,
            ends_at: self.discount_ends_at?,
            floor_price: self.discount_floor?,
        })
    }

    /// Whether the batch has a minimum quantity or minimum deposits, which are decided at the cut-off.
    pub fn has_minimum(&self) -> bool {
        self.minimum.is_positive() || self.minimum_deposits > Rupiah::ZERO
    }

    /// How much more must be ordered to reach the minimum.
    pub fn missing_to_minimum(&self) -> Quantity {
        self.minimum.minus(self.claimed).max(Quantity::ZERO)
    }

    /// Whether the batch accepts orders now, regardless of what is left.
    pub fn accepts_orders(&self, now: Instant) -> bool {
        match self.status {
            BatchStatus::Made => true,
            BatchStatus::Open | BatchStatus::Confirmed => self.cutoff_at.is_none_or(|cutoff| now < cutoff),
            BatchStatus::Closed | BatchStatus::Failed | BatchStatus::Cancelled => false,
        }
    }

    /// Whether the goods can still be sold on this day.
    pub fn is_sellable_on(&self, day: Day) -> bool {
        self.best_before.is_none_or(|best_before| day <= best_before)
    }

    /// The status after the action; `None` when the action is not possible now.
    pub fn next_status(&self, action: BatchAction) -> Option<BatchStatus> {
        let is_unclaimed = self.claimed == Quantity::ZERO;
        TRANSITIONS
            .iter()
            .find(|(from, row_action, _)| *from == self.status && *row_action == action)
            .filter(|_| action != BatchAction::Extend || !self.extended)
            // A confirmed batch with claims must be made first; only one without claims can be closed as it is.
            .filter(|_| action != BatchAction::Close || self.status == BatchStatus::Made || is_unclaimed)
            .map(|(_, _, to)| *to)
    }

    /// The transitions that are possible now.
    pub fn actions(&self) -> Vec<BatchAction> {
        BatchAction::ALL.iter().copied().filter(|action| self.next_status(*action).is_some()).collect()
    }
}

//! Response bodies about batches, contributions, discards and unmet demand.

use serde::Serialize;

use crate::cooperatives::{GroupRef, load_group_name};
use crate::db::{self, Conn};
use crate::kernel::ids::{BatchId, ContributionId, DiscardId, MembershipId, ProductId, RefusalId};
use crate::kernel::{Day, Instant, Quantity, Rupiah, Version};
use crate::supply::{
    Batch, BatchAction, BatchKind, BatchStatus, Contribution, ContributionKind, Discard, Discount, DiscountKind,
    UnavailableReason, UnmetDemandRecord,
};

/// A batch, for its group and cooperative.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct BatchView {
    /// The id.
    pub id: BatchId,
    /// The product.
    pub product: ProductId,
    /// The group that makes it.
    pub group: GroupRef,
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
    #[schema(example = 60)]
    pub capacity: Quantity,
    /// The minimum: how much must be ordered for the batch to be made; 0 for none.
    #[schema(example = 30)]
    pub minimum: Quantity,
    /// How much of the minimum is still missing.
    #[schema(example = 0)]
    pub needed_to_run: Quantity,
    /// The ordered quantity, handed over or not.
    #[schema(example = 40)]
    pub claimed: Quantity,
    /// The made quantity, once the batch is made.
    pub made: Option<Quantity>,
    /// The quantity that was thrown away or given away.
    #[schema(example = 0)]
    pub discarded: Quantity,
    /// The available quantity: not claimed and not discarded.
    #[schema(example = 20)]
    pub available: Quantity,
    /// The batch's own unit price in rupiah, if it differs from the product's.
    pub price: Option<Rupiah>,
    /// The production cost of a unit, in rupiah.
    pub unit_cost: Option<Rupiah>,
    /// Whether the cut-off was extended already.
    pub extended: bool,
    /// The second cut-off, used when the minimum is not reached by the first.
    pub extend_to: Option<Instant>,
    /// The pack size, if the batch is made in whole packs only.
    pub pack_size: Option<Quantity>,
    /// The minimum deposits in rupiah that must be paid for the batch to be made; 0 for none.
    #[schema(example = 0)]
    pub minimum_deposits: Rupiah,
    /// Its own deposit in percent, if it differs from the product's.
    #[schema(minimum = 0, maximum = 100, example = 30)]
    pub deposit_percent: Option<i32>,
    /// When the batch was made.
    pub made_at: Option<Instant>,
    /// The discount, if any.
    pub discount: Option<DiscountView>,
    /// The transitions that are possible now.
    #[schema(max_items = 5)]
    pub actions: Vec<BatchAction>,
    /// When the batch was created.
    pub created_at: Instant,
    /// The version; claims do not increment it.
    pub version: Version,
}

impl BatchView {
    /// The view of a batch, with the name of its group.
    pub fn load(conn: &mut Conn, batch: &Batch) -> db::Result<Self> {
        Ok(BatchView::of(batch, load_group_name(conn, batch.group_id)?))
    }

    pub(super) fn of(batch: &Batch, group: GroupRef) -> Self {
        BatchView {
            id: batch.id,
            product: batch.product_id,
            group,
            kind: batch.kind,
            status: batch.status,
            ready_on: batch.ready_on,
            cutoff_at: batch.cutoff_at,
            best_before: batch.best_before,
            capacity: batch.capacity,
            minimum: batch.minimum,
            needed_to_run: batch.missing_to_minimum(),
            claimed: batch.claimed,
            made: batch.made,
            discarded: batch.discarded,
            available: batch.available(),
            price: batch.price,
            unit_cost: batch.unit_cost,
            extended: batch.extended,
            extend_to: batch.extends_to,
            pack_size: batch.pack_size,
            minimum_deposits: batch.minimum_deposits,
            deposit_percent: batch.deposit_percent,
            made_at: batch.made_at,
            discount: batch.discount().map(DiscountView::from),
            actions: batch.actions(),
            created_at: batch.created_at,
            version: batch.version,
        }
    }
}

/// A temporary discount on a batch.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct DiscountView {
    /// The reason for the discount.
    pub kind: DiscountKind,
    /// The discount, in percent of the price.
    #[schema(minimum = 1, maximum = 90, example = 20)]
    pub percent: i32,
    /// When the discount starts.
    pub starts_at: Instant,
    /// When the discount ends, exclusive.
    pub ends_at: Instant,
    /// The discounted unit price is never lower than this, in rupiah.
    #[schema(example = 1800)]
    pub floor_price: Rupiah,
}

impl From<Discount> for DiscountView {
    fn from(discount: Discount) -> Self {
        let Discount { kind, percent, starts_at, ends_at, floor_price } = discount;
        DiscountView { kind, percent, starts_at, ends_at, floor_price }
    }
}

/// Goods of a batch that were thrown away or given away.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct DiscardView {
    /// The id.
    pub id: DiscardId,
    /// The quantity.
    #[schema(example = 5)]
    pub quantity: Quantity,
    /// The reason, as entered.
    #[schema(max_length = 200, example = "gosong")]
    pub reason: String,
    /// When it was recorded.
    pub noted_at: Instant,
}

impl From<Discard> for DiscardView {
    fn from(discard: Discard) -> Self {
        DiscardView { id: discard.id, quantity: discard.quantity, reason: discard.reason, noted_at: discard.noted_at }
    }
}

/// A member's contribution to a batch.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ContributionView {
    /// The id.
    pub id: ContributionId,
    /// The member's membership.
    pub membership: MembershipId,
    /// The member's name.
    #[schema(max_length = 80, example = "Contoh Wati")]
    pub name: String,
    /// Whether pieces or hours are counted.
    pub kind: ContributionKind,
    /// The amount: pieces or hours.
    #[schema(example = 20)]
    pub amount: Quantity,
    /// When it was recorded.
    pub noted_at: Instant,
}

impl From<Contribution> for ContributionView {
    fn from(contribution: Contribution) -> Self {
        let Contribution { id, membership, name, kind, amount, noted_at } = contribution;
        ContributionView { id, membership, name, kind, amount, noted_at }
    }
}

/// Unmet demand, without its requester.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct UnmetDemandView {
    /// The id.
    pub id: RefusalId,
    /// The product.
    pub product: ProductId,
    /// The requested day.
    pub day: Day,
    /// The requested quantity.
    #[schema(example = 500)]
    pub quantity: Quantity,
    /// Why it was not available.
    pub reason: UnavailableReason,
    /// Whether the requester is unknown; forecasts ignore such demand.
    pub anonymous: bool,
    /// When it was last requested.
    pub recorded_at: Instant,
}

impl From<UnmetDemandRecord> for UnmetDemandView {
    fn from(record: UnmetDemandRecord) -> Self {
        let UnmetDemandRecord { id, product, day, quantity, reason, anonymous, recorded_at } = record;
        UnmetDemandView { id, product, day, quantity, reason, anonymous, recorded_at }
    }
}

//! What clients see of batches, contributions, discards and refused demand.

use serde::Serialize;

use crate::kernel::ids::{BatchId, ContributionId, DiscardId, GroupId, MembershipId, ProductId, RefusalId};
use crate::kernel::{Day, Instant, Quantity, Rupiah};
use crate::supply::{
    Batch, BatchAction, BatchKind, BatchStatus, Contribution, ContributionKind, Discard, Discount, DiscountKind,
    Reason, Refused,
};

/// A batch, as its group sees it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct BatchView {
    /// Its id.
    pub id: BatchId,
    /// Of what.
    pub product: ProductId,
    /// Who makes it.
    pub group: GroupId,
    /// How it came to be.
    pub kind: BatchKind,
    /// Where it stands.
    pub status: BatchStatus,
    /// The day from which it can be had.
    #[schema(value_type = String, format = Date, example = "2026-11-27")]
    pub ready_on: Day,
    /// Until when it can be ordered, while it is not made.
    pub cutoff_at: Option<Instant>,
    /// The last day on which it may be sold.
    #[schema(value_type = Option<String>, format = Date, example = "2026-11-28")]
    pub best_before: Option<Day>,
    /// How much there can be at most.
    #[schema(example = 60)]
    pub capacity: Quantity,
    /// How much must be ordered for it to run; 0 when it runs anyway.
    #[schema(example = 30)]
    pub minimum: Quantity,
    /// How much of that is still missing.
    #[schema(example = 0)]
    pub needed_to_run: Quantity,
    /// How much is ordered, handed over or not.
    #[schema(example = 40)]
    pub claimed: Quantity,
    /// How much was made, once it is.
    pub made: Option<Quantity>,
    /// How much was discarded.
    #[schema(example = 0)]
    pub discarded: Quantity,
    /// What nobody has claimed yet.
    #[schema(example = 20)]
    pub available: Quantity,
    /// Its own unit price, when it is not the product's.
    pub price: Option<Rupiah>,
    /// What a unit cost to make.
    pub unit_cost: Option<Rupiah>,
    /// Whether its cut-off was already moved.
    pub extended: bool,
    /// The second cut-off, for when it has not reached its minimum by the first.
    pub extend_to: Option<Instant>,
    /// It is made in whole packs of so much only.
    pub pack_size: Option<Quantity>,
    /// How much of deposits must be in for it to run; 0 when it runs without.
    #[schema(example = 0)]
    pub minimum_deposits: Rupiah,
    /// Its own deposit in percent, when it is not the product's.
    #[schema(minimum = 0, maximum = 100, example = 30)]
    pub deposit_percent: Option<i32>,
    /// When it was made.
    pub made_at: Option<Instant>,
    /// Its lower price for a while.
    pub discount: Option<DiscountView>,
    /// What can be done with it now.
    #[schema(max_items = 5)]
    pub actions: Vec<BatchAction>,
    /// When it was created.
    pub created_at: Instant,
    /// Counts its edits; claims do not count.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 3)]
    pub version: i64,
}

impl From<&Batch> for BatchView {
    fn from(batch: &Batch) -> Self {
        BatchView {
            id: batch.id,
            product: batch.product_id,
            group: batch.group_id,
            kind: batch.kind,
            status: batch.status,
            ready_on: batch.ready_on,
            cutoff_at: batch.cutoff_at,
            best_before: batch.best_before,
            capacity: batch.capacity,
            minimum: batch.minimum,
            needed_to_run: batch.needed_to_run(),
            claimed: batch.claimed,
            made: batch.made,
            discarded: batch.discarded,
            available: batch.available(),
            price: batch.price,
            unit_cost: batch.unit_cost,
            extended: batch.extended,
            extend_to: batch.extend_to,
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

/// A lower price for a while.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = Discount)]
pub struct DiscountView {
    /// Why.
    pub kind: DiscountKind,
    /// By how many percent.
    #[schema(minimum = 1, maximum = 90, example = 20)]
    pub percent: i32,
    /// From when.
    pub starts_at: Instant,
    /// Until when.
    pub ends_at: Instant,
    /// The price of one never falls below this.
    #[schema(example = 1800)]
    pub floor_price: Rupiah,
}

impl From<Discount> for DiscountView {
    fn from(it: Discount) -> Self {
        let Discount { kind, percent, starts_at, ends_at, floor_price } = it;
        DiscountView { kind, percent, starts_at, ends_at, floor_price }
    }
}

/// What was thrown away or given away of a batch.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct DiscardView {
    /// Its id.
    pub id: DiscardId,
    /// How much.
    #[schema(example = 5)]
    pub quantity: Quantity,
    /// Why, in the words of who noted it.
    #[schema(max_length = 200, example = "gosong")]
    pub reason: String,
    /// When it was noted.
    pub noted_at: Instant,
}

impl From<Discard> for DiscardView {
    fn from(it: Discard) -> Self {
        DiscardView { id: it.id, quantity: it.quantity, reason: it.reason, noted_at: it.noted_at }
    }
}

/// What a member did for a batch.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ContributionView {
    /// Its id.
    pub id: ContributionId,
    /// Whose it is.
    pub membership: MembershipId,
    /// What the member is called.
    #[schema(max_length = 80, example = "Contoh Wati")]
    pub name: String,
    /// Pieces or hours.
    pub kind: ContributionKind,
    /// How many.
    #[schema(example = 20)]
    pub amount: Quantity,
    /// When it was noted.
    pub noted_at: Instant,
}

impl From<Contribution> for ContributionView {
    fn from(done: Contribution) -> Self {
        let Contribution { id, membership, name, kind, amount, noted_at } = done;
        ContributionView { id, membership, name, kind, amount, noted_at }
    }
}

/// Demand that could not be met. Who asked is not told.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct RefusalView {
    /// Its id.
    pub id: RefusalId,
    /// Of what.
    pub product: ProductId,
    /// For which day.
    #[schema(value_type = String, format = Date, example = "2026-12-14")]
    pub day: Day,
    /// How much was wished for.
    #[schema(example = 500)]
    pub quantity: Quantity,
    /// Why it could not be had.
    pub reason: Reason,
    /// Whether nobody knows who asked; nothing is forecast from it.
    pub anonymous: bool,
    /// When it was last asked for.
    pub recorded_at: Instant,
}

impl From<Refused> for RefusalView {
    fn from(refused: Refused) -> Self {
        let Refused { id, product, day, quantity, reason, anonymous, recorded_at } = refused;
        RefusalView { id, product, day, quantity, reason, anonymous, recorded_at }
    }
}

//! JSON views of market days, schedules and offerings.

use serde::Serialize;

use crate::catalogue::Unit;
use crate::cooperatives::{GroupRef, load_group_names};
use crate::db::{self, Conn};
use crate::kernel::ids::{
    BatchId, CooperativeId, LineId, MarketDayId, OfferingId, OrderId, PickupPointId, ProductId, ScheduleId,
};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Instant, Quantity, Rupiah, Version, WallTime, Weekdays};
use crate::market_days::close_day::ClosePreview;
use crate::market_days::day::{DayAction, DayStatus, MarketDay};
use crate::market_days::offering::{LeftOut, MarketOffering};
use crate::market_days::proposal::Proposal;
use crate::market_days::schedule::Schedule;
use crate::market_days::store::OfferedProduct;
use crate::orders::Allocation;
use crate::supply::{Batch, Decision};

/// A schedule of markets: on which days they are held, and when orders open and close.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ScheduleView {
    /// Its id.
    pub(super) id: ScheduleId,
    cooperative: CooperativeId,
    /// Display name.
    #[schema(max_length = 100, example = "Pasar Jumat")]
    name: String,
    /// Weekdays on which markets are held.
    weekdays: Weekdays,
    /// Interval in weeks, counted from the week of `starts_on`.
    #[schema(minimum = 1, maximum = 8, example = 1)]
    every_weeks: i32,
    /// First day of the schedule.
    starts_on: Day,
    /// Last day of the schedule; null: it does not end.
    ends_on: Option<Day>,
    /// Additional single dates.
    #[schema(value_type = Vec<chrono::NaiveDate>, max_items = 100, example = json!(["2026-12-23"]))]
    dates: Vec<Day>,
    /// Dates on which no market is held.
    #[schema(value_type = Vec<chrono::NaiveDate>, max_items = 100, example = json!(["2026-12-25"]))]
    skipped: Vec<Day>,
    /// Whether official holidays are skipped.
    skips_holidays: bool,
    /// How many days in advance market days are created.
    #[schema(minimum = 1, maximum = 60, example = 28)]
    days_ahead: i32,
    /// How many days before the market day orders open.
    #[schema(minimum = 0, maximum = 30, example = 5)]
    opens_days_before: i32,
    /// Time of day at which orders open.
    opens_at: WallTime,
    /// How many days before the market day orders close.
    #[schema(minimum = 0, maximum = 30, example = 2)]
    closes_days_before: i32,
    /// Time of day at which orders close.
    closes_at: WallTime,
    /// Hours by which a batch below its minimum is extended, once; 0: no extension.
    #[schema(minimum = 0, maximum = 168, example = 12)]
    extension_hours: i32,
    /// From when goods are handed over, in the cooperative's time zone.
    from: WallTime,
    /// Until when goods are handed over.
    until: WallTime,
    /// Where goods are handed over.
    pickup_point: Option<PickupPointId>,
    /// Whether it still creates days; false once ended.
    active: bool,
    created_at: Instant,
    /// Version; increases with every change. Sent as `If-Match`.
    pub(super) version: Version,
}

impl From<Schedule> for ScheduleView {
    fn from(schedule: Schedule) -> Self {
        ScheduleView {
            id: schedule.id,
            cooperative: schedule.cooperative,
            dates: schedule.dates().into_iter().collect(),
            skipped: schedule.skipped().into_iter().collect(),
            name: schedule.name,
            weekdays: schedule.weekdays,
            every_weeks: schedule.every_weeks,
            starts_on: schedule.starts_on,
            ends_on: schedule.ends_on,
            skips_holidays: schedule.skips_holidays,
            days_ahead: schedule.days_ahead,
            opens_days_before: schedule.opens_days_before,
            opens_at: schedule.opens_at,
            closes_days_before: schedule.closes_days_before,
            closes_at: schedule.closes_at,
            extension_hours: schedule.extension_hours,
            from: schedule.from,
            until: schedule.until,
            pickup_point: schedule.pickup_point,
            active: schedule.active,
            created_at: schedule.created_at,
            version: schedule.version,
        }
    }
}

/// A day on which a cooperative's groups hand over pre-ordered goods.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct MarketDayView {
    /// Its id.
    pub(super) id: MarketDayId,
    cooperative: CooperativeId,
    /// The schedule that created it; null for a single day.
    schedule: Option<ScheduleId>,
    /// Display name.
    #[schema(max_length = 100, example = "Pasar Jumat")]
    name: String,
    status: DayStatus,
    /// The day on which goods are handed over.
    held_on: Day,
    /// From when orders are accepted.
    opens_at: Instant,
    /// Until when orders are accepted.
    closes_at: Instant,
    /// Second cut-off for batches below their minimum at `closes_at`.
    extends_to: Option<Instant>,
    /// From when goods are handed over, in the cooperative's time zone.
    from: WallTime,
    /// Until when goods are handed over.
    until: WallTime,
    /// Where goods are handed over.
    pickup_point: Option<PickupPointId>,
    /// Why it was cancelled.
    #[schema(max_length = 300, example = "Balai desa dipakai hajatan")]
    reason: Option<String>,
    /// Actions that the status permits the board.
    #[schema(max_items = 3)]
    actions: Vec<DayAction>,
    created_at: Instant,
    /// Version; increases with every change. Sent as `If-Match`.
    pub(super) version: Version,
}

impl From<MarketDay> for MarketDayView {
    fn from(day: MarketDay) -> Self {
        MarketDayView {
            id: day.id,
            cooperative: day.cooperative,
            schedule: day.schedule,
            actions: day.actions(),
            name: day.name,
            status: day.status,
            held_on: day.held_on,
            opens_at: day.opens_at,
            closes_at: day.closes_at,
            extends_to: day.extends_to,
            from: day.from,
            until: day.until,
            pickup_point: day.pickup_point,
            reason: day.reason,
            created_at: day.created_at,
            version: day.version,
        }
    }
}

/// A group's offering on a market day.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct OfferingView {
    pub(super) id: OfferingId,
    market_day: MarketDayId,
    group: GroupRef,
    product: ProductId,
    #[schema(max_length = 200, example = "Pastel sayur")]
    product_name: String,
    #[schema(max_length = 20, example = "piece")]
    unit: String,
    /// Maximum quantity.
    #[schema(example = 120)]
    capacity: Quantity,
    /// Quantity that must be ordered for the batch to be made; 0: it is always made.
    #[schema(example = 60)]
    minimum: Quantity,
    /// Deposits that must be paid before the batch is made, in rupiah.
    #[schema(example = 0)]
    minimum_deposits: Rupiah,
    /// The batch is made in whole packs of this quantity only.
    pack_size: Option<Quantity>,
    /// Price per unit.
    price: Rupiah,
    /// Deposit in percent; null: the product's.
    #[schema(minimum = 0, maximum = 100, example = 30)]
    deposit_percent: Option<i32>,
    /// Whether the offering is copied to every later day of the schedule.
    repeats: bool,
    /// The batch to order from, once the day is open.
    batch: Option<BatchId>,
    /// Quantity that can still be ordered.
    #[schema(example = 80)]
    available: Quantity,
    /// Quantity that must still be ordered for the batch to be made.
    #[schema(example = 20)]
    needed_to_run: Quantity,
    /// Why it has no batch though the day is open.
    left_out: Option<LeftOut>,
    /// Version; increases with every change. Sent as `If-Match`.
    pub(super) version: Version,
}

impl OfferingView {
    pub(super) fn of(
        offering: &MarketOffering,
        group: GroupRef,
        batch: Option<&Batch>,
        product: Option<&OfferedProduct>,
    ) -> Self {
        let (name, unit, price) = product.map_or_else(
            || (String::new(), Unit::Piece.as_str().to_owned(), Rupiah::ZERO),
            |(_, name, unit, price)| (name.clone(), unit.clone(), *price),
        );
        OfferingView {
            id: offering.id,
            market_day: offering.market_day,
            group,
            product: offering.product,
            product_name: name,
            unit,
            capacity: offering.capacity,
            minimum: offering.minimum,
            minimum_deposits: offering.minimum_deposits,
            pack_size: offering.pack_size,
            price: offering.price.unwrap_or(price),
            deposit_percent: offering.deposit_percent,
            repeats: offering.repeats,
            batch: offering.batch,
            available: batch.map_or(Quantity::ZERO, Batch::available),
            needed_to_run: batch.map_or(offering.minimum, Batch::missing_to_minimum),
            left_out: offering.left_out,
            version: offering.version,
        }
    }
}

/// What a group offered on the previous day of the schedule.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ProposalView {
    group: GroupRef,
    product: ProductId,
    /// The date of the previous day.
    last_held_on: Day,
    #[schema(example = 120)]
    capacity: Quantity,
    #[schema(example = 60)]
    minimum: Quantity,
    #[schema(example = 0)]
    minimum_deposits: Rupiah,
    pack_size: Option<Quantity>,
    /// Price per unit on that day; null: the product's price.
    price: Option<Rupiah>,
    #[schema(minimum = 0, maximum = 100, example = 30)]
    deposit_percent: Option<i32>,
    /// How much of it was ordered.
    #[schema(example = 90)]
    ordered: Quantity,
    /// Whether the product is already offered on the coming day.
    is_brought: bool,
}

impl ProposalView {
    pub(super) fn of((proposal, group): (Proposal, GroupRef)) -> Self {
        ProposalView {
            group,
            product: proposal.last.product,
            last_held_on: proposal.last_day.held_on,
            capacity: proposal.last.capacity,
            minimum: proposal.last.minimum,
            minimum_deposits: proposal.last.minimum_deposits,
            pack_size: proposal.last.pack_size,
            price: proposal.last.price,
            deposit_percent: proposal.last.deposit_percent,
            ordered: proposal.ordered,
            is_brought: proposal.is_brought,
        }
    }
}

text_enum! {
    /// What closing does to a batch.
    Outcome {
        /// The batch is confirmed and will be made.
        Confirm = "confirm",
        /// The cut-off is extended, once.
        Extend = "extend",
        /// The batch fails: it did not reach its minimum.
        Fail = "fail",
    }
}

/// What closing would do now.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ClosingView {
    market_day: MarketDayId,
    /// One entry for each undecided batch.
    #[schema(max_items = 200)]
    batches: Vec<BatchOutcomeView>,
}

/// What closing would do now to one batch.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct BatchOutcomeView {
    batch: BatchId,
    group: GroupRef,
    product: ProductId,
    outcome: Outcome,
    /// The second cut-off, for `extend`.
    extends_to: Option<Instant>,
    /// Quantity that would be made for orders.
    #[schema(example = 48)]
    quantity: Quantity,
    /// Deposits paid so far.
    deposits: Rupiah,
    #[schema(example = 60)]
    minimum: Quantity,
    #[schema(example = 0)]
    minimum_deposits: Rupiah,
    /// Order lines that would be reduced.
    #[schema(max_items = 200)]
    allocations: Vec<LineOutcomeView>,
}

/// A reduced order line.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct LineOutcomeView {
    order: OrderId,
    line: LineId,
    #[schema(example = 14)]
    before: Quantity,
    #[schema(example = 12)]
    quantity: Quantity,
}

impl ClosingView {
    pub(super) fn load(conn: &mut Conn, market_day: MarketDayId, previews: &[ClosePreview]) -> db::Result<Self> {
        let groups = load_group_names(conn, previews.iter().map(|preview| preview.offering.group))?;
        let batches = previews.iter().map(|preview| BatchOutcomeView::of(preview, groups.get(preview.offering.group)));
        Ok(ClosingView { market_day, batches: batches.collect() })
    }
}

impl BatchOutcomeView {
    fn of(preview: &ClosePreview, group: GroupRef) -> Self {
        let outcome = &preview.outcome;
        BatchOutcomeView {
            batch: outcome.batch.id,
            group,
            product: preview.offering.product,
            outcome: match outcome.decision {
                Decision::Confirm => Outcome::Confirm,
                Decision::Extend(_) => Outcome::Extend,
                Decision::Fail => Outcome::Fail,
            },
            extends_to: match outcome.decision {
                Decision::Extend(to) => Some(to),
                Decision::Confirm | Decision::Fail => None,
            },
            quantity: outcome.collected.quantity,
            deposits: outcome.collected.deposits,
            minimum: outcome.batch.minimum,
            minimum_deposits: outcome.batch.minimum_deposits,
            allocations: outcome.allocations.iter().map(LineOutcomeView::from).collect(),
        }
    }
}

impl From<&Allocation> for LineOutcomeView {
    fn from(allocation: &Allocation) -> Self {
        LineOutcomeView {
            order: allocation.order,
            line: allocation.line,
            before: allocation.before,
            quantity: allocation.quantity,
        }
    }
}

//! What clients see of market days.

use serde::Serialize;

use crate::catalogue::Unit;
use crate::kernel::ids::{
    BatchId, CooperativeId, GroupId, LineId, MarketDayId, OfferingId, OrderId, PickupPointId, ProductId, ScheduleId,
};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Instant, Quantity, Rupiah, WallTime, Weekdays};
use crate::market_days::close_day::BatchForeseen;
use crate::market_days::day::{DayAction, DayStatus, MarketDay};
use crate::market_days::offering::MarketOffering;
use crate::market_days::propose::Proposal;
use crate::market_days::schedule::Schedule;
use crate::market_days::store::ProductRow;
use crate::orders::Allocation;
use crate::supply::{Batch, Decision};

/// On which days a market is held, and when orders for it open and close.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ScheduleView {
    /// Its id.
    pub(super) id: ScheduleId,
    cooperative: CooperativeId,
    /// What people call it.
    #[schema(max_length = 100, example = "Pasar Jumat")]
    name: String,
    /// The weekdays on which it is held.
    weekdays: Weekdays,
    /// Every how many weeks, counted from the week of its first day.
    #[schema(minimum = 1, maximum = 8, example = 1)]
    every_weeks: i32,
    /// The first day on which it may be held.
    #[schema(value_type = String, format = Date, example = "2026-11-23")]
    starts_on: Day,
    /// The last one; null when it goes on.
    #[schema(value_type = Option<String>, format = Date, example = "2027-11-23")]
    ends_on: Option<Day>,
    /// Single days on which it is held as well.
    #[schema(value_type = Vec<chrono::NaiveDate>, max_items = 100, example = json!(["2026-12-23"]))]
    dates: Vec<Day>,
    /// Days on which it is not held.
    #[schema(value_type = Vec<chrono::NaiveDate>, max_items = 100, example = json!(["2026-12-25"]))]
    skipped: Vec<Day>,
    /// Whether it is not held on holidays.
    skips_holidays: bool,
    /// How many days ahead its days are created.
    #[schema(minimum = 1, maximum = 60, example = 28)]
    days_ahead: i32,
    /// How many days before orders open.
    #[schema(minimum = 0, maximum = 30, example = 5)]
    opens_days_before: i32,
    /// At what time.
    opens_at: WallTime,
    /// How many days before orders close.
    #[schema(minimum = 0, maximum = 30, example = 2)]
    closes_days_before: i32,
    /// At what time.
    closes_at: WallTime,
    /// By how many hours what has not reached its minimum is given more time, once.
    #[schema(minimum = 0, maximum = 168, example = 12)]
    extension_hours: i32,
    /// From when goods are handed over.
    from: WallTime,
    /// Until when.
    until: WallTime,
    /// Where.
    pickup_point: Option<PickupPointId>,
    /// Whether it still creates days.
    active: bool,
    created_at: Instant,
    /// Counts its changes.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 3)]
    pub(super) version: i64,
}

impl From<&Schedule> for ScheduleView {
    fn from(it: &Schedule) -> Self {
        ScheduleView {
            id: it.id,
            cooperative: it.cooperative,
            name: it.name.clone(),
            weekdays: it.weekdays,
            every_weeks: it.every_weeks,
            starts_on: it.starts_on,
            ends_on: it.ends_on,
            dates: it.dates().into_iter().collect(),
            skipped: it.skipped().into_iter().collect(),
            skips_holidays: it.skips_holidays,
            days_ahead: it.days_ahead,
            opens_days_before: it.opens_days_before,
            opens_at: it.opens_at,
            closes_days_before: it.closes_days_before,
            closes_at: it.closes_at,
            extension_hours: it.extension_hours,
            from: it.from,
            until: it.until,
            pickup_point: it.pickup_point,
            active: it.active,
            created_at: it.created_at,
            version: it.version,
        }
    }
}

/// A day on which a cooperative's groups hand over what was ordered ahead.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct MarketDayView {
    /// Its id.
    pub(super) id: MarketDayId,
    cooperative: CooperativeId,
    /// By which schedule it came to be.
    schedule: Option<ScheduleId>,
    /// What people call it.
    #[schema(max_length = 100, example = "Pasar Jumat")]
    name: String,
    status: DayStatus,
    /// The day on which goods are handed over.
    #[schema(value_type = String, format = Date, example = "2026-11-27")]
    held_on: Day,
    /// From when it can be ordered.
    opens_at: Instant,
    /// Until when.
    closes_at: Instant,
    /// The second cut-off of what has not reached its minimum by then.
    extends_to: Option<Instant>,
    /// From when goods are handed over.
    from: WallTime,
    /// Until when.
    until: WallTime,
    /// Where.
    pickup_point: Option<PickupPointId>,
    /// Why it is not held.
    #[schema(max_length = 300, example = "Balai desa dipakai hajatan")]
    reason: Option<String>,
    /// What the board can do with it.
    #[schema(max_items = 3)]
    actions: Vec<DayAction>,
    created_at: Instant,
    /// Counts its changes.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 3)]
    pub(super) version: i64,
}

impl From<&MarketDay> for MarketDayView {
    fn from(it: &MarketDay) -> Self {
        MarketDayView {
            id: it.id,
            cooperative: it.cooperative,
            schedule: it.schedule,
            name: it.name.clone(),
            status: it.status,
            held_on: it.held_on,
            opens_at: it.opens_at,
            closes_at: it.closes_at,
            extends_to: it.extends_to,
            from: it.from,
            until: it.until,
            pickup_point: it.pickup_point,
            reason: it.reason.clone(),
            actions: it.actions(),
            created_at: it.created_at,
            version: it.version,
        }
    }
}

text_enum! {
    /// Why something that was to be brought was left out.
    LeftOut {
        /// It was not for sale when the day opened.
        NotOnSale = "not_on_sale",
        /// Its group is shut on that day.
        GroupClosed = "group_closed",
        /// Its group withdrew it.
        Withdrawn = "withdrawn",
    }
}

/// What a group brings to a market day.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct OfferingView {
    pub(super) id: OfferingId,
    market_day: MarketDayId,
    group: GroupId,
    product: ProductId,
    #[schema(max_length = 200, example = "Pastel sayur")]
    product_name: String,
    #[schema(max_length = 20, example = "piece")]
    unit: String,
    /// How much at most.
    #[schema(example = 120)]
    capacity: Quantity,
    /// How much must be ordered for it to be made; 0 when it is made anyway.
    #[schema(example = 60)]
    minimum: Quantity,
    /// How much of deposits must be in for it to be made.
    #[schema(example = 0)]
    minimum_deposits: Rupiah,
    /// It is made in whole packs of so much only.
    pack_size: Option<Quantity>,
    /// The price of one.
    price: Rupiah,
    /// The deposit in percent, when it is not the product's.
    #[schema(minimum = 0, maximum = 100, example = 30)]
    deposit_percent: Option<i32>,
    /// Whether it is brought to every day of the schedule.
    repeats: bool,
    /// Its batch, once the day is open: what to name when ordering.
    batch: Option<BatchId>,
    /// How much can still be ordered.
    #[schema(example = 80)]
    available: Quantity,
    /// How much more must be ordered for it to be made.
    #[schema(example = 20)]
    needed_to_run: Quantity,
    /// Why it was left out when the day opened.
    left_out: Option<LeftOut>,
    /// Counts its changes.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 3)]
    pub(super) version: i64,
}

impl OfferingView {
    pub(super) fn of(it: &MarketOffering, batch: Option<&Batch>, product: Option<&ProductRow>) -> Self {
        let (name, unit, price) = product.map_or_else(
            || (String::new(), Unit::Piece.as_str().to_owned(), Rupiah::ZERO),
            |(_, name, unit, price)| (name.clone(), unit.clone(), *price),
        );
        OfferingView {
            id: it.id,
            market_day: it.market_day,
            group: it.group,
            product: it.product,
            product_name: name,
            unit,
            capacity: it.capacity,
            minimum: it.minimum,
            minimum_deposits: it.minimum_deposits,
            pack_size: it.pack_size,
            price: it.price.unwrap_or(price),
            deposit_percent: it.deposit_percent,
            repeats: it.repeats,
            batch: it.batch,
            available: batch.map_or(Quantity::ZERO, Batch::available),
            needed_to_run: batch.map_or(it.minimum, Batch::needed_to_run),
            left_out: it.left_out.as_deref().and_then(|why| why.parse().ok()),
            version: it.version,
        }
    }
}

/// What a group brought the last time.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ProposalView {
    group: GroupId,
    product: ProductId,
    /// When that was.
    #[schema(value_type = String, format = Date, example = "2026-11-20")]
    last_held_on: Day,
    #[schema(example = 120)]
    capacity: Quantity,
    #[schema(example = 60)]
    minimum: Quantity,
    #[schema(example = 0)]
    minimum_deposits: Rupiah,
    pack_size: Option<Quantity>,
    /// Its price on that day, when it was not the product's.
    price: Option<Rupiah>,
    #[schema(minimum = 0, maximum = 100, example = 30)]
    deposit_percent: Option<i32>,
    /// How much of it was ordered.
    #[schema(example = 90)]
    ordered: Quantity,
    /// Whether it is said already that it comes this time.
    is_brought: bool,
}

impl From<&Proposal> for ProposalView {
    fn from(it: &Proposal) -> Self {
        ProposalView {
            group: it.last.group,
            product: it.last.product,
            last_held_on: it.last_day.held_on,
            capacity: it.last.capacity,
            minimum: it.last.minimum,
            minimum_deposits: it.last.minimum_deposits,
            pack_size: it.last.pack_size,
            price: it.last.price,
            deposit_percent: it.last.deposit_percent,
            ordered: it.ordered,
            is_brought: it.is_brought,
        }
    }
}

text_enum! {
    /// What closing does with a batch.
    Outcome {
        /// It will be made.
        Confirm = "confirm",
        /// It is given more time, once.
        Extend = "extend",
        /// It did not reach its minimum.
        Fail = "fail",
    }
}

/// What closing would do now.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ClosingView {
    market_day: MarketDayId,
    /// One a batch that is not decided.
    #[schema(max_items = 200)]
    batches: Vec<BatchOutcomeView>,
}

/// What closing would do now with one batch.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct BatchOutcomeView {
    batch: BatchId,
    group: GroupId,
    product: ProductId,
    outcome: Outcome,
    /// The second cut-off, when it is extended.
    extends_to: Option<Instant>,
    /// How much would be made for orders.
    #[schema(example = 48)]
    quantity: Quantity,
    /// The deposits that are in.
    deposits: Rupiah,
    #[schema(example = 60)]
    minimum: Quantity,
    #[schema(example = 0)]
    minimum_deposits: Rupiah,
    /// The lines that would get less than they hold.
    #[schema(max_items = 200)]
    allocations: Vec<LineOutcomeView>,
}

/// What a line would be left with.
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
    pub(super) fn of(market_day: MarketDayId, foreseen: &[BatchForeseen]) -> Self {
        ClosingView { market_day, batches: foreseen.iter().map(BatchOutcomeView::from).collect() }
    }
}

impl From<&BatchForeseen> for BatchOutcomeView {
    fn from(it: &BatchForeseen) -> Self {
        let decided = &it.decided;
        BatchOutcomeView {
            batch: decided.batch.id,
            group: it.offering.group,
            product: it.offering.product,
            outcome: match decided.decision {
                Decision::Confirm => Outcome::Confirm,
                Decision::Extend(_) => Outcome::Extend,
                Decision::Fail => Outcome::Fail,
            },
            extends_to: match decided.decision {
                Decision::Extend(to) => Some(to),
                Decision::Confirm | Decision::Fail => None,
            },
            quantity: decided.collected.quantity,
            deposits: decided.collected.deposits,
            minimum: decided.batch.minimum,
            minimum_deposits: decided.batch.minimum_deposits,
            allocations: decided.allocations.iter().map(LineOutcomeView::from).collect(),
        }
    }
}

impl From<&Allocation> for LineOutcomeView {
    fn from(it: &Allocation) -> Self {
        LineOutcomeView { order: it.order, line: it.line, before: it.before, quantity: it.quantity }
    }
}

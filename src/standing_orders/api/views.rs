//! What clients see of standing orders.

use serde::Serialize;

use crate::kernel::ids::{ContractId, CooperativeId, GroupId, MarketDayId, OrderId, ProductId, StandingOrderId};
use crate::kernel::{Day, Instant, Quantity, Weekdays};
use crate::orders::DeliveryWish;
use crate::standing_orders::occurrence::{Occurrence, OccurrenceStatus, Shortfall};
use crate::standing_orders::standing_order::{StandingAction, StandingLine, StandingOrder, StandingStatus};

/// A standing order, as its buyer sees it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct StandingOrderView {
    id: StandingOrderId,
    cooperative: CooperativeId,
    /// Under which contract it orders.
    contract: Option<ContractId>,
    status: StandingStatus,
    /// Whether it is paused because its groups sell nothing at present.
    paused_by_group: bool,
    /// The day on which it comes round again.
    #[schema(value_type = Option<String>, format = Date, example = "2026-12-20")]
    paused_until: Option<Day>,
    /// What is wanted each time.
    #[schema(max_items = 20)]
    lines: Vec<StandingLineView>,
    every_market_day: bool,
    weekdays: Weekdays,
    #[schema(minimum = 1, maximum = 8, example = 1)]
    every_weeks: i32,
    #[schema(value_type = String, format = Date, example = "2026-11-23")]
    starts_on: Day,
    #[schema(value_type = Option<String>, format = Date, example = "2027-03-31")]
    ends_on: Option<Day>,
    /// Days that are left out.
    #[schema(value_type = Vec<chrono::NaiveDate>, max_items = 100, example = json!(["2026-12-25"]))]
    skipped: Vec<Day>,
    confirms_first: bool,
    delivery: DeliveryWish,
    #[schema(max_length = 500)]
    note: Option<String>,
    /// What its buyer can do with it.
    #[schema(max_items = 3)]
    actions: Vec<StandingAction>,
    created_at: Instant,
    /// Counts its changes.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 3)]
    version: i64,
}

/// One product of a standing order.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct StandingLineView {
    product: ProductId,
    group: GroupId,
    #[schema(example = 20)]
    quantity: Quantity,
    #[schema(example = 15)]
    at_least: Quantity,
}

impl StandingOrderView {
    pub(super) fn of(it: &StandingOrder, lines: &[StandingLine]) -> Self {
        StandingOrderView {
            id: it.id,
            cooperative: it.cooperative,
            contract: it.contract,
            status: it.status,
            paused_by_group: it.paused_by_group,
            paused_until: it.paused_until,
            lines: lines
                .iter()
                .map(|line| StandingLineView {
                    product: line.product,
                    group: line.group,
                    quantity: line.quantity,
                    at_least: line.at_least,
                })
                .collect(),
            every_market_day: it.every_market_day,
            weekdays: it.weekdays,
            every_weeks: it.every_weeks,
            starts_on: it.starts_on,
            ends_on: it.ends_on,
            skipped: it.skipped().into_iter().collect(),
            confirms_first: it.confirms_first,
            delivery: it.delivery(),
            note: it.note.clone(),
            actions: it.actions(),
            created_at: it.created_at,
            version: it.version,
        }
    }
}

/// What came of a standing order on one day.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct OccurrenceView {
    #[schema(value_type = String, format = Date, example = "2026-11-27")]
    due_on: Day,
    market_day: Option<MarketDayId>,
    status: OccurrenceStatus,
    order: Option<OrderId>,
    /// What it did not get, and why.
    #[schema(max_items = 20)]
    shortfalls: Vec<Shortfall>,
    /// By when its buyer confirms it; silence then means no.
    confirm_by: Option<Instant>,
    confirmed_at: Option<Instant>,
    recorded_at: Instant,
}

impl From<&Occurrence> for OccurrenceView {
    fn from(it: &Occurrence) -> Self {
        OccurrenceView {
            due_on: it.due_on,
            market_day: it.market_day,
            status: it.status,
            order: it.order,
            shortfalls: it.shortfalls(),
            confirm_by: it.confirm_by,
            confirmed_at: it.confirmed_at,
            recorded_at: it.recorded_at,
        }
    }
}

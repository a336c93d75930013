//! JSON views of standing orders.

use serde::Serialize;

use crate::cooperatives::{GroupNames, GroupRef, load_group_names};
use crate::db::{self, Conn};
use crate::kernel::ids::{ContractId, CooperativeId, MarketDayId, OrderId, ProductId, StandingOrderId};
use crate::kernel::{Day, Instant, Quantity, Version, Weekdays};
use crate::orders::DeliveryChoice;
use crate::standing_orders::occurrence::{Occurrence, OccurrenceStatus, Shortfall};
use crate::standing_orders::standing_order::{StandingAction, StandingLine, StandingOrder, StandingStatus};
use crate::standing_orders::store;

/// A standing order.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct StandingOrderView {
    pub(super) id: StandingOrderId,
    cooperative: CooperativeId,
    /// The contract it orders under.
    contract: Option<ContractId>,
    status: StandingStatus,
    /// Whether it is paused because none of its groups is active.
    paused_by_group: bool,
    /// The first day on which it is due again.
    paused_until: Option<Day>,
    /// Products to order each time.
    #[schema(max_items = 20)]
    lines: Vec<StandingLineView>,
    every_market_day: bool,
    weekdays: Weekdays,
    #[schema(minimum = 1, maximum = 8, example = 1)]
    every_weeks: i32,
    starts_on: Day,
    ends_on: Option<Day>,
    /// Skipped days.
    #[schema(value_type = Vec<chrono::NaiveDate>, max_items = 100, example = json!(["2026-12-25"]))]
    skipped: Vec<Day>,
    confirms_first: bool,
    delivery: DeliveryChoice,
    #[schema(max_length = 500)]
    note: Option<String>,
    /// Actions that the status permits.
    #[schema(max_items = 3)]
    actions: Vec<StandingAction>,
    pub(super) created_at: Instant,
    /// Version; increases with every change. Sent as `If-Match`.
    version: Version,
}

/// A product of a standing order.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct StandingLineView {
    product: ProductId,
    group: GroupRef,
    #[schema(example = 20)]
    quantity: Quantity,
    #[schema(example = 15)]
    at_least: Quantity,
}

impl StandingOrderView {
    /// The view of a standing order, with the names of its groups.
    pub(super) fn load(conn: &mut Conn, standing_order: &StandingOrder) -> db::Result<Self> {
        let lines = store::list_lines(conn, standing_order.id)?;
        let groups = load_group_names(conn, lines.iter().map(|line| line.group))?;
        Ok(StandingOrderView::of(standing_order, &lines, &groups))
    }

    pub(super) fn of(standing_order: &StandingOrder, lines: &[StandingLine], groups: &GroupNames) -> Self {
        StandingOrderView {
            id: standing_order.id,
            cooperative: standing_order.cooperative,
            contract: standing_order.contract,
            status: standing_order.status,
            paused_by_group: standing_order.paused_by_group,
            paused_until: standing_order.paused_until,
            lines: lines
                .iter()
                .map(|line| StandingLineView {
                    product: line.product,
                    group: groups.get(line.group),
                    quantity: line.quantity,
                    at_least: line.at_least,
                })
                .collect(),
            every_market_day: standing_order.every_market_day,
            weekdays: standing_order.weekdays,
            every_weeks: standing_order.every_weeks,
            starts_on: standing_order.starts_on,
            ends_on: standing_order.ends_on,
            skipped: standing_order.skipped().into_iter().collect(),
            confirms_first: standing_order.confirms_first,
            delivery: standing_order.delivery(),
            note: standing_order.note.clone(),
            actions: standing_order.actions(),
            created_at: standing_order.created_at,
            version: standing_order.version,
        }
    }
}

/// The outcome of a standing order on one day.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct OccurrenceView {
    due_on: Day,
    market_day: Option<MarketDayId>,
    status: OccurrenceStatus,
    order: Option<OrderId>,
    /// Products of which the buyer gets less or nothing, and why.
    #[schema(max_items = 20)]
    shortfalls: Vec<Shortfall>,
    /// Deadline for confirmation; unconfirmed orders are cancelled.
    confirm_by: Option<Instant>,
    confirmed_at: Option<Instant>,
    recorded_at: Instant,
}

impl From<&Occurrence> for OccurrenceView {
    fn from(occurrence: &Occurrence) -> Self {
        OccurrenceView {
            due_on: occurrence.due_on,
            market_day: occurrence.market_day,
            status: occurrence.status,
            order: occurrence.order,
            shortfalls: occurrence.shortfalls(),
            confirm_by: occurrence.confirm_by,
            confirmed_at: occurrence.confirmed_at,
            recorded_at: occurrence.recorded_at,
        }
    }
}

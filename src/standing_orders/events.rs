//! Events of standing orders.

use super::occurrence::Shortfall;
use super::standing_order::StandingStatus;
use crate::events::events;
use crate::kernel::ids::{OrderId, StandingOrderId};
use crate::kernel::{Day, Instant};

events! {
    /// What happened to a standing order, or to a market day that opened with its orders.
    StandingOrderEvent {
        "market_day.opened" => DayOpened { held_on: Day, closes_at: Instant },
        "standing_order.made" => Made(StandingOrderPayload),
        "standing_order.changed" => Changed(StandingOrderPayload),
        "standing_order.skipped" => Skipped(StandingOrderPayload),
        "standing_order.unskipped" => Unskipped(StandingOrderPayload),
        "standing_order.paused" => Paused(StandingOrderPayload),
        "standing_order.resumed" => Resumed(StandingOrderPayload),
        "standing_order.ended" => Ended(StandingOrderPayload),
        "standing_order.paused_by_group" => PausedByGroup(StandingOrderPayload),
        "standing_order.resumed_by_group" => ResumedByGroup(StandingOrderPayload),
        "standing_order.came_round" => Placed(PlacementPayload),
        "standing_order.refused" => Refused(PlacementPayload),
        "standing_order.reminded" => Reminded(OccurrencePayload),
        "standing_order.confirmed" => Confirmed(OccurrencePayload),
        "standing_order.lapsed" => Lapsed(OccurrencePayload),
    }
    StandingOrderPayload { standing_order: StandingOrderId, status: StandingStatus, paused_until: Option<Day> }
    PlacementPayload {
        standing_order: StandingOrderId, due_on: Day, order: Option<OrderId>, shortfalls: Vec<Shortfall>,
    }
    OccurrencePayload { standing_order: StandingOrderId, due_on: Day, order: Option<OrderId>, until: Option<Instant> }
}

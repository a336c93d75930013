//! Events of market days, their schedules and offerings.

use crate::events::events;
use crate::kernel::ids::{MarketDayId, ProductId};
use crate::kernel::{Day, Instant, Quantity};

events! {
    /// What happened to a market day, its schedule or its offerings.
    MarketEvent {
        "market_schedule.added" => ScheduleAdded { active: bool },
        "market_schedule.changed" => ScheduleChanged { active: bool },
        "market_day.planned" => DayPlanned { held_on: Day, opens_at: Instant, closes_at: Instant },
        "market_day.closing" => DayClosing { closes_at: Instant },
        "market_day.closed" => DayClosed { held_on: Day },
        "market_day.moved" => DayChanged {
            market_day: MarketDayId, before: Day, held_on: Day, opens_at: Instant, closes_at: Instant,
        },
        "market_day.cancelled" => DayCancelled { market_day: MarketDayId, held_on: Day },
        "market_offering.set" => OfferingSet(OfferingPayload),
        "market_offering.withdrawn" => OfferingWithdrawn(OfferingPayload),
    }
    OfferingPayload { market_day: MarketDayId, product: ProductId, capacity: Quantity, minimum: Quantity }
}

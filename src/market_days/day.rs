//! A market day.

use diesel::prelude::*;

use crate::db::schema::market_days;
use crate::kernel::ids::{CooperativeId, MarketDayId, PickupPointId, ScheduleId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Instant, WallTime};

text_enum! {
    /// Where a market day stands.
    DayStatus {
        /// Groups say what they bring; nothing can be ordered yet.
        Planned = "planned",
        /// Orders are taken.
        Open = "open",
        /// Every batch is decided; what was confirmed is handed over on the day.
        Closed = "closed",
        /// It is not held.
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// What can be done with a market day.
    DayAction {
        /// Orders end now instead of at the time that was said.
        Close = "close",
        /// It is not held.
        Cancel = "cancel",
    }
}

/// A day on which a cooperative's groups hand over what was ordered ahead.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = market_days)]
#[diesel(treat_none_as_null = true)]
#[diesel(treat_none_as_default_value = false)]
pub struct MarketDay {
    /// Its id.
    pub id: MarketDayId,
    /// Whose market it is.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// By which schedule it came to be; none for a single one.
    #[diesel(column_name = schedule_id)]
    pub schedule: Option<ScheduleId>,
    /// The day that the schedule said, wherever it was moved since.
    pub scheduled_on: Option<Day>,
    /// What people call it.
    pub name: String,
    /// The day on which goods are handed over.
    pub held_on: Day,
    /// From when it can be ordered.
    pub opens_at: Instant,
    /// Until when.
    pub closes_at: Instant,
    /// The second cut-off of what has not reached its minimum by then.
    pub extends_to: Option<Instant>,
    /// From when goods are handed over.
    #[diesel(column_name = from_minutes)]
    pub from: WallTime,
    /// Until when.
    #[diesel(column_name = until_minutes)]
    pub until: WallTime,
    /// Where.
    #[diesel(column_name = pickup_point_id)]
    pub pickup_point: Option<PickupPointId>,
    /// Where it stands.
    pub status: DayStatus,
    /// Why it is not held.
    pub reason: Option<String>,
    /// When it was created.
    pub created_at: Instant,
    /// Counts its changes.
    pub version: i64,
}

impl MarketDay {
    /// Whether it opens by now.
    pub fn is_due_to_open(&self, now: Instant) -> bool {
        self.status == DayStatus::Planned && self.opens_at <= now
    }

    /// What can be done with it.
    pub fn actions(&self) -> Vec<DayAction> {
        match self.status {
            DayStatus::Planned | DayStatus::Closed => vec![DayAction::Cancel],
            DayStatus::Open => vec![DayAction::Close, DayAction::Cancel],
            DayStatus::Cancelled => Vec::new(),
        }
    }
}

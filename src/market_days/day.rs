//! A market day.

use diesel::prelude::*;
use serde::Deserialize;

use crate::db::schema::market_days;
use crate::kernel::ids::{CooperativeId, MarketDayId, PickupPointId, ScheduleId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Instant, WallTime};

text_enum! {
    /// The status of a market day.
    DayStatus {
        /// Groups set their offerings; orders are not accepted yet.
        Planned = "planned",
        /// Orders are accepted.
        Open = "open",
        /// Every batch is decided; confirmed batches are handed over on the day.
        Closed = "closed",
        /// Cancelled; it is not held.
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// The actions on a market day.
    DayAction {
        /// Stop accepting orders now instead of at `closes_at`.
        Close = "close",
        /// Cancel the day with its batches and orders.
        Cancel = "cancel",
    }
}

/// Filters of the list of market days.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct DayFilter {
    /// Only days with this status.
    pub status: Option<DayStatus>,
    /// Only days held on this date or later. Absent: today.
    pub from: Option<Day>,
    /// Held on this date or earlier.
    pub to: Option<Day>,
}

/// A day on which a cooperative's groups hand over pre-ordered goods.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = market_days)]
#[diesel(treat_none_as_null = true)]
#[diesel(treat_none_as_default_value = false)]
pub struct MarketDay {
    /// Its id.
    pub id: MarketDayId,
    /// The cooperative that holds the market.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// The schedule that created it; `None` for a single day.
    #[diesel(column_name = schedule_id)]
    pub schedule: Option<ScheduleId>,
    /// The date that the schedule planned; unchanged when the day is moved.
    pub scheduled_on: Option<Day>,
    /// Display name.
    pub name: String,
    /// The day on which goods are handed over.
    pub held_on: Day,
    /// From when orders are accepted.
    pub opens_at: Instant,
    /// Until when orders are accepted.
    pub closes_at: Instant,
    /// Second cut-off for batches below their minimum at `closes_at`.
    pub extends_to: Option<Instant>,
    /// From when goods are handed over, in the cooperative's time zone.
    #[diesel(column_name = from_minutes)]
    pub from: WallTime,
    /// Until when goods are handed over.
    #[diesel(column_name = until_minutes)]
    pub until: WallTime,
    /// Where goods are handed over.
    #[diesel(column_name = pickup_point_id)]
    pub pickup_point: Option<PickupPointId>,
    /// Status.
    pub status: DayStatus,
    /// Why it was cancelled.
    pub reason: Option<String>,
    /// When it was created.
    pub created_at: Instant,
    /// Version; increases with every change. Sent as `If-Match`.
    pub version: i64,
}

impl MarketDay {
    /// Whether it is planned and its `opens_at` has passed.
    pub fn is_due_to_open(&self, now: Instant) -> bool {
        self.status == DayStatus::Planned && self.opens_at <= now
    }

    /// The actions that its status permits.
    pub fn actions(&self) -> Vec<DayAction> {
        match self.status {
            DayStatus::Planned | DayStatus::Closed => vec![DayAction::Cancel],
            DayStatus::Open => vec![DayAction::Close, DayAction::Cancel],
            DayStatus::Cancelled => Vec::new(),
        }
    }
}

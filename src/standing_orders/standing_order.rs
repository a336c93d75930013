//! Standing orders: products, schedule and period.

use std::collections::BTreeSet;

use diesel::prelude::*;

use crate::db::schema::{standing_lines, standing_orders};
use crate::kernel::ids::{AccountId, ContractId, CooperativeId, GroupId, ProductId, StandingLineId, StandingOrderId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Instant, Json, Quantity, Weekdays};
use crate::market_days::is_nth_week;
use crate::orders::DeliveryChoice;

text_enum! {
    /// The status of a standing order.
    StandingStatus {
        /// It is active.
        Active = "active",
        /// It is paused.
        Paused = "paused",
        /// It has ended.
        Ended = "ended",
    }
}

text_enum! {
    /// The actions on a standing order.
    StandingAction {
        /// Pause it, until a day or until it is resumed.
        Pause = "pause",
        /// Resume it.
        Resume = "resume",
        /// End it.
        End = "end",
    }
}

/// A recurring order of a buyer.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = standing_orders)]
#[diesel(treat_none_as_null = true)]
#[diesel(treat_none_as_default_value = false)]
pub struct StandingOrder {
    /// Its id.
    pub id: StandingOrderId,
    /// The cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// The buyer's account.
    #[diesel(column_name = buyer_id)]
    pub buyer: AccountId,
    /// Status.
    pub status: StandingStatus,
    /// Whether it is paused because none of its groups is active.
    pub paused_by_group: bool,
    /// The first day on which it is due again; `None`: until its buyer resumes it.
    pub paused_until: Option<Day>,
    /// Whether it is due on every market day of the cooperative.
    pub every_market_day: bool,
    /// Weekdays on which it is due otherwise.
    pub weekdays: Weekdays,
    /// Interval in weeks, counted from the week of `starts_on`.
    pub every_weeks: i32,
    /// First day.
    pub starts_on: Day,
    /// Last day; null: it does not end.
    pub ends_on: Option<Day>,
    /// Skipped days.
    pub skipped: Json,
    /// Whether the buyer confirms each order; unconfirmed orders are cancelled.
    pub confirms_first: bool,
    /// A `DeliveryChoice`.
    pub delivery: Json,
    /// Note for the groups.
    pub note: Option<String>,
    /// The business day on which it was last processed; `None`: process it again.
    #[diesel(column_name = looked_at_on)]
    pub processed_on: Option<Day>,
    /// When it was created; older ones claim first.
    pub created_at: Instant,
    /// Version; increases with every change. Sent as `If-Match`.
    pub version: i64,
    /// The contract it orders under.
    #[diesel(column_name = contract_id)]
    pub contract: Option<ContractId>,
}

/// A product of a standing order.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = standing_lines)]
pub struct StandingLine {
    /// Its id.
    pub id: StandingLineId,
    /// The cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// The standing order.
    #[diesel(column_name = standing_order_id)]
    pub standing_order: StandingOrderId,
    /// The group that makes the product.
    #[diesel(column_name = group_id)]
    pub group: GroupId,
    /// The product.
    #[diesel(column_name = product_id)]
    pub product: ProductId,
    /// Position in the list, from 0.
    pub position: i32,
    /// Quantity wanted.
    pub quantity: Quantity,
    /// Minimum quantity the buyer accepts.
    pub at_least: Quantity,
}

impl StandingOrder {
    /// The skipped days.
    pub fn skipped(&self) -> BTreeSet<Day> {
        self.skipped.read().unwrap_or_default()
    }

    /// Delivery.
    pub fn delivery(&self) -> DeliveryChoice {
        self.delivery.read().unwrap_or_else(|_| DeliveryChoice::pickup())
    }

    /// Whether it is due on this day by its weekdays.
    pub fn is_due_on(&self, day: Day) -> bool {
        !self.every_market_day
            && self.weekdays.contains(day)
            && is_nth_week(self.starts_on, day, self.every_weeks)
            && self.is_active_on(day)
    }

    /// Whether the day lies in its period and is neither paused nor skipped.
    pub fn is_active_on(&self, day: Day) -> bool {
        let paused = match (self.status, self.paused_until) {
            (StandingStatus::Active, _) => false,
            (StandingStatus::Paused, Some(until)) => day < until,
            (StandingStatus::Paused, None) | (StandingStatus::Ended, _) => true,
        };
        self.starts_on <= day && self.ends_on.is_none_or(|end| day <= end) && !paused && !self.skipped().contains(&day)
    }

    /// Actions that the status permits.
    pub fn actions(&self) -> Vec<StandingAction> {
        match self.status {
            StandingStatus::Active => vec![StandingAction::Pause, StandingAction::End],
            StandingStatus::Paused => vec![StandingAction::Resume, StandingAction::End],
            StandingStatus::Ended => Vec::new(),
        }
    }
}

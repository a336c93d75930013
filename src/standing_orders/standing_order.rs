//! A standing order: what, how often, from when to when.

use std::collections::BTreeSet;

use diesel::prelude::*;

use crate::db::schema::{standing_lines, standing_orders};
use crate::kernel::ids::{AccountId, ContractId, CooperativeId, GroupId, ProductId, StandingLineId, StandingOrderId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Instant, Json, Quantity, Weekdays};
use crate::market_days::is_nth_week;
use crate::orders::DeliveryWish;

text_enum! {
    /// Where a standing order stands.
    StandingStatus {
        /// It comes round.
        Active = "active",
        /// It does not come round for a while.
        Paused = "paused",
        /// It is over.
        Ended = "ended",
    }
}

text_enum! {
    /// What its buyer can do with a standing order.
    StandingAction {
        /// It does not come round for a while, until a day or until it is resumed.
        Pause = "pause",
        /// It comes round again.
        Resume = "resume",
        /// It is over.
        End = "end",
    }
}

/// What a buyer wants again and again.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = standing_orders)]
#[diesel(treat_none_as_null = true)]
#[diesel(treat_none_as_default_value = false)]
pub struct StandingOrder {
    /// Its id.
    pub id: StandingOrderId,
    /// Of which cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// Whose it is.
    #[diesel(column_name = buyer_id)]
    pub buyer: AccountId,
    /// Where it stands.
    pub status: StandingStatus,
    /// Whether it is paused because its groups sell nothing at present.
    pub paused_by_group: bool,
    /// The day on which it comes round again; none when only its buyer says.
    pub paused_until: Option<Day>,
    /// Whether it comes round on every market day of the cooperative.
    pub every_market_day: bool,
    /// The weekdays on which it comes round otherwise.
    pub weekdays: Weekdays,
    /// Every how many weeks, counted from the week of its first day.
    pub every_weeks: i32,
    /// The first day on which it may come round.
    pub starts_on: Day,
    /// The last one.
    pub ends_on: Option<Day>,
    /// Days on which it does not.
    pub skipped: Json,
    /// Whether its buyer confirms each time, and silence means no.
    pub confirms_first: bool,
    /// A `DeliveryWish`.
    pub delivery: Json,
    /// What the buyer wants known.
    pub note: Option<String>,
    /// The business day on which it was last looked whether it comes round; none when it is to be looked again.
    pub looked_at_on: Option<Day>,
    /// When it was made: the older comes first.
    pub created_at: Instant,
    /// Counts its changes.
    pub version: i64,
    /// Under which contract it orders.
    #[diesel(column_name = contract_id)]
    pub contract: Option<ContractId>,
}

/// One product of a standing order.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = standing_lines)]
pub struct StandingLine {
    /// Its id.
    pub id: StandingLineId,
    /// Of which cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// Whose line.
    #[diesel(column_name = standing_order_id)]
    pub standing_order: StandingOrderId,
    /// Who makes it.
    #[diesel(column_name = group_id)]
    pub group: GroupId,
    /// What.
    #[diesel(column_name = product_id)]
    pub product: ProductId,
    /// Its place.
    pub position: i32,
    /// How much is wanted.
    pub quantity: Quantity,
    /// Less than this is of no use.
    pub at_least: Quantity,
}

impl StandingOrder {
    /// Days on which it does not come round.
    pub fn skipped(&self) -> BTreeSet<Day> {
        self.skipped.read().unwrap_or_default()
    }

    /// How its goods reach the buyer.
    pub fn delivery(&self) -> DeliveryWish {
        self.delivery.read().unwrap_or_else(|_| DeliveryWish::pickup())
    }

    /// Whether it comes round on this day by its weekdays.
    pub fn is_due_on(&self, day: Day) -> bool {
        !self.every_market_day
            && self.weekdays.contains(day)
            && is_nth_week(self.starts_on, day, self.every_weeks)
            && self.takes(day)
    }

    /// Whether it takes this day at all: begun, not over, neither paused nor skipped.
    pub fn takes(&self, day: Day) -> bool {
        let paused = match (self.status, self.paused_until) {
            (StandingStatus::Active, _) => false,
            (StandingStatus::Paused, Some(until)) => day < until,
            (StandingStatus::Paused, None) | (StandingStatus::Ended, _) => true,
        };
        self.starts_on <= day && self.ends_on.is_none_or(|end| day <= end) && !paused && !self.skipped().contains(&day)
    }

    /// What its buyer can do with it.
    pub fn actions(&self) -> Vec<StandingAction> {
        match self.status {
            StandingStatus::Active => vec![StandingAction::Pause, StandingAction::End],
            StandingStatus::Paused => vec![StandingAction::Resume, StandingAction::End],
            StandingStatus::Ended => Vec::new(),
        }
    }
}

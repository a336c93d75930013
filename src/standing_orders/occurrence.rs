//! What came of a standing order on one day.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::db::schema::standing_occurrences;
use crate::kernel::ids::{CooperativeId, MarketDayId, OccurrenceId, OrderId, ProductId, StandingOrderId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Instant, Json, Quantity};
use crate::supply::Reason;

text_enum! {
    /// What came of a standing order on one day.
    OccurrenceStatus {
        /// There is an order.
        Placed = "placed",
        /// Nothing of it could be had.
        Refused = "refused",
        /// Its buyer did not want it that day.
        Skipped = "skipped",
        /// Its buyer was asked and did not answer.
        Lapsed = "lapsed",
    }
}

text_enum! {
    /// Why a standing order gets less of a product than it wants, or nothing.
    #[schema(as = StandingWhy)]
    Why {
        /// There is not enough of it.
        Short = "short",
        /// It is no longer sold, or its group sells nothing at present.
        Retired = "retired",
        /// It is not made that day, or its group is shut.
        Closed = "closed",
        /// Nobody brings it to that market day.
        NotBrought = "not_brought",
        /// It was too late to order.
        TooLate = "too_late",
        /// The product's rules have changed: its least quantity, its steps, or the way it is delivered.
        RuleChanged = "rule_changed",
        /// The contract under which it orders is not in force that day, or has no price for it any more.
        ContractEnded = "contract_ended",
        /// What is open under the contract would come to more than its credit limit.
        CreditLimit = "credit_limit",
        /// Something went wrong here; the buyer is asked to order by hand.
        FieldError = "fault",
    }
}

impl From<Reason> for Why {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::SoldOut | Reason::Spoiled | Reason::Other => Why::Short,
            Reason::NotOnSale | Reason::UnknownBatch => Why::Retired,
            Reason::CutoffPassed | Reason::PastDay | Reason::TooFarAhead => Why::TooLate,
            _ => Why::Closed,
        }
    }
}

/// What a standing order did not get of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Shortfall {
    /// Of which product.
    pub product: ProductId,
    /// How much was wanted.
    #[schema(example = 20)]
    pub wanted: Quantity,
    /// How much it got.
    #[schema(example = 0)]
    pub got: Quantity,
    /// Why.
    pub reason: Why,
}

/// A day on which a standing order came round.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = standing_occurrences)]
#[diesel(treat_none_as_default_value = false)]
pub struct Occurrence {
    /// Its id.
    pub id: OccurrenceId,
    /// Of which cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// Of which standing order.
    #[diesel(column_name = standing_order_id)]
    pub standing_order: StandingOrderId,
    /// For which day.
    pub due_on: Day,
    /// For which market day.
    #[diesel(column_name = market_day_id)]
    pub market_day: Option<MarketDayId>,
    /// What came of it.
    pub status: OccurrenceStatus,
    /// Its order.
    #[diesel(column_name = order_id)]
    pub order: Option<OrderId>,
    /// A list of `Shortfall`s.
    pub shortfalls: Json,
    /// By when its buyer confirms it; none when that is not asked.
    pub confirm_by: Option<Instant>,
    /// When the buyer was reminded.
    pub reminded_at: Option<Instant>,
    /// When the buyer confirmed it.
    pub confirmed_at: Option<Instant>,
    /// When it came round.
    pub recorded_at: Instant,
}

impl Occurrence {
    /// What it did not get.
    pub fn shortfalls(&self) -> Vec<Shortfall> {
        self.shortfalls.read().unwrap_or_default()
    }

    /// Whether its buyer is still to confirm it.
    pub fn is_to_be_confirmed(&self) -> bool {
        self.status == OccurrenceStatus::Placed && self.confirm_by.is_some() && self.confirmed_at.is_none()
    }
}

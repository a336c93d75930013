//! The outcome of a standing order on one day.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::db::schema::standing_occurrences;
use crate::kernel::ids::{CooperativeId, MarketDayId, OccurrenceId, OrderId, ProductId, StandingOrderId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Instant, Json, Quantity};
use crate::supply::UnavailableReason;

text_enum! {
    /// The outcome of a standing order on one day.
    OccurrenceStatus {
        /// An order was placed.
        Placed = "placed",
        /// Nothing was available.
        Refused = "refused",
        /// The buyer skipped the day.
        Skipped = "skipped",
        /// The buyer did not confirm the order.
        Lapsed = "lapsed",
    }
}

text_enum! {
    /// Why the buyer gets less of a product, or nothing.
    ShortfallReason {
        /// Not enough is available.
        NotEnough = "short",
        /// The product is no longer sold, or its group is not active.
        NotOnSale = "retired",
        /// The product is not made that day, or its group is closed.
        Closed = "closed",
        /// The product is not offered on that market day.
        NotOffered = "not_brought",
        /// It was too late to order.
        TooLate = "too_late",
        /// The product's rules have changed: minimum quantity, step or delivery.
        RuleChanged = "rule_changed",
        /// The contract is not in force that day, or no longer has a price for the product.
        ContractEnded = "contract_ended",
        /// The contract's credit limit would be exceeded.
        CreditLimit = "credit_limit",
        /// Internal error; the buyer is asked to place an order themselves.
        InternalError = "fault",
    }
}

impl From<UnavailableReason> for ShortfallReason {
    fn from(reason: UnavailableReason) -> Self {
        match reason {
            UnavailableReason::SoldOut | UnavailableReason::Spoiled | UnavailableReason::Other => {
                ShortfallReason::NotEnough
            }
            UnavailableReason::NotOnSale | UnavailableReason::UnknownBatch => ShortfallReason::NotOnSale,
            UnavailableReason::CutoffPassed | UnavailableReason::PastDay | UnavailableReason::TooFarAhead => {
                ShortfallReason::TooLate
            }
            _ => ShortfallReason::Closed,
        }
    }
}

/// A product of which the buyer gets less than wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Shortfall {
    /// The product.
    pub product: ProductId,
    /// Quantity wanted.
    #[schema(example = 20)]
    pub wanted: Quantity,
    /// Quantity available.
    #[schema(example = 0)]
    pub got: Quantity,
    /// The reason.
    pub reason: ShortfallReason,
}

/// A due day of a standing order and its outcome.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = standing_occurrences)]
#[diesel(treat_none_as_default_value = false)]
pub struct Occurrence {
    /// Its id.
    pub id: OccurrenceId,
    /// The cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// The standing order.
    #[diesel(column_name = standing_order_id)]
    pub standing_order: StandingOrderId,
    /// The day.
    pub due_on: Day,
    /// The market day, if it was due on one.
    #[diesel(column_name = market_day_id)]
    pub market_day: Option<MarketDayId>,
    /// The outcome.
    pub status: OccurrenceStatus,
    /// The order, if one was placed.
    #[diesel(column_name = order_id)]
    pub order: Option<OrderId>,
    /// A list of `Shortfall`s.
    pub shortfalls: Json,
    /// Deadline for confirmation; `None` when none is needed.
    pub confirm_by: Option<Instant>,
    /// When the buyer was reminded.
    pub reminded_at: Option<Instant>,
    /// When the buyer confirmed it.
    pub confirmed_at: Option<Instant>,
    /// When it was recorded.
    pub recorded_at: Instant,
}

impl Occurrence {
    /// The shortfalls.
    pub fn shortfalls(&self) -> Vec<Shortfall> {
        self.shortfalls.read().unwrap_or_default()
    }

    /// Whether the buyer has still to confirm it.
    pub fn is_awaiting_confirmation(&self) -> bool {
        self.status == OccurrenceStatus::Placed && self.confirm_by.is_some() && self.confirmed_at.is_none()
    }
}

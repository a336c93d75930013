//! Reasons why a product is not available, for buyers and for unmet demand.

use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Quantity};
use crate::web::{Code, Problem};

text_enum! {
    /// Why a product is not available.
    #[schema(as = Reason)]
    UnavailableReason {
        /// Not enough is left.
        SoldOut = "sold_out",
        /// The day has passed.
        PastDay = "past_day",
        /// The cut-off for that day has passed.
        CutoffPassed = "cutoff_passed",
        /// The day is beyond the ordering window.
        TooFarAhead = "too_far_ahead",
        /// The product is not made on that weekday.
        NotMadeThatDay = "not_made_that_day",
        /// The goods expire before that day.
        Spoiled = "spoiled",
        /// The group is closed on that day.
        GroupClosed = "group_closed",
        /// The batch does not accept orders.
        Closed = "closed",
        /// The product has no such batch.
        UnknownBatch = "unknown_batch",
        /// The product is not on sale.
        NotOnSale = "not_on_sale",
        /// Another reason, recorded by an officer.
        Other = "other",
    }
}

impl UnavailableReason {
    /// Whether a request that failed for this reason is recorded as unmet demand.
    pub fn is_unmet_demand(self) -> bool {
        !matches!(self, UnavailableReason::PastDay | UnavailableReason::UnknownBatch | UnavailableReason::NotOnSale)
    }

    /// The problem code for clients.
    pub fn code(self) -> Code {
        match self {
            UnavailableReason::SoldOut | UnavailableReason::Other => Code::SoldOut,
            UnavailableReason::PastDay => Code::DayPast,
            UnavailableReason::CutoffPassed => Code::CutoffPassed,
            UnavailableReason::TooFarAhead => Code::DayTooFarAhead,
            UnavailableReason::NotMadeThatDay => Code::NotMadeThatDay,
            UnavailableReason::Spoiled => Code::NotFreshThatDay,
            UnavailableReason::GroupClosed => Code::GroupClosed,
            UnavailableReason::Closed | UnavailableReason::UnknownBatch => Code::BatchClosed,
            UnavailableReason::NotOnSale => Code::NotOnSale,
        }
    }
}

/// A request that cannot be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not available: {reason}, {available} available")]
pub struct Unavailable {
    /// The reason.
    pub reason: UnavailableReason,
    /// The quantity that is available instead.
    pub available: Quantity,
    /// The first day on which the whole quantity is available.
    pub next_day: Option<Day>,
}

impl From<Unavailable> for Problem {
    fn from(unavailable: Unavailable) -> Self {
        let problem = Problem::new(unavailable.reason.code()).with("available", unavailable.available);
        match unavailable.next_day {
            Some(day) => problem.with("next_day", day),
            None => problem,
        }
    }
}

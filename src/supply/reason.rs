//! Why something cannot be had, as the buyer is told and as demand is remembered.

use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Quantity};
use crate::web::{Code, Problem};

text_enum! {
    /// Why something cannot be had.
    Reason {
        /// There is not enough of it.
        SoldOut = "sold_out",
        /// The day is over.
        PastDay = "past_day",
        /// It is too late to order for that day.
        CutoffPassed = "cutoff_passed",
        /// Orders for that day are not open yet.
        TooFarAhead = "too_far_ahead",
        /// It is not made on that weekday.
        NotMadeThatDay = "not_made_that_day",
        /// It does not keep until that day.
        Spoiled = "spoiled",
        /// The group is shut on that day.
        GroupClosed = "group_closed",
        /// The batch takes no orders, or no more.
        Closed = "closed",
        /// The product has no such batch.
        UnknownBatch = "unknown_batch",
        /// The product is not for sale.
        NotOnSale = "not_on_sale",
        /// Another reason, noted by hand.
        Other = "other",
    }
}

impl Reason {
    /// Whether a wish refused for this reason is demand that could not be met, and worth remembering.
    pub fn is_unmet_demand(self) -> bool {
        !matches!(self, Reason::PastDay | Reason::UnknownBatch | Reason::NotOnSale)
    }

    /// The code that callers are told.
    pub fn code(self) -> Code {
        match self {
            Reason::SoldOut | Reason::Other => Code::SoldOut,
            Reason::PastDay => Code::DayPast,
            Reason::CutoffPassed => Code::CutoffPassed,
            Reason::TooFarAhead => Code::DayTooFarAhead,
            Reason::NotMadeThatDay => Code::NotMadeThatDay,
            Reason::Spoiled => Code::NotFreshThatDay,
            Reason::GroupClosed => Code::GroupClosed,
            Reason::Closed | Reason::UnknownBatch => Code::BatchClosed,
            Reason::NotOnSale => Code::NotOnSale,
        }
    }
}

/// A wish that cannot be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cannot be had: {reason}, {available} available")]
pub struct Unavailable {
    /// Why.
    pub reason: Reason,
    /// What could be had instead.
    pub available: Quantity,
    /// The first day on which all that was wanted can be had.
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

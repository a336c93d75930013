//! Errors of market days, their schedules and offerings.

use super::day::DayStatus;
use crate::cooperatives::AccessError;
use crate::db;
use crate::orders::BatchChangeError;
use crate::supply::{AmendError, BatchQuantityError, OpenError};
use crate::web::{FieldErrors, Problem, StaleVersion, verb_errors};

verb_errors! {
    /// Errors of market days, their schedules and offerings.
    pub enum MarketError {
        /// No such day, schedule or offering, or the caller may not know of it.
        NotFound => NotFound,
        /// The status of the day does not permit it.
        WrongStatus(status: DayStatus) => TransitionInvalid ["state" = status],
        /// The request is invalid.
        Invalid(errors: FieldErrors) => { Problem::invalid(errors) },
        /// The product is not for sale.
        NotOnSale => NotOnSale,
    }
    + Access(AccessError), Stale(StaleVersion), Open(OpenError), Amend(AmendError), Quantity(BatchQuantityError), Produce(BatchChangeError), Db(db::Error)
}

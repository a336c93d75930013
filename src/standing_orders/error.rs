//! Errors of standing orders.

use super::standing_order::StandingStatus;
use crate::contracts::ContractError;
use crate::db;
use crate::kernel::Day;
use crate::market_days::MarketError;
use crate::orders::{CancelError, PlaceOrderError};
use crate::web::{FieldErrors, Problem, StaleVersion, verb_errors};

verb_errors! {
    /// Errors of standing orders.
    pub enum StandingOrderError {
        /// No such standing order, or not the caller's.
        NotFound => NotFound,
        /// The status does not permit it.
        WrongStatus(status: StandingStatus) => TransitionInvalid ["state" = status],
        /// The day's order can no longer be cancelled.
        TooLate(day: Day) => CancelTooLate,
        /// The request is invalid.
        Invalid(errors: FieldErrors) => { Problem::invalid(errors) },
    }
    + Stale(StaleVersion), Place(PlaceOrderError), Cancel(CancelError), Contract(ContractError), Market(MarketError), Db(db::Error)
}

impl StandingOrderError {
    /// Whether the data itself is at fault, so that every retry fails the same way. Conflicts and connection errors may
    /// be retried.
    pub(super) fn is_permanent(&self) -> bool {
        match self {
            StandingOrderError::Db(error)
            | StandingOrderError::Place(PlaceOrderError::Db(error))
            | StandingOrderError::Contract(ContractError::Db(error)) => db::is_data_error(error),
            StandingOrderError::Place(PlaceOrderError::Quote(_)) | StandingOrderError::NotFound => true,
            _ => false,
        }
    }
}

//! Errors of standing orders.

use super::standing_order::StandingStatus;
use crate::contracts::ContractError;
use crate::db;
use crate::kernel::Day;
use crate::market_days::MarketError;
use crate::orders::{CancelError, PlaceOrderError};
use crate::web::{Code, FieldErrors, Problem, StaleVersion};

/// Errors of standing orders.
#[derive(Debug, thiserror::Error)]
pub enum StandingOrderError {
    /// No such standing order, or not the caller's.
    #[error("not found")]
    NotFound,
    /// The status does not permit it.
    #[error("the standing order is {0}")]
    WrongStatus(StandingStatus),
    /// The day's order can no longer be cancelled.
    #[error("the order of {0} can no longer be cancelled")]
    TooLate(Day),
    /// The request is invalid.
    #[error("the request is invalid")]
    Invalid(FieldErrors),
    /// The version is stale.
    #[error(transparent)]
    Stale(#[from] StaleVersion),
    /// The order could not be placed because of a concurrent change; it is retried.
    #[error("an order could not be placed")]
    Place(#[from] PlaceOrderError),
    /// An order could not be cancelled.
    #[error("an order could not be cancelled")]
    Cancel(#[from] CancelError),
    /// The contract could not be read.
    #[error(transparent)]
    Contract(#[from] ContractError),
    /// The market day could not be opened.
    #[error(transparent)]
    Market(#[from] MarketError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl StandingOrderError {
    /// Whether the data itself is at fault, so that every retry fails the same way. Conflicts and connection errors may
    /// be retried.
    pub(super) fn is_data_error(&self) -> bool {
        match self {
            StandingOrderError::Db(error)
            | StandingOrderError::Place(PlaceOrderError::Db(error))
            | StandingOrderError::Contract(ContractError::Db(error)) => db::is_data_error(error),
            StandingOrderError::Place(PlaceOrderError::Quote(_)) | StandingOrderError::NotFound => true,
            _ => false,
        }
    }
}

impl From<StandingOrderError> for Problem {
    fn from(error: StandingOrderError) -> Self {
        match error {
            StandingOrderError::NotFound => Problem::not_found(),
            StandingOrderError::WrongStatus(status) => Problem::new(Code::TransitionInvalid).with("state", status),
            StandingOrderError::TooLate(day) => Problem::new(Code::CancelTooLate).with("day", day),
            StandingOrderError::Invalid(errors) => Problem::new(Code::BodyInvalid).with_field_errors(errors),
            StandingOrderError::Stale(stale) => stale.into(),
            StandingOrderError::Place(error) => error.into(),
            StandingOrderError::Cancel(error) => error.into(),
            StandingOrderError::Contract(error) => error.into(),
            StandingOrderError::Market(error) => error.into(),
            StandingOrderError::Db(error) => error.into(),
        }
    }
}

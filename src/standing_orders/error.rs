//! Why something of a standing order was not done.

use super::standing_order::StandingStatus;
use crate::contracts::ContractError;
use crate::db;
use crate::kernel::Day;
use crate::market_days::MarketError;
use crate::orders::{CancelError, PlaceOrderError};
use crate::web::{Code, FieldErrors, Problem, StaleVersion};

/// Why something of a standing order was not done.
#[derive(Debug, thiserror::Error)]
pub enum StandingError {
    /// There is no such standing order for them.
    #[error("there is no such standing order")]
    NotFound,
    /// It is in no state for it.
    #[error("the standing order is {0}")]
    WrongStatus(StandingStatus),
    /// The day's order can no longer be taken back.
    #[error("the order of {0} can no longer be taken back")]
    TooLate(Day),
    /// What is wanted does not hold together.
    #[error("what is wanted does not hold together")]
    Invalid(FieldErrors),
    /// Someone else has changed it.
    #[error(transparent)]
    Stale(#[from] StaleVersion),
    /// An order was overtaken; it is tried again.
    #[error("an order could not be placed")]
    Place(#[from] PlaceOrderError),
    /// An order cannot be taken back.
    #[error("an order could not be taken back")]
    Cancel(#[from] CancelError),
    /// The contract could not be looked at.
    #[error(transparent)]
    Contract(#[from] ContractError),
    /// The market day cannot be opened.
    #[error(transparent)]
    Market(#[from] MarketError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl StandingError {
    /// Whether the data itself is at fault, so that the same fails however often it is tried. Who was overtaken, or could
    /// not reach the database, may try again.
    pub(super) fn is_about_data(&self) -> bool {
        match self {
            StandingError::Db(error)
            | StandingError::Place(PlaceOrderError::Db(error))
            | StandingError::Contract(ContractError::Db(error)) => db::is_about_data(error),
            StandingError::Place(PlaceOrderError::Quote(_)) | StandingError::NotFound => true,
            _ => false,
        }
    }
}

impl From<StandingError> for Problem {
    fn from(error: StandingError) -> Self {
        match error {
            StandingError::NotFound => Problem::not_found(),
            StandingError::WrongStatus(status) => Problem::new(Code::TransitionInvalid).with("state", status),
            StandingError::TooLate(day) => Problem::new(Code::CancelTooLate).with("day", day),
            StandingError::Invalid(errors) => Problem::new(Code::BodyInvalid).with_faults(errors),
            StandingError::Stale(stale) => stale.into(),
            StandingError::Place(error) => error.into(),
            StandingError::Cancel(error) => error.into(),
            StandingError::Contract(error) => error.into(),
            StandingError::Market(error) => error.into(),
            StandingError::Db(error) => error.into(),
        }
    }
}

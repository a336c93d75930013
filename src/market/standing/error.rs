//! Why something of a standing order was not done.

use super::standing_order::StandingStatus;
use crate::db;
use crate::kernel::Day;
use crate::market::contracts::ContractError;
use crate::orders::{CancelError, PlaceError};
use crate::web::{Code, Faults, Problem, StaleVersion};

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
    Invalid(Faults),
    /// Someone else has changed it.
    #[error(transparent)]
    Stale(#[from] StaleVersion),
    /// An order was overtaken; it is tried again.
    #[error("an order could not be placed")]
    Place(#[from] PlaceError),
    /// An order cannot be taken back.
    #[error("an order could not be taken back")]
    Cancel(#[from] CancelError),
    /// The contract could not be looked at.
    #[error(transparent)]
    Contract(#[from] ContractError),
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
            | StandingError::Place(PlaceError::Db(error))
            | StandingError::Contract(ContractError::Db(error)) => db::is_about_data(error),
            StandingError::Place(PlaceError::Quote(_)) | StandingError::NotFound => true,
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
            StandingError::Invalid(faults) => Problem::new(Code::BodyInvalid).with_faults(faults),
            StandingError::Stale(stale) => stale.into(),
            StandingError::Place(error) => error.into(),
            StandingError::Cancel(error) => error.into(),
            StandingError::Contract(error) => error.into(),
            StandingError::Db(error) => error.into(),
        }
    }
}

//! Errors of market days, their schedules and offerings.

use super::day::DayStatus;
use crate::cooperatives::AccessError;
use crate::db;
use crate::orders::ProduceError;
use crate::supply::{AmendError, BatchQuantityError, OpenError};
use crate::web::{Code, FieldErrors, Problem, StaleVersion};

/// Errors of market days, their schedules and offerings.
#[derive(Debug, thiserror::Error)]
pub enum MarketError {
    /// No such day, schedule or offering, or the caller may not know of it.
    #[error("not found")]
    NotFound,
    /// The caller may see it but not change it.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The status of the day does not permit it.
    #[error("the market day is {0}")]
    WrongStatus(DayStatus),
    /// The request is invalid.
    #[error("the request is invalid")]
    Invalid(FieldErrors),
    /// The product is not for sale.
    #[error("the product is not for sale")]
    NotOnSale,
    /// The version is stale.
    #[error(transparent)]
    Stale(#[from] StaleVersion),
    /// The batch of an offering could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The batch of an offering could not be changed.
    #[error(transparent)]
    Amend(#[from] AmendError),
    /// The quantities do not fit the batch of the offering.
    #[error(transparent)]
    Figures(#[from] BatchQuantityError),
    /// The batch of an offering could not be cancelled or decided.
    #[error(transparent)]
    Produce(#[from] ProduceError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<MarketError> for Problem {
    fn from(error: MarketError) -> Self {
        match error {
            MarketError::NotFound => Problem::not_found(),
            MarketError::Access(denied) => denied.into(),
            MarketError::WrongStatus(status) => Problem::new(Code::TransitionInvalid).with("state", status),
            MarketError::Invalid(errors) => Problem::new(Code::BodyInvalid).with_field_errors(errors),
            MarketError::NotOnSale => Problem::new(Code::NotOnSale),
            MarketError::Stale(stale) => stale.into(),
            MarketError::Open(error) => error.into(),
            MarketError::Amend(error) => error.into(),
            MarketError::Figures(error) => error.into(),
            MarketError::Produce(error) => error.into(),
            MarketError::Db(error) => error.into(),
        }
    }
}

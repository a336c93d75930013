//! Why something of a market day was not done.

use super::day::DayStatus;
use crate::cooperatives::AccessError;
use crate::db;
use crate::orders::ProduceError;
use crate::supply::{AmendError, FiguresError, OpenError};
use crate::web::{Code, FieldErrors, Problem, StaleVersion};

/// Why something of a market day was not done.
#[derive(Debug, thiserror::Error)]
pub enum MarketError {
    /// There is no such day, schedule or offering for them.
    #[error("there is no such thing")]
    NotFound,
    /// They see it, but it is not theirs to do.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The day is in no state for it.
    #[error("the market day is {0}")]
    WrongStatus(DayStatus),
    /// What is wanted does not hold together.
    #[error("what is wanted does not hold together")]
    Invalid(FieldErrors),
    /// The product is not for sale.
    #[error("the product is not for sale")]
    NotOnSale,
    /// Someone else has changed it.
    #[error(transparent)]
    Stale(#[from] StaleVersion),
    /// The batch of an offering is not opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The batch of an offering is not changed.
    #[error(transparent)]
    Amend(#[from] AmendError),
    /// The batch of an offering does not take the figures.
    #[error(transparent)]
    Figures(#[from] FiguresError),
    /// The batch of an offering cannot be called off or decided.
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
            MarketError::Invalid(errors) => Problem::new(Code::BodyInvalid).with_faults(errors),
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

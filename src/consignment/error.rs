//! Errors of outlets, consignments and counts.

use crate::cooperatives::AccessError;
use crate::db;
use crate::kernel::{AmountError, Quantity, Rupiah};
use crate::orders::FulfilmentError;
use crate::payments::PaymentError;
use crate::supply::{BatchQuantityError, Reason, Unavailable};
use crate::web::{Code, FieldError, FieldErrors, Problem, StaleVersion};

/// Errors of outlets, consignments and counts.
#[derive(Debug, thiserror::Error)]
pub enum ConsignmentError {
    /// The caller may not do it, or may not know of it.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The cooperative has the maximum number of outlets.
    #[error("too many outlets")]
    TooManyOutlets,
    /// The outlet is not active.
    #[error("the outlet is not active")]
    NotActive,
    /// The batch has less than that available.
    #[error("only {0} are available")]
    NotThatMany(Quantity),
    /// The count has no sale to reverse, or is reversed already.
    #[error("the count cannot be reversed")]
    NothingToReverse,
    /// The outlet owes nothing.
    #[error("nothing is owed")]
    NothingOwed,
    /// The amount exceeds what the outlet owes.
    #[error("only {0} are owed")]
    MoreThanOwed(Rupiah),
    /// The request body is invalid.
    #[error("the request is invalid")]
    Invalid(FieldErrors),
    /// The version is stale.
    #[error(transparent)]
    Stale(#[from] StaleVersion),
    /// The quantities do not fit the batch.
    #[error(transparent)]
    Figures(#[from] BatchQuantityError),
    /// The sale could not be recorded.
    #[error(transparent)]
    Sale(#[from] FulfilmentError),
    /// The payment could not be recorded.
    #[error(transparent)]
    Payment(#[from] PaymentError),
    /// An amount is out of bounds.
    #[error(transparent)]
    Amount(#[from] AmountError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<ConsignmentError> for Problem {
    fn from(error: ConsignmentError) -> Self {
        match error {
            ConsignmentError::Access(denied) => denied.into(),
            ConsignmentError::TooManyOutlets => Problem::new(Code::TooManyOutlets),
            ConsignmentError::NotActive => Problem::new(Code::OutletNotActive),
            ConsignmentError::NotThatMany(available) => {
                Unavailable { reason: Reason::SoldOut, available, next_day: None }.into()
            }
            ConsignmentError::NothingToReverse => Problem::new(Code::TransitionInvalid),
            ConsignmentError::NothingOwed => Problem::new(Code::NothingOwed),
            ConsignmentError::MoreThanOwed(owed) => {
                Problem::new(Code::MoreThanOwed).with("owed", owed).with("owed_text", owed.to_string())
            }
            ConsignmentError::Invalid(errors) => Problem::new(Code::BodyInvalid).with_field_errors(errors),
            ConsignmentError::Stale(stale) => stale.into(),
            ConsignmentError::Figures(error) => error.into(),
            ConsignmentError::Sale(error) => error.into(),
            ConsignmentError::Payment(error) => error.into(),
            ConsignmentError::Amount(error) => Problem::new(Code::AmountOutOfBounds).because(error),
            ConsignmentError::Db(error) => error.into(),
        }
    }
}

/// The named thing does not exist, or the caller may not name it.
pub(super) const NOT_THERE: FieldError =
    FieldError::Rule { code: "not-there", id: "Yang disebut di sini tidak ada.", en: "What this names is not there." };

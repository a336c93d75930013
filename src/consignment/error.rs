//! Why something of a consignment was not done.

use crate::cooperatives::AccessError;
use crate::db;
use crate::kernel::{AmountError, Quantity, Rupiah};
use crate::orders::TransitionError;
use crate::payments::PaymentError;
use crate::supply::{FiguresError, Reason, Unavailable};
use crate::web::{Code, FieldError, FieldErrors, Problem, StaleVersion};

/// Why something of a consignment was not done.
#[derive(Debug, thiserror::Error)]
pub enum ConsignmentError {
    /// It is not theirs, or not there.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The cooperative has as many outlets as it may.
    #[error("there are too many outlets")]
    TooManyOutlets,
    /// Nothing is brought to the outlet any more.
    #[error("the outlet is not active")]
    NotActive,
    /// There is less of the batch.
    #[error("only {0} are there")]
    NotThatMany(Quantity),
    /// The count found nothing that could be taken back, or it is taken back already.
    #[error("the count cannot be taken back")]
    NothingToReverse,
    /// The outlet owes nothing.
    #[error("nothing is owed")]
    NothingOwed,
    /// More than the outlet owes.
    #[error("only {0} are owed")]
    MoreThanOwed(Rupiah),
    /// What was sent does not hold together.
    #[error("what was sent does not hold together")]
    Invalid(FieldErrors),
    /// Someone else has changed it.
    #[error(transparent)]
    Stale(#[from] StaleVersion),
    /// The batch does not take it.
    #[error(transparent)]
    Figures(#[from] FiguresError),
    /// The sale could not be written.
    #[error(transparent)]
    Sale(#[from] TransitionError),
    /// The money could not be written down.
    #[error(transparent)]
    Payment(#[from] PaymentError),
    /// A sum leaves its bounds.
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
            ConsignmentError::Invalid(errors) => Problem::new(Code::BodyInvalid).with_faults(errors),
            ConsignmentError::Stale(stale) => stale.into(),
            ConsignmentError::Figures(error) => error.into(),
            ConsignmentError::Sale(error) => error.into(),
            ConsignmentError::Payment(error) => error.into(),
            ConsignmentError::Amount(error) => Problem::new(Code::AmountOutOfBounds).because(error),
            ConsignmentError::Db(error) => error.into(),
        }
    }
}

/// A request names what is not there, or not theirs to name.
pub(super) const NOT_THERE: FieldError =
    FieldError::Rule { code: "not-there", id: "Yang disebut di sini tidak ada.", en: "What this names is not there." };

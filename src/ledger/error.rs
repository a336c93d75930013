//! Errors of the books.

use crate::cooperatives::AccessError;
use crate::db;
use crate::kernel::{AmountError, Rupiah};
use crate::web::client_ids::ClientIdError;
use crate::web::{Code, FieldErrors, Problem};

/// Why an entry, a reversal, a closing or a new account is rejected.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The postings do not sum to zero.
    #[error("an entry is off by {0}")]
    Unbalanced(Rupiah),
    /// The body breaks a rule.
    #[error("the entry breaks a rule")]
    Invalid(FieldErrors),
    /// The month of the entry is closed.
    #[error("the month {0} is closed")]
    PeriodClosed(String),
    /// The books have an opening entry already.
    #[error("the opening is entered already")]
    OpeningExists,
    /// More is repaid or paid on than is held.
    #[error("no more than {0}")]
    MoreThanHeld(Rupiah),
    /// The entry has a source, which must be reversed instead.
    #[error("an entry that follows from something else is not reversed by hand")]
    NotManual,
    /// The entry is reversed already.
    #[error("the entry is reversed already")]
    AlreadyReversed,
    /// Months are closed in order and only when they are over; only the last closed month is reopened.
    #[error("the month does not take this step now")]
    WrongPeriodOrder,
    /// The cooperative has an account of this number already.
    #[error("the cooperative has an account of this number")]
    AccountNumberTaken,
    /// The client id belongs to another request.
    #[error(transparent)]
    ClientId(#[from] ClientIdError),
    /// The caller may not, or may not know of it.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// A sum is out of bounds.
    #[error(transparent)]
    Amount(#[from] AmountError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<diesel::result::Error> for LedgerError {
    fn from(error: diesel::result::Error) -> Self {
        LedgerError::Db(db::Error::from(error))
    }
}

impl From<LedgerError> for Problem {
    fn from(error: LedgerError) -> Self {
        match error {
            // The rules make balanced drafts, and bodies are validated before.
            LedgerError::Unbalanced(_) => Problem::internal(error),
            LedgerError::Invalid(errors) => Problem::new(Code::BodyInvalid).with_field_errors(errors),
            LedgerError::PeriodClosed(month) => Problem::new(Code::PeriodClosed).with("month", month),
            LedgerError::OpeningExists => Problem::new(Code::OpeningExists),
            LedgerError::MoreThanHeld(held) => {
                Problem::new(Code::MoreThanHeld).with("held", held).with("held_text", held.to_string())
            }
            LedgerError::NotManual => Problem::new(Code::EntryNotByHand),
            LedgerError::AlreadyReversed => Problem::new(Code::EntryReversed),
            LedgerError::WrongPeriodOrder => Problem::new(Code::PeriodStepInvalid),
            LedgerError::AccountNumberTaken => Problem::new(Code::AccountNumberTaken),
            LedgerError::ClientId(error) => error.into(),
            LedgerError::Access(denied) => denied.into(),
            LedgerError::Amount(error) => Problem::new(Code::AmountOutOfBounds).because(error),
            LedgerError::Db(error) => error.into(),
        }
    }
}

//! Why something is not entered.

use crate::cooperatives::AccessError;
use crate::db;
use crate::kernel::{AmountError, Rupiah};
use crate::web::client_ids::CreationError;
use crate::web::{Code, FieldErrors, Problem};

/// Why something is not entered.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// Its postings do not come to zero.
    #[error("an entry is off by {0}")]
    Unbalanced(Rupiah),
    /// What was sent breaks a rule.
    #[error("the entry breaks a rule")]
    Faulty(FieldErrors),
    /// The month of its day is closed.
    #[error("the month {0} is closed")]
    Closed(String),
    /// The opening is entered already.
    #[error("the opening is entered already")]
    OpenedAlready,
    /// More is paid back or on than is held.
    #[error("no more than {0}")]
    MoreThanHeld(Rupiah),
    /// It follows from something that happened: that is what is to be taken back.
    #[error("an entry that follows from something else is not reversed by hand")]
    NotByHand,
    /// It is reversed already.
    #[error("the entry is reversed already")]
    ReversedAlready,
    /// A month is closed after the one before it, and reopened before it; only when it is over.
    #[error("the month does not take this step now")]
    PeriodStep,
    /// The number is taken.
    #[error("the cooperative has an account of this number")]
    AccountTaken,
    /// The id belongs to another request.
    #[error(transparent)]
    ClientId(#[from] CreationError),
    /// The caller may not, or may not even know.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// A sum leaves the bounds.
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
            // What rules make balances; what people send is looked at before.
            LedgerError::Unbalanced(_) => Problem::internal(error),
            LedgerError::Faulty(errors) => Problem::new(Code::BodyInvalid).with_faults(errors),
            LedgerError::Closed(month) => Problem::new(Code::PeriodClosed).with("month", month),
            LedgerError::OpenedAlready => Problem::new(Code::OpeningExists),
            LedgerError::MoreThanHeld(held) => {
                Problem::new(Code::MoreThanHeld).with("held", held).with("held_text", held.to_string())
            }
            LedgerError::NotByHand => Problem::new(Code::EntryNotByHand),
            LedgerError::ReversedAlready => Problem::new(Code::EntryReversed),
            LedgerError::PeriodStep => Problem::new(Code::PeriodStepInvalid),
            LedgerError::AccountTaken => Problem::new(Code::AccountNumberTaken),
            LedgerError::ClientId(error) => error.into(),
            LedgerError::Access(denied) => denied.into(),
            LedgerError::Amount(error) => Problem::new(Code::AmountOutOfBounds).because(error),
            LedgerError::Db(error) => error.into(),
        }
    }
}

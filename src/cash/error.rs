//! Why cash does not change hands.

use super::handover::HandoverStatus;
use crate::cooperatives::AccessError;
use crate::db;
use crate::kernel::AmountError;
use crate::ledger::LedgerError;
use crate::web::{Code, FieldErrors, Problem, StaleVersion};

/// Why cash does not change hands.
#[derive(Debug, thiserror::Error)]
pub enum CashError {
    /// The caller may not, or may not even know.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// Nothing is held that is not on its way already.
    #[error("nothing is held")]
    NothingHeld,
    /// A payment that is named is not held by them, or is on its way already.
    #[error("a payment is not theirs to hand over")]
    Faulty(FieldErrors),
    /// It is decided already.
    #[error("a handover that is {0} takes no step")]
    NotPossible(HandoverStatus),
    /// Somebody was faster.
    #[error(transparent)]
    Stale(#[from] StaleVersion),
    /// It cannot be posted.
    #[error(transparent)]
    Books(#[from] LedgerError),
    /// A sum leaves the bounds.
    #[error(transparent)]
    Amount(#[from] AmountError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<CashError> for Problem {
    fn from(error: CashError) -> Self {
        match error {
            CashError::Access(denied) => denied.into(),
            CashError::NothingHeld => Problem::new(Code::NothingHeld),
            CashError::Faulty(errors) => Problem::new(Code::BodyInvalid).with_faults(errors),
            CashError::NotPossible(status) => Problem::new(Code::TransitionInvalid).with("state", status),
            CashError::Stale(stale) => stale.into(),
            CashError::Books(error) => error.into(),
            CashError::Amount(error) => Problem::new(Code::AmountOutOfBounds).because(error),
            CashError::Db(error) => error.into(),
        }
    }
}

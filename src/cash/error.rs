//! Errors of cash hand-overs and counts.

use super::handover::HandoverStatus;
use crate::cooperatives::AccessError;
use crate::db;
use crate::kernel::AmountError;
use crate::ledger::LedgerError;
use crate::web::{Code, FieldErrors, Problem, StaleVersion};

/// Why an operation on cash failed.
#[derive(Debug, thiserror::Error)]
pub enum CashError {
    /// The caller may not do this, or it is hidden from them.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The holder has no cash that is not in a hand-over.
    #[error("nothing is held")]
    NothingHeld,
    /// A named payment is not held by them, or is in another hand-over.
    #[error("a payment is not theirs to hand over")]
    Invalid(FieldErrors),
    /// It was decided already.
    #[error("a handover that is {0} takes no step")]
    WrongStatus(HandoverStatus),
    /// The version is stale.
    #[error(transparent)]
    Stale(#[from] StaleVersion),
    /// The ledger rejects the posting.
    #[error(transparent)]
    Books(#[from] LedgerError),
    /// A sum is out of bounds.
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
            CashError::Invalid(errors) => Problem::new(Code::BodyInvalid).with_field_errors(errors),
            CashError::WrongStatus(status) => Problem::new(Code::TransitionInvalid).with("state", status),
            CashError::Stale(stale) => stale.into(),
            CashError::Books(error) => error.into(),
            CashError::Amount(error) => Problem::new(Code::AmountOutOfBounds).because(error),
            CashError::Db(error) => error.into(),
        }
    }
}

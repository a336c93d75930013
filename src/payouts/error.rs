//! Why capital is not moved.

use super::payout::PayoutStatus;
use super::receipt::ReceiptStatus;
use crate::cooperatives::AccessError;
use crate::db;
use crate::kernel::AmountError;
use crate::ledger::LedgerError;
use crate::web::{Code, FieldErrors, Problem, StaleVersion};

/// Why capital is not moved.
#[derive(Debug, thiserror::Error)]
pub enum CapitalError {
    /// The caller may not, or may not even know.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// What was sent does not hold together.
    #[error("what was sent does not hold together")]
    Faulty(FieldErrors),
    /// The group is owed nothing; what came back is carried to its next sales.
    #[error("nothing is owed to the group")]
    NothingOwed,
    /// The payout was reversed already.
    #[error("a payout that is {0} takes no step")]
    NotPossible(PayoutStatus),
    /// The receipt was paid back or voided.
    #[error("a receipt that is {0} is not voided")]
    ReceiptNotOpen(ReceiptStatus),
    /// It was changed meanwhile.
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

impl From<CapitalError> for Problem {
    fn from(error: CapitalError) -> Self {
        match error {
            CapitalError::Access(denied) => denied.into(),
            CapitalError::Faulty(errors) => Problem::new(Code::BodyInvalid).with_faults(errors),
            CapitalError::NothingOwed => Problem::new(Code::NothingOwedToGroup),
            CapitalError::NotPossible(status) => Problem::new(Code::TransitionInvalid).with("state", status),
            CapitalError::ReceiptNotOpen(status) => Problem::new(Code::TransitionInvalid).with("state", status),
            CapitalError::Stale(stale) => stale.into(),
            CapitalError::Books(error) => error.into(),
            CapitalError::Amount(error) => Problem::new(Code::AmountOutOfBounds).because(error),
            CapitalError::Db(error) => error.into(),
        }
    }
}

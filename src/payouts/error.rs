//! Errors of payouts.

use super::payout::PayoutStatus;
use super::receipt::ReceiptStatus;
use crate::cooperatives::AccessError;
use crate::db;
use crate::kernel::AmountError;
use crate::ledger::LedgerError;
use crate::web::{Code, FieldErrors, Problem, StaleVersion};

/// Why a payout or a receipt is rejected.
#[derive(Debug, thiserror::Error)]
pub enum PayoutError {
    /// The caller may not, or may not know of it.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The body breaks a rule.
    #[error("the body breaks a rule")]
    Invalid(FieldErrors),
    /// Nothing is owed to the group; returns are carried over to its next sales.
    #[error("nothing is owed to the group")]
    NothingOwed,
    /// The payout is reversed already.
    #[error("a {0} payout cannot be reversed")]
    WrongStatus(PayoutStatus),
    /// The receipt is repaid or void.
    #[error("a {0} receipt cannot be voided")]
    ReceiptNotOpen(ReceiptStatus),
    /// The version has changed.
    #[error(transparent)]
    Stale(#[from] StaleVersion),
    /// The ledger rejects the entry.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A sum is out of bounds.
    #[error(transparent)]
    Amount(#[from] AmountError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<PayoutError> for Problem {
    fn from(error: PayoutError) -> Self {
        match error {
            PayoutError::Access(denied) => denied.into(),
            PayoutError::Invalid(errors) => Problem::new(Code::BodyInvalid).with_field_errors(errors),
            PayoutError::NothingOwed => Problem::new(Code::NothingOwedToGroup),
            PayoutError::WrongStatus(status) => Problem::new(Code::TransitionInvalid).with("state", status),
            PayoutError::ReceiptNotOpen(status) => Problem::new(Code::TransitionInvalid).with("state", status),
            PayoutError::Stale(stale) => stale.into(),
            PayoutError::Ledger(error) => error.into(),
            PayoutError::Amount(error) => Problem::new(Code::AmountOutOfBounds).because(error),
            PayoutError::Db(error) => error.into(),
        }
    }
}

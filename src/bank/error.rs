//! Errors of bank statements.

use super::line::LineStatus;
use crate::cooperatives::AccessError;
use crate::db;
use crate::kernel::Rupiah;
use crate::payments::PaymentError;
use crate::web::{Code, FieldError, FieldErrors, Problem};

/// Why a statement or a decision on a line failed.
#[derive(Debug, thiserror::Error)]
pub enum StatementError {
    /// The caller may not do this, or it is hidden from them.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The statement cannot be parsed, or names something unknown.
    #[error("the statement cannot be read")]
    Invalid(FieldErrors),
    /// The line was decided already.
    #[error("a line that is {0} takes no step")]
    WrongStatus(LineStatus),
    /// The line's amount is not the payment's amount to transfer.
    #[error("the line is not the {0} that is awaited")]
    AmountDiffers(Rupiah),
    /// The payment cannot be confirmed or recorded.
    #[error(transparent)]
    Payment(#[from] PaymentError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl StatementError {
    /// The member at this pointer names something unknown.
    pub(super) fn unknown(pointer: &str) -> StatementError {
        let fault = FieldError::Rule {
            code: "not-there",
            id: "Yang disebut di sini tidak ada.",
            en: "What this names is not there.",
        };
        StatementError::Invalid(FieldErrors::single(pointer, fault))
    }
}

impl From<StatementError> for Problem {
    fn from(error: StatementError) -> Self {
        match error {
            StatementError::Access(denied) => denied.into(),
            StatementError::Invalid(errors) => Problem::new(Code::BodyInvalid).with_field_errors(errors),
            StatementError::WrongStatus(status) => Problem::new(Code::TransitionInvalid).with("state", status),
            StatementError::AmountDiffers(awaited) => {
                Problem::new(Code::AmountDiffers).with("awaited", awaited).with("awaited_text", awaited.to_string())
            }
            StatementError::Payment(error) => error.into(),
            StatementError::Db(error) => error.into(),
        }
    }
}

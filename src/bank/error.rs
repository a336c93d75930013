//! Why a statement, or a line of it, is refused.

use super::line::LineStatus;
use crate::cooperatives::AccessError;
use crate::db;
use crate::kernel::Rupiah;
use crate::payments::PaymentError;
use crate::web::{Code, FieldError, FieldErrors, Problem};

/// Why a statement, or a line of it, is refused.
#[derive(Debug, thiserror::Error)]
pub enum StatementError {
    /// The caller may not, or may not even know.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// What was sent cannot be read, or names what is not there.
    #[error("the statement cannot be read")]
    Faulty(FieldErrors),
    /// The line is decided already.
    #[error("a line that is {0} takes no step")]
    NotPossible(LineStatus),
    /// The line is not what the payment comes to.
    #[error("the line is not the {0} that is awaited")]
    AmountDiffers(Rupiah),
    /// The payment does not take it.
    #[error(transparent)]
    Payment(#[from] PaymentError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl StatementError {
    /// What this place of the body names is not there.
    pub(super) fn unknown(pointer: &str) -> StatementError {
        let fault = FieldError::Rule {
            code: "not-there",
            id: "Yang disebut di sini tidak ada.",
            en: "What this names is not there.",
        };
        StatementError::Faulty(FieldErrors::one(pointer, fault))
    }
}

impl From<StatementError> for Problem {
    fn from(error: StatementError) -> Self {
        match error {
            StatementError::Access(denied) => denied.into(),
            StatementError::Faulty(errors) => Problem::new(Code::BodyInvalid).with_faults(errors),
            StatementError::NotPossible(status) => Problem::new(Code::TransitionInvalid).with("state", status),
            StatementError::AmountDiffers(awaited) => {
                Problem::new(Code::AmountDiffers).with("awaited", awaited).with("awaited_text", awaited.to_string())
            }
            StatementError::Payment(error) => error.into(),
            StatementError::Db(error) => error.into(),
        }
    }
}

//! Errors of bank statements.

use super::line::LineStatus;
use crate::cooperatives::AccessError;
use crate::db;
use crate::kernel::Rupiah;
use crate::payments::PaymentError;
use crate::web::{FieldErrors, Problem, Rule, verb_errors};

verb_errors! {
    /// Why a statement or a decision on a line failed.
    pub enum StatementError {
        /// The statement cannot be parsed, or names something unknown.
        Invalid(errors: FieldErrors) => { Problem::invalid(errors) },
        /// The line was decided already.
        WrongStatus(status: LineStatus) => TransitionInvalid ["state" = status],
        /// The line's amount is not the payment's amount to transfer.
        AmountDiffers(awaited: Rupiah) => AmountDiffers ["awaited" = awaited, "awaited_text" = awaited.to_string()],
    }
    + Access(AccessError), Payment(PaymentError), Db(db::Error)
}

impl StatementError {
    /// The member at this pointer names something unknown.
    pub(super) fn unknown(pointer: &str) -> StatementError {
        StatementError::Invalid(FieldErrors::single(pointer, Rule::UnknownReference))
    }
}

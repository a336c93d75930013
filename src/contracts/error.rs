//! Errors of contracts and invoices.

use super::contract::ContractStatus;
use crate::cooperatives::AccessError;
use crate::db;
use crate::kernel::{AmountError, Rupiah};
use crate::orders::{PlaceOrderError, QuoteError};
use crate::payments::PaymentError;
use crate::web::{Code, FieldErrors, Problem, StaleVersion};

/// Errors of contracts and invoices.
#[derive(Debug, thiserror::Error)]
pub enum ContractError {
    /// The caller may not do it, or may not know of the contract.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The status does not permit the action.
    #[error("the contract is {0}")]
    WrongStatus(ContractStatus),
    /// The contract is not active, or its period does not include the day.
    #[error("the contract is not in force")]
    NotInForce,
    /// The credit limit would be exceeded.
    #[error("{open} of {limit} are open, {additional} more are requested")]
    LimitReached {
        /// Total of unpaid orders.
        open: Rupiah,
        /// The credit limit.
        limit: Rupiah,
        /// The additional amount.
        additional: Rupiah,
    },
    /// Nothing is left to pay of the invoice.
    #[error("nothing is owed")]
    NothingOwed,
    /// The amount exceeds what is left to pay of the invoice.
    #[error("only {0} are owed")]
    MoreThanOwed(Rupiah),
    /// The request body is invalid.
    #[error("the request is invalid")]
    Invalid(FieldErrors),
    /// The version is stale.
    #[error(transparent)]
    Stale(#[from] StaleVersion),
    /// The order was not placed.
    #[error(transparent)]
    Place(#[from] PlaceOrderError),
    /// The payment could not be recorded.
    #[error(transparent)]
    Payment(#[from] PaymentError),
    /// An amount is out of bounds.
    #[error(transparent)]
    Amount(#[from] AmountError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<QuoteError> for ContractError {
    fn from(error: QuoteError) -> Self {
        ContractError::Place(error.into())
    }
}

impl From<ContractError> for Problem {
    fn from(error: ContractError) -> Self {
        match error {
            ContractError::Access(denied) => denied.into(),
            ContractError::WrongStatus(status) => Problem::new(Code::TransitionInvalid).with("contract_status", status),
            ContractError::NotInForce => Problem::new(Code::ContractNotInForce),
            ContractError::LimitReached { open, limit, additional } => Problem::new(Code::CreditLimitReached)
                .with("open", open)
                .with("open_text", open.to_string())
                .with("limit", limit)
                .with("limit_text", limit.to_string())
                .with("wanted", additional)
                .with("wanted_text", additional.to_string()),
            ContractError::NothingOwed => Problem::new(Code::NothingOwed),
            ContractError::MoreThanOwed(owed) => {
                Problem::new(Code::MoreThanOwed).with("owed", owed).with("owed_text", owed.to_string())
            }
            ContractError::Invalid(errors) => Problem::new(Code::BodyInvalid).with_field_errors(errors),
            ContractError::Stale(stale) => stale.into(),
            ContractError::Place(error) => error.into(),
            ContractError::Payment(error) => error.into(),
            ContractError::Amount(error) => Problem::new(Code::AmountOutOfBounds).because(error),
            ContractError::Db(error) => error.into(),
        }
    }
}

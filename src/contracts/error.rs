//! Why something of a contract was not done.

use super::contract::ContractStatus;
use crate::cooperatives::AccessError;
use crate::db;
use crate::kernel::{AmountError, Rupiah};
use crate::orders::{PlaceOrderError, QuoteError};
use crate::payments::PaymentError;
use crate::web::{Code, FieldErrors, Problem, StaleVersion};

/// Why something of a contract was not done.
#[derive(Debug, thiserror::Error)]
pub enum ContractError {
    /// It is not theirs, or not there.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// From where it stands, the step leads nowhere.
    #[error("the contract is {0}")]
    WrongStatus(ContractStatus),
    /// Nothing can be ordered under it.
    #[error("the contract is not in force")]
    NotInForce,
    /// What is open would come to more than it may.
    #[error("{open} are open of {limit}, and {wanted} are wanted")]
    LimitReached {
        /// What is open.
        open: Rupiah,
        /// What may be open.
        limit: Rupiah,
        /// What is wanted on top.
        wanted: Rupiah,
    },
    /// Nothing is left to pay of an invoice.
    #[error("nothing is owed")]
    NothingOwed,
    /// More than is left to pay of an invoice.
    #[error("only {0} are owed")]
    MoreThanOwed(Rupiah),
    /// What was sent does not hold together.
    #[error("what was sent does not hold together")]
    Invalid(FieldErrors),
    /// Someone else has changed it.
    #[error(transparent)]
    Stale(#[from] StaleVersion),
    /// The order was not placed.
    #[error(transparent)]
    Place(#[from] PlaceOrderError),
    /// The money could not be written down.
    #[error(transparent)]
    Payment(#[from] PaymentError),
    /// A sum leaves its bounds.
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
            ContractError::LimitReached { open, limit, wanted } => Problem::new(Code::CreditLimitReached)
                .with("open", open)
                .with("open_text", open.to_string())
                .with("limit", limit)
                .with("limit_text", limit.to_string())
                .with("wanted", wanted)
                .with("wanted_text", wanted.to_string()),
            ContractError::NothingOwed => Problem::new(Code::NothingOwed),
            ContractError::MoreThanOwed(owed) => {
                Problem::new(Code::MoreThanOwed).with("owed", owed).with("owed_text", owed.to_string())
            }
            ContractError::Invalid(errors) => Problem::new(Code::BodyInvalid).with_faults(errors),
            ContractError::Stale(stale) => stale.into(),
            ContractError::Place(error) => error.into(),
            ContractError::Payment(error) => error.into(),
            ContractError::Amount(error) => Problem::new(Code::AmountOutOfBounds).because(error),
            ContractError::Db(error) => error.into(),
        }
    }
}

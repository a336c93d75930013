//! Errors of contracts and invoices.

use super::contract::ContractStatus;
use crate::cooperatives::AccessError;
use crate::db;
use crate::kernel::{AmountError, Rupiah};
use crate::orders::{PlaceOrderError, QuoteError};
use crate::payments::PaymentError;
use crate::web::{FieldErrors, Problem, StaleVersion, verb_errors};

verb_errors! {
    /// Errors of contracts and invoices.
    pub enum ContractError {
        /// The status does not permit the action.
        WrongStatus(status: ContractStatus) => TransitionInvalid ["contract_status" = status, "state" = status],
        /// The contract is not active, or its period does not include the day.
        NotInForce => ContractNotInForce,
        /// The credit limit would be exceeded.
        LimitReached {
            /// Total of unpaid orders.
            open: Rupiah,
            /// The credit limit.
            limit: Rupiah,
            /// The additional amount.
            additional: Rupiah,
        } => CreditLimitReached ["open" = open, "open_text" = open.to_string(), "limit" = limit, "limit_text" = limit.to_string(), "wanted" = additional, "wanted_text" = additional.to_string()],
        /// Nothing is left to pay of the invoice.
        NothingOwed => NothingOwed,
        /// The amount exceeds what is left to pay of the invoice.
        MoreThanOwed(owed: Rupiah) => MoreThanOwed ["owed" = owed, "owed_text" = owed.to_string()],
        /// The request body is invalid.
        Invalid(errors: FieldErrors) => { Problem::invalid(errors) },
    }
    + Access(AccessError), Stale(StaleVersion), Place(PlaceOrderError), Payment(PaymentError), Amount(AmountError), Db(db::Error)
}

impl From<QuoteError> for ContractError {
    fn from(error: QuoteError) -> Self {
        ContractError::Place(error.into())
    }
}

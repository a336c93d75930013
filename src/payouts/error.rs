//! Errors of payouts.

use super::payout::PayoutStatus;
use super::receipt::ReceiptStatus;
use crate::cooperatives::AccessError;
use crate::db;
use crate::kernel::AmountError;
use crate::ledger::LedgerError;
use crate::web::{FieldErrors, Problem, StaleVersion, verb_errors};

verb_errors! {
    /// Why a payout or a receipt is rejected.
    pub enum PayoutError {
        /// The body breaks a rule.
        Invalid(errors: FieldErrors) => { Problem::invalid(errors) },
        /// Nothing is owed to the group; returns are carried over to its next sales.
        NothingOwed => NothingOwedToGroup,
        /// The payout is reversed already.
        WrongStatus(status: PayoutStatus) => TransitionInvalid ["state" = status],
        /// The receipt is repaid or void.
        ReceiptNotOpen(status: ReceiptStatus) => TransitionInvalid ["state" = status],
    }
    + Access(AccessError), Stale(StaleVersion), Ledger(LedgerError), Amount(AmountError), Db(db::Error)
}

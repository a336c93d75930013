//! Errors of cash handovers and counts.

use super::handover::HandoverStatus;
use crate::cooperatives::AccessError;
use crate::db;
use crate::kernel::AmountError;
use crate::ledger::LedgerError;
use crate::web::{FieldErrors, Problem, StaleVersion, verb_errors};

verb_errors! {
    /// Why an operation on cash failed.
    pub enum CashError {
        /// The holder has no cash that is not in a handover.
        NothingHeld => NothingHeld,
        /// A named payment is not held by them, or is in another handover.
        Invalid(errors: FieldErrors) => { Problem::invalid(errors) },
        /// It was decided already.
        WrongStatus(status: HandoverStatus) => TransitionInvalid ["state" = status],
    }
    + Access(AccessError), Stale(StaleVersion), Ledger(LedgerError), Amount(AmountError), Db(db::Error)
}

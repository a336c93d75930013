//! Errors of the books.

use crate::cooperatives::AccessError;
use crate::db;
use crate::kernel::{AmountError, Rupiah};
use crate::web::{FieldErrors, Problem, verb_errors};

verb_errors! {
    /// Why an entry, a reversal, a closing or a new account is rejected.
    pub enum LedgerError {
        /// The postings do not sum to zero, by this amount. The rules make balanced drafts, and bodies are validated
        /// before.
        Unbalanced(difference: Rupiah) => { Problem::internal(LedgerError::Unbalanced(difference)) },
        /// The body breaks a rule.
        Invalid(errors: FieldErrors) => { Problem::invalid(errors) },
        /// The month of the entry is closed.
        PeriodClosed(month: String) => PeriodClosed,
        /// The books have an opening entry already.
        OpeningExists => OpeningExists,
        /// More is repaid or paid on than is held.
        MoreThanHeld(held: Rupiah) => MoreThanHeld ["held" = held, "held_text" = held.to_string()],
        /// The entry has a source, which must be reversed instead.
        NotManual => EntryNotByHand,
        /// The entry is reversed already.
        AlreadyReversed => EntryReversed,
        /// Months are closed in order and only when they are over; only the last closed month is reopened.
        WrongPeriodOrder => PeriodStepInvalid,
        /// The cooperative has an account of this number already.
        AccountNumberTaken => AccountNumberTaken,
    }
    + Access(AccessError), Amount(AmountError), Db(db::Error)
}

impl From<diesel::result::Error> for LedgerError {
    fn from(error: diesel::result::Error) -> Self {
        LedgerError::Db(db::Error::from(error))
    }
}

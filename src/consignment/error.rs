//! Errors of outlets, consignments and counts.

use crate::cooperatives::AccessError;
use crate::db;
use crate::kernel::{AmountError, Quantity, Rupiah};
use crate::orders::FulfilmentError;
use crate::payments::PaymentError;
use crate::supply::{BatchQuantityError, Unavailable, UnavailableReason};
use crate::web::{FieldErrors, Problem, StaleVersion, verb_errors};

verb_errors! {
    /// Errors of outlets, consignments and counts.
    pub enum ConsignmentError {
        /// The cooperative has the maximum number of outlets.
        TooManyOutlets => TooManyOutlets,
        /// The outlet is not active.
        NotActive => OutletNotActive,
        /// The batch has less than that available.
        NotThatMany(available: Quantity) => { Unavailable { reason: UnavailableReason::SoldOut, available, next_day: None }.into() },
        /// The count has no sale to reverse, or is reversed already.
        NothingToReverse => TransitionInvalid ["state" = "nothing_to_reverse"],
        /// The outlet owes nothing.
        NothingOwed => NothingOwed,
        /// The amount exceeds what the outlet owes.
        MoreThanOwed(owed: Rupiah) => MoreThanOwed ["owed" = owed, "owed_text" = owed.to_string()],
        /// The request body is invalid.
        Invalid(errors: FieldErrors) => { Problem::invalid(errors) },
    }
    + Access(AccessError), Stale(StaleVersion), Quantity(BatchQuantityError), Sale(FulfilmentError), Payment(PaymentError), Amount(AmountError), Db(db::Error)
}

//! Errors of market days, their schedules and offerings.

use super::day::DayStatus;
use crate::cooperatives::AccessError;
use crate::db;
use crate::orders::ProduceError;
use crate::supply::{AmendError, BatchQuantityError, OpenError};
use crate::web::{FieldError, FieldErrors, Problem, StaleVersion, verb_errors};

verb_errors! {
    /// Errors of market days, their schedules and offerings.
    pub enum MarketError {
        /// No such day, schedule or offering, or the caller may not know of it.
        NotFound => NotFound,
        /// The status of the day does not permit it.
        WrongStatus(status: DayStatus) => TransitionInvalid ["state" = status],
        /// The request is invalid.
        Invalid(errors: FieldErrors) => { Problem::invalid(errors) },
        /// The product is not for sale.
        NotOnSale => NotOnSale,
    }
    + Access(AccessError), Stale(StaleVersion), Open(OpenError), Amend(AmendError), Figures(BatchQuantityError), Produce(ProduceError), Db(db::Error)
}

pub(super) const ENDS_BEFORE: FieldError =
    FieldError::Rule { code: "ends-before", id: "Akhirnya mendahului awalnya.", en: "It ends before it begins." };
pub(super) const CLOSES_BEFORE: FieldError = FieldError::Rule {
    code: "closes-before",
    id: "Pesanan harus dibuka sebelum ditutup.",
    en: "Orders must open before they close.",
};
pub(super) const TOO_LATE: FieldError = FieldError::Rule {
    code: "closes-too-late",
    id: "Batas pesan tidak boleh lewat dari hari pasarnya.",
    en: "Orders must end by the end of the market day.",
};
pub(super) const NOT_THERE: FieldError =
    FieldError::Rule { code: "not-there", id: "Yang disebut di sini tidak ada.", en: "What this names is not there." };

//! Errors of QRIS codes.

use super::code::QrisStatus;
use crate::cooperatives::AccessError;
use crate::db;
use crate::web::{Problem, Rule, StaleVersion, verb_errors};

verb_errors! {
    /// Why a code is refused.
    pub enum QrisError {
        /// The text is no usable QRIS code.
        Payload(rule: Rule) => { Problem::invalid_field("/payload", rule) },
        /// The proposer cannot approve the code.
        SecondPerson => SecondPersonNeeded,
        /// The sent end of the merchant id is wrong.
        SuffixMismatch => { Problem::invalid_field("/merchant_id_ends", Rule::EndsOtherwise) },
        /// It was decided already.
        WrongStatus(status: QrisStatus) => TransitionInvalid ["state" = status],
    }
    + Access(AccessError), Stale(StaleVersion), Db(db::Error)
}

impl From<Rule> for QrisError {
    fn from(rule: Rule) -> Self {
        QrisError::Payload(rule)
    }
}

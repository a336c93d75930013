//! Errors of QRIS codes.

use super::code::QrisStatus;
use super::payload::PayloadError;
use crate::cooperatives::AccessError;
use crate::db;
use crate::web::{Code, FieldError, Problem, Rule, StaleVersion};

/// Why a code is refused.
#[derive(Debug, thiserror::Error)]
pub enum QrisError {
    /// The caller may not do this, or it is hidden from them.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The text is no usable QRIS code.
    #[error(transparent)]
    Payload(#[from] PayloadError),
    /// The proposer cannot approve the code.
    #[error("who proposed a code cannot approve it")]
    SecondPerson,
    /// The sent end of the merchant id is wrong.
    #[error("the merchant id ends otherwise")]
    SuffixMismatch,
    /// It was decided already.
    #[error("a code that is {0} takes no step")]
    WrongStatus(QrisStatus),
    /// The version is stale.
    #[error(transparent)]
    Stale(#[from] StaleVersion),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<PayloadError> for FieldError {
    fn from(error: PayloadError) -> Self {
        FieldError::Rule(match error {
            PayloadError::Malformed => Rule::QrisMalformed,
            PayloadError::Checksum => Rule::QrisChecksum,
            PayloadError::NotRupiah => Rule::QrisNotRupiah,
            PayloadError::NoMerchant => Rule::QrisNoMerchant,
            PayloadError::NotStatic => Rule::QrisNotStatic,
            PayloadError::Amount => Rule::QrisAmount,
        })
    }
}

impl From<QrisError> for Problem {
    fn from(error: QrisError) -> Self {
        match error {
            QrisError::Access(denied) => denied.into(),
            QrisError::Payload(error) => Problem::invalid_field("/payload", error),
            QrisError::SecondPerson => Problem::new(Code::SecondPersonNeeded),
            QrisError::SuffixMismatch => Problem::invalid_field("/merchant_id_ends", Rule::EndsOtherwise),
            QrisError::WrongStatus(status) => Problem::new(Code::TransitionInvalid).with("state", status),
            QrisError::Stale(stale) => stale.into(),
            QrisError::Db(error) => error.into(),
        }
    }
}

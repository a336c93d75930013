//! Errors of QRIS codes.

use super::code::QrisStatus;
use super::payload::PayloadError;
use crate::cooperatives::AccessError;
use crate::db;
use crate::web::{Code, FieldError, FieldErrors, Problem, StaleVersion};

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
        let rule = |code, id, en| FieldError::Rule { code, id, en };
        match error {
            PayloadError::Malformed => rule(
                "qris-malformed",
                "Ini bukan isi kode QRIS. Pindai stikernya dan tempel seluruh teksnya.",
                "This is no QRIS code. Scan the sticker and paste all of its text.",
            ),
            PayloadError::Checksum => rule(
                "qris-checksum",
                "Kode QRIS ini rusak: angka pemeriksanya tidak cocok.",
                "This QRIS code is damaged: its checksum does not agree.",
            ),
            PayloadError::NotRupiah => rule(
                "qris-not-rupiah",
                "Kode ini bukan untuk rupiah di Indonesia.",
                "This code is not for rupiah in Indonesia.",
            ),
            PayloadError::NoMerchant => rule(
                "qris-no-merchant",
                "Kode ini tidak memuat NMID dan nama usaha.",
                "This code names no national merchant id and no merchant.",
            ),
            PayloadError::NotStatic => rule(
                "qris-not-static",
                "Kode ini hanya untuk satu pembayaran. Pakai kode statis dari stiker.",
                "This code is for a single payment. Use the printed one.",
            ),
            PayloadError::Amount => rule(
                "qris-amount",
                "QRIS hanya untuk 1 sampai 10.000.000 rupiah.",
                "QRIS moves 1 to 10,000,000 rupiah.",
            ),
        }
    }
}

impl From<QrisError> for Problem {
    fn from(error: QrisError) -> Self {
        let faulty = |pointer: &str, fault| {
            Problem::new(Code::BodyInvalid).with_field_errors(FieldErrors::single(pointer, fault))
        };
        match error {
            QrisError::Access(denied) => denied.into(),
            QrisError::Payload(error) => faulty("/payload", error.into()),
            QrisError::SecondPerson => Problem::new(Code::SecondPersonNeeded),
            QrisError::SuffixMismatch => faulty(
                "/merchant_id_ends",
                FieldError::Rule {
                    code: "ends-otherwise",
                    id: "NMID pada kode yang diusulkan tidak berakhir begitu. Cocokkan dengan stiker di tempat.",
                    en: "The merchant id of the proposed code ends otherwise. Compare it with the sticker.",
                },
            ),
            QrisError::WrongStatus(status) => Problem::new(Code::TransitionInvalid).with("state", status),
            QrisError::Stale(stale) => stale.into(),
            QrisError::Db(error) => error.into(),
        }
    }
}

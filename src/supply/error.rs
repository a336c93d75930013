//! Field errors that several operations on batches report.

use crate::web::FieldError;

/// The quantity of a batch in packs is no multiple of the pack size.
pub(super) const NOT_WHOLE_PACKS: FieldError = FieldError::Rule {
    code: "not-whole-packs",
    id: "Jumlahnya harus kemasan penuh.",
    en: "The quantity must be whole packs.",
};

/// The cut-off is in the past, or later than the day on which the batch is ready.
pub(super) const INVALID_CUTOFF: FieldError = FieldError::Rule {
    code: "cutoff-does-not-fit",
    id: "Batas pesan harus di depan, dan tidak lewat dari hari jadinya.",
    en: "The cut-off must lie ahead, and not after the day on which the batch is ready.",
};

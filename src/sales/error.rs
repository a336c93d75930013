//! Errors of reports.

use crate::db;
use crate::web::{Code, FieldError, FieldErrors, Problem, verb_errors};

verb_errors! {
    /// Why there is no report.
    pub enum ReportError {
        /// It would have more than 10,000 rows.
        TooLong => { Problem::new(Code::QueryInvalid).with_field_errors(FieldErrors::single("/to", TOO_MANY_ROWS)) },
    }
    + Db(db::Error)
}

const TOO_MANY_ROWS: FieldError = FieldError::Rule {
    code: "too-many-rows",
    id: "Laporan ini lebih dari 10.000 baris. Pilih rentang tanggal yang lebih pendek.",
    en: "This report has more than 10,000 rows. Choose fewer days.",
};

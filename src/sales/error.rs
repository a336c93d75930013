//! Errors of reports.

use crate::db;
use crate::web::{Problem, Rule, verb_errors};

verb_errors! {
    /// Why there is no report.
    pub enum ReportError {
        /// It would have more than 10,000 rows.
        TooLong => { Problem::invalid_parameter("/to", Rule::TooManyRows) },
    }
    + Db(db::Error)
}

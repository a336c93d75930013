//! Reports over the sale facts.
//!
//! `orders` writes a fact for each line at hand-over, and a negative one when goods come back or a hand-over is
//! undone. Here they are only added up: by day, week, month, product, group, channel or buyer, for one group or for
//! the whole cooperative, as JSON or as a table for a spreadsheet; beside them stands last year, or what is left of
//! them. What is netted out is gone from every column, so that a report agrees to the rupiah with the orders behind
//! it. `charts` draws what a report says. A group's month comes on one page. [`stability`] tells what a steadier
//! market changed.

mod api;
mod charts;
mod comparison;
mod labels;
mod monthly;
mod report;
pub mod stability;
mod store;
mod table;

use crate::web::Routes;

pub use report::{Bucket, By, Key, Period, Report, Row, Scope, Totals, Unit};
pub use store::{ReportError, report, statement};

/// The routes of this slice.
pub fn routes() -> Routes {
    api::routes().and(monthly::routes()).and(charts::routes()).and(stability::routes())
}

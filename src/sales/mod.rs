//! Sales reports.
//!
//! `orders` writes a sale fact for each line at delivery, and a negative one for a return or an undone delivery.
//! Reports sum these facts by day, week, month, weekday, product, group, channel or buyer, for one group or for the
//! whole cooperative, as JSON or as a table, with last year's sales or margins as a comparison. Every column is net of
//! returns, so that a report equals the orders behind it to the rupiah. `charts` draws reports, and `api::monthly`
//! prints a group's month on one page. [`stability`] reports demand and its fluctuation before and after market days and
//! standing orders.

mod access;
mod api;
mod charts;
mod comparison;
mod error;
mod labels;
mod report;
mod share;
pub mod stability;
mod store;
mod table;

use crate::web::Routes;

pub use error::ReportError;
pub use report::{Bucket, GroupBy, Period, Report, ReportKey, ReportTotals, Row, SalesScope, UnitName};
pub use store::{load_report, statement};

/// The routes of this slice.
pub fn routes() -> Routes {
    api::routes().and(charts::routes()).and(stability::routes())
}

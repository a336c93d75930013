//! Routes of sales reports.

mod monthly;
mod reports;
pub(super) mod views;

use crate::web::Routes;

/// The routes of reports.
pub(super) fn routes() -> Routes {
    reports::routes().and(monthly::routes())
}

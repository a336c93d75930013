//! The bank's statement: brought in as CSV, matched one to one with the transfers that are awaited.
//!
//! How a bank writes its lines is said once, by a [`Mapping`]. A statement is looked at first (`dry_run`), then brought
//! in: a line that fits one awaited transfer and no other confirms it; what fits none or several waits in a queue for the
//! treasurer. A line that was brought in before is known again, so that statements may overlap.

mod api;
mod bodies;
mod bring;
mod decide;
mod error;
mod line;
mod mapping;
mod matching;
mod privacy;
mod store;
mod views;

use crate::web::Routes;

pub use line::{LineStatus, StatementLine};
pub use mapping::Mapping;
pub use privacy::forget;

/// The routes of this slice.
pub fn routes() -> Routes {
    api::routes()
}

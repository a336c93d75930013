//! Bank statements: imported as CSV and matched one to one with awaited transfers.
//!
//! A [`Mapping`] describes the format of a bank's statements. A statement is previewed (`dry_run`), then imported: a
//! line that matches exactly one awaited transfer confirms it; a line that matches none or several is queued for the
//! treasurer. A line that was imported before is detected, so statements may overlap.

mod api;
mod decide;
mod error;
pub(crate) mod events;
mod import;
mod line;
mod mapping;
mod matching;
mod store;

use crate::web::Routes;

pub use line::{LineStatus, StatementLine};
pub use mapping::Mapping;
pub use store::forget;

/// The routes of this slice.
pub fn routes() -> Routes {
    api::routes()
}

//! The routes of the books.

mod bodies;
mod entries;
mod overview;
mod paper;
mod statements;
mod views;

use crate::web::Routes;

/// The routes of the books.
pub(super) fn routes() -> Routes {
    entries::routes().and(overview::routes()).and(statements::routes())
}

//! Routes of the books.

mod account_names;
mod bodies;
mod entries;
mod overview;
pub(super) mod statements;
pub(super) mod views;

use crate::web::Routes;

/// The routes of the books.
pub(super) fn routes() -> Routes {
    entries::routes().and(overview::routes()).and(statements::routes())
}

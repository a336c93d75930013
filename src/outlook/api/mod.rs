//! The routes of what is ahead, and their JSON.

mod availability;
mod board;

use crate::web::Routes;

/// The routes of this slice.
pub fn routes() -> Routes {
    availability::routes().and(board::routes())
}

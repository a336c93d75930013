//! HTTP API of availability and the board.

mod availability;
mod board;

use crate::web::Routes;

/// The routes of availability and the board.
pub fn routes() -> Routes {
    availability::routes().and(board::routes())
}

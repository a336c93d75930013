//! Reports over the sale facts.

use crate::web::Routes;

/// The routes of this slice.
pub fn routes() -> Routes {
    Routes::default()
}

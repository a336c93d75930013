//! Batches: dated, limited supplies of one product, what is available of them, and claims on it.

use crate::web::Routes;

/// The routes of this slice.
pub fn routes() -> Routes {
    Routes::default()
}

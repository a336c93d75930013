//! Payments recorded and confirmed, and the quick sale at the stall.

use crate::web::Routes;

/// The routes of this slice.
pub fn routes() -> Routes {
    Routes::default()
}

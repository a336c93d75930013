//! Products: what a group lists, with label, price tiers, photos and search.

use crate::web::Routes;

/// The routes of this slice.
pub fn routes() -> Routes {
    Routes::default()
}

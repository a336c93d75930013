//! The routes of products.

mod public;

use crate::web::Routes;

/// The routes of this slice.
pub(super) fn routes() -> Routes {
    public::routes().and(super::photos::routes())
}

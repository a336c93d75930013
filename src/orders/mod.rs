//! Orders: quoted, placed, fulfilled, cancelled; one transaction each.

use crate::web::Routes;

/// The routes of this slice.
pub fn routes() -> Routes {
    Routes::default()
}

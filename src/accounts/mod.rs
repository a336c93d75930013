//! People: registering, signing in, devices, verification, and the extractors `Visitor` and `SignedIn`.

mod extract;

use crate::web::Routes;

pub use extract::{SignedIn, Visitor};

/// The routes of this slice.
pub fn routes() -> Routes {
    Routes::default()
}

//! What a person sees of themselves: profile, personal data out, forgetting a person.

use crate::web::Routes;

/// The routes of this slice.
pub fn routes() -> Routes {
    Routes::default()
}

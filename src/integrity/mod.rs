//! Integrity checks: the books in themselves, and against payments and deliveries; claims against supply. Also run by
//! `lumbung doctor --books`.

mod api;
mod check;
mod store;

use crate::web::Routes;

pub use check::{CheckName, Finding};
pub use store::{list_cooperatives, run_checks};

/// The routes of this slice.
pub fn routes() -> Routes {
    api::routes()
}

//! Proofs that everything agrees: the books with themselves, with the payments, with what was handed over; claims with
//! supply. Whoever doubts a figure asks here first, and so does `lumbung doctor --books`.

mod api;
mod check;
mod store;

use crate::web::Routes;

pub use check::{Check, Finding};
pub use store::{cooperatives, examine};

/// The routes of this slice.
pub fn routes() -> Routes {
    api::routes()
}

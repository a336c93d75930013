//! Integrity checks: the books in themselves, and against payments and deliveries; claims against supply. Also run by
//! `lumbung doctor --books`.

mod api;
mod check;
mod store;

pub use api::routes;
pub use check::{CheckName, Finding};
pub use store::{list_cooperatives, run_checks};

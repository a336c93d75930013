//! What a person sees of themselves: profile, personal data out, forgetting a person.
//!
//! The profile shows the account and what its owner holds in groups and cooperatives. [`export()`] begins to tell what every
//! slice keeps about a person, [`close()`] lets every slice forget them: orders and figures stay, without a name.

mod api;
mod close;
mod export;

pub use api::routes;
pub use close::{CloseError, close};
pub use export::{Untold, export, export_more};

//! The caller's own profile: `/v1/me`, export of personal data, closing the account.
//!
//! The profile shows the account with its roles in groups and cooperatives. [`export()`] starts the document of all personal
//! data in every slice, [`close()`] deletes personal data in every slice: orders and figures stay, without a name.

mod api;
mod close;
mod privacy;

pub use api::routes;
pub use close::{CloseError, close};
pub use privacy::{ExportCursor, export, export_more};

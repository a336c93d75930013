//! Outlook: availability of a product for buyers, and the board of a group for its members.
//!
//! Both use the rules of claims: goods on the shelf, made to order and of market days; quantities ordered, also by
//! standing orders; cut-offs, and what is missing for a batch to be made.

mod api;
mod board;
mod store;

pub use api::routes;

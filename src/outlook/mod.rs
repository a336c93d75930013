//! What is ahead: the days of a product for whoever would buy it, and the board of a group for those who make it.
//!
//! Both tell the same truth, by the rules of a claim: the shelf, what is made to order, and market days; what is ordered
//! already, and how much of that standing orders hold; until when one may order, and what is missing for it to be made.

mod api;
mod board;
mod store;

pub use api::routes;
pub use board::{Board, BoardDay, BoardRow, board};

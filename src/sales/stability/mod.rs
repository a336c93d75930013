//! What a steadier market changed: how much was promised before it was made, how much demand swings from week to week
//! before and after, what could not be had, what was thrown away, and how well standing orders were served.
//!
//! All figures are whole numbers: rupiah, quantities, and shares in hundredths of a percent (basis points).

mod api;
mod measure;
mod report;
mod store;
mod table;

pub(in crate::sales) use api::routes;
pub use measure::{Swing, share, swing};
pub use report::{Discarded, Half, Product, Refused, SinceBy, Sold, Stability, StandingOrders, Unserved, stability};

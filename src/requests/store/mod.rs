//! All SQL of requests and offers. Offers are changed only while their request's row is locked.

mod offers;
mod requests;

pub use offers::*;
pub use requests::*;

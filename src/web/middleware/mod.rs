//! Middleware around the whole service.

mod response;

pub use response::{RequestId, finalize};

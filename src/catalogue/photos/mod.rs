//! Photos of products: up to eight, by position, each in three sizes and two formats.
//!
//! [`attach`] and [`detach`] change them together with the product's version. The files are in the file store, named by
//! their content. A photo that no product uses any more is deleted a day later, so that lists cached by clients keep
//! their pictures.

mod api;
mod attach;
mod detach;
mod discard;
mod store;
pub mod upload;

pub use attach::{AttachError, attach};
pub use detach::{DetachError, detach};
pub use discard::discard_handler;

pub(super) use api::routes;

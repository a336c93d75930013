//! Proofs: pictures that show an announced transfer, for the treasurer to look at.
//!
//! A file is announced before it is kept: a job looks an hour later whether a payment shows it, so that an upload
//! that breaks off leaves nobody's slip behind. The files have names that nobody guesses, lie apart from what is
//! public, and are read through their payment only.

mod api;
mod attach;
mod discard;

pub(super) use api::routes;
pub(super) use discard::discard;
pub use discard::discarder;

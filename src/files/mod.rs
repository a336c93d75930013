//! Storage of photos and proofs: a folder on disk first.
//!
//! [`Store`] keeps files under names that only this program makes ([`FileName`]), so that no request can name
//! another path. [`prepare`] turns a picture somebody sent into the sizes that phones want, without anything of the
//! original but its pixels; [`Darkroom`] does so for one picture at a time, away from the request threads.

mod darkroom;
mod name;
mod picture;
mod renditions;
mod store;

pub use darkroom::{Darkroom, DarkroomError};
pub use name::FileName;
pub use picture::{Format, MAX_BYTES, PictureBytes, PictureError};
pub use renditions::{Edge, Kind, Rendition, Renditions, legible, prepare};
pub use store::{Settings, Store};

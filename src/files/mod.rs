//! Storage of photos and proofs: a folder on disk first.
//!
//! [`Store`] keeps files under names that only this program makes ([`FileName`]), so that no request can name
//! another path. [`prepare`] turns a picture somebody sent into the sizes that phones want, without anything of the
//! original but its pixels; [`ImageProcessor`] does so for one picture at a time, away from the request threads.

mod image_processor;
mod name;
mod picture;
mod renditions;
mod store;

pub use image_processor::{DarkroomError, ImageProcessor};
pub use name::FileName;
pub use picture::{Format, MAX_BYTES, PictureBytes, PictureError};
pub use renditions::{Edge, Kind, Rendition, Renditions, normalize, prepare};
pub use store::{Settings, Store};

//! Storage of photos and proofs in a directory.
//!
//! [`Store`] saves files under generated names ([`FileName`]), so that requests cannot address other paths.
//! [`create_renditions`] turns an uploaded image into sizes for phones and drops everything but the pixels;
//! [`ImageProcessor`] does this for one image at a time, outside the request threads.

mod image_processor;
mod name;
mod picture;
mod renditions;
mod store;

pub use image_processor::{ImageError, ImageProcessor};
pub use name::FileName;
pub use picture::{Format, MAX_BYTES, PictureBytes, PictureError};
pub use renditions::{Rendition, RenditionFormat, RenditionSize, Renditions, create_renditions, encode_document};
pub use store::{Settings, Store};

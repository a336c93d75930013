//! A photo of a product.

use crate::files::{FileName, RenditionFormat, RenditionSize};

/// The largest number of photos of one product.
pub const MAX_PHOTOS: u8 = 8;

/// A photo of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    /// The position among the product's photos, from 1.
    pub position: u8,
    /// The common prefix of its file names.
    pub stem: String,
    /// The width of the largest size, in pixels.
    pub width: u32,
    /// The height of the largest size, in pixels.
    pub height: u32,
}

impl Photo {
    /// The URL path of this size and format.
    pub fn path(&self, size: RenditionSize, kind: RenditionFormat) -> String {
        format!("/v1/photos/{}-{}.{}", self.stem, size.pixels(), kind.extension())
    }

    /// The names of all files of the photo with this stem.
    pub(super) fn file_names(stem: &str) -> Vec<FileName> {
        RenditionSize::ALL
            .iter()
            .flat_map(|size| {
                RenditionFormat::ALL.iter().map(move |kind| format!("{stem}-{}.{}", size.pixels(), kind.extension()))
            })
            .filter_map(|name| FileName::parse(&name))
            .collect()
    }
}

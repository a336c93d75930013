//! Photos of products: up to eight, by position, each in three sizes and two formats.
//!
//! [`attach`] and [`detach`] change them together with the product's version. The files lie in `files`, named by
//! their content; what no product shows any more is discarded a day later, so that lists which phones still hold
//! keep their pictures.

mod api;
mod attach;
mod detach;
mod discard;
mod store;
pub mod upload;

pub use attach::{AttachError, attach};
pub use detach::{DetachError, detach};
pub use discard::discarder;
pub use store::{of_product, of_products};

pub(super) use api::routes;

use crate::files::{Edge, FileName, Kind};

/// The most photos of one product.
pub const MAX_PHOTOS: u8 = 8;

/// A photo of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    /// Its place among the product's photos, from 1.
    pub position: u8,
    /// What the names of its files begin with.
    pub stem: String,
    /// Pixels across, in the largest size.
    pub width: u32,
    /// Pixels down, in the largest size.
    pub height: u32,
}

impl Photo {
    /// The path under which this size is served.
    pub fn path(&self, edge: Edge, kind: Kind) -> String {
        format!("/v1/photos/{}-{}.{}", self.stem, edge.pixels(), kind.extension())
    }

    /// The names of all its files.
    pub(super) fn files(stem: &str) -> Vec<FileName> {
        Edge::ALL
            .iter()
            .flat_map(|edge| Kind::ALL.iter().map(move |kind| format!("{stem}-{}.{}", edge.pixels(), kind.extension())))
            .filter_map(|name| FileName::parse(&name))
            .collect()
    }
}

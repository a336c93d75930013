//! Events of products.

use crate::events::events;
use crate::kernel::Rupiah;
use crate::kernel::ids::ProductId;

events! {
    /// What happened to a product.
    ProductEvent {
        "product.added" => Added { price: Rupiah },
        "product.changed" => Changed { price_before: Rupiah, price: Rupiah, halal_recheck: bool },
        "product.published" => Published {},
        "product.retired" => Retired {},
        "product.withdrawn" => Withdrawn {},
        "product.photo_added" => PhotoAdded { position: u8 },
        "product.photo_removed" => PhotoRemoved { position: u8 },
        "product.service_share_set" => ServiceShareSet { product: ProductId, percent: Option<u8> },
    }
}

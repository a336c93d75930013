//! Detaches a photo from a product.

use super::discard::discard_later;
use super::store;
use crate::catalogue::events::{self, ProductEvent};
use crate::catalogue::{Product, store as products};
use crate::cooperatives::GroupPermit;
use crate::db::{self, Tx};
use crate::kernel::Instant;
use crate::kernel::ids::ProductId;
use crate::web::{StaleVersion, verb_errors};

verb_errors! {
    /// Why a photo was not detached.
    pub enum DetachError {
        /// The group has no such product, or the product has no photo at this position.
        NotFound => NotFound,
    }
    + Stale(StaleVersion), Db(db::Error)
}

/// Detaches the photo at this position. Its files are discarded later.
pub fn detach(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    id: ProductId,
    expected_version: i64,
    position: u8,
) -> Result<Product, DetachError> {
    let mut product = products::find_in_group(tx, permit.group, id)?.ok_or(DetachError::NotFound)?;
    StaleVersion::check(Some(expected_version), product.version)?;
    let photos = products::list_photos_of_product(tx, id)?;
    let photo = photos.into_iter().find(|photo| photo.position == position).ok_or(DetachError::NotFound)?;
    let stale = StaleVersion { current: product.version.saturating_add(1) };
    if !store::increment_version(tx, id, product.version)? {
        return Err(stale.into());
    }
    product.version = stale.current;
    store::delete(tx, id, position)?;
    discard_later(tx, now, &photo.stem)?;
    let event = ProductEvent::PhotoRemoved { position }.about(id).by(permit.account);
    events::record(tx, now, &event.in_group(permit.cooperative, permit.group))?;
    Ok(product)
}

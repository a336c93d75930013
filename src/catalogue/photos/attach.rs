//! Attaches a photo to a product.

use super::discard::discard_later;
use super::store;
use crate::catalogue::events::{self, ProductEvent};
use crate::catalogue::photo::{MAX_PHOTOS, Photo};
use crate::catalogue::{Product, store as products};
use crate::cooperatives::GroupPermit;
use crate::db::{self, Tx};
use crate::kernel::Instant;
use crate::kernel::ids::ProductId;
use crate::web::{StaleVersion, verb_errors};

verb_errors! {
    /// Why a photo was not attached.
    pub enum AttachError {
        /// The group has no such product.
        NotFound => NotFound,
        /// The position is out of range.
        InvalidPosition => PhotoPlaceInvalid ["limit" = MAX_PHOTOS],
        /// The position has a photo, and replacing it requires the product's version.
        VersionRequired => VersionRequired,
    }
    + Stale(StaleVersion), Db(db::Error)
}

/// Checks whether a photo can be attached at this position, and returns the product and the photo to be replaced.
/// Called before the picture is processed, and again when it is attached.
pub(super) fn check_attachable(
    conn: &mut db::Conn,
    permit: &GroupPermit,
    id: ProductId,
    expected_version: Option<i64>,
    position: u8,
) -> Result<(Product, Option<Photo>), AttachError> {
    if !(1..=MAX_PHOTOS).contains(&position) {
        return Err(AttachError::InvalidPosition);
    }
    let product = products::find_in_group(conn, permit.group, id)?.ok_or(AttachError::NotFound)?;
    StaleVersion::check(expected_version, product.version)?;
    let current = products::list_photos_of_product(conn, id)?.into_iter().find(|photo| photo.position == position);
    if current.is_some() && expected_version.is_none() {
        return Err(AttachError::VersionRequired);
    }
    Ok((product, current))
}

/// Attaches a photo whose files are saved. The files of a replaced photo are discarded later.
pub fn attach(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    id: ProductId,
    expected_version: Option<i64>,
    photo: &Photo,
) -> Result<Product, AttachError> {
    let (mut product, replaced) = check_attachable(tx, permit, id, expected_version, photo.position)?;
    let stale = StaleVersion { current: product.version.saturating_add(1) };
    if !store::increment_version(tx, id, product.version)? {
        return Err(stale.into());
    }
    product.version = stale.current;
    if let Some(replaced) = replaced {
        store::delete(tx, id, photo.position)?;
        discard_later(tx, now, &replaced.stem)?;
    }
    store::insert(tx, now, id, photo)?;
    let event = ProductEvent::PhotoAdded { position: photo.position }.about(id).by(permit.account);
    events::record(tx, now, &event.in_group(permit.cooperative, permit.group))?;
    Ok(product)
}

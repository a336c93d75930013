//! Taking a photo away.

use super::discard::discard_later;
use super::store;
use crate::catalogue::{Product, store as products};
use crate::cooperatives::GroupPermit;
use crate::db::{self, Tx};
use crate::events::{self, Event};
use crate::kernel::Instant;
use crate::kernel::ids::ProductId;
use crate::web::{Problem, StaleVersion};

/// Why a photo was not taken away.
#[derive(Debug, thiserror::Error)]
pub enum DetachError {
    /// The group has no such product, or the product no such photo.
    #[error("no such photo")]
    Absent,
    /// Someone else changed the product before.
    #[error(transparent)]
    Stale(#[from] StaleVersion),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<DetachError> for Problem {
    fn from(error: DetachError) -> Self {
        match error {
            DetachError::Absent => Problem::not_found(),
            DetachError::Stale(stale) => stale.into(),
            DetachError::Db(error) => error.into(),
        }
    }
}

/// Takes the photo at this place away; its files are discarded later.
pub fn detach(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    id: ProductId,
    expected: i64,
    position: u8,
) -> Result<Product, DetachError> {
    let mut product = products::find_in_group(tx, permit.group, id)?.ok_or(DetachError::Absent)?;
    StaleVersion::check(Some(expected), product.version)?;
    let photos = store::of_product(tx, id)?;
    let photo = photos.into_iter().find(|photo| photo.position == position).ok_or(DetachError::Absent)?;
    let quicker = StaleVersion { current: product.version.saturating_add(1) };
    if !store::raise_version(tx, id, product.version)? {
        return Err(quicker.into());
    }
    product.version = quicker.current;
    store::delete(tx, id, position)?;
    discard_later(tx, now, &photo.stem)?;
    let event = Event::new("product.photo_removed", id)
        .by(permit.account)
        .in_cooperative(permit.cooperative)
        .of_group(permit.group)
        .with("position", position);
    events::record(tx, now, &event)?;
    Ok(product)
}

//! Putting a photo into its place.

use super::discard::discard_later;
use super::{MAX_PHOTOS, Photo, store};
use crate::catalogue::{Product, store as products};
use crate::cooperatives::GroupPermit;
use crate::db::{self, Tx};
use crate::events::{self, Event};
use crate::kernel::Instant;
use crate::kernel::ids::ProductId;
use crate::web::{Code, Problem, StaleVersion};

/// Why a photo was not put into its place.
#[derive(Debug, thiserror::Error)]
pub enum AttachError {
    /// The group has no such product.
    #[error("no such product")]
    Absent,
    /// There is no such place.
    #[error("photos have the places 1 to 8")]
    NoSuchPlace,
    /// A photo is replaced without saying which.
    #[error("the version is needed to replace a photo")]
    VersionRequired,
    /// Someone else changed the product before.
    #[error(transparent)]
    Stale(#[from] StaleVersion),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<AttachError> for Problem {
    fn from(error: AttachError) -> Self {
        match error {
            AttachError::Absent => Problem::not_found(),
            AttachError::NoSuchPlace => Problem::new(Code::PhotoPlaceInvalid).with("limit", MAX_PHOTOS),
            AttachError::VersionRequired => Problem::new(Code::VersionRequired),
            AttachError::Stale(stale) => stale.into(),
            AttachError::Db(error) => error.into(),
        }
    }
}

/// Whether this place can take a photo now: looked at before the picture is worked on, and again when it is.
pub(super) fn admits(
    conn: &mut db::Conn,
    permit: &GroupPermit,
    id: ProductId,
    expected: Option<i64>,
    position: u8,
) -> Result<(Product, Option<Photo>), AttachError> {
    if !(1..=MAX_PHOTOS).contains(&position) {
        return Err(AttachError::NoSuchPlace);
    }
    let product = products::find_in_group(conn, permit.group, id)?.ok_or(AttachError::Absent)?;
    StaleVersion::check(expected, product.version)?;
    let there = store::of_product(conn, id)?.into_iter().find(|photo| photo.position == position);
    if there.is_some() && expected.is_none() {
        return Err(AttachError::VersionRequired);
    }
    Ok((product, there))
}

/// Puts a photo whose files are saved into its place; what was there before is discarded later.
pub fn attach(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    id: ProductId,
    expected: Option<i64>,
    photo: &Photo,
) -> Result<Product, AttachError> {
    let (mut product, before) = admits(tx, permit, id, expected, photo.position)?;
    let quicker = StaleVersion { current: product.version.saturating_add(1) };
    if !store::raise_version(tx, id, product.version)? {
        return Err(quicker.into());
    }
    product.version = quicker.current;
    if let Some(before) = before {
        store::delete(tx, id, photo.position)?;
        discard_later(tx, now, &before.stem)?;
    }
    store::insert(tx, now, id, photo)?;
    let event = Event::new("product.photo_added", id)
        .by(permit.account)
        .in_cooperative(permit.cooperative)
        .of_group(permit.group)
        .with("position", photo.position);
    events::record(tx, now, &event)?;
    Ok(product)
}

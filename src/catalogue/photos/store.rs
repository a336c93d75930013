//! The SQL of product photos.

use diesel::prelude::*;

use crate::catalogue::photo::Photo;
use crate::db::schema::{photos, products};
use crate::db::{Conn, Result, Tx};
use crate::kernel::Instant;
use crate::kernel::ids::{PhotoId, ProductId};

/// Inserts the photo at its position.
pub(super) fn insert(tx: &mut Tx<'_>, now: Instant, product: ProductId, photo: &Photo) -> Result<()> {
    diesel::insert_into(photos::table)
        .values((
            photos::id.eq(tx.id::<PhotoId>(now)),
            photos::product_id.eq(product),
            photos::position.eq(i32::from(photo.position)),
            photos::file.eq(&photo.stem),
            photos::width.eq(i32::try_from(photo.width).unwrap_or(0)),
            photos::height.eq(i32::try_from(photo.height).unwrap_or(0)),
            photos::created_at.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Deletes the photo at this position; returns whether there was one.
pub(super) fn delete(tx: &mut Tx<'_>, product: ProductId, position: u8) -> Result<bool> {
    let row = photos::table.filter(photos::product_id.eq(product)).filter(photos::position.eq(i32::from(position)));
    Ok(diesel::delete(row).execute(&mut **tx)? > 0)
}

/// Increments the product's version if it still is `from`; returns whether it was.
pub(super) fn increment_version(tx: &mut Tx<'_>, product: ProductId, from: i64) -> Result<bool> {
    let row = products::table.filter(products::id.eq(product)).filter(products::version.eq(from));
    Ok(diesel::update(row).set(products::version.eq(from.saturating_add(1))).execute(&mut **tx)? == 1)
}

/// Whether any product uses this photo.
pub(super) fn is_used(conn: &mut Conn, stem: &str) -> Result<bool> {
    Ok(diesel::select(diesel::dsl::exists(photos::table.filter(photos::file.eq(stem)))).get_result(conn)?)
}

//! The SQL of product photos.

use std::collections::HashMap;

use diesel::prelude::*;

use super::Photo;
use crate::db::schema::{photos, products};
use crate::db::{Conn, Result, Tx};
use crate::kernel::Instant;
use crate::kernel::ids::{PhotoId, ProductId};

type Row = (ProductId, i32, String, i32, i32);

fn to_photo((_, position, stem, width, height): Row) -> Photo {
    Photo {
        position: u8::try_from(position).unwrap_or(0),
        stem,
        width: u32::try_from(width).unwrap_or(0),
        height: u32::try_from(height).unwrap_or(0),
    }
}

/// Lists the photos of these products, by position.
pub fn list_by_products(conn: &mut Conn, ids: &[ProductId]) -> Result<HashMap<ProductId, Vec<Photo>>> {
    let mut by_product: HashMap<ProductId, Vec<Photo>> = HashMap::new();
    if ids.is_empty() {
        return Ok(by_product);
    }
    let rows: Vec<Row> = photos::table
        .filter(photos::product_id.eq_any(ids.to_vec()))
        .order((photos::product_id, photos::position))
        .select((photos::product_id, photos::position, photos::file, photos::width, photos::height))
        .load(conn)?;
    for row in rows {
        by_product.entry(row.0).or_default().push(to_photo(row));
    }
    Ok(by_product)
}

/// Lists the photos of one product, by position.
pub fn list_by_product(conn: &mut Conn, id: ProductId) -> Result<Vec<Photo>> {
    Ok(list_by_products(conn, &[id])?.remove(&id).unwrap_or_default())
}

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

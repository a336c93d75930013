//! The SQL that reads product photos.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::catalogue::photo::Photo;
use crate::db::schema::photos;
use crate::db::{Conn, Result};
use crate::kernel::ids::ProductId;

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
pub fn list_photos_by_products(conn: &mut Conn, ids: &[ProductId]) -> Result<HashMap<ProductId, Vec<Photo>>> {
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
pub fn list_photos_of_product(conn: &mut Conn, id: ProductId) -> Result<Vec<Photo>> {
    Ok(list_photos_by_products(conn, &[id])?.remove(&id).unwrap_or_default())
}

//! What groups bring.

use diesel::prelude::*;

use crate::db::schema::{market_offerings as table, products};
use crate::db::{Conn, Result, Tx};
use crate::kernel::Rupiah;
use crate::kernel::ids::{GroupId, MarketDayId, OfferingId, ProductId};
use crate::market_days::offering::MarketOffering;

/// What is brought to a market day, in the order in which it was said.
pub fn offerings_of(conn: &mut Conn, day: MarketDayId) -> Result<Vec<MarketOffering>> {
    Ok(table::table
        .filter(table::market_day_id.eq(day))
        .order(table::id.asc())
        .select(MarketOffering::as_select())
        .load(conn)?)
}

/// What one group brings to a market day.
pub fn offerings_of_group(conn: &mut Conn, day: MarketDayId, group: GroupId) -> Result<Vec<MarketOffering>> {
    Ok(table::table
        .filter(table::market_day_id.eq(day))
        .filter(table::group_id.eq(group))
        .order(table::id.asc())
        .select(MarketOffering::as_select())
        .load(conn)?)
}

/// What is brought of this product to a market day.
pub fn offering_of_product(conn: &mut Conn, day: MarketDayId, product: ProductId) -> Result<Option<MarketOffering>> {
    Ok(table::table
        .filter(table::market_day_id.eq(day))
        .filter(table::product_id.eq(product))
        .select(MarketOffering::as_select())
        .first(conn)
        .optional()?)
}

/// Writes what is brought.
pub fn insert_offering(tx: &mut Tx<'_>, new: &MarketOffering) -> Result<()> {
    diesel::insert_into(table::table).values(new).execute(&mut **tx)?;
    Ok(())
}

/// Writes what is brought after a change; the row of its day is held.
pub fn update_offering(tx: &mut Tx<'_>, changed: &MarketOffering) -> Result<()> {
    diesel::update(table::table.find(changed.id)).set(changed).execute(&mut **tx)?;
    Ok(())
}

/// Takes back that something is brought.
pub fn delete_offering(tx: &mut Tx<'_>, id: OfferingId) -> Result<()> {
    diesel::delete(table::table.find(id)).execute(&mut **tx)?;
    Ok(())
}

/// What people read of a product: its name, its unit and its usual price.
pub type ProductRow = (ProductId, String, String, Rupiah);

/// The products of some offerings, as people read them.
pub fn product_rows(conn: &mut Conn, wanted: &[ProductId]) -> Result<Vec<ProductRow>> {
    Ok(products::table
        .filter(products::id.eq_any(wanted.to_vec()))
        .select((products::id, products::name, products::unit, products::price))
        .load(conn)?)
}

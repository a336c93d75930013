//! SQL of offerings.

use diesel::prelude::*;

use crate::db::schema::{market_offerings as table, products};
use crate::db::{Conn, Result, Tx};
use crate::kernel::Rupiah;
use crate::kernel::ids::{BatchId, GroupId, MarketDayId, OfferingId, ProductId};
use crate::market_days::offering::MarketOffering;

/// Lists the offerings of a market day in the order in which they were set.
pub fn list_offerings(conn: &mut Conn, day: MarketDayId) -> Result<Vec<MarketOffering>> {
    Ok(table::table
        .filter(table::market_day_id.eq(day))
        .order(table::id.asc())
        .select(MarketOffering::as_select())
        .load(conn)?)
}

/// Lists the batches of a market day by id, the order in which they are locked.
pub fn list_batches(conn: &mut Conn, day: MarketDayId) -> Result<Vec<BatchId>> {
    let batches = table::table.filter(table::market_day_id.eq(day)).select(table::batch_id.assume_not_null());
    Ok(batches.filter(table::batch_id.is_not_null()).order(table::batch_id.asc()).load(conn)?)
}

/// Lists the offerings of one group on a market day.
pub fn list_group_offerings(conn: &mut Conn, day: MarketDayId, group: GroupId) -> Result<Vec<MarketOffering>> {
    Ok(table::table
        .filter(table::market_day_id.eq(day))
        .filter(table::group_id.eq(group))
        .order(table::id.asc())
        .select(MarketOffering::as_select())
        .load(conn)?)
}

/// Finds the offering of a product on a market day.
pub fn find_offering(conn: &mut Conn, day: MarketDayId, product: ProductId) -> Result<Option<MarketOffering>> {
    Ok(table::table
        .filter(table::market_day_id.eq(day))
        .filter(table::product_id.eq(product))
        .select(MarketOffering::as_select())
        .get_result(conn)
        .optional()?)
}

/// Inserts an offering.
pub fn insert_offering(tx: &mut Tx<'_>, new: &MarketOffering) -> Result<()> {
    diesel::insert_into(table::table).values(new).execute(&mut **tx)?;
    Ok(())
}

/// Updates an offering; the caller has locked its day.
pub fn update_offering(tx: &mut Tx<'_>, changed: &MarketOffering) -> Result<()> {
    diesel::update(table::table.find(changed.id)).set(changed).execute(&mut **tx)?;
    Ok(())
}

/// Deletes an offering.
pub fn delete_offering(tx: &mut Tx<'_>, id: OfferingId) -> Result<()> {
    diesel::delete(table::table.find(id)).execute(&mut **tx)?;
    Ok(())
}

/// A product's id, name, unit and regular price.
pub type OfferedProduct = (ProductId, String, String, Rupiah);

/// Lists names, units and prices of products.
pub fn list_products(conn: &mut Conn, ids: &[ProductId]) -> Result<Vec<OfferedProduct>> {
    Ok(products::table
        .filter(products::id.eq_any(ids.to_vec()))
        .select((products::id, products::name, products::unit, products::price))
        .load(conn)?)
}

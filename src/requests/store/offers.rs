//! Offers. They are changed only while their request's row is locked.

#![allow(clippy::arithmetic_side_effects, reason = "columns are added up by the database, which checks")]

use std::collections::HashMap;

use diesel::prelude::*;

use crate::cooperatives::GroupRef;
use crate::db::schema::{groups, offers, products};
use crate::db::{Conn, Result, Tx};
use crate::kernel::ids::{BatchId, GroupId, OfferId, OrderId, ProductId, RequestId};
use crate::kernel::{Instant, Quantity};
use crate::requests::offer::{Offer, OfferStatus};

/// Inserts an offer.
pub fn insert_offer(tx: &mut Tx<'_>, offer: &Offer) -> Result<()> {
    diesel::insert_into(offers::table).values(offer).execute(&mut **tx)?;
    Ok(())
}

/// Finds an offer.
pub fn find_offer(conn: &mut Conn, id: OfferId) -> Result<Option<Offer>> {
    Ok(offers::table.find(id).select(Offer::as_select()).get_result(conn).optional()?)
}

/// Whether the product has an open offer for the request.
pub fn has_open_offer(conn: &mut Conn, request: RequestId, product: ProductId) -> Result<bool> {
    let count: i64 = offers::table
        .filter(offers::request_id.eq(request))
        .filter(offers::product_id.eq(product))
        .filter(offers::status.eq(OfferStatus::Open))
        .count()
        .get_result(conn)?;
    Ok(count > 0)
}

/// Whether the request has an open or accepted offer.
pub fn has_offers(conn: &mut Conn, request: RequestId) -> Result<bool> {
    let count: i64 = offers::table
        .filter(offers::request_id.eq(request))
        .filter(offers::status.eq_any([OfferStatus::Open, OfferStatus::Taken]))
        .count()
        .get_result(conn)?;
    Ok(count > 0)
}

/// Lists the open offers for a request.
pub fn list_open_offers(conn: &mut Conn, request: RequestId) -> Result<Vec<Offer>> {
    Ok(offers::table
        .filter(offers::request_id.eq(request))
        .filter(offers::status.eq(OfferStatus::Open))
        .order(offers::id.asc())
        .select(Offer::as_select())
        .load(conn)?)
}

/// Lists the quantities of offers for a request that were neither accepted nor withdrawn.
pub fn list_remaining_quantities(conn: &mut Conn, request: RequestId) -> Result<Vec<Quantity>> {
    Ok(offers::table
        .filter(offers::request_id.eq(request))
        .filter(offers::status.eq_any([OfferStatus::Open, OfferStatus::Lapsed, OfferStatus::Expired]))
        .select(offers::quantity)
        .load(conn)?)
}

/// Lists the offers for a request in the order in which they were made, after this page key, with names of group and
/// product and the product's unit. With `groups`, only offers of those.
pub fn list_offers(
    conn: &mut Conn,
    request: RequestId,
    groups: Option<Vec<GroupId>>,
    after: Option<OfferId>,
    limit: i64,
) -> Result<Vec<NamedOffer>> {
    let mut query = offers::table
        .inner_join(groups::table)
        .inner_join(products::table)
        .filter(offers::request_id.eq(request))
        .order(offers::id.asc())
        .limit(limit)
        .select((Offer::as_select(), GroupRef::as_select(), products::name, products::unit))
        .into_boxed();
    if let Some(groups) = groups {
        query = query.filter(offers::group_id.eq_any(groups));
    }
    if let Some(after) = after {
        query = query.filter(offers::id.gt(after));
    }
    let rows: Vec<(Offer, GroupRef, String, String)> = query.load(conn)?;
    Ok(rows.into_iter().map(NamedOffer::from).collect())
}

/// Finds an offer with the names of its group and product.
pub fn find_named_offer(conn: &mut Conn, id: OfferId) -> Result<Option<NamedOffer>> {
    let row: Option<(Offer, GroupRef, String, String)> = offers::table
        .inner_join(groups::table)
        .inner_join(products::table)
        .filter(offers::id.eq(id))
        .select((Offer::as_select(), GroupRef::as_select(), products::name, products::unit))
        .get_result(conn)
        .optional()?;
    Ok(row.map(NamedOffer::from))
}

/// An offer with the names of its group and product.
#[derive(Debug, Clone)]
pub struct NamedOffer {
    pub(in crate::requests) offer: Offer,
    pub(in crate::requests) group: GroupRef,
    pub(in crate::requests) product_name: String,
    pub(in crate::requests) unit: String,
}

impl From<(Offer, GroupRef, String, String)> for NamedOffer {
    fn from((offer, group, product_name, unit): (Offer, GroupRef, String, String)) -> Self {
        NamedOffer { offer, group, product_name, unit }
    }
}

/// Updates the terms of an offer.
pub fn update_offer(tx: &mut Tx<'_>, offer: &Offer) -> Result<()> {
    diesel::update(offers::table.find(offer.id))
        .set((
            offers::quantity.eq(offer.quantity),
            offers::unit_price.eq(offer.unit_price),
            offers::ready_on.eq(offer.ready_on),
            offers::deposit_percent.eq(offer.deposit_percent),
            offers::valid_until.eq(offer.valid_until),
            offers::version.eq(offers::version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Closes an offer that was not accepted.
pub fn close_offer(tx: &mut Tx<'_>, now: Instant, id: OfferId, status: OfferStatus) -> Result<()> {
    diesel::update(offers::table.find(id))
        .set((offers::status.eq(status), offers::closed_at.eq(now), offers::version.eq(offers::version + 1)))
        .execute(&mut **tx)?;
    Ok(())
}

/// Marks an offer as accepted, with its batch and order.
pub fn mark_offer_accepted(
    tx: &mut Tx<'_>,
    now: Instant,
    id: OfferId,
    quantity: Quantity,
    batch: BatchId,
    order: OrderId,
) -> Result<()> {
    diesel::update(offers::table.find(id))
        .set((
            offers::status.eq(OfferStatus::Taken),
            offers::taken.eq(quantity),
            offers::batch_id.eq(batch),
            offers::order_id.eq(order),
            offers::closed_at.eq(now),
            offers::version.eq(offers::version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Lists open offers past `valid_until`, with their requests.
pub fn list_expired_offers(conn: &mut Conn, now: Instant, limit: i64) -> Result<Vec<(RequestId, OfferId)>> {
    Ok(offers::table
        .filter(offers::status.eq(OfferStatus::Open))
        .filter(offers::valid_until.le(now))
        .order(offers::valid_until.asc())
        .limit(limit)
        .select((offers::request_id, offers::id))
        .load(conn)?)
}

/// Lists the groups with an accepted offer for these requests.
pub fn list_supplying_groups(conn: &mut Conn, ids: &[RequestId]) -> Result<Vec<(RequestId, GroupId)>> {
    Ok(offers::table
        .filter(offers::request_id.eq_any(ids.to_vec()))
        .filter(offers::status.eq(OfferStatus::Taken))
        .select((offers::request_id, offers::group_id))
        .load(conn)?)
}

/// Counts the open offers of these requests.
pub fn count_open_offers(conn: &mut Conn, ids: &[RequestId]) -> Result<HashMap<RequestId, i64>> {
    let rows: Vec<(RequestId, i64)> = offers::table
        .filter(offers::request_id.eq_any(ids.to_vec()))
        .filter(offers::status.eq(OfferStatus::Open))
        .group_by(offers::request_id)
        .select((offers::request_id, diesel::dsl::count_star()))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

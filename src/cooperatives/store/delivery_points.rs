//! Pick-up points and delivery zones.

use diesel::prelude::*;

use crate::cooperatives::cooperative::{DeliveryZone, PickupPoint};
use crate::db::schema::{delivery_zones, pickup_points};
use crate::db::{Conn, Result, Tx};
use crate::kernel::ids::{CooperativeId, DeliveryZoneId, PickupPointId};

/// Inserts a pick-up point.
pub(in crate::cooperatives) fn insert_pickup_point(tx: &mut Tx<'_>, point: &PickupPoint) -> Result<()> {
    diesel::insert_into(pickup_points::table).values(point).execute(&mut **tx)?;
    Ok(())
}

/// Updates a pick-up point that was read at the previous version; `false` when it has changed since.
pub(in crate::cooperatives) fn update_pickup_point(tx: &mut Tx<'_>, point: &PickupPoint) -> Result<bool> {
    let before = pickup_points::table.find(point.id).filter(pickup_points::version.eq(point.version.saturating_sub(1)));
    Ok(diesel::update(before).set(point).execute(&mut **tx)? == 1)
}

/// The pick-up point of this id.
pub(in crate::cooperatives) fn find_pickup_point(conn: &mut Conn, id: PickupPointId) -> Result<Option<PickupPoint>> {
    Ok(pickup_points::table.find(id).select(PickupPoint::as_select()).first(conn).optional()?)
}

/// The active pick-up points of a cooperative.
pub(in crate::cooperatives) fn list_pickup_points(
    conn: &mut Conn,
    cooperative: CooperativeId,
) -> Result<Vec<PickupPoint>> {
    Ok(pickup_points::table
        .filter(pickup_points::cooperative_id.eq(cooperative))
        .filter(pickup_points::active.eq(true))
        .order((pickup_points::name.asc(), pickup_points::id.asc()))
        .select(PickupPoint::as_select())
        .load(conn)?)
}

/// Inserts a delivery zone.
pub(in crate::cooperatives) fn insert_delivery_zone(tx: &mut Tx<'_>, zone: &DeliveryZone) -> Result<()> {
    diesel::insert_into(delivery_zones::table).values(zone).execute(&mut **tx)?;
    Ok(())
}

/// Updates a delivery zone that was read at the previous version; `false` when it has changed since.
pub(in crate::cooperatives) fn update_delivery_zone(tx: &mut Tx<'_>, zone: &DeliveryZone) -> Result<bool> {
    let before = delivery_zones::table.find(zone.id).filter(delivery_zones::version.eq(zone.version.saturating_sub(1)));
    Ok(diesel::update(before).set(zone).execute(&mut **tx)? == 1)
}

/// The delivery zone of this id.
pub(in crate::cooperatives) fn find_delivery_zone(conn: &mut Conn, id: DeliveryZoneId) -> Result<Option<DeliveryZone>> {
    Ok(delivery_zones::table.find(id).select(DeliveryZone::as_select()).first(conn).optional()?)
}

/// The active delivery zones of a cooperative.
pub(in crate::cooperatives) fn list_delivery_zones(
    conn: &mut Conn,
    cooperative: CooperativeId,
) -> Result<Vec<DeliveryZone>> {
    Ok(delivery_zones::table
        .filter(delivery_zones::cooperative_id.eq(cooperative))
        .filter(delivery_zones::active.eq(true))
        .order((delivery_zones::fee.asc(), delivery_zones::name.asc(), delivery_zones::id.asc()))
        .select(DeliveryZone::as_select())
        .load(conn)?)
}

//! Pick-up points and delivery zones.

use diesel::prelude::*;

use crate::cooperatives::cooperative::{DeliveryZone, PickupPoint};
use crate::db::schema::{delivery_zones, pickup_points};
use crate::db::{Conn, Result, Tx};
use crate::kernel::ids::{CooperativeId, DeliveryZoneId, PickupPointId};

/// Writes a new pick-up point down.
pub(in crate::cooperatives) fn insert_pickup_point(tx: &mut Tx<'_>, it: &PickupPoint) -> Result<()> {
    diesel::insert_into(pickup_points::table)
        .values((
            pickup_points::id.eq(it.id),
            pickup_points::cooperative_id.eq(it.cooperative_id),
            pickup_points::name.eq(&it.name),
            pickup_points::address.eq(&it.address),
            pickup_points::hours.eq(&it.hours),
            pickup_points::active.eq(it.active),
            pickup_points::version.eq(it.version),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Writes the changes of a point that was read at the version before; false when it has moved on.
pub(in crate::cooperatives) fn update_pickup_point(tx: &mut Tx<'_>, it: &PickupPoint) -> Result<bool> {
    let before = pickup_points::table.find(it.id).filter(pickup_points::version.eq(it.version.saturating_sub(1)));
    let changed = diesel::update(before)
        .set((
            pickup_points::name.eq(&it.name),
            pickup_points::address.eq(&it.address),
            pickup_points::hours.eq(&it.hours),
            pickup_points::active.eq(it.active),
            pickup_points::version.eq(it.version),
        ))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// The pick-up point of this id.
pub(in crate::cooperatives) fn pickup_point(conn: &mut Conn, id: PickupPointId) -> Result<Option<PickupPoint>> {
    Ok(pickup_points::table.find(id).select(PickupPoint::as_select()).first(conn).optional()?)
}

/// The pick-up points that orders may choose.
pub(in crate::cooperatives) fn pickup_points(conn: &mut Conn, cooperative: CooperativeId) -> Result<Vec<PickupPoint>> {
    Ok(pickup_points::table
        .filter(pickup_points::cooperative_id.eq(cooperative))
        .filter(pickup_points::active.eq(true))
        .order((pickup_points::name.asc(), pickup_points::id.asc()))
        .select(PickupPoint::as_select())
        .load(conn)?)
}

/// Writes a new delivery zone down.
pub(in crate::cooperatives) fn insert_delivery_zone(tx: &mut Tx<'_>, it: &DeliveryZone) -> Result<()> {
    diesel::insert_into(delivery_zones::table)
        .values((
            delivery_zones::id.eq(it.id),
            delivery_zones::cooperative_id.eq(it.cooperative_id),
            delivery_zones::name.eq(&it.name),
            delivery_zones::description.eq(&it.description),
            delivery_zones::fee.eq(it.fee),
            delivery_zones::active.eq(it.active),
            delivery_zones::version.eq(it.version),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Writes the changes of a zone that was read at the version before; false when it has moved on.
pub(in crate::cooperatives) fn update_delivery_zone(tx: &mut Tx<'_>, it: &DeliveryZone) -> Result<bool> {
    let before = delivery_zones::table.find(it.id).filter(delivery_zones::version.eq(it.version.saturating_sub(1)));
    let changed = diesel::update(before)
        .set((
            delivery_zones::name.eq(&it.name),
            delivery_zones::description.eq(&it.description),
            delivery_zones::fee.eq(it.fee),
            delivery_zones::active.eq(it.active),
            delivery_zones::version.eq(it.version),
        ))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// The delivery zone of this id.
pub(in crate::cooperatives) fn delivery_zone(conn: &mut Conn, id: DeliveryZoneId) -> Result<Option<DeliveryZone>> {
    Ok(delivery_zones::table.find(id).select(DeliveryZone::as_select()).first(conn).optional()?)
}

/// The delivery zones that orders may choose.
pub(in crate::cooperatives) fn delivery_zones(
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

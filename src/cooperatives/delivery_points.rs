//! Pick-up points and delivery zones of a cooperative.

use super::access::{AccessError, Roles};
use super::cooperative::{DeliveryZone, PickupPoint};
use super::store;
use crate::db::{self, Tx};
use crate::events::{self, Event};
use crate::kernel::ids::{CooperativeId, DeliveryZoneId, Id, PickupPointId};
use crate::kernel::{Instant, Rupiah};
use crate::web::{StaleVersion, verb_errors};

/// The maximum number of active pick-up points, and of active zones, of a cooperative.
pub const MAX_DELIVERY_POINTS: usize = 100;

/// The fields of a pick-up point; absent ones stay on update.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PickupPointDetails {
    /// Its name.
    pub name: Option<String>,
    /// The address.
    pub address: Option<String>,
    /// The opening hours as text.
    pub hours: Option<String>,
}

/// The fields of a delivery zone; absent ones stay on update.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeliveryZoneDetails {
    /// Its name.
    pub name: Option<String>,
    /// Which places it covers.
    pub description: Option<String>,
    /// The delivery fee in rupiah.
    pub fee: Option<Rupiah>,
}

verb_errors! {
    /// Why a pick-up point or delivery zone was not added, updated or removed.
    pub enum DeliveryPointError {
        /// The cooperative has [`MAX_DELIVERY_POINTS`] of them.
        TooMany => TooManySpots ["limit" = MAX_DELIVERY_POINTS],
    }
    + Access(AccessError), Stale(StaleVersion), Db(db::Error)
}

fn record_event(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    cooperative: CooperativeId,
    kind: events::Kind,
    id: impl Id,
) -> db::Result<()> {
    events::record(tx, now, &Event::new(kind, id).by(roles.account).in_cooperative(cooperative))?;
    Ok(())
}

/// Requires the board of an existing cooperative.
fn require_board(tx: &mut Tx<'_>, roles: &Roles, cooperative: CooperativeId) -> Result<(), DeliveryPointError> {
    if store::find_cooperative(tx, cooperative)?.is_none() {
        return Err(AccessError::Hidden.into());
    }
    roles.require_board(cooperative)?;
    Ok(())
}

/// Adds a pick-up point.
pub fn add_pickup_point(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    cooperative: CooperativeId,
    id: Option<PickupPointId>,
    details: &PickupPointDetails,
) -> Result<PickupPoint, DeliveryPointError> {
    require_board(tx, roles, cooperative)?;
    if store::list_pickup_points(tx, cooperative)?.len() >= MAX_DELIVERY_POINTS {
        return Err(DeliveryPointError::TooMany);
    }
    let details = details.clone();
    let point = PickupPoint {
        id: id.unwrap_or_else(|| tx.id(now)),
        cooperative_id: cooperative,
        name: details.name.unwrap_or_default(),
        address: details.address.unwrap_or_default(),
        hours: details.hours.unwrap_or_default(),
        active: true,
        version: 1,
    };
    store::insert_pickup_point(tx, &point)?;
    record_event(tx, now, roles, cooperative, "pickup_point.added", point.id)?;
    Ok(point)
}

/// Loads an active pick-up point of this version, for its cooperative's board.
fn load_pickup_point(
    tx: &mut Tx<'_>,
    roles: &Roles,
    cooperative: CooperativeId,
    id: PickupPointId,
    expected: i64,
) -> Result<PickupPoint, DeliveryPointError> {
    require_board(tx, roles, cooperative)?;
    let point = store::find_pickup_point(tx, id)?.filter(|point| point.active && point.cooperative_id == cooperative);
    let point = point.ok_or(AccessError::Hidden)?;
    StaleVersion::check(Some(expected), point.version)?;
    Ok(point)
}

/// Updates a pick-up point.
pub fn update_pickup_point(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    cooperative: CooperativeId,
    id: PickupPointId,
    expected: i64,
    details: &PickupPointDetails,
) -> Result<PickupPoint, DeliveryPointError> {
    let point = load_pickup_point(tx, roles, cooperative, id, expected)?;
    let details = details.clone();
    let changed = PickupPoint {
        name: details.name.unwrap_or(point.name),
        address: details.address.unwrap_or(point.address),
        hours: details.hours.unwrap_or(point.hours),
        version: point.version.saturating_add(1),
        ..point
    };
    if !store::update_pickup_point(tx, &changed)? {
        return Err(StaleVersion { current: changed.version }.into());
    }
    record_event(tx, now, roles, cooperative, "pickup_point.changed", id)?;
    Ok(changed)
}

/// Deactivates a pick-up point. Existing orders keep it.
pub fn remove_pickup_point(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    cooperative: CooperativeId,
    id: PickupPointId,
    expected: i64,
) -> Result<(), DeliveryPointError> {
    let point = load_pickup_point(tx, roles, cooperative, id, expected)?;
    let removed = PickupPoint { active: false, version: point.version.saturating_add(1), ..point };
    if !store::update_pickup_point(tx, &removed)? {
        return Err(StaleVersion { current: removed.version }.into());
    }
    Ok(record_event(tx, now, roles, cooperative, "pickup_point.removed", id)?)
}

/// Adds a delivery zone.
pub fn add_delivery_zone(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    cooperative: CooperativeId,
    id: Option<DeliveryZoneId>,
    details: &DeliveryZoneDetails,
) -> Result<DeliveryZone, DeliveryPointError> {
    require_board(tx, roles, cooperative)?;
    if store::list_delivery_zones(tx, cooperative)?.len() >= MAX_DELIVERY_POINTS {
        return Err(DeliveryPointError::TooMany);
    }
    let details = details.clone();
    let zone = DeliveryZone {
        id: id.unwrap_or_else(|| tx.id(now)),
        cooperative_id: cooperative,
        name: details.name.unwrap_or_default(),
        description: details.description.unwrap_or_default(),
        fee: details.fee.unwrap_or_default(),
        active: true,
        version: 1,
    };
    store::insert_delivery_zone(tx, &zone)?;
    record_event(tx, now, roles, cooperative, "delivery_zone.added", zone.id)?;
    Ok(zone)
}

/// Loads an active delivery zone of this version, for its cooperative's board.
fn load_delivery_zone(
    tx: &mut Tx<'_>,
    roles: &Roles,
    cooperative: CooperativeId,
    id: DeliveryZoneId,
    expected: i64,
) -> Result<DeliveryZone, DeliveryPointError> {
    require_board(tx, roles, cooperative)?;
    let zone = store::find_delivery_zone(tx, id)?.filter(|zone| zone.active && zone.cooperative_id == cooperative);
    let zone = zone.ok_or(AccessError::Hidden)?;
    StaleVersion::check(Some(expected), zone.version)?;
    Ok(zone)
}

/// Updates a delivery zone. Existing orders keep their fee.
pub fn update_delivery_zone(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    cooperative: CooperativeId,
    id: DeliveryZoneId,
    expected: i64,
    details: &DeliveryZoneDetails,
) -> Result<DeliveryZone, DeliveryPointError> {
    let zone = load_delivery_zone(tx, roles, cooperative, id, expected)?;
    let details = details.clone();
    let changed = DeliveryZone {
        name: details.name.unwrap_or(zone.name),
        description: details.description.unwrap_or(zone.description),
        fee: details.fee.unwrap_or(zone.fee),
        version: zone.version.saturating_add(1),
        ..zone
    };
    if !store::update_delivery_zone(tx, &changed)? {
        return Err(StaleVersion { current: changed.version }.into());
    }
    record_event(tx, now, roles, cooperative, "delivery_zone.changed", id)?;
    Ok(changed)
}

/// Deactivates a delivery zone. Existing orders keep it.
pub fn remove_delivery_zone(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    cooperative: CooperativeId,
    id: DeliveryZoneId,
    expected: i64,
) -> Result<(), DeliveryPointError> {
    let zone = load_delivery_zone(tx, roles, cooperative, id, expected)?;
    let removed = DeliveryZone { active: false, version: zone.version.saturating_add(1), ..zone };
    if !store::update_delivery_zone(tx, &removed)? {
        return Err(StaleVersion { current: removed.version }.into());
    }
    Ok(record_event(tx, now, roles, cooperative, "delivery_zone.removed", id)?)
}

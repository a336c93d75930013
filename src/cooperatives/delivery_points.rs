//! Where goods change hands: pick-up points, and zones in which the cooperative delivers itself.

use super::access::{AccessError, Roles};
use super::cooperative::{DeliveryZone, PickupPoint};
use super::store;
use crate::db::{self, Tx};
use crate::events::{self, Event};
use crate::kernel::ids::{CooperativeId, DeliveryZoneId, Id, PickupPointId};
use crate::kernel::{Instant, Rupiah};
use crate::web::{Code, Problem, StaleVersion};

/// How many pick-up points, and how many zones, a cooperative has at most.
pub const MOST_SPOTS: usize = 100;

/// What a pick-up point says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PickupPointDetails {
    /// Its name.
    pub name: Option<String>,
    /// How to find it.
    pub address: Option<String>,
    /// When it is open, in words.
    pub hours: Option<String>,
}

/// What a delivery zone says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeliveryZoneDetails {
    /// Its name.
    pub name: Option<String>,
    /// What belongs to it.
    pub description: Option<String>,
    /// What a delivery costs.
    pub fee: Option<Rupiah>,
}

/// Why a point or zone could not be added, changed or removed.
#[derive(Debug, thiserror::Error)]
pub enum SpotError {
    /// The caller may not.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// It was changed by someone else.
    #[error(transparent)]
    Stale(#[from] StaleVersion),
    /// There are as many as there may be.
    #[error("too many")]
    TooMany,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<SpotError> for Problem {
    fn from(error: SpotError) -> Self {
        match error {
            SpotError::Access(denied) => denied.into(),
            SpotError::Stale(stale) => stale.into(),
            SpotError::TooMany => Problem::new(Code::TooManySpots).with("limit", MOST_SPOTS),
            SpotError::Db(error) => error.into(),
        }
    }
}

fn told(
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

fn governed(tx: &mut Tx<'_>, roles: &Roles, cooperative: CooperativeId) -> Result<(), SpotError> {
    if store::cooperative(tx, cooperative)?.is_none() {
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
) -> Result<PickupPoint, SpotError> {
    governed(tx, roles, cooperative)?;
    if store::pickup_points(tx, cooperative)?.len() >= MOST_SPOTS {
        return Err(SpotError::TooMany);
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
    told(tx, now, roles, cooperative, "pickup_point.added", point.id)?;
    Ok(point)
}

/// The pick-up point as long as it is used, for who may change it.
fn used_pickup_point(
    tx: &mut Tx<'_>,
    roles: &Roles,
    cooperative: CooperativeId,
    id: PickupPointId,
    expected: i64,
) -> Result<PickupPoint, SpotError> {
    governed(tx, roles, cooperative)?;
    let point = store::pickup_point(tx, id)?.filter(|point| point.active && point.cooperative_id == cooperative);
    let point = point.ok_or(AccessError::Hidden)?;
    StaleVersion::check(Some(expected), point.version)?;
    Ok(point)
}

/// Changes a pick-up point.
pub fn change_pickup_point(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    cooperative: CooperativeId,
    id: PickupPointId,
    expected: i64,
    details: &PickupPointDetails,
) -> Result<PickupPoint, SpotError> {
    let point = used_pickup_point(tx, roles, cooperative, id, expected)?;
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
    told(tx, now, roles, cooperative, "pickup_point.changed", id)?;
    Ok(changed)
}

/// Takes a pick-up point out of use; orders that chose it keep it.
pub fn remove_pickup_point(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    cooperative: CooperativeId,
    id: PickupPointId,
    expected: i64,
) -> Result<(), SpotError> {
    let point = used_pickup_point(tx, roles, cooperative, id, expected)?;
    let gone = PickupPoint { active: false, version: point.version.saturating_add(1), ..point };
    if !store::update_pickup_point(tx, &gone)? {
        return Err(StaleVersion { current: gone.version }.into());
    }
    Ok(told(tx, now, roles, cooperative, "pickup_point.removed", id)?)
}

/// Adds a delivery zone.
pub fn add_delivery_zone(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    cooperative: CooperativeId,
    id: Option<DeliveryZoneId>,
    details: &DeliveryZoneDetails,
) -> Result<DeliveryZone, SpotError> {
    governed(tx, roles, cooperative)?;
    if store::delivery_zones(tx, cooperative)?.len() >= MOST_SPOTS {
        return Err(SpotError::TooMany);
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
    told(tx, now, roles, cooperative, "delivery_zone.added", zone.id)?;
    Ok(zone)
}

/// The delivery zone as long as it is used, for who may change it.
fn used_delivery_zone(
    tx: &mut Tx<'_>,
    roles: &Roles,
    cooperative: CooperativeId,
    id: DeliveryZoneId,
    expected: i64,
) -> Result<DeliveryZone, SpotError> {
    governed(tx, roles, cooperative)?;
    let zone = store::delivery_zone(tx, id)?.filter(|zone| zone.active && zone.cooperative_id == cooperative);
    let zone = zone.ok_or(AccessError::Hidden)?;
    StaleVersion::check(Some(expected), zone.version)?;
    Ok(zone)
}

/// Changes a delivery zone. Orders that were placed keep the fee they were told.
pub fn change_delivery_zone(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    cooperative: CooperativeId,
    id: DeliveryZoneId,
    expected: i64,
    details: &DeliveryZoneDetails,
) -> Result<DeliveryZone, SpotError> {
    let zone = used_delivery_zone(tx, roles, cooperative, id, expected)?;
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
    told(tx, now, roles, cooperative, "delivery_zone.changed", id)?;
    Ok(changed)
}

/// Takes a delivery zone out of use; orders that chose it keep it.
pub fn remove_delivery_zone(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    cooperative: CooperativeId,
    id: DeliveryZoneId,
    expected: i64,
) -> Result<(), SpotError> {
    let zone = used_delivery_zone(tx, roles, cooperative, id, expected)?;
    let gone = DeliveryZone { active: false, version: zone.version.saturating_add(1), ..zone };
    if !store::update_delivery_zone(tx, &gone)? {
        return Err(StaleVersion { current: gone.version }.into());
    }
    Ok(told(tx, now, roles, cooperative, "delivery_zone.removed", id)?)
}

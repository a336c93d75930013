//! Pick-up points and delivery zones of a cooperative: where its goods reach buyers. Both are added, updated and removed in
//! the same way.

use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::serialize::ToSql;
use diesel::sqlite::Sqlite;

use super::access::{AccessError, Roles};
use super::cooperative::{DeliveryZone, PickupPoint};
use super::events::{self, CooperativeEvent};
use super::store;
use crate::db::{self, Conn, Tx};
use crate::kernel::ids::{CooperativeId, DeliveryZoneId, Id, PickupPointId, SqlUuid};
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
        /// The cooperative has `MAX_DELIVERY_POINTS` of them.
        TooMany => TooManySpots ["limit" = MAX_DELIVERY_POINTS],
    }
    + Access(AccessError), Stale(StaleVersion), Db(db::Error)
}

/// A pick-up point or a delivery zone, for the verbs that both have.
pub(super) trait DeliveryPoint: Send + Sized + 'static {
    type Id: Id + AsExpression<SqlUuid> + ToSql<SqlUuid, Sqlite> + ToSql<SqlUuid, Pg>;
    type Details: Clone + Default + Send + 'static;
    const ADDED: CooperativeEvent;
    const CHANGED: CooperativeEvent;
    const REMOVED: CooperativeEvent;

    /// A new active one; absent details are empty.
    fn new(id: Self::Id, cooperative: CooperativeId, details: Self::Details) -> Self;
    /// Its next version; absent details stay.
    fn next_version(self, active: bool, details: Self::Details) -> Self;
    fn id(&self) -> Self::Id;
    fn version(&self) -> i64;
    fn is_active_in(&self, cooperative: CooperativeId) -> bool;
    fn find(conn: &mut Conn, id: Self::Id) -> db::Result<Option<Self>>;
    /// The active ones of a cooperative.
    fn list(conn: &mut Conn, cooperative: CooperativeId) -> db::Result<Vec<Self>>;
    fn insert(&self, tx: &mut Tx<'_>) -> db::Result<()>;
    /// Updates the row; `false` when it has changed since it was read.
    fn save(&self, tx: &mut Tx<'_>) -> db::Result<bool>;
}

impl DeliveryPoint for PickupPoint {
    type Id = PickupPointId;
    type Details = PickupPointDetails;
    const ADDED: CooperativeEvent = CooperativeEvent::PickupPointAdded {};
    const CHANGED: CooperativeEvent = CooperativeEvent::PickupPointChanged {};
    const REMOVED: CooperativeEvent = CooperativeEvent::PickupPointRemoved {};

    fn new(id: PickupPointId, cooperative: CooperativeId, details: PickupPointDetails) -> Self {
        PickupPoint {
            id,
            cooperative_id: cooperative,
            name: details.name.unwrap_or_default(),
            address: details.address.unwrap_or_default(),
            hours: details.hours.unwrap_or_default(),
            active: true,
            version: 1,
        }
    }

    fn next_version(self, active: bool, details: PickupPointDetails) -> Self {
        PickupPoint {
            name: details.name.unwrap_or(self.name),
            address: details.address.unwrap_or(self.address),
            hours: details.hours.unwrap_or(self.hours),
            active,
            version: self.version.saturating_add(1),
            ..self
        }
    }

    fn id(&self) -> PickupPointId {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn is_active_in(&self, cooperative: CooperativeId) -> bool {
        self.active && self.cooperative_id == cooperative
    }

    fn find(conn: &mut Conn, id: PickupPointId) -> db::Result<Option<Self>> {
        store::find_pickup_point(conn, id)
    }

    fn list(conn: &mut Conn, cooperative: CooperativeId) -> db::Result<Vec<Self>> {
        store::list_pickup_points(conn, cooperative)
    }

    fn insert(&self, tx: &mut Tx<'_>) -> db::Result<()> {
        store::insert_pickup_point(tx, self)
    }

    fn save(&self, tx: &mut Tx<'_>) -> db::Result<bool> {
        store::update_pickup_point(tx, self)
    }
}

impl DeliveryPoint for DeliveryZone {
    type Id = DeliveryZoneId;
    type Details = DeliveryZoneDetails;
    const ADDED: CooperativeEvent = CooperativeEvent::DeliveryZoneAdded {};
    const CHANGED: CooperativeEvent = CooperativeEvent::DeliveryZoneChanged {};
    const REMOVED: CooperativeEvent = CooperativeEvent::DeliveryZoneRemoved {};

    fn new(id: DeliveryZoneId, cooperative: CooperativeId, details: DeliveryZoneDetails) -> Self {
        DeliveryZone {
            id,
            cooperative_id: cooperative,
            name: details.name.unwrap_or_default(),
            description: details.description.unwrap_or_default(),
            fee: details.fee.unwrap_or_default(),
            active: true,
            version: 1,
        }
    }

    fn next_version(self, active: bool, details: DeliveryZoneDetails) -> Self {
        DeliveryZone {
            name: details.name.unwrap_or(self.name),
            description: details.description.unwrap_or(self.description),
            fee: details.fee.unwrap_or(self.fee),
            active,
            version: self.version.saturating_add(1),
            ..self
        }
    }

    fn id(&self) -> DeliveryZoneId {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn is_active_in(&self, cooperative: CooperativeId) -> bool {
        self.active && self.cooperative_id == cooperative
    }

    fn find(conn: &mut Conn, id: DeliveryZoneId) -> db::Result<Option<Self>> {
        store::find_delivery_zone(conn, id)
    }

    fn list(conn: &mut Conn, cooperative: CooperativeId) -> db::Result<Vec<Self>> {
        store::list_delivery_zones(conn, cooperative)
    }

    fn insert(&self, tx: &mut Tx<'_>) -> db::Result<()> {
        store::insert_delivery_zone(tx, self)
    }

    fn save(&self, tx: &mut Tx<'_>) -> db::Result<bool> {
        store::update_delivery_zone(tx, self)
    }
}

/// Requires the board of an existing cooperative.
fn require_board(tx: &mut Tx<'_>, roles: &Roles, cooperative: CooperativeId) -> Result<(), DeliveryPointError> {
    if store::find_cooperative(tx, cooperative)?.is_none() {
        return Err(AccessError::Hidden.into());
    }
    roles.require_board_or_admin(cooperative)?;
    Ok(())
}

fn record_event(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    cooperative: CooperativeId,
    event: CooperativeEvent,
    id: impl Id,
) -> db::Result<()> {
    events::record(tx, now, &event.about(id).by(roles.account).in_cooperative(cooperative))?;
    Ok(())
}

/// Adds a pick-up point or delivery zone.
pub(super) fn add<P: DeliveryPoint>(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    cooperative: CooperativeId,
    id: Option<P::Id>,
    details: &P::Details,
) -> Result<P, DeliveryPointError> {
    require_board(tx, roles, cooperative)?;
    if P::list(tx, cooperative)?.len() >= MAX_DELIVERY_POINTS {
        return Err(DeliveryPointError::TooMany);
    }
    let point = P::new(id.unwrap_or_else(|| tx.id(now)), cooperative, details.clone());
    point.insert(tx)?;
    record_event(tx, now, roles, cooperative, P::ADDED, point.id())?;
    Ok(point)
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
    add(tx, now, roles, cooperative, id, details)
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
    add(tx, now, roles, cooperative, id, details)
}

/// Saves the next version of an active one that was read at the expected version, for its cooperative's board.
fn save_next<P: DeliveryPoint>(
    tx: &mut Tx<'_>,
    roles: &Roles,
    cooperative: CooperativeId,
    id: P::Id,
    expected: i64,
    next: impl FnOnce(P) -> P,
) -> Result<P, DeliveryPointError> {
    require_board(tx, roles, cooperative)?;
    let point = P::find(tx, id)?.filter(|point| point.is_active_in(cooperative)).ok_or(AccessError::Hidden)?;
    StaleVersion::check(Some(expected), point.version())?;
    let next = next(point);
    if !next.save(tx)? {
        return Err(StaleVersion { current: next.version() }.into());
    }
    Ok(next)
}

/// Updates a pick-up point or delivery zone. Existing orders keep their fee.
pub(super) fn update<P: DeliveryPoint>(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    cooperative: CooperativeId,
    id: P::Id,
    expected: i64,
    details: &P::Details,
) -> Result<P, DeliveryPointError> {
    let next = |point: P| point.next_version(true, details.clone());
    let changed = save_next(tx, roles, cooperative, id, expected, next)?;
    record_event(tx, now, roles, cooperative, P::CHANGED, id)?;
    Ok(changed)
}

/// Deactivates a pick-up point or delivery zone. Existing orders keep it.
pub(super) fn remove<P: DeliveryPoint>(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    cooperative: CooperativeId,
    id: P::Id,
    expected: i64,
) -> Result<(), DeliveryPointError> {
    let next = |point: P| point.next_version(false, P::Details::default());
    save_next(tx, roles, cooperative, id, expected, next)?;
    Ok(record_event(tx, now, roles, cooperative, P::REMOVED, id)?)
}

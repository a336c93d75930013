//! Pick-up points and delivery zones of a cooperative: where its goods reach buyers. Both are added, updated and removed in
//! the same way.

use super::access::{AccessError, Roles};
use super::events::{self, CooperativeEvent};
use super::store;
use crate::db::{self, Conn, Tx};
use crate::kernel::ids::{CooperativeId, Id};
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
#[allow(private_interfaces, reason = "its events are recorded inside the crate only")]
pub trait DeliveryPoint: Send + Sized + 'static {
    /// Its id.
    type Id: Id;
    /// Its fields; absent ones stay on update.
    type Details: Clone + Default + Send + 'static;
    /// The event of adding it.
    const ADDED: CooperativeEvent;
    /// The event of updating it.
    const CHANGED: CooperativeEvent;
    /// The event of removing it.
    const REMOVED: CooperativeEvent;

    /// A new active one; absent details are empty.
    fn new(id: Self::Id, cooperative: CooperativeId, details: Self::Details) -> Self;
    /// Its next version; absent details stay.
    fn next_version(self, active: bool, details: Self::Details) -> Self;
    /// Its id.
    fn id(&self) -> Self::Id;
    /// Its version.
    fn version(&self) -> i64;
    /// Whether new orders of this cooperative may use it.
    fn is_active_in(&self, cooperative: CooperativeId) -> bool;
    /// The one of this id, also a removed one.
    fn find(conn: &mut Conn, id: Self::Id) -> db::Result<Option<Self>>;
    /// The active ones of a cooperative.
    fn list(conn: &mut Conn, cooperative: CooperativeId) -> db::Result<Vec<Self>>;
    /// Inserts the row.
    fn insert(&self, tx: &mut Tx<'_>) -> db::Result<()>;
    /// Updates the row; `false` when it has changed since it was read.
    fn save(&self, tx: &mut Tx<'_>) -> db::Result<bool>;
}

/// Requires the board of an existing cooperative.
fn require_board(tx: &mut Tx<'_>, roles: &Roles, cooperative: CooperativeId) -> Result<(), DeliveryPointError> {
    store::find_cooperative(tx, cooperative)?.ok_or(AccessError::Hidden)?;
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
pub fn add_delivery_point<P: DeliveryPoint>(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    cooperative: CooperativeId,
    id: P::Id,
    details: &P::Details,
) -> Result<P, DeliveryPointError> {
    require_board(tx, roles, cooperative)?;
    if P::list(tx, cooperative)?.len() >= MAX_DELIVERY_POINTS {
        return Err(DeliveryPointError::TooMany);
    }
    let point = P::new(id, cooperative, details.clone());
    point.insert(tx)?;
    record_event(tx, now, roles, cooperative, P::ADDED, point.id())?;
    Ok(point)
}

/// Saves the next version of an active one that was read at the expected version, for its cooperative's board.
fn save_next<P: DeliveryPoint>(
    tx: &mut Tx<'_>,
    roles: &Roles,
    cooperative: CooperativeId,
    id: P::Id,
    expected_version: i64,
    next: impl FnOnce(P) -> P,
) -> Result<P, DeliveryPointError> {
    require_board(tx, roles, cooperative)?;
    let point = P::find(tx, id)?.filter(|point| point.is_active_in(cooperative)).ok_or(AccessError::Hidden)?;
    StaleVersion::check(Some(expected_version), point.version())?;
    let next = next(point);
    StaleVersion::check_saved(next.save(tx)?, next.version())?;
    Ok(next)
}

/// Updates a pick-up point or delivery zone. Existing orders keep their fee.
pub(super) fn update_delivery_point<P: DeliveryPoint>(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    cooperative: CooperativeId,
    id: P::Id,
    expected_version: i64,
    details: &P::Details,
) -> Result<P, DeliveryPointError> {
    let next = |point: P| point.next_version(true, details.clone());
    let changed = save_next(tx, roles, cooperative, id, expected_version, next)?;
    record_event(tx, now, roles, cooperative, P::CHANGED, id)?;
    Ok(changed)
}

/// Deactivates a pick-up point or delivery zone. Existing orders keep it.
pub(super) fn remove_delivery_point<P: DeliveryPoint>(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    cooperative: CooperativeId,
    id: P::Id,
    expected_version: i64,
) -> Result<(), DeliveryPointError> {
    let next = |point: P| point.next_version(false, P::Details::default());
    save_next(tx, roles, cooperative, id, expected_version, next)?;
    Ok(record_event(tx, now, roles, cooperative, P::REMOVED, id)?)
}

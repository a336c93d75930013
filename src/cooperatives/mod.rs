//! Cooperatives, their groups, memberships and offices, places, and the permits that open data.
//!
//! A cooperative is founded in a village by an administrator ([`found()`]), who assigns its board; the board assigns
//! treasurer, supervisors and companions ([`assign`]) and says where goods change hands. Anyone founds a group
//! ([`found_group`]) and is its chair; the board approves it ([`step_group`]). Members need neither phone nor
//! account ([`add_member`]); an invitation ([`invite`], [`accept`]) links an account to a place in the group.
//! Whoever is allowed to do something shows it by an extractor of this slice: nothing else opens data. The calendar,
//! which lies below it, is kept by the administrator from here ([`add_occasion`], [`change_occasion`],
//! [`remove_occasion`]).

mod access;
mod admin_area;
mod api;
mod calendar;
mod cooperative;
mod create;
mod create_group;
mod delivery_points;
mod feed;
mod group;
mod import_places;
mod invitation;
mod mails;
mod membership;
mod office;
mod privacy;
mod store;
mod vouching;

use crate::db::{Conn, Result};
use crate::kernel::ids::{CooperativeId, DeliveryZoneId, GroupId, MembershipId, PickupPointId};

pub use access::{
    AccessError, Admin, Agency, Auditor, Board, Caller, Companion, CooperativePermit, GroupPermit, MemberRole, Office,
    Officer, OptionalCaller, Overseer, Roles, Treasurer,
};
pub use admin_area::{AdminArea, AdminLevel};
pub use api::routes;
pub use calendar::{add_occasion, change_occasion, remove_occasion};
pub use cooperative::{BankAccount, Cooperative, DeliveryZone, PickupPoint};
pub use create::{CooperativeChange, CooperativeError, NewCooperative, change_cooperative, found};
pub use create_group::{GroupChange, GroupError, NewGroup, change_group, found_group, step_group, steps_of};
pub use delivery_points::{
    DeliveryZoneDetails, PickupPointDetails, SpotError, add_delivery_zone, add_pickup_point, change_delivery_zone,
    change_pickup_point, remove_delivery_zone, remove_pickup_point,
};
pub use group::{Group, GroupAction, GroupStatus, HeldMembership, HeldOffice, Membership};
pub use import_places::{ImportPlacesError, import_bundled_places, import_places};
pub use invitation::{Invitation, InviteError, Invited, Invitee, Letterhead, accept, invite, read_invitation, revoke};
pub use membership::{MemberChange, MemberError, NewMember, add_member, change_member, leave};
pub use office::{AssignError, Assignee, Assignment, Contact, assign, unassign};
pub use privacy::{HeldByPerson, export, forget, held_by};
pub use vouching::{VouchError, reset_code, vouch};

/// The cooperative of this id.
pub fn find_cooperative(conn: &mut Conn, id: CooperativeId) -> Result<Option<Cooperative>> {
    store::cooperative(conn, id)
}

/// The group of this id, wherever it stands.
pub fn find_group(conn: &mut Conn, id: GroupId) -> Result<Option<Group>> {
    store::group(conn, id)
}

/// The membership of this id, also of one who left.
pub fn find_membership(conn: &mut Conn, id: MembershipId) -> Result<Option<Membership>> {
    store::membership(conn, id)
}

/// The pick-up point of this id; ask `active` before an order chooses it.
pub fn pickup_point(conn: &mut Conn, id: PickupPointId) -> Result<Option<PickupPoint>> {
    store::pickup_point(conn, id)
}

/// The delivery zone of this id; ask `active` before an order chooses it.
pub fn delivery_zone(conn: &mut Conn, id: DeliveryZoneId) -> Result<Option<DeliveryZone>> {
    store::delivery_zone(conn, id)
}

/// The officers of a group who have an account, to write to.
pub fn officers_of(conn: &mut Conn, group: GroupId) -> Result<Vec<Contact>> {
    store::officers_of(conn, group)
}

/// The board of a cooperative, to write to.
pub fn board_of(conn: &mut Conn, cooperative: CooperativeId) -> Result<Vec<Contact>> {
    store::holders_of(conn, Office::Board, cooperative)
}

/// Who holds this office in a cooperative, to write to.
pub fn holders_of(conn: &mut Conn, office: Office, cooperative: CooperativeId) -> Result<Vec<Contact>> {
    store::holders_of(conn, office, cooperative)
}

//! Cooperatives, their groups, memberships and offices, administrative areas, and access control.
//!
//! An administrator creates a cooperative in a village ([`create_cooperative`]) and assigns its board; the board assigns
//! treasurer, supervisors and companions ([`assign_office`]) and defines pick-up points and delivery zones. Anyone creates
//! a group ([`create_group`]) and is its chair; the board approves it ([`transition_group`]). Members need neither phone
//! nor account ([`add_member`]); an invitation ([`invite_member`], [`accept_invitation`]) links an account to a
//! membership. The permits of `access`, which the extractors of `extract` grant, guard all data of groups and
//! cooperatives. Administrators edit the calendar, a lower slice, through this one ([`add_occasion`],
//! [`update_occasion`], [`remove_occasion`]).

mod access;
mod admin_area;
mod api;
mod calendar;
mod cooperative;
mod create;
mod create_group;
mod delivery_points;
pub(crate) mod events;
mod extract;
mod group;
mod import_admin_areas;
mod invitation;
mod invite;
mod membership;
mod office;
mod privacy;
mod roles;
mod store;
mod vouching;

use crate::db::{Conn, Result};
use crate::kernel::ids::{CooperativeId, DeliveryZoneId, PickupPointId};

pub use access::{AccessError, CooperativePermit, GroupPermit, Roles};
pub use admin_area::{AdminArea, AdminLevel};
pub use api::routes;
pub use calendar::{add_occasion, remove_occasion, update_occasion};
pub use cooperative::{BankAccount, Cooperative, DeliveryZone, PickupPoint};
pub use create::{CooperativeChange, CooperativeError, NewCooperative, create_cooperative, update_cooperative};
pub use create_group::{
    GroupChange, GroupError, NewGroup, allowed_transitions, create_group, transition_group, update_group,
};
pub use delivery_points::{
    DeliveryPoint, DeliveryPointError, DeliveryZoneDetails, PickupPointDetails, add_delivery_point,
};
pub use extract::{Admin, Agency, Auditor, Board, Caller, Companion, Officer, OptionalCaller, Overseer, Treasurer};
pub use group::{Group, GroupAction, GroupNames, GroupRef, GroupStatus, HeldMembership, HeldOffice, Membership};
pub use import_admin_areas::{ImportAdminAreasError, import_admin_areas, import_bundled_admin_areas};
pub use invitation::{Invitation, InvitationMail, InvitationTarget, IssuedInvitation};
pub use invite::{InviteError, accept_invitation, invite_member, load_invitation, revoke_invitation};
pub use membership::{MemberChange, MemberError, NewMember, add_member, remove_member, update_member};
pub use office::{AssignError, Assignee, Assignment, Contact, assign_office, end_office};
pub use privacy::{HeldRoles, export, forget, load_held_roles};
pub use roles::{MemberRole, Office};
pub use store::{
    find_cooperative, find_group, find_membership, find_pickup_point, list_office_holders, list_officers,
    load_group_name, load_group_names, load_zone,
};
pub use vouching::{VouchError, issue_reset_code, vouch_for_phone};

/// Whether the cooperative has this active pick-up point, if one is named.
pub fn can_use_pickup_point(conn: &mut Conn, own: CooperativeId, id: Option<PickupPointId>) -> Result<bool> {
    let Some(id) = id else { return Ok(true) };
    Ok(PickupPoint::find(conn, id)?.is_some_and(|point| point.is_active_in(own)))
}

/// Whether the cooperative has this active delivery zone, if one is named.
pub fn can_use_delivery_zone(conn: &mut Conn, own: CooperativeId, id: Option<DeliveryZoneId>) -> Result<bool> {
    let Some(id) = id else { return Ok(true) };
    Ok(DeliveryZone::find(conn, id)?.is_some_and(|zone| zone.is_active_in(own)))
}

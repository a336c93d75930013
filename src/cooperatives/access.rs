//! Access control: the caller's roles, and the permits that they grant.
//!
//! A permit is the only way to the data of a group or a cooperative: store functions take it and put its ids into the
//! WHERE clause, so that rows of others are not found. A caller who lacks a permission gets 403 when they may know of the
//! resource ([`AccessError::Forbidden`]), otherwise 404 ([`AccessError::Hidden`]).

use diesel::prelude::*;

use super::group::Group;
use super::roles::{MemberRole, Office};
use super::store;
use crate::db::schema::memberships;
use crate::db::{self, Conn};
use crate::kernel::ids::{AccountId, CooperativeId, GroupId, MembershipId};
use crate::web::verb_errors;

/// A membership of the caller.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = memberships)]
pub(super) struct CallerMembership {
    pub(super) id: MembershipId,
    pub(super) group_id: GroupId,
    pub(super) cooperative_id: CooperativeId,
    pub(super) role: MemberRole,
}

/// The permission to act for one group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupPermit {
    /// The caller's account.
    pub account: AccountId,
    /// The group.
    pub group: GroupId,
    /// The group's cooperative.
    pub cooperative: CooperativeId,
    /// The caller's membership of the group.
    pub membership: MembershipId,
    /// The caller's role in the group.
    pub role: MemberRole,
}

/// The permission to act for one cooperative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CooperativePermit {
    /// The caller's account.
    pub account: AccountId,
    /// The cooperative.
    pub cooperative: CooperativeId,
    /// The caller's office there.
    pub office: Office,
}

/// All roles of a caller, for checks that involve several of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roles {
    /// The account; `None` for guests.
    pub account: Option<AccountId>,
    /// Whether the caller administers the whole service.
    pub admin: bool,
    memberships: Vec<CallerMembership>,
    offices: Vec<(CooperativeId, Office)>,
}

verb_errors! {
    /// Why access was denied.
    #[derive(Clone, Copy, PartialEq, Eq)]
    pub enum AccessError {
        /// The caller may not know of the resource: 404.
        Hidden => NotFound,
        /// The caller knows of the resource but lacks the role: 403.
        Forbidden => Forbidden,
    }
}

impl AccessError {
    /// `Ok` when the caller, who knows of the resource, is allowed; otherwise 403.
    pub fn forbid_unless(is_allowed: bool) -> Result<(), AccessError> {
        AccessError::check(is_allowed, true)
    }

    /// `Ok` when the caller, who may not know of the resource otherwise, is allowed; otherwise 404.
    pub fn hide_unless(is_allowed: bool) -> Result<(), AccessError> {
        AccessError::check(is_allowed, false)
    }

    /// `Ok` when the caller is allowed; 403 when they may know of the resource; otherwise 404.
    pub fn check(is_allowed: bool, is_known: bool) -> Result<(), AccessError> {
        match (is_allowed, is_known) {
            (true, _) => Ok(()),
            (false, true) => Err(AccessError::Forbidden),
            (false, false) => Err(AccessError::Hidden),
        }
    }
}

impl Roles {
    /// Loads the current roles of this account.
    pub fn load(conn: &mut Conn, account: AccountId) -> db::Result<Self> {
        let admin = store::is_admin(conn, account)?;
        Roles::load_with_admin(conn, account, admin)
    }

    /// Loads the current roles of this account, of which it is known whether it is an administrator.
    pub(super) fn load_with_admin(conn: &mut Conn, account: AccountId, admin: bool) -> db::Result<Self> {
        let (memberships, offices) = (store::list_memberships(conn, account)?, store::list_offices(conn, account)?);
        Ok(Roles { account: Some(account), admin, memberships, offices })
    }

    /// The caller's account. [`AccessError::Hidden`] for guests.
    pub(super) fn require_account(&self) -> Result<AccountId, AccessError> {
        self.account.ok_or(AccessError::Hidden)
    }

    fn find_membership(&self, group: GroupId) -> Option<&CallerMembership> {
        self.memberships.iter().find(|membership| membership.group_id == group)
    }

    /// The caller's role in this group.
    pub fn role_in_group(&self, group: GroupId) -> Option<MemberRole> {
        self.find_membership(group).map(|membership| membership.role)
    }

    /// The caller's membership of this group.
    pub fn membership_in_group(&self, group: GroupId) -> Option<MembershipId> {
        self.find_membership(group).map(|membership| membership.id)
    }

    /// Whether the caller is an officer of this group.
    pub fn is_officer_of_group(&self, group: GroupId) -> bool {
        self.role_in_group(group).is_some_and(MemberRole::is_officer)
    }

    /// Whether the caller has an office in this cooperative or is a member of one of its groups.
    pub fn is_affiliated_with(&self, cooperative: CooperativeId) -> bool {
        self.has_any_office(cooperative) || self.is_member_in_cooperative(cooperative)
    }

    /// Whether the caller is an officer of any group of this cooperative.
    pub fn is_officer_in_cooperative(&self, cooperative: CooperativeId) -> bool {
        self.memberships
            .iter()
            .any(|membership| membership.cooperative_id == cooperative && membership.role.is_officer())
    }

    /// Whether the caller is a member of any group of this cooperative.
    pub fn is_member_in_cooperative(&self, cooperative: CooperativeId) -> bool {
        self.memberships.iter().any(|membership| membership.cooperative_id == cooperative)
    }

    /// The groups of which the caller is a member.
    pub fn groups(&self) -> Vec<GroupId> {
        self.memberships.iter().map(|membership| membership.group_id).collect()
    }

    /// Whether the caller has this office in this cooperative.
    pub fn has_office(&self, office: Office, cooperative: CooperativeId) -> bool {
        self.offices.contains(&(cooperative, office))
    }

    /// Whether the caller has any office in this cooperative.
    pub fn has_any_office(&self, cooperative: CooperativeId) -> bool {
        self.offices.iter().any(|(id, _)| *id == cooperative)
    }

    /// Whether the caller sees the internal data of this group: its members, its cooperative's offices, administrators.
    pub fn can_see_inside(&self, group: &Group) -> bool {
        self.admin || self.role_in_group(group.id).is_some() || self.has_any_office(group.cooperative_id)
    }

    /// Whether the caller sees the money of all groups of this cooperative: every office but the agency.
    pub fn can_see_money_in(&self, cooperative: CooperativeId) -> bool {
        let offices = [Office::Board, Office::Treasurer, Office::Supervisor, Office::Companion];
        offices.into_iter().any(|office| self.has_office(office, cooperative))
    }

    /// Requires permission to see the money of this group: its members, and every office but the agency.
    pub fn require_money_access(&self, group: GroupId, cooperative: CooperativeId) -> Result<(), AccessError> {
        let can_see_money = self.role_in_group(group).is_some() || self.can_see_money_in(cooperative);
        AccessError::check(can_see_money, self.has_any_office(cooperative))
    }

    /// Requires the board of this cooperative or an administrator, and returns the caller's account.
    pub(super) fn require_board_or_admin(&self, cooperative: CooperativeId) -> Result<AccountId, AccessError> {
        let account = self.require_account()?;
        let is_board = self.has_office(Office::Board, cooperative);
        AccessError::check(self.admin || is_board, self.has_any_office(cooperative))?;
        Ok(account)
    }

    /// Requires an office in this cooperative or an administrator.
    pub(super) fn require_any_office_or_admin(&self, cooperative: CooperativeId) -> Result<(), AccessError> {
        AccessError::hide_unless(self.admin || self.has_any_office(cooperative))
    }

    /// Requires an officer of this group or the board of its cooperative, and returns the caller's account.
    pub(super) fn require_officer_or_board(&self, group: &Group) -> Result<AccountId, AccessError> {
        let account = self.require_account()?;
        let is_board = self.has_office(Office::Board, group.cooperative_id);
        AccessError::check(self.is_officer_of_group(group.id) || is_board, self.can_see_inside(group))?;
        Ok(account)
    }

    /// Whether the caller may appoint and dismiss the chair of this group: its chair and the board of its cooperative.
    pub(super) fn can_appoint_chair(&self, group: &Group) -> bool {
        self.role_in_group(group.id) == Some(MemberRole::Chair) || self.has_office(Office::Board, group.cooperative_id)
    }
}

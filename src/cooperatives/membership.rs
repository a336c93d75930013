//! Members of a group: adding, updating and removing them. They need neither a phone nor an account.

use super::access::{AccessError, Roles};
use super::events::{self, CooperativeEvent};
use super::group::{Group, GroupStatus, MAX_MEMBERS, Membership};
use super::roles::MemberRole;
use super::store;
use crate::db::{self, Tx};
use crate::kernel::ids::{AccountId, GroupId, MembershipId};
use crate::kernel::{Instant, Phone};
use crate::web::{Patch, StaleVersion, verb_errors};

/// A new member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMember {
    /// The member's name in the group.
    pub name: String,
    /// The phone number.
    pub phone: Option<Phone>,
    /// The role in the group.
    pub role: MemberRole,
}

/// Changes of a member; absent fields stay.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemberChange {
    /// The member's name in the group.
    pub name: Option<String>,
    /// The phone number.
    pub phone: Patch<Phone>,
    /// The role in the group.
    pub role: Option<MemberRole>,
}

verb_errors! {
    /// Why a member was not added, updated or removed.
    pub enum MemberError {
        /// The group has `MAX_MEMBERS` members.
        Full => GroupFull ["limit" = MAX_MEMBERS],
        /// The group would have no chair.
        LastChair => LastChair,
        /// The group is closed.
        Closed => TransitionInvalid ["state" = GroupStatus::Closed],
    }
    + Access(AccessError), Stale(StaleVersion), Db(db::Error)
}

/// Adds a member to a group.
pub fn add_member(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    group_id: GroupId,
    id: MembershipId,
    new: &NewMember,
) -> Result<Membership, MemberError> {
    let group = store::lock_group(tx, group_id)?.ok_or(AccessError::Hidden)?;
    let by = roles.require_officer_or_board(&group)?;
    AccessError::forbid_unless(new.role != MemberRole::Chair || roles.can_appoint_chair(&group))?;
    if group.status == GroupStatus::Closed {
        return Err(MemberError::Closed);
    }
    let member_count = store::count_members(tx, &[group_id])?.first().map_or(0, |(_, count)| *count);
    if member_count >= MAX_MEMBERS {
        return Err(MemberError::Full);
    }
    let member = Membership {
        id,
        cooperative_id: group.cooperative_id,
        group_id,
        account_id: None,
        name: new.name.clone(),
        phone: new.phone.clone(),
        role: new.role,
        joined_at: now,
        left_at: None,
        version: 1,
    };
    store::insert_member(tx, &member)?;
    let event = CooperativeEvent::MemberJoined { role: member.role }.about(member.id);
    events::record(tx, now, &event.by(by).in_group(member.cooperative_id, group_id))?;
    Ok(member)
}

/// Updates a member's name, phone or role. A new role takes effect on their next request.
pub fn update_member(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    group_id: GroupId,
    id: MembershipId,
    expected_version: i64,
    change: &MemberChange,
) -> Result<Membership, MemberError> {
    let group = store::lock_group(tx, group_id)?.ok_or(AccessError::Hidden)?;
    let by = roles.require_officer_or_board(&group)?;
    let member = store::find_member(tx, group_id, id)?.ok_or(AccessError::Hidden)?;
    StaleVersion::check(Some(expected_version), member.version)?;
    let role = change.role.unwrap_or(member.role);
    if role != member.role {
        let is_chair_changed = role == MemberRole::Chair || member.role == MemberRole::Chair;
        AccessError::forbid_unless(!is_chair_changed || roles.can_appoint_chair(&group))?;
        if member.role == MemberRole::Chair && store::count_other_chairs(tx, group_id, id)? == 0 {
            return Err(MemberError::LastChair);
        }
    }
    let previous_role = member.role;
    let changed = Membership {
        name: change.name.clone().unwrap_or_else(|| member.name.clone()),
        phone: change.phone.clone().or(member.phone.clone()),
        role,
        version: member.version.saturating_add(1),
        ..member
    };
    StaleVersion::check_saved(store::update_member(tx, &changed)?, changed.version)?;
    let event = CooperativeEvent::MemberChanged { role, role_before: previous_role }.about(id);
    events::record(tx, now, &event.by(by).in_group(changed.cooperative_id, group_id))?;
    Ok(changed)
}

/// Ends a membership: members leave by themselves, or an officer or the board removes them.
pub fn remove_member(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    group_id: GroupId,
    id: MembershipId,
    expected_version: i64,
) -> Result<(), MemberError> {
    let group = store::lock_group(tx, group_id)?.ok_or(AccessError::Hidden)?;
    let by = match roles.require_officer_or_board(&group) {
        Err(AccessError::Forbidden) if roles.membership_in_group(group_id) == Some(id) => roles.require_account()?,
        result => result?,
    };
    let member = store::find_member(tx, group_id, id)?.ok_or(AccessError::Hidden)?;
    StaleVersion::check(Some(expected_version), member.version)?;
    if member.role == MemberRole::Chair {
        let is_own = roles.membership_in_group(group_id) == Some(id);
        AccessError::forbid_unless(is_own || roles.can_appoint_chair(&group))?;
        require_other_chair(tx, &group, id)?;
    }
    end_membership(tx, now, member, by)
}

/// Requires another chair besides this one, unless the group is closed.
pub(super) fn require_other_chair(tx: &mut Tx<'_>, group: &Group, leaving: MembershipId) -> Result<(), MemberError> {
    if group.status != GroupStatus::Closed && store::count_other_chairs(tx, group.id, leaving)? == 0 {
        return Err(MemberError::LastChair);
    }
    Ok(())
}

/// Ends a membership and revokes its invitations.
pub(super) fn end_membership(
    tx: &mut Tx<'_>,
    now: Instant,
    member: Membership,
    by: AccountId,
) -> Result<(), MemberError> {
    store::revoke_member_invitations(tx, member.id, now)?;
    let left = Membership { left_at: Some(now), version: member.version.saturating_add(1), ..member };
    StaleVersion::check_saved(store::update_member(tx, &left)?, left.version)?;
    let event = CooperativeEvent::MemberLeft { role: left.role }.about(left.id);
    events::record(tx, now, &event.by(by).in_group(left.cooperative_id, left.group_id))?;
    Ok(())
}

//! Members: people with or without a phone or an account, what they are in their group, and leaving it.

use super::access::{AccessError, MemberRole, Roles};
use super::group::{Group, GroupStatus, MOST_MEMBERS, Membership};
use super::store;
use crate::db::{self, Tx};
use crate::events::{self, Event};
use crate::kernel::ids::{AccountId, GroupId, MembershipId};
use crate::kernel::{Instant, Phone};
use crate::web::{Code, Patch, Problem, StaleVersion};

/// Who joins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMember {
    /// The id a client made for them.
    pub id: Option<MembershipId>,
    /// How they are called in the group.
    pub name: String,
    /// Where they can be called.
    pub phone: Option<Phone>,
    /// As what.
    pub role: MemberRole,
}

/// What changes about a member.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemberChange {
    /// How they are called in the group.
    pub name: Option<String>,
    /// Where they can be called.
    pub phone: Patch<Phone>,
    /// As what.
    pub role: Option<MemberRole>,
}

/// Why a member could not be added, changed or leave.
#[derive(Debug, thiserror::Error)]
pub enum MemberError {
    /// The caller may not.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The member was changed by someone else.
    #[error(transparent)]
    Stale(#[from] StaleVersion),
    /// The group has as many members as a group may have.
    #[error("the group is full")]
    Full,
    /// The group would be without a chair.
    #[error("a group needs a chair")]
    LastChair,
    /// The group is closed.
    #[error("the group is closed")]
    Closed,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<MemberError> for Problem {
    fn from(error: MemberError) -> Self {
        match error {
            MemberError::Access(denied) => denied.into(),
            MemberError::Stale(stale) => stale.into(),
            MemberError::Full => Problem::new(Code::GroupFull).with("limit", MOST_MEMBERS),
            MemberError::LastChair => Problem::new(Code::LastChair),
            MemberError::Closed => Problem::new(Code::TransitionInvalid).with("state", GroupStatus::Closed),
            MemberError::Db(error) => error.into(),
        }
    }
}

fn told(kind: events::Kind, member: &Membership, by: AccountId) -> Event {
    Event::new(kind, member.id)
        .by(by)
        .in_cooperative(member.cooperative_id)
        .of_group(member.group_id)
        .with("role", member.role)
}

/// Puts a person into a group. They need neither phone nor account.
pub fn add_member(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    group: GroupId,
    new: &NewMember,
) -> Result<Membership, MemberError> {
    let held = store::hold_group(tx, group)?.ok_or(AccessError::Hidden)?;
    let by = roles.require_officer(&held)?;
    if new.role == MemberRole::Chair && !roles.can_appoint_chair(&held) {
        return Err(AccessError::Forbidden.into());
    }
    if held.status == GroupStatus::Closed {
        return Err(MemberError::Closed);
    }
    let members = store::member_counts(tx, &[group])?.first().map_or(0, |(_, count)| *count);
    if members >= MOST_MEMBERS {
        return Err(MemberError::Full);
    }
    let member = Membership {
        id: new.id.unwrap_or_else(|| tx.id(now)),
        cooperative_id: held.cooperative_id,
        group_id: group,
        account_id: None,
        name: new.name.clone(),
        phone: new.phone.clone(),
        role: new.role,
        joined_at: now,
        left_at: None,
        version: 1,
    };
    store::insert_member(tx, &member)?;
    events::record(tx, now, &told("member.joined", &member, by))?;
    Ok(member)
}

/// Changes a member's name, phone or role. A role bites on their next request.
pub fn change_member(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    group: GroupId,
    id: MembershipId,
    expected: i64,
    change: &MemberChange,
) -> Result<Membership, MemberError> {
    let held = store::hold_group(tx, group)?.ok_or(AccessError::Hidden)?;
    let by = roles.require_officer(&held)?;
    let member = store::member(tx, group, id)?.ok_or(AccessError::Hidden)?;
    StaleVersion::check(Some(expected), member.version)?;
    let role = change.role.unwrap_or(member.role);
    if role != member.role {
        if (role == MemberRole::Chair || member.role == MemberRole::Chair) && !roles.can_appoint_chair(&held) {
            return Err(AccessError::Forbidden.into());
        }
        if member.role == MemberRole::Chair && store::other_chairs(tx, group, id)? == 0 {
            return Err(MemberError::LastChair);
        }
    }
    let before = member.role;
    let changed = Membership {
        name: change.name.clone().unwrap_or_else(|| member.name.clone()),
        phone: change.phone.clone().or(member.phone.clone()),
        role,
        version: member.version.saturating_add(1),
        ..member
    };
    if !store::update_member(tx, &changed)? {
        return Err(StaleVersion { current: changed.version }.into());
    }
    events::record(tx, now, &told("member.changed", &changed, by).with("role_before", before))?;
    Ok(changed)
}

/// Lets a member go: they leave by themselves, or an officer or the board sees them off.
pub fn leave(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    group: GroupId,
    id: MembershipId,
    expected: i64,
) -> Result<(), MemberError> {
    let held = store::hold_group(tx, group)?.ok_or(AccessError::Hidden)?;
    let by = match roles.require_officer(&held) {
        Err(AccessError::Forbidden) if roles.membership_in(group) == Some(id) => roles.actor()?,
        allowed => allowed?,
    };
    let member = store::member(tx, group, id)?.ok_or(AccessError::Hidden)?;
    StaleVersion::check(Some(expected), member.version)?;
    if member.role == MemberRole::Chair {
        if roles.membership_in(group) != Some(id) && !roles.can_appoint_chair(&held) {
            return Err(AccessError::Forbidden.into());
        }
        keep_a_chair(tx, &held, id)?;
    }
    part(tx, now, member, by)
}

/// A group that still works needs a chair besides this one.
pub(super) fn keep_a_chair(tx: &mut Tx<'_>, group: &Group, leaving: MembershipId) -> Result<(), MemberError> {
    if group.status != GroupStatus::Closed && store::other_chairs(tx, group.id, leaving)? == 0 {
        return Err(MemberError::LastChair);
    }
    Ok(())
}

/// Ends a membership; what invited them no longer stands.
pub(super) fn part(tx: &mut Tx<'_>, now: Instant, member: Membership, by: AccountId) -> Result<(), MemberError> {
    store::revoke_invitations_of(tx, member.id, now)?;
    let left = Membership { left_at: Some(now), version: member.version.saturating_add(1), ..member };
    if !store::update_member(tx, &left)? {
        return Err(StaleVersion { current: left.version }.into());
    }
    events::record(tx, now, &told("member.left", &left, by))?;
    Ok(())
}

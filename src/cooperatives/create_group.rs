//! Creating, updating and transitioning groups.

use super::access::{AccessError, Roles};
use super::events::{self, CooperativeEvent, GroupStatusChange};
use super::group::{Actor, Group, GroupAction, GroupStatus, GroupTransition, Membership, TRANSITIONS, slugify};
use super::roles::{MemberRole, Office};
use super::store;
use crate::db::{self, Tx};
use crate::kernel::ids::{AccountId, CooperativeId, GroupId};
use crate::kernel::{Instant, Phone};
use crate::web::{FieldError, Patch, Problem, StaleVersion, verb_errors};

/// How many groups of one founder may await the board's decision.
pub const MAX_PENDING_GROUPS: i64 = 5;

/// A new group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewGroup {
    /// Its name.
    pub name: String,
    /// A description of its products.
    pub description: String,
    /// Its hamlet.
    pub hamlet: Option<String>,
    /// Its business number (NIB).
    pub business_id: Option<String>,
    /// The public phone number.
    pub phone: Option<Phone>,
}

/// Changes of a group; absent fields stay.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupChange {
    /// Its name.
    pub name: Option<String>,
    /// A description of its products.
    pub description: Option<String>,
    /// Its hamlet.
    pub hamlet: Patch<String>,
    /// Its business number (NIB).
    pub business_id: Patch<String>,
    /// The public phone number.
    pub phone: Patch<Phone>,
}

verb_errors! {
    /// Why a group was not created, updated or transitioned.
    pub enum GroupError {
        /// The cooperative has another group of this name.
        NameTaken => GroupNameTaken,
        /// The founder has `MAX_PENDING_GROUPS` groups that await a decision.
        TooMany => TooManyGroups ["limit" = MAX_PENDING_GROUPS],
        /// The status does not allow this transition.
        WrongStatus(status: GroupStatus) => TransitionInvalid ["state" = status],
        /// The transition requires a reason.
        ReasonRequired => { Problem::invalid_field("/reason", FieldError::Required) },
    }
    + Access(AccessError), Stale(StaleVersion), Db(db::Error)
}

/// Creates a group as a draft. Its founder becomes its chair.
pub fn create_group(
    tx: &mut Tx<'_>,
    now: Instant,
    founder: AccountId,
    cooperative: CooperativeId,
    id: GroupId,
    new: &NewGroup,
) -> Result<Group, GroupError> {
    store::find_cooperative(tx, cooperative)?.ok_or(AccessError::Hidden)?;
    if store::count_pending_groups(tx, founder)? >= MAX_PENDING_GROUPS {
        return Err(GroupError::TooMany);
    }
    let group = Group {
        id,
        cooperative_id: cooperative,
        name: new.name.clone(),
        slug: slugify(&new.name),
        description: new.description.clone(),
        hamlet: new.hamlet.clone(),
        business_id: new.business_id.clone(),
        phone: new.phone.clone(),
        status: GroupStatus::Draft,
        status_reason: None,
        founded_by: Some(founder),
        created_at: now,
        version: 1,
    };
    let taken = db::on_unique_violation("groups", &["cooperative_id", "slug"], GroupError::NameTaken);
    store::insert_group(tx, &group).map_err(taken)?;
    let chair = Membership {
        id: tx.id(now),
        cooperative_id: cooperative,
        group_id: group.id,
        account_id: Some(founder),
        name: store::find_account_name(tx, founder)?,
        phone: None,
        role: MemberRole::Chair,
        joined_at: now,
        left_at: None,
        version: 1,
    };
    store::insert_member(tx, &chair)?;
    let event = CooperativeEvent::GroupFounded { membership: chair.id }.about(group.id);
    events::record(tx, now, &event.by(founder).in_group(cooperative, group.id))?;
    Ok(group)
}

/// Updates a group. Its slug stays, so that shared links keep working.
pub fn update_group(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    id: GroupId,
    expected_version: i64,
    change: &GroupChange,
) -> Result<Group, GroupError> {
    let group = store::find_group(tx, id)?.ok_or(AccessError::Hidden)?;
    let by = roles.require_officer_or_board(&group)?;
    StaleVersion::check(Some(expected_version), group.version)?;
    if group.status == GroupStatus::Closed {
        return Err(GroupError::WrongStatus(group.status));
    }
    let changed = Group {
        name: change.name.clone().unwrap_or_else(|| group.name.clone()),
        description: change.description.clone().unwrap_or_else(|| group.description.clone()),
        hamlet: change.hamlet.clone().or(group.hamlet.clone()),
        business_id: change.business_id.clone().or(group.business_id.clone()),
        phone: change.phone.clone().or(group.phone.clone()),
        version: group.version.saturating_add(1),
        ..group
    };
    StaleVersion::check_saved(store::update_group(tx, &changed)?, changed.version)?;
    let event = CooperativeEvent::GroupChanged {}.about(id).by(by).in_group(changed.cooperative_id, id);
    events::record(tx, now, &event)?;
    Ok(changed)
}

fn can_act_as(actor: Actor, roles: &Roles, group: &Group) -> bool {
    match actor {
        Actor::Officer => roles.is_officer_of_group(group.id),
        Actor::Board => roles.has_office(Office::Board, group.cooperative_id),
    }
}

/// The transitions that this caller may perform on the group now.
pub fn allowed_transitions(roles: &Roles, group: &Group) -> Vec<&'static GroupTransition> {
    let now = TRANSITIONS.iter().filter(|transition| transition.from == group.status);
    now.filter(|transition| can_act_as(transition.by, roles, group)).collect()
}

/// Performs a transition of a group.
pub fn transition_group(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    id: GroupId,
    expected_version: Option<i64>,
    action: GroupAction,
    reason: Option<String>,
) -> Result<Group, GroupError> {
    let group = store::find_group(tx, id)?.ok_or(AccessError::Hidden)?;
    let by = roles.require_account()?;
    AccessError::hide_unless(roles.can_see_inside(&group))?;
    StaleVersion::check(expected_version, group.version)?;
    let allowed: Vec<_> =
        allowed_transitions(roles, &group).into_iter().filter(|transition| transition.action == action).collect();
    let Some(transition) = allowed.iter().find(|transition| reason.is_some() || !transition.needs_reason) else {
        // If the caller could perform the action in another status, the status is the error, not the permission.
        let of_action = TRANSITIONS.iter().filter(|transition| transition.action == action);
        let has_role = of_action.clone().any(|transition| can_act_as(transition.by, roles, &group));
        let is_possible = of_action.clone().any(|transition| transition.from == group.status);
        return Err(match (allowed.is_empty(), has_role, is_possible) {
            (false, ..) => GroupError::ReasonRequired,
            (true, true, false) => GroupError::WrongStatus(group.status),
            _ => AccessError::Forbidden.into(),
        });
    };
    let changed =
        Group { status: transition.to, status_reason: reason, version: group.version.saturating_add(1), ..group };
    StaleVersion::check_saved(store::update_group(tx, &changed)?, changed.version)?;
    let event = event_kind(action)(GroupStatusChange { from: transition.from, to: transition.to });
    events::record(tx, now, &event.about(id).by(by).in_group(changed.cooperative_id, id))?;
    Ok(changed)
}

const fn event_kind(action: GroupAction) -> fn(GroupStatusChange) -> CooperativeEvent {
    match action {
        GroupAction::Submit => CooperativeEvent::GroupSubmitted,
        GroupAction::Approve => CooperativeEvent::GroupApproved,
        GroupAction::Suspend => CooperativeEvent::GroupSuspended,
        GroupAction::Reopen => CooperativeEvent::GroupReopened,
        GroupAction::Close => CooperativeEvent::GroupClosed,
    }
}

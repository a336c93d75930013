//! Founding a group, changing what it says of itself, and taking it through the steps of its life.

use super::access::{AccessError, MemberRole, Office, Roles};
use super::group::{Actor, Group, GroupAction, GroupStatus, Membership, STEPS, Step, slug_of};
use super::store;
use crate::db::{self, Tx};
use crate::events::{self, Event};
use crate::kernel::ids::{AccountId, CooperativeId, GroupId};
use crate::kernel::{Instant, Phone};
use crate::web::{Code, FieldError, FieldErrors, Patch, Problem, StaleVersion};

/// How many groups a person may have waiting for an answer.
pub const MOST_UNANSWERED: i64 = 5;

/// What a new group says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewGroup {
    /// The id a client made for it.
    pub id: Option<GroupId>,
    /// Its name.
    pub name: String,
    /// What it makes.
    pub description: String,
    /// The hamlet it works in.
    pub hamlet: Option<String>,
    /// Its NIB.
    pub business_id: Option<String>,
    /// The number it gives to buyers.
    pub phone: Option<Phone>,
}

/// What changes about a group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupChange {
    /// Its name.
    pub name: Option<String>,
    /// What it makes.
    pub description: Option<String>,
    /// The hamlet it works in.
    pub hamlet: Patch<String>,
    /// Its NIB.
    pub business_id: Patch<String>,
    /// The number it gives to buyers.
    pub phone: Patch<Phone>,
}

/// Why a group could not be founded, changed or taken a step further.
#[derive(Debug, thiserror::Error)]
pub enum GroupError {
    /// The caller may not.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The group was changed by someone else.
    #[error(transparent)]
    Stale(#[from] StaleVersion),
    /// The cooperative has a group of this name.
    #[error("the name is taken")]
    NameTaken,
    /// The person has enough groups waiting for an answer.
    #[error("too many groups wait for an answer")]
    TooMany,
    /// The group does not take this step where it stands.
    #[error("the group is {0}")]
    Transition(GroupStatus),
    /// The step needs a reason.
    #[error("the step needs a reason")]
    Reason,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<GroupError> for Problem {
    fn from(error: GroupError) -> Self {
        match error {
            GroupError::Access(denied) => denied.into(),
            GroupError::Stale(stale) => stale.into(),
            GroupError::NameTaken => Problem::new(Code::GroupNameTaken),
            GroupError::TooMany => Problem::new(Code::TooManyGroups).with("limit", MOST_UNANSWERED),
            GroupError::Transition(status) => Problem::new(Code::TransitionInvalid).with("state", status),
            GroupError::Reason => {
                Problem::new(Code::BodyInvalid).with_faults(FieldErrors::one("/reason", FieldError::Required))
            }
            GroupError::Db(error) => error.into(),
        }
    }
}

fn named(error: db::Error) -> GroupError {
    if db::violated(&error, "groups", &["cooperative_id", "slug"]) { GroupError::NameTaken } else { error.into() }
}

/// Founds a group as a draft. Its founder becomes its chair.
pub fn found_group(
    tx: &mut Tx<'_>,
    now: Instant,
    founder: AccountId,
    cooperative: CooperativeId,
    new: &NewGroup,
) -> Result<Group, GroupError> {
    if store::cooperative(tx, cooperative)?.is_none() {
        return Err(AccessError::Hidden.into());
    }
    if store::unanswered_groups(tx, founder)? >= MOST_UNANSWERED {
        return Err(GroupError::TooMany);
    }
    let group = Group {
        id: new.id.unwrap_or_else(|| tx.id(now)),
        cooperative_id: cooperative,
        name: new.name.clone(),
        slug: slug_of(&new.name),
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
    store::insert_group(tx, &group).map_err(named)?;
    let chair = Membership {
        id: tx.id(now),
        cooperative_id: cooperative,
        group_id: group.id,
        account_id: Some(founder),
        name: store::account_name(tx, founder)?,
        phone: None,
        role: MemberRole::Chair,
        joined_at: now,
        left_at: None,
        version: 1,
    };
    store::insert_member(tx, &chair)?;
    let event = Event::new("group.founded", group.id).by(founder).in_cooperative(cooperative).of_group(group.id);
    events::record(tx, now, &event.with("membership", chair.id))?;
    Ok(group)
}

/// Changes what a group says of itself; its address stays, so that shared links live on.
pub fn change_group(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    id: GroupId,
    expected: i64,
    change: &GroupChange,
) -> Result<Group, GroupError> {
    let group = store::group(tx, id)?.ok_or(AccessError::Hidden)?;
    let by = roles.require_officer(&group)?;
    StaleVersion::check(Some(expected), group.version)?;
    if group.status == GroupStatus::Closed {
        return Err(GroupError::Transition(group.status));
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
    if !store::update_group(tx, &changed)? {
        return Err(StaleVersion { current: changed.version }.into());
    }
    let event = Event::new("group.changed", id).by(by).in_cooperative(changed.cooperative_id).of_group(id);
    events::record(tx, now, &event)?;
    Ok(changed)
}

/// The steps this caller may take with the group now.
pub fn steps_of(roles: &Roles, group: &Group) -> Vec<&'static Step> {
    let may = |actor: Actor| match actor {
        Actor::Officer => roles.is_officer_of(group.id),
        Actor::Board => roles.holds(Office::Board, group.cooperative_id),
    };
    STEPS.iter().filter(|step| step.from == group.status && may(step.by)).collect()
}

/// Takes a group a step further.
pub fn step_group(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    id: GroupId,
    expected: Option<i64>,
    action: GroupAction,
    reason: Option<&str>,
) -> Result<Group, GroupError> {
    let group = store::group(tx, id)?.ok_or(AccessError::Hidden)?;
    let by = roles.actor()?;
    if !roles.is_inside(&group) {
        return Err(AccessError::Hidden.into());
    }
    StaleVersion::check(expected, group.version)?;
    let open: Vec<_> = steps_of(roles, &group).into_iter().filter(|step| step.action == action).collect();
    let Some(step) = open.iter().find(|step| reason.is_some() || !step.reasoned) else {
        // A step that this caller might take elsewhere in the group's life is a matter of state, not of leave.
        let anywhere = STEPS.iter().filter(|step| step.action == action).any(|step| match step.by {
            Actor::Officer => roles.is_officer_of(id),
            Actor::Board => roles.holds(Office::Board, group.cooperative_id),
        });
        let there = STEPS.iter().any(|step| step.action == action && step.from == group.status);
        return Err(match (open.is_empty(), anywhere, there) {
            (false, ..) => GroupError::Reason,
            (true, true, false) => GroupError::Transition(group.status),
            _ => AccessError::Forbidden.into(),
        });
    };
    let stepped = Group {
        status: step.to,
        status_reason: reason.map(str::to_owned),
        version: group.version.saturating_add(1),
        ..group
    };
    if !store::update_group(tx, &stepped)? {
        return Err(StaleVersion { current: stepped.version }.into());
    }
    let event = Event::new(kind_of(action), id).by(by).in_cooperative(stepped.cooperative_id).of_group(id);
    events::record(tx, now, &event.with("from", step.from).with("to", step.to))?;
    Ok(stepped)
}

const fn kind_of(action: GroupAction) -> events::Kind {
    match action {
        GroupAction::Submit => "group.submitted",
        GroupAction::Approve => "group.approved",
        GroupAction::Suspend => "group.suspended",
        GroupAction::Reopen => "group.reopened",
        GroupAction::Close => "group.closed",
    }
}

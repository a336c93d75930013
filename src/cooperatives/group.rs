//! Business groups, their status transitions, and memberships.

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde::Serialize;

use super::roles::{MemberRole, Office};
use crate::db::schema::{assignments, cooperatives, groups, memberships};
use crate::kernel::ids::{AccountId, CooperativeId, GroupId, MembershipId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Instant, Phone};

/// The maximum number of current members of a group.
pub const MAX_MEMBERS: i64 = 200;

text_enum! {
    /// The status of a group.
    GroupStatus {
        /// Created, not yet submitted to the board.
        Draft = "draft",
        /// Submitted to the board for approval.
        Submitted = "submitted",
        /// Approved; it may sell.
        Active = "active",
        /// Suspended by the board; its products are not listed.
        Suspended = "suspended",
        /// Closed for good.
        Closed = "closed",
    }
}

text_enum! {
    /// An action that changes the status of a group.
    GroupAction {
        /// Submit it to the board.
        Submit = "submit",
        /// Approve it.
        Approve = "approve",
        /// Suspend it.
        Suspend = "suspend",
        /// Reactivate a suspended group, or return a submitted one to its officers.
        Reopen = "reopen",
        /// Close it.
        Close = "close",
    }
}

/// Who may perform a transition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// The group's officers.
    Officer,
    /// The board of its cooperative.
    Board,
}

/// A status transition of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupTransition {
    /// The status before.
    pub from: GroupStatus,
    /// The action.
    pub action: GroupAction,
    /// Who may perform it.
    pub by: Actor,
    /// The status after.
    pub to: GroupStatus,
    /// Whether a reason is required.
    pub needs_reason: bool,
}

const fn transition(
    from: GroupStatus,
    action: GroupAction,
    by: Actor,
    to: GroupStatus,
    needs_reason: bool,
) -> GroupTransition {
    GroupTransition { from, action, by, to, needs_reason }
}

/// All transitions.
pub const TRANSITIONS: &[GroupTransition] = {
    use Actor::{Board, Officer};
    use GroupAction::{Approve, Close, Reopen, Submit, Suspend};
    use GroupStatus::{Active, Closed, Draft, Submitted, Suspended};
    &[
        transition(Draft, Submit, Officer, Submitted, false),
        transition(Draft, Close, Officer, Closed, false),
        transition(Submitted, Reopen, Officer, Draft, false),
        transition(Submitted, Reopen, Board, Draft, true),
        transition(Submitted, Approve, Board, Active, false),
        transition(Submitted, Close, Board, Closed, true),
        transition(Active, Suspend, Board, Suspended, true),
        transition(Active, Close, Board, Closed, true),
        transition(Suspended, Reopen, Board, Active, false),
        transition(Suspended, Close, Board, Closed, true),
    ]
};

/// A business group of a cooperative.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = groups, treat_none_as_null = true)]
pub struct Group {
    /// The group's id.
    pub id: GroupId,
    /// The cooperative.
    pub cooperative_id: CooperativeId,
    /// Its name.
    pub name: String,
    /// The name in URLs, unique in the cooperative.
    pub slug: String,
    /// A description of its products.
    pub description: String,
    /// Its hamlet.
    pub hamlet: Option<String>,
    /// Its business number (NIB).
    pub business_id: Option<String>,
    /// The public phone number.
    pub phone: Option<Phone>,
    /// Its status.
    pub status: GroupStatus,
    /// The reason of the last transition.
    pub status_reason: Option<String>,
    /// The account of the founder.
    pub founded_by: Option<AccountId>,
    /// When it was created.
    pub created_at: Instant,
    /// Version for optimistic locking.
    pub version: i64,
}

impl Group {
    /// Whether it may sell.
    pub fn is_active(&self) -> bool {
        self.status == GroupStatus::Active
    }
}

/// A group by id and name, as answers refer to it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Serialize, utoipa::ToSchema)]
#[diesel(table_name = groups)]
pub struct GroupRef {
    /// The id.
    pub id: GroupId,
    /// The name.
    #[schema(max_length = 80, example = "Sekar Laras")]
    pub name: String,
}

impl From<&Group> for GroupRef {
    fn from(group: &Group) -> Self {
        GroupRef { id: group.id, name: group.name.clone() }
    }
}

/// The names of some groups.
#[derive(Debug, Clone)]
pub struct GroupNames(pub(super) BTreeMap<GroupId, String>);

impl GroupNames {
    /// One of these groups with its name.
    pub fn get(&self, id: GroupId) -> GroupRef {
        GroupRef { id, name: self.0.get(&id).cloned().unwrap_or_default() }
    }
}

/// A person's membership of a group, with or without an account.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = memberships, treat_none_as_null = true)]
pub struct Membership {
    /// The membership's id, used in contributions.
    pub id: MembershipId,
    /// The group's cooperative.
    pub cooperative_id: CooperativeId,
    /// The group.
    pub group_id: GroupId,
    /// The linked account, if any.
    pub account_id: Option<AccountId>,
    /// The member's name in the group.
    pub name: String,
    /// The phone number; shown to officers only.
    pub phone: Option<Phone>,
    /// The role in the group.
    pub role: MemberRole,
    /// When the member joined.
    pub joined_at: Instant,
    /// When the member left.
    pub left_at: Option<Instant>,
    /// Version for optimistic locking.
    pub version: i64,
}

/// A membership with its group, for the member's profile.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = memberships)]
pub struct HeldMembership {
    /// The membership's id.
    pub id: MembershipId,
    /// The group.
    #[diesel(embed)]
    pub group: GroupRef,
    /// The group's status.
    #[diesel(select_expression = groups::status)]
    pub group_status: GroupStatus,
    /// The group's cooperative.
    pub cooperative_id: CooperativeId,
    /// The role in the group.
    pub role: MemberRole,
    /// When the person joined.
    pub joined_at: Instant,
}

/// An office with its cooperative, for the holder's profile.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = assignments)]
pub struct HeldOffice {
    /// The cooperative.
    pub cooperative_id: CooperativeId,
    /// The cooperative's name.
    #[diesel(select_expression = cooperatives::name)]
    pub cooperative_name: String,
    /// The office.
    pub role: Office,
    /// When the office was assigned.
    pub assigned_at: Instant,
}

/// The slug of a group's name.
pub fn slugify(name: &str) -> String {
    crate::kernel::normalize_for_search(name).replace(' ', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transitions_are_unique_by_status_action_and_actor() {
        for (index, transition) in TRANSITIONS.iter().enumerate() {
            assert_ne!(transition.from, transition.to);
            assert_ne!(transition.from, GroupStatus::Closed, "a closed group stays closed");
            let duplicate = TRANSITIONS.iter().skip(index + 1).find(|other| {
                (other.from, other.action, other.by) == (transition.from, transition.action, transition.by)
            });
            assert_eq!(duplicate, None);
        }
    }

    #[test]
    fn only_the_board_lets_a_group_sell() {
        assert!(
            TRANSITIONS
                .iter()
                .filter(|transition| transition.to == GroupStatus::Active)
                .all(|transition| transition.by == Actor::Board)
        );
    }
}

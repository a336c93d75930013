//! A business group, and the steps of its life as data.

use diesel::prelude::*;

use super::access::{MemberRole, Office};
use crate::db::schema::{groups, memberships};
use crate::kernel::ids::{AccountId, CooperativeId, GroupId, MembershipId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Instant, Phone};

/// The most people a group has at a time.
pub const MOST_MEMBERS: i64 = 200;

text_enum! {
    /// Where a group stands.
    GroupStatus {
        /// Founded, and not yet put before the board.
        Draft = "draft",
        /// Put before the board.
        Submitted = "submitted",
        /// Approved: it may sell.
        Active = "active",
        /// Stopped by the board for a while: its goods leave the list.
        Suspended = "suspended",
        /// Ended.
        Closed = "closed",
    }
}

text_enum! {
    /// What can be done with a group as a whole.
    GroupAction {
        /// Put it before the board.
        Submit = "submit",
        /// Let it sell.
        Approve = "approve",
        /// Stop it for a while.
        Suspend = "suspend",
        /// Let a suspended one sell again, or give a submitted one back to be changed.
        Reopen = "reopen",
        /// End it.
        Close = "close",
    }
}

/// Who may take a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// The group's officers.
    Officer,
    /// The board of its cooperative.
    Board,
}

/// One step of a group's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// From which state.
    pub from: GroupStatus,
    /// By which action.
    pub action: GroupAction,
    /// By whom.
    pub by: Actor,
    /// To which state.
    pub to: GroupStatus,
    /// Whether it needs a reason.
    pub reasoned: bool,
}

const fn step(from: GroupStatus, action: GroupAction, by: Actor, to: GroupStatus, reasoned: bool) -> Step {
    Step { from, action, by, to, reasoned }
}

/// Every step there is.
pub const STEPS: &[Step] = {
    use Actor::{Board, Officer};
    use GroupAction::{Approve, Close, Reopen, Submit, Suspend};
    use GroupStatus::{Active, Closed, Draft, Submitted, Suspended};
    &[
        step(Draft, Submit, Officer, Submitted, false),
        step(Draft, Close, Officer, Closed, false),
        step(Submitted, Reopen, Officer, Draft, false),
        step(Submitted, Reopen, Board, Draft, true),
        step(Submitted, Approve, Board, Active, false),
        step(Submitted, Close, Board, Closed, true),
        step(Active, Suspend, Board, Suspended, true),
        step(Active, Close, Board, Closed, true),
        step(Suspended, Reopen, Board, Active, false),
        step(Suspended, Close, Board, Closed, true),
    ]
};

/// A business group of a cooperative.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = groups)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// Whose it is.
    pub cooperative_id: CooperativeId,
    /// Its name.
    pub name: String,
    /// Its name in addresses, unique in the cooperative.
    pub slug: String,
    /// What it makes.
    pub description: String,
    /// The hamlet it works in.
    pub hamlet: Option<String>,
    /// Its NIB.
    pub business_id: Option<String>,
    /// The number it gives to buyers.
    pub phone: Option<Phone>,
    /// Where it stands.
    pub status: GroupStatus,
    /// Why it stands there.
    pub status_reason: Option<String>,
    /// Who founded it.
    pub founded_by: Option<AccountId>,
    /// When it was founded.
    pub created_at: Instant,
    /// Counts its changes.
    pub version: i64,
}

impl Group {
    /// Whether it may sell.
    pub fn is_active(&self) -> bool {
        self.status == GroupStatus::Active
    }
}

/// A person's place in a group, with or without an account.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = memberships)]
pub struct Membership {
    /// Its own id, used in contributions.
    pub id: MembershipId,
    /// Of which cooperative.
    pub cooperative_id: CooperativeId,
    /// In which group.
    pub group_id: GroupId,
    /// Whose account, once there is one.
    pub account_id: Option<AccountId>,
    /// How the person is called in the group.
    pub name: String,
    /// Where they can be called; for officers' eyes.
    pub phone: Option<Phone>,
    /// What they are in the group.
    pub role: MemberRole,
    /// Since when.
    pub joined_at: Instant,
    /// Until when.
    pub left_at: Option<Instant>,
    /// Counts its changes.
    pub version: i64,
}

/// A membership as its holder's profile shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldMembership {
    /// Its id.
    pub membership: MembershipId,
    /// In which group.
    pub group: GroupId,
    /// That group's name.
    pub group_name: String,
    /// Where that group stands.
    pub group_status: GroupStatus,
    /// Of which cooperative.
    pub cooperative: CooperativeId,
    /// As what.
    pub role: MemberRole,
    /// Since when.
    pub joined_at: Instant,
}

/// An office as its holder's profile shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldOffice {
    /// In which cooperative.
    pub cooperative: CooperativeId,
    /// That cooperative's name.
    pub cooperative_name: String,
    /// As what.
    pub office: Office,
    /// Since when.
    pub assigned_at: Instant,
}

/// What a group's name becomes in addresses.
pub fn slug_of(name: &str) -> String {
    crate::kernel::fold(name).replace(' ', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_the_only_one_of_its_state_action_and_actor() {
        for (place, one) in STEPS.iter().enumerate() {
            assert_ne!(one.from, one.to);
            assert_ne!(one.from, GroupStatus::Closed, "a closed group stays closed");
            let twin =
                STEPS.iter().skip(place + 1).find(|o| (o.from, o.action, o.by) == (one.from, one.action, one.by));
            assert_eq!(twin, None);
        }
    }

    #[test]
    fn only_the_board_lets_a_group_sell() {
        assert!(STEPS.iter().filter(|step| step.to == GroupStatus::Active).all(|step| step.by == Actor::Board));
    }
}

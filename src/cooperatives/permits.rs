//! Extractors that load what the caller holds, and the permits they give: the only way to a group's or a
//! cooperative's data. A store function takes the permit and puts its ids into the WHERE, so that a foreign row is
//! simply not found.

use crate::accounts::SignedIn;
use crate::kernel::ids::{AccountId, CooperativeId, GroupId, MembershipId};
use crate::kernel::text_enum::text_enum;
use crate::web::Problem;

text_enum! {
    /// What a person is in a group.
    MemberRole {
        /// Leads the group.
        Chair = "chair",
        /// Keeps its papers.
        Secretary = "secretary",
        /// Keeps its money.
        Treasurer = "treasurer",
        /// Works in it.
        Member = "member",
    }
}

impl MemberRole {
    /// Whether the role acts for the group: everyone but plain members.
    pub fn is_officer(self) -> bool {
        self != MemberRole::Member
    }
}

text_enum! {
    /// What a person is in a cooperative.
    Office {
        /// Governs it.
        Board = "board",
        /// Keeps its money.
        Treasurer = "treasurer",
        /// Supervises board and books.
        Supervisor = "supervisor",
        /// Mentors its groups.
        Companion = "companion",
        /// Watches many villages for the agency.
        Agency = "agency",
    }
}

/// One membership of the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) membership: MembershipId,
    pub(super) group: GroupId,
    pub(super) cooperative: CooperativeId,
    pub(super) role: MemberRole,
}

/// A signed-in person with their memberships. [`Officer::of`] gives the permit for one group.
#[derive(Debug, Clone)]
pub struct Officer {
    /// Who it is.
    pub person: SignedIn,
    pub(super) held: Vec<Held>,
}

/// Leave to act for one group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupPermit {
    /// Who acts.
    pub account: AccountId,
    /// For which group.
    pub group: GroupId,
    /// Of which cooperative.
    pub cooperative: CooperativeId,
    /// By which membership.
    pub membership: MembershipId,
    /// As what.
    pub role: MemberRole,
}

/// Leave to act for one cooperative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CooperativePermit {
    /// Who acts.
    pub account: AccountId,
    /// For which cooperative.
    pub cooperative: CooperativeId,
    /// As what.
    pub office: Office,
}

impl Officer {
    /// The permit to act for this group; to others the group's inside is not there.
    pub fn of(&self, group: GroupId) -> Result<GroupPermit, Problem> {
        self.member_of(group).and_then(|permit| {
            if permit.role.is_officer() { Ok(permit) } else { Err(Problem::new(crate::web::Code::Forbidden)) }
        })
    }

    /// The permit of any member of this group, officer or not.
    pub fn member_of(&self, group: GroupId) -> Result<GroupPermit, Problem> {
        self.held
            .iter()
            .find(|held| held.group == group)
            .map(|held| GroupPermit {
                account: self.person.account,
                group: held.group,
                cooperative: held.cooperative,
                membership: held.membership,
                role: held.role,
            })
            .ok_or_else(Problem::not_found)
    }

    /// The groups this person acts for.
    pub fn groups(&self) -> Vec<GroupId> {
        self.held.iter().filter(|held| held.role.is_officer()).map(|held| held.group).collect()
    }
}

macro_rules! offices {
    ($($(#[$doc:meta])* $name:ident: $($office:ident)|+;)*) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name {
            /// Who it is.
            pub person: SignedIn,
            pub(super) held: Vec<(CooperativeId, Office)>,
        }

        impl $name {
            /// The permit for this cooperative. Who holds another office there is refused; to others it is not there.
            pub fn of(&self, cooperative: CooperativeId) -> Result<CooperativePermit, Problem> {
                let account = self.person.account;
                let mut known = false;
                for (held, office) in &self.held {
                    if *held == cooperative {
                        known = true;
                        if matches!(office, $(Office::$office)|+) {
                            return Ok(CooperativePermit { account, cooperative, office: *office });
                        }
                    }
                }
                Err(if known { Problem::new(crate::web::Code::Forbidden) } else { Problem::not_found() })
            }
        }
    )* };
}

offices! {
    /// Governs a cooperative.
    Board: Board;
    /// Keeps a cooperative's money.
    Treasurer: Treasurer;
    /// Mentors a cooperative's groups.
    Companion: Companion;
    /// Sees a cooperative's figures: every office there.
    Overseer: Board | Treasurer | Supervisor | Companion | Agency;
}

/// Administers the whole service.
#[derive(Debug, Clone)]
pub struct Admin {
    /// Who it is.
    pub person: SignedIn,
}

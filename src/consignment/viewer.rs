//! Who stands before an outlet.

use crate::cooperatives::{AccessError, Roles};
use crate::kernel::ids::{CooperativeId, GroupId};

/// Whose goods somebody sees at outlets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sight {
    /// Everybody's: those who keep, govern, supervise or mentor.
    All,
    /// Those of their own groups.
    Groups(Vec<GroupId>),
}

impl Sight {
    /// What they see of a cooperative's outlets; to others than those above and its groups' members they are not there.
    pub fn of(roles: &Roles, cooperative: CooperativeId) -> Result<Sight, AccessError> {
        if roles.sees_money_in(cooperative) {
            Ok(Sight::All)
        } else if roles.is_member_in(cooperative) {
            Ok(Sight::Groups(roles.groups()))
        } else if roles.oversees(cooperative) {
            Err(AccessError::Forbidden)
        } else {
            Err(AccessError::Hidden)
        }
    }

    /// Whether they see this group's goods.
    pub fn sees(&self, group: GroupId) -> bool {
        match self {
            Sight::All => true,
            Sight::Groups(groups) => groups.contains(&group),
        }
    }
}

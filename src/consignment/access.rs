//! Access to outlets and the goods there.

use crate::cooperatives::{AccessError, Roles};
use crate::kernel::ids::{CooperativeId, GroupId};

/// Whose goods at outlets the caller may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GoodsAccess {
    /// Those of all groups: for board, treasurer, supervisors and companions.
    All,
    /// Those of the caller's own groups.
    Groups(Vec<GroupId>),
}

impl GoodsAccess {
    /// What the caller may see of a cooperative's outlets; `Forbidden` for other office holders, `Hidden` for everybody
    /// else.
    pub fn of(roles: &Roles, cooperative: CooperativeId) -> Result<GoodsAccess, AccessError> {
        if roles.can_see_money_in(cooperative) {
            return Ok(GoodsAccess::All);
        }
        AccessError::check(roles.is_member_in_cooperative(cooperative), roles.has_any_office(cooperative))?;
        Ok(GoodsAccess::Groups(roles.groups()))
    }

    /// Requires permission to see this group's goods.
    pub fn require(roles: &Roles, cooperative: CooperativeId, group: GroupId) -> Result<(), AccessError> {
        AccessError::hide_unless(GoodsAccess::of(roles, cooperative)?.sees(group))
    }

    /// Whether the caller may see this group's goods.
    pub fn sees(&self, group: GroupId) -> bool {
        match self {
            GoodsAccess::All => true,
            GoodsAccess::Groups(groups) => groups.contains(&group),
        }
    }
}

//! Who sees and decides the QRIS codes of a cooperative.

use crate::cooperatives::{AccessError, Caller, Office};
use crate::kernel::ids::{AccountId, CooperativeId};

/// A caller's access to the codes of one cooperative.
#[derive(Debug, Clone, Copy)]
pub(super) struct QrisAccess {
    pub(super) account: AccountId,
    /// Whether they may decide: board and treasurer. Supervisors only read.
    pub(super) can_decide: bool,
}

impl QrisAccess {
    /// Requires the board, the treasurer or a supervisor of the cooperative.
    pub(super) fn of(caller: &Caller, cooperative: CooperativeId) -> Result<QrisAccess, AccessError> {
        let has = |office| caller.roles.has_office(office, cooperative);
        let can_decide = has(Office::Treasurer) || has(Office::Board);
        AccessError::check(can_decide || has(Office::Supervisor), caller.roles.has_any_office(cooperative))?;
        Ok(QrisAccess { account: caller.person.account, can_decide })
    }
}

//! Who stands before a contract: its buyer, its cooperative's offices, or somebody to whom it is not there.

use super::contract::{Contract, ContractAction, Who};
use crate::cooperatives::{AccessError, Office, Roles};
use crate::kernel::ids::{AccountId, CooperativeId};

/// Whether they see a cooperative's contracts and invoices: board, treasurer and supervisors do.
pub fn watches(roles: &Roles, cooperative: CooperativeId) -> bool {
    [Office::Board, Office::Treasurer, Office::Supervisor].iter().any(|office| roles.holds(*office, cooperative))
}

/// Whoever sees a cooperative's contracts passes; to who holds another office there they are refused, to others not there.
pub fn may_watch(roles: &Roles, cooperative: CooperativeId) -> Result<(), AccessError> {
    if watches(roles, cooperative) {
        Ok(())
    } else if roles.oversees(cooperative) {
        Err(AccessError::Forbidden)
    } else {
        Err(AccessError::Hidden)
    }
}

/// Whether the contract is there for them.
pub fn sees(roles: &Roles, contract: &Contract) -> Result<(), AccessError> {
    if is_buyer(roles, contract) { Ok(()) } else { may_watch(roles, contract.cooperative) }
}

/// Whether they buy by it.
pub fn is_buyer(roles: &Roles, contract: &Contract) -> bool {
    roles.account == Some(contract.buyer)
}

/// Only its buyer passes.
pub fn buyer(roles: &Roles, contract: &Contract) -> Result<AccountId, AccessError> {
    sees(roles, contract)?;
    if is_buyer(roles, contract) { Ok(contract.buyer) } else { Err(AccessError::Forbidden) }
}

/// As what they take a step, and who they are.
pub fn taker(roles: &Roles, contract: &Contract, action: ContractAction) -> Result<(AccountId, Who), AccessError> {
    sees(roles, contract)?;
    let account = roles.account.ok_or(AccessError::Hidden)?;
    let answers = matches!(action, ContractAction::Accept | ContractAction::Decline);
    if answers && is_buyer(roles, contract) {
        Ok((account, Who::Buyer))
    } else if !answers && roles.holds(Office::Board, contract.cooperative) {
        Ok((account, Who::Board))
    } else {
        Err(AccessError::Forbidden)
    }
}

/// What they can do with it next.
pub fn actions(roles: &Roles, contract: &Contract) -> Vec<ContractAction> {
    let mut actions = Vec::new();
    if is_buyer(roles, contract) {
        actions.extend(contract.steps_of(Who::Buyer));
    }
    if roles.holds(Office::Board, contract.cooperative) {
        actions.extend(contract.steps_of(Who::Board));
    }
    actions
}

//! Access to contracts: the buyer, and office holders of the cooperative.

use super::contract::{Contract, ContractAction, ContractParty};
use crate::cooperatives::{AccessError, Office, Roles};
use crate::kernel::ids::{AccountId, CooperativeId};

/// Whether the caller sees a cooperative's contracts and invoices: board, treasurer and supervisors do.
pub fn is_overseer(roles: &Roles, cooperative: CooperativeId) -> bool {
    [Office::Board, Office::Treasurer, Office::Supervisor].iter().any(|office| roles.has_office(*office, cooperative))
}

/// Requires that the caller sees a cooperative's contracts. `Forbidden` for other office holders, `Hidden` for
/// everybody else.
pub fn require_overseer(roles: &Roles, cooperative: CooperativeId) -> Result<(), AccessError> {
    if is_overseer(roles, cooperative) {
        Ok(())
    } else if roles.has_any_office(cooperative) {
        Err(AccessError::Forbidden)
    } else {
        Err(AccessError::Hidden)
    }
}

/// Requires that the caller may see the contract.
pub fn require_visible(roles: &Roles, contract: &Contract) -> Result<(), AccessError> {
    if is_buyer(roles, contract) { Ok(()) } else { require_overseer(roles, contract.cooperative) }
}

/// Whether the caller is the buyer.
pub fn is_buyer(roles: &Roles, contract: &Contract) -> bool {
    roles.account == Some(contract.buyer)
}

/// Requires that the caller is the buyer.
pub fn require_buyer(roles: &Roles, contract: &Contract) -> Result<AccountId, AccessError> {
    require_visible(roles, contract)?;
    if is_buyer(roles, contract) { Ok(contract.buyer) } else { Err(AccessError::Forbidden) }
}

/// Determines as which party the caller takes an action; `Forbidden` when they may not.
pub fn resolve_party(
    roles: &Roles,
    contract: &Contract,
    action: ContractAction,
) -> Result<(AccountId, ContractParty), AccessError> {
    require_visible(roles, contract)?;
    let account = roles.account.ok_or(AccessError::Hidden)?;
    let is_answer = matches!(action, ContractAction::Accept | ContractAction::Decline);
    if is_answer && is_buyer(roles, contract) {
        Ok((account, ContractParty::Buyer))
    } else if !is_answer && roles.has_office(Office::Board, contract.cooperative) {
        Ok((account, ContractParty::Board))
    } else {
        Err(AccessError::Forbidden)
    }
}

/// Lists the actions the caller may take now.
pub fn list_actions(roles: &Roles, contract: &Contract) -> Vec<ContractAction> {
    let mut actions = Vec::new();
    if is_buyer(roles, contract) {
        actions.extend(contract.allowed_actions(ContractParty::Buyer));
    }
    if roles.has_office(Office::Board, contract.cooperative) {
        actions.extend(contract.allowed_actions(ContractParty::Board));
    }
    actions
}

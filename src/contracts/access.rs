//! Access to contracts: the buyer, and office holders of the cooperative.

use super::contract::{Contract, ContractAction};
use crate::cooperatives::{AccessError, Office, Roles};
use crate::kernel::ids::CooperativeId;

/// Requires that the caller sees a cooperative's contracts and invoices: board, treasurer and supervisors do.
pub fn require_overseer(roles: &Roles, cooperative: CooperativeId) -> Result<(), AccessError> {
    AccessError::check(is_overseer(roles, cooperative), roles.has_any_office(cooperative))
}

/// Requires that the caller may see the contract.
pub fn require_visible(roles: &Roles, contract: &Contract) -> Result<(), AccessError> {
    let can_see = is_buyer(roles, contract) || is_overseer(roles, contract.cooperative);
    AccessError::check(can_see, is_known(roles, contract))
}

/// Requires that the caller is the buyer.
pub fn require_buyer(roles: &Roles, contract: &Contract) -> Result<(), AccessError> {
    AccessError::check(is_buyer(roles, contract), is_known(roles, contract))
}

/// Requires that the caller may take the action when the status permits it.
pub fn require_action(roles: &Roles, contract: &Contract, action: ContractAction) -> Result<(), AccessError> {
    AccessError::check(can_take(roles, contract, action), is_known(roles, contract))
}

/// Lists the actions the caller may take now.
pub fn list_actions(roles: &Roles, contract: &Contract) -> Vec<ContractAction> {
    contract.allowed_actions().filter(|action| can_take(roles, contract, *action)).collect()
}

fn can_take(roles: &Roles, contract: &Contract, action: ContractAction) -> bool {
    if action.is_answer() { is_buyer(roles, contract) } else { roles.has_office(Office::Board, contract.cooperative) }
}

fn is_buyer(roles: &Roles, contract: &Contract) -> bool {
    roles.account == Some(contract.buyer)
}

fn is_overseer(roles: &Roles, cooperative: CooperativeId) -> bool {
    [Office::Board, Office::Treasurer, Office::Supervisor].iter().any(|office| roles.has_office(*office, cooperative))
}

fn is_known(roles: &Roles, contract: &Contract) -> bool {
    is_buyer(roles, contract) || roles.has_any_office(contract.cooperative)
}

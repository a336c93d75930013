//! Who stands before a contract: its buyer, its cooperative's offices, or somebody to whom it is not there.

use super::contract::{Contract, ContractAction, Who};
use crate::cooperatives::{Denied, Office, Standing};
use crate::kernel::ids::{AccountId, CooperativeId};

/// Whether they see a cooperative's contracts and invoices: board, treasurer and supervisors do.
pub fn watches(standing: &Standing, cooperative: CooperativeId) -> bool {
    [Office::Board, Office::Treasurer, Office::Supervisor].iter().any(|office| standing.holds(*office, cooperative))
}

/// Whoever sees a cooperative's contracts passes; to who holds another office there they are refused, to others not there.
pub fn may_watch(standing: &Standing, cooperative: CooperativeId) -> Result<(), Denied> {
    if watches(standing, cooperative) {
        Ok(())
    } else if standing.oversees(cooperative) {
        Err(Denied::NotAllowed)
    } else {
        Err(Denied::NotThere)
    }
}

/// Whether the contract is there for them.
pub fn sees(standing: &Standing, contract: &Contract) -> Result<(), Denied> {
    if is_buyer(standing, contract) { Ok(()) } else { may_watch(standing, contract.cooperative) }
}

/// Whether they buy by it.
pub fn is_buyer(standing: &Standing, contract: &Contract) -> bool {
    standing.account == Some(contract.buyer)
}

/// Only its buyer passes.
pub fn buyer(standing: &Standing, contract: &Contract) -> Result<AccountId, Denied> {
    sees(standing, contract)?;
    if is_buyer(standing, contract) { Ok(contract.buyer) } else { Err(Denied::NotAllowed) }
}

/// As what they take a step, and who they are.
pub fn taker(standing: &Standing, contract: &Contract, action: ContractAction) -> Result<(AccountId, Who), Denied> {
    sees(standing, contract)?;
    let account = standing.account.ok_or(Denied::NotThere)?;
    let answers = matches!(action, ContractAction::Accept | ContractAction::Decline);
    if answers && is_buyer(standing, contract) {
        Ok((account, Who::Buyer))
    } else if !answers && standing.holds(Office::Board, contract.cooperative) {
        Ok((account, Who::Board))
    } else {
        Err(Denied::NotAllowed)
    }
}

/// What they can do with it next.
pub fn actions(standing: &Standing, contract: &Contract) -> Vec<ContractAction> {
    let mut actions = Vec::new();
    if is_buyer(standing, contract) {
        actions.extend(contract.steps_of(Who::Buyer));
    }
    if standing.holds(Office::Board, contract.cooperative) {
        actions.extend(contract.steps_of(Who::Board));
    }
    actions
}

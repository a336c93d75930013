//! Transitions of contracts: accept, decline, withdraw, end.

use super::contract::{Contract, ContractAction, ContractStatus};
use super::error::ContractError;
use super::events::{self, ContractEvent, ContractPayload, contract_event};
use super::{access, store};
use crate::cooperatives::{AccessError, Roles};
use crate::db::{self, Tx};
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, ContractId};
use crate::web::StaleVersion;

/// Applies an action: the buyer accepts or declines, the board withdraws or ends. Orders placed under an ended contract
/// go on and are part of the next invoice.
pub fn transition(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    id: ContractId,
    action: ContractAction,
    version: Option<i64>,
) -> Result<Contract, ContractError> {
    let contract = store::lock_contract(tx, id)?.ok_or(AccessError::Hidden)?;
    access::require_action(roles, &contract, action)?;
    StaleVersion::check(version, contract.version)?;
    let to = contract.next_status(action).ok_or(ContractError::WrongStatus(contract.status))?;
    Ok(apply_status(tx, now, contract, to, roles.account)?)
}

/// Stores the new status of a locked contract and records the event.
pub(super) fn apply_status(
    tx: &mut Tx<'_>,
    now: Instant,
    contract: Contract,
    to: ContractStatus,
    by: Option<AccountId>,
) -> db::Result<Contract> {
    let (is_answer, kind): (bool, fn(ContractPayload) -> ContractEvent) = match to {
        ContractStatus::Proposed => return Ok(contract),
        ContractStatus::Active => (true, ContractEvent::Accepted),
        ContractStatus::Declined => (true, ContractEvent::Declined),
        ContractStatus::Withdrawn => (false, ContractEvent::Withdrawn),
        ContractStatus::Ended => (false, ContractEvent::Ended),
    };
    let contract = Contract {
        status: to,
        answered_at: if is_answer { Some(now) } else { contract.answered_at },
        closed_at: (to != ContractStatus::Active).then_some(now),
        version: contract.version.saturating_add(1),
        ..contract
    };
    store::update_status(tx, &contract)?;
    events::record(tx, now, &contract_event(kind, &contract).by(by))?;
    Ok(contract)
}

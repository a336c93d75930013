//! Answering a contract, taking it back, and ending it.

use super::contract::{Contract, ContractAction, ContractStatus};
use super::error::ContractError;
use super::events::contract_event;
use super::{store, viewer};
use crate::cooperatives::{AccessError, Roles};
use crate::db::{self, Tx};
use crate::events;
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, ContractId};
use crate::web::StaleVersion;

/// Takes a step with a contract: its buyer accepts or declines, the board withdraws or ends. What was ordered under it goes
/// on and is asked for with the next invoice.
pub fn step(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    id: ContractId,
    action: ContractAction,
    version: Option<i64>,
) -> Result<Contract, ContractError> {
    let contract = store::locked(tx, id)?.ok_or(AccessError::Hidden)?;
    let (account, who) = viewer::taker(roles, &contract, action)?;
    StaleVersion::check(version, contract.version)?;
    let to = contract.after(action, who).ok_or(ContractError::WrongStatus(contract.status))?;
    Ok(move_to(tx, now, contract, to, Some(account))?)
}

/// Writes where a locked contract stands now, and tells it.
pub(super) fn move_to(
    tx: &mut Tx<'_>,
    now: Instant,
    contract: Contract,
    to: ContractStatus,
    by: Option<AccountId>,
) -> db::Result<Contract> {
    let (answers, kind) = match to {
        ContractStatus::Proposed => return Ok(contract),
        ContractStatus::Active => (true, "contract.accepted"),
        ContractStatus::Declined => (true, "contract.declined"),
        ContractStatus::Withdrawn => (false, "contract.withdrawn"),
        ContractStatus::Ended => (false, "contract.ended"),
    };
    let contract = Contract {
        status: to,
        answered_at: if answers { Some(now) } else { contract.answered_at },
        closed_at: (to != ContractStatus::Active).then_some(now),
        version: contract.version.saturating_add(1),
        ..contract
    };
    store::set_status(tx, &contract)?;
    events::record(tx, now, &contract_event(kind, &contract).by(by))?;
    Ok(contract)
}

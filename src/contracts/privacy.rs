//! A person's contracts: export of their data, and erasure.

use serde_json::{Value, json};

use super::contract::{ContractAction, ContractStatus};
use super::store;
use super::transition::apply_status;
use crate::db::{Conn, Result, Tx};
use crate::kernel::Instant;
use crate::kernel::ids::AccountId;

/// Maximum number of exported invoices per contract; covers more years than any contract lasts.
const MAX_INVOICES: i64 = 100;

/// Exports a person's contracts and invoices as JSON.
pub fn export(conn: &mut Conn, account: AccountId) -> Result<Value> {
    let mut contracts = Vec::new();
    for contract in store::list_all_by_buyer(conn, account)? {
        let lines: Vec<Value> = store::list_lines(conn, contract.id)?
            .iter()
            .map(|line| json!({ "product": line.product, "unit_price": line.unit_price }))
            .collect();
        let invoices: Vec<Value> = store::list_invoices(conn, contract.id, None, MAX_INVOICES)?
            .iter()
            .map(|invoice| {
                json!({
                    "number": invoice.number, "month": invoice.month, "issued_on": invoice.issued_on,
                    "due_on": invoice.due_on, "total": invoice.total,
                })
            })
            .collect();
        contracts.push(json!({
            "id": contract.id, "cooperative": contract.cooperative, "status": contract.status,
            "starts_on": contract.starts_on, "ends_on": contract.ends_on, "weekdays": contract.weekdays,
            "credit_limit": contract.credit_limit,
            "term_days": contract.term_days, "note": contract.note, "lines": lines, "invoices": invoices,
        }));
    }
    Ok(json!(contracts))
}

/// Erases a person from their contracts: proposed ones are declined, active ones end. Figures stay, because the
/// cooperative must account for them.
pub fn forget(tx: &mut Tx<'_>, now: Instant, account: AccountId) -> Result<()> {
    for contract in store::list_all_by_buyer(tx, account)? {
        let Some(contract) = store::lock_contract(tx, contract.id)? else { continue };
        let to = match contract.status {
            ContractStatus::Proposed => contract.next_status(ContractAction::Decline),
            ContractStatus::Active => contract.next_status(ContractAction::End),
            _ => None,
        };
        if let Some(to) = to {
            apply_status(tx, now, contract, to, Some(account))?;
        }
    }
    store::forget(tx, account)
}

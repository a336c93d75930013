//! A person's own contracts: taken out with their data, and over when they go.

use serde_json::{Value, json};

use super::contract::{ContractAction, ContractStatus, Who};
use super::step::move_to;
use super::store;
use crate::db::{Conn, Result, Tx};
use crate::kernel::Instant;
use crate::kernel::ids::AccountId;

/// How many invoices of a contract are taken out: those of more years than any contract lasts.
const MOST_INVOICES: i64 = 100;

/// A person's contracts and what was asked for under them, as JSON.
pub fn export(conn: &mut Conn, account: AccountId) -> Result<Value> {
    let mut all = Vec::new();
    for it in store::all_of_buyer(conn, account)? {
        let lines: Vec<Value> = store::lines_of(conn, it.id)?
            .iter()
            .map(|line| json!({ "product": line.product, "unit_price": line.unit_price }))
            .collect();
        let invoices: Vec<Value> = store::invoices_of(conn, it.id, None, MOST_INVOICES)?
            .iter()
            .map(|invoice| {
                json!({
                    "number": invoice.number, "month": invoice.month, "issued_on": invoice.issued_on,
                    "due_on": invoice.due_on, "total": invoice.total,
                })
            })
            .collect();
        all.push(json!({
            "id": it.id, "cooperative": it.cooperative, "status": it.status, "starts_on": it.starts_on,
            "ends_on": it.ends_on, "weekdays": it.weekdays, "credit_limit": it.credit_limit,
            "term_days": it.term_days, "note": it.note, "lines": lines, "invoices": invoices,
        }));
    }
    Ok(json!(all))
}

/// Takes a person out of their contracts: what was proposed is declined, what is active ends, and the figures stay, because
/// the cooperative must account for them.
pub fn forget(tx: &mut Tx<'_>, now: Instant, account: AccountId) -> Result<()> {
    for it in store::all_of_buyer(tx, account)? {
        let Some(contract) = store::locked(tx, it.id)? else { continue };
        let to = match contract.status {
            ContractStatus::Proposed => contract.after(ContractAction::Decline, Who::Buyer),
            ContractStatus::Active => contract.after(ContractAction::End, Who::Board),
            _ => None,
        };
        if let Some(to) = to {
            move_to(tx, now, contract, to, Some(account))?;
        }
    }
    store::forget(tx, account)
}

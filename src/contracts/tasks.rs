//! Periodic tasks: end contracts, issue invoices, and send one reminder of overdue invoices.

use super::contract::ContractStatus;
use super::error::ContractError;
use super::events::{self, ContractEvent, InvoicePayload};
use super::issue::issue_due;
use super::pay::compute_open_amount;
use super::store;
use super::transition::apply_status;
use crate::cooperatives;
use crate::db::{self, Db, Tx};
use crate::jobs::{self, PeriodicTask, TaskError};
use crate::kernel::ids::{ContractId, InvoiceId};
use crate::kernel::{Duration, Instant, Rupiah};

/// Rows per run of a task.
const MAX_ROWS_PER_RUN: i64 = 200;

/// The periodic tasks of contracts.
pub fn periodic_tasks() -> Vec<PeriodicTask> {
    vec![
        PeriodicTask { name: "market.end_contracts", every: Duration::minutes(15), run: end_past_contracts },
        PeriodicTask { name: "market.issue_invoices", every: Duration::minutes(15), run: issue_due },
        PeriodicTask { name: "market.remind_of_invoices", every: Duration::hours(1), run: remind_overdue },
    ]
}

fn end_past_contracts(db: &Db, now: Instant) -> Result<usize, TaskError> {
    // The easternmost zone of Indonesia (UTC+9) reaches the next day first; each cooperative's own date is checked
    // below.
    let latest = now.after(Duration::hours(9)).utc_day();
    let ended_contracts =
        db.read_blocking::<_, db::Error>(|conn| store::list_past_end(conn, latest, MAX_ROWS_PER_RUN))?;
    jobs::for_each_in_tx(db, ended_contracts, move |tx, id| end_contract(tx, now, *id).map(usize::from))
}

/// Ends a contract whose period is over; an unanswered one is withdrawn. Returns false when it is not due.
fn end_contract(tx: &mut Tx<'_>, now: Instant, id: ContractId) -> db::Result<bool> {
    let Some(contract) = store::lock_contract(tx, id)? else { return Ok(false) };
    if contract.ends_on >= cooperatives::load_zone(tx, contract.cooperative)?.day_of(now) {
        return Ok(false);
    }
    let to = match contract.status {
        ContractStatus::Active => ContractStatus::Ended,
        ContractStatus::Proposed => ContractStatus::Withdrawn,
        _ => return Ok(false),
    };
    apply_status(tx, now, contract, to, None)?;
    Ok(true)
}

fn remind_overdue(db: &Db, now: Instant) -> Result<usize, TaskError> {
    let latest = now.after(Duration::hours(9)).utc_day();
    let overdue = db.read_blocking::<_, db::Error>(|conn| store::list_overdue(conn, latest, MAX_ROWS_PER_RUN))?;
    jobs::for_each_in_tx(db, overdue, move |tx, id| remind_buyer(tx, now, *id).map(usize::from))
}

/// Sends one reminder of an invoice that is not fully paid after its due date.
fn remind_buyer(tx: &mut Tx<'_>, now: Instant, id: InvoiceId) -> Result<bool, ContractError> {
    let Some(invoice) = store::find_invoice(tx, id)? else { return Ok(false) };
    if invoice.due_on >= cooperatives::load_zone(tx, invoice.cooperative)?.day_of(now)
        || !store::mark_reminded(tx, id, now)?
    {
        return Ok(false);
    }
    let open = compute_open_amount(tx, &invoice)?;
    if open > Rupiah::ZERO {
        let payload = InvoicePayload { open: Some(open), ..InvoicePayload::new(&invoice) };
        let event = ContractEvent::InvoiceOverdue(payload).about(id);
        events::record(tx, now, &event.in_cooperative(invoice.cooperative))?;
    }
    Ok(true)
}

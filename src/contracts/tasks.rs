//! What comes round by itself: contracts end, months are invoiced, and who is late is reminded once.

use super::contract::ContractStatus;
use super::credit::today;
use super::error::ContractError;
use super::events::invoice_event;
use super::issue::issue_due;
use super::pay::open_of;
use super::step::move_to;
use super::store;
use crate::db::{self, Db, Tx};
use crate::events;
use crate::jobs::{self, PeriodicTask, TaskError};
use crate::kernel::ids::{ContractId, InvoiceId};
use crate::kernel::{Duration, Instant, Rupiah};

/// How many rows one turn of a chore looks at.
const BATCH_SIZE: i64 = 200;

/// The work that comes round by itself.
pub fn periodic_tasks() -> Vec<PeriodicTask> {
    vec![
        PeriodicTask { name: "market.end_contracts", every: Duration::minutes(15), run: end_over },
        PeriodicTask { name: "market.issue_invoices", every: Duration::minutes(15), run: issue_due },
        PeriodicTask { name: "market.remind_of_invoices", every: Duration::hours(1), run: remind_overdue },
    ]
}

fn end_over(db: &Db, now: Instant) -> Result<usize, TaskError> {
    // Somewhere in Indonesia it is tomorrow already; each one's own day is asked for below.
    let latest = now.after(Duration::hours(9)).utc_day();
    let over = db.read_blocking::<_, db::Error>(|conn| store::over(conn, latest, BATCH_SIZE))?;
    jobs::for_each_in_tx(db, over, move |tx, id| end(tx, now, *id).map(usize::from))
}

/// Ends a contract whose period is over; one that was never answered counts as taken back. False when it is not time yet.
fn end(tx: &mut Tx<'_>, now: Instant, id: ContractId) -> db::Result<bool> {
    let Some(contract) = store::locked(tx, id)? else { return Ok(false) };
    if contract.ends_on >= today(tx, now, contract.cooperative)? {
        return Ok(false);
    }
    let to = match contract.status {
        ContractStatus::Active => ContractStatus::Ended,
        ContractStatus::Proposed => ContractStatus::Withdrawn,
        _ => return Ok(false),
    };
    move_to(tx, now, contract, to, None)?;
    Ok(true)
}

fn remind_overdue(db: &Db, now: Instant) -> Result<usize, TaskError> {
    let latest = now.after(Duration::hours(9)).utc_day();
    let late = db.read_blocking::<_, db::Error>(|conn| store::overdue(conn, latest, BATCH_SIZE))?;
    jobs::for_each_in_tx(db, late, move |tx, id| remind(tx, now, *id).map(usize::from))
}

/// Reminds of an invoice once, when something of it is left to pay after its day.
fn remind(tx: &mut Tx<'_>, now: Instant, id: InvoiceId) -> Result<bool, ContractError> {
    let Some(invoice) = store::invoice(tx, id)? else { return Ok(false) };
    if invoice.due_on >= today(tx, now, invoice.cooperative)? || !store::set_reminded(tx, id, now)? {
        return Ok(false);
    }
    let open = open_of(tx, &invoice)?;
    if open > Rupiah::ZERO {
        events::record(tx, now, &invoice_event("invoice.overdue", &invoice).with("open", open))?;
    }
    Ok(true)
}

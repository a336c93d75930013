//! Periodic tasks: fulfilments that no group answered in time expire, and batches are decided at their cut-off.

use super::decide::{decide_due, is_waiting_for_market_close};
use super::events::{FulfilmentPayload, OrderEvent};
use super::fulfilment::FulfilmentStatus;
use super::store::{self, FulfilmentChange};
use super::totals::{record_event, release_claims, update_totals};
use crate::db::{self, Db, Tx};
use crate::jobs::{self, PeriodicTask, TaskError};
use crate::kernel::ids::{FulfilmentId, OrderId};
use crate::kernel::{Duration, Instant};

/// Maximum number of fulfilments in one run.
const MAX_FULFILMENTS_PER_RUN: i64 = 200;

/// The periodic tasks.
pub fn periodic_tasks() -> Vec<PeriodicTask> {
    vec![
        PeriodicTask { name: "orders.expire", every: Duration::minutes(5), run: expire_all },
        PeriodicTask { name: "orders.decide_batches", every: Duration::minutes(1), run: decide_due },
    ]
}

fn expire_all(db: &Db, now: Instant) -> Result<usize, TaskError> {
    let overdue =
        db.read_blocking::<_, db::Error>(|conn| store::list_unanswered(conn, now, MAX_FULFILMENTS_PER_RUN))?;
    jobs::for_each_in_tx(db, overdue, move |tx, (order, fulfilment)| {
        expire(tx, now, *order, *fulfilment).map(usize::from)
    })
}

/// Expires a fulfilment whose deadline has passed. False if it was answered meanwhile, or if a market day that is still to be
/// closed will answer it.
pub fn expire(tx: &mut Tx<'_>, now: Instant, order: OrderId, id: FulfilmentId) -> db::Result<bool> {
    let Some(whole) = store::lock_order(tx, order)? else { return Ok(false) };
    let overdue = whole.fulfilments.iter().find(|fulfilment| {
        let fulfilment = &fulfilment.row;
        fulfilment.id == id
            && fulfilment.status == FulfilmentStatus::Pending
            && fulfilment.answer_by.is_some_and(|until| until <= now)
    });
    let Some(fulfilment) = overdue else { return Ok(false) };
    if is_waiting_for_market_close(tx, fulfilment)? {
        return Ok(false);
    }
    let change = FulfilmentChange { status: Some(FulfilmentStatus::Expired), ..FulfilmentChange::default() };
    if !store::update_fulfilment(tx, &fulfilment.row, &change)? {
        return Ok(false);
    }
    release_claims(tx, now, [fulfilment])?;
    let payload = FulfilmentPayload { amount: None, ..FulfilmentPayload::new(fulfilment) };
    record_event(tx, now, None, fulfilment, OrderEvent::Expired(payload))?;
    update_totals(tx, order)?;
    Ok(true)
}

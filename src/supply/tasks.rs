//! Periodic tasks: finds batches due for a decision at their cut-off, and closes finished ones.

use super::batch::{Batch, BatchAction, BatchStatus};
use super::quantities::lock_batch;
use super::transition::{BatchTransition, BatchTransitionError, transition};
use super::{Terms, store};
use crate::db::{Conn, Db, Result};
use crate::jobs::{self, PeriodicTask, TaskError};
use crate::kernel::ids::BatchId;
use crate::kernel::{Duration, Instant, Quantity};

/// How many batches are processed in one run; the rest waits for the next.
const MAX_BATCHES_PER_RUN: i64 = 200;
/// How long a sold-out batch stays open for returns.
const RETURN_PERIOD: Duration = Duration::days(7);

/// The periodic tasks of this slice.
pub fn periodic_tasks() -> Vec<PeriodicTask> {
    vec![PeriodicTask { name: "supply.close", every: Duration::hours(1), run: close_finished }]
}

/// Lists the open batches past their cut-off, the earliest cut-off first. `orders` decides them.
pub fn list_due_for_decision(conn: &mut Conn, now: Instant) -> Result<Vec<BatchId>> {
    store::list_past_cutoff(conn, now, MAX_BATCHES_PER_RUN)
}

/// Closes batches that are spoiled, sold out for some days, or neither ordered nor made.
fn close_finished(db: &Db, now: Instant) -> std::result::Result<usize, TaskError> {
    // The latest local day in Indonesia (UTC+9); the batch's own zone is checked below.
    let latest = now.after(Duration::hours(9)).utc_day();
    let sold_out_since = now.before(RETURN_PERIOD).utc_day();
    let finished = db.read_blocking::<_, crate::db::Error>(|conn| {
        store::list_finished(conn, latest, sold_out_since, MAX_BATCHES_PER_RUN)
    })?;
    jobs::for_each_in_tx(db, finished, move |tx, (batch, product)| {
        let terms = store::load_terms(tx, now, &[*product])?.pop();
        let batch = lock_batch(tx, *batch)?;
        let is_finished = terms.is_some_and(|terms| is_finished(&batch, &terms, now));
        if is_finished {
            transition(tx, now, batch.id, system_transition(BatchAction::Close))?;
        }
        Ok::<_, BatchTransitionError>(usize::from(is_finished))
    })
}

fn is_finished(batch: &Batch, terms: &Terms, now: Instant) -> bool {
    let today = terms.today(now);
    let is_sold_out =
        batch.available() == Quantity::ZERO && batch.ready_on < terms.zone.day_of(now.before(RETURN_PERIOD));
    match batch.status {
        BatchStatus::Made => !batch.is_sellable_on(today) || is_sold_out,
        BatchStatus::Confirmed => batch.claimed == Quantity::ZERO && batch.ready_on < today,
        _ => false,
    }
}

fn system_transition(action: BatchAction) -> BatchTransition {
    BatchTransition { action, cutoff_at: None, by: None, version: None }
}

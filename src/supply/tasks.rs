//! What happens to batches by itself: they are due for a decision at their cut-off, and closed when they are over.

use super::batch::{Batch, BatchAction, BatchStatus};
use super::figures::lock;
use super::transition::{Step, TransitionError, transition};
use super::{Terms, store};
use crate::db::{Conn, Db, Result};
use crate::jobs::{self, PeriodicTask, TaskError};
use crate::kernel::ids::BatchId;
use crate::kernel::{Duration, Instant, Quantity};

/// How many batches are seen to at one turn; the rest waits for the next.
const BATCH_SIZE: i64 = 200;
/// For how long a batch stays open for returns after all of it is gone.
const KEPT_OPEN: Duration = Duration::days(7);

/// The work of this slice that comes round by itself.
pub fn periodic_tasks() -> Vec<PeriodicTask> {
    vec![PeriodicTask { name: "supply.close", every: Duration::hours(1), run: close }]
}

/// The open batches whose cut-off has come, the longest due first: who knows their orders decides them.
pub fn due_for_decision(conn: &mut Conn, now: Instant) -> Result<Vec<BatchId>> {
    store::past_cutoff(conn, now, BATCH_SIZE)
}

/// Closes what is spoiled, what is all gone for a while, and what nobody ordered and nobody made.
fn close(db: &Db, now: Instant) -> std::result::Result<usize, TaskError> {
    // Somewhere in Indonesia it is tomorrow already; each batch's own day is asked for below.
    let latest = now.after(Duration::hours(9)).utc_day();
    let gone_since = now.before(KEPT_OPEN).utc_day();
    let over = db.read_blocking::<_, crate::db::Error>(|conn| store::over(conn, latest, gone_since, BATCH_SIZE))?;
    jobs::for_each_in_tx(db, over, move |tx, (batch, product)| {
        let terms = store::terms_of(tx, now, &[*product])?.pop();
        let batch = lock(tx, *batch)?;
        let is_over = terms.is_some_and(|terms| is_over(&batch, &terms, now));
        if is_over {
            transition(tx, now, batch.id, by_itself(BatchAction::Close))?;
        }
        Ok::<_, TransitionError>(usize::from(is_over))
    })
}

fn is_over(batch: &Batch, terms: &Terms, now: Instant) -> bool {
    let today = terms.today(now);
    let gone = batch.available() == Quantity::ZERO && batch.ready_on < terms.zone.day_of(now.before(KEPT_OPEN));
    match batch.status {
        BatchStatus::Made => !batch.keeps_until(today) || gone,
        BatchStatus::Confirmed => batch.claimed == Quantity::ZERO && batch.ready_on < today,
        _ => false,
    }
}

fn by_itself(action: BatchAction) -> Step {
    Step { action, cutoff_at: None, by: None, version: None }
}

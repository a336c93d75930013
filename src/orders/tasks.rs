//! What happens to orders by itself: parts that no group answered in time expire, and batches are decided at their
//! cut-off.

use super::decide::{decide_due, waits_for_a_closing};
use super::fulfilment::FulfilmentStatus;
use super::settle::{release, settle, tell};
use super::store::{self, Step};
use crate::db::{self, Db, Tx};
use crate::jobs::{self, PeriodicTask, TaskError};
use crate::kernel::ids::{FulfilmentId, OrderId};
use crate::kernel::{Duration, Instant};

/// How many parts one turn of the chore looks at.
const BATCH_SIZE: i64 = 200;

/// The work that comes round by itself.
pub fn periodic_tasks() -> Vec<PeriodicTask> {
    vec![
        PeriodicTask { name: "orders.expire", every: Duration::minutes(5), run: expire_all },
        PeriodicTask { name: "orders.decide_batches", every: Duration::minutes(1), run: decide_due },
    ]
}

fn expire_all(db: &Db, now: Instant) -> Result<usize, TaskError> {
    let late = db.read_blocking::<_, db::Error>(|conn| store::unanswered(conn, now, BATCH_SIZE))?;
    jobs::for_each_in_tx(db, late, move |tx, (order, part)| expire(tx, now, *order, *part).map(usize::from))
}

/// Lets a part expire that should have been answered by now; false when it was answered meanwhile, or when a closing that
/// nobody came to yet will answer it.
pub fn expire(tx: &mut Tx<'_>, now: Instant, order: OrderId, id: FulfilmentId) -> db::Result<bool> {
    let Some(whole) = store::locked(tx, order)? else { return Ok(false) };
    let late = whole.parts.iter().find(|part| {
        let it = &part.fulfilment;
        it.id == id && it.status == FulfilmentStatus::Pending && it.answer_by.is_some_and(|until| until <= now)
    });
    let Some(part) = late else { return Ok(false) };
    if waits_for_a_closing(tx, part)? {
        return Ok(false);
    }
    let step = Step { status: Some(FulfilmentStatus::Expired), ..Step::default() };
    if !store::step(tx, &part.fulfilment, &step)? {
        return Ok(false);
    }
    release(tx, now, [part])?;
    tell(tx, now, "fulfilment.expired", None, part, |event| event)?;
    settle(tx, order)?;
    Ok(true)
}

//! What becomes of a batch at its cut-off, and what that means for those who ordered of it.

use super::fulfilment::FulfilmentStatus;
use super::order::{LineReason, Part};
use super::produce::ProduceError;
use super::settle::{settle, tell};
use super::shrink::{Allocation, Held, locked_on, seen_on, shrink};
use super::store::{self, Step};
use crate::db::{self, Conn, Db, Tx};
use crate::events::{self, Event, Kind};
use crate::jobs::{self, TaskError};
use crate::kernel::ids::{BatchId, OrderId};
use crate::kernel::{Instant, Quantity, Rupiah};
use crate::supply::{self, Batch, BatchAction, BatchKind, BatchStatus, Collected, Decision, TransitionError};
use crate::web::StaleVersion;

/// What a batch's cut-off brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The batch: as it is now, or as it stood when it was only looked at.
    pub batch: Batch,
    /// What becomes of it.
    pub decision: Decision,
    /// What was brought together for it.
    pub collected: Collected,
    /// What it leaves each line of it, where that is less than the line held.
    pub allocations: Vec<Allocation>,
}

/// What would become of a batch at its cut-off if that came now; nothing when it is decided already.
pub fn foresee(conn: &mut Conn, batch: &Batch, now: Instant) -> db::Result<Option<Decided>> {
    let held = seen_on(conn, batch)?;
    let at = batch.cutoff_at.map_or(now, |cutoff| cutoff.max(now));
    Ok(weigh(conn, batch, &held, at)?.map(|(decided, _)| decided))
}

/// Decides a batch whose cut-off has come: it is confirmed, with whole packs shared over its lines; extended; or it
/// fails, and its lines are released. Nothing happens to a batch that is decided or not due.
pub fn decide(tx: &mut Tx<'_>, now: Instant, id: BatchId) -> Result<Option<Decided>, ProduceError> {
    let batch = supply::lock(tx, id)?;
    if batch.status != BatchStatus::Open || batch.cutoff_at.is_none_or(|cutoff| cutoff > now) {
        return Ok(None);
    }
    let held = locked_on(tx, &batch)?;
    let Some((mut decided, shares)) = weigh(tx, &batch, &held, now)? else { return Ok(None) };
    let step = |action, cutoff_at| supply::Step { action, cutoff_at, by: None, version: None };
    decided.batch = match decided.decision {
        Decision::Confirm => {
            release_beyond(tx, now, &batch, &held, &shares)?;
            let confirmed = supply::transition(tx, now, id, step(BatchAction::Confirm, None))?;
            for held in held.iter().zip(&shares).filter(|(_, share)| share.is_positive()).map(|(held, _)| held) {
                confirm_line(tx, now, &confirmed, held)?;
            }
            confirmed
        }
        Decision::Extend(to) => {
            let extended = supply::extend(tx, now, id, to)?;
            for held in &held {
                tell_line(tx, now, "order.batch_extended", &extended, held)?;
            }
            extended
        }
        Decision::Fail => cancel_batch(tx, now, id, step(BatchAction::Fail, None))?,
    };
    Ok(Some(decided))
}

/// Decides every batch whose cut-off has come, each in a transaction of its own.
pub(super) fn decide_due(db: &Db, now: Instant) -> Result<usize, TaskError> {
    let due = db.read_blocking::<_, db::Error>(|conn| supply::due_for_decision(conn, now))?;
    jobs::for_each_in_tx(db, due, move |tx, batch| Ok::<_, ProduceError>(decide(tx, now, *batch)?.iter().count()))
}

/// What a batch comes to with these claims, and each claim's share.
fn weigh(conn: &mut Conn, batch: &Batch, held: &[Held], now: Instant) -> db::Result<Option<(Decided, Vec<Quantity>)>> {
    let wishes: Vec<_> = held.iter().map(Held::wish).collect();
    let shares = match batch.pack_size {
        None => held.iter().map(|held| held.quantity).collect(),
        Some(pack) => {
            let handed_over = batch.claimed.minus(Quantity::sum(held.iter().map(|held| held.quantity)));
            let room = batch.capacity.minus(handed_over);
            supply::allocate_in_packs(&wishes, room, pack, step_of(conn, now, batch)?)
        }
    };
    let kept = || held.iter().zip(&shares).filter(|(_, share)| share.is_positive()).map(|(held, _)| held);
    let collected = Collected {
        quantity: Quantity::sum(shares.iter().copied()),
        deposits: Rupiah::sum(kept().map(|held| held.deposit)).unwrap_or(batch.minimum_deposits),
        handed_over: batch.claimed.minus(Quantity::sum(held.iter().map(|held| held.quantity))),
    };
    let Some(decision) = supply::decide(batch, collected, now) else { return Ok(None) };
    let shares = match decision {
        Decision::Confirm => shares,
        Decision::Extend(_) => held.iter().map(|held| held.quantity).collect(),
        Decision::Fail => vec![Quantity::ZERO; held.len()],
    };
    let less = held.iter().zip(&shares).filter(|(held, share)| **share < held.quantity);
    let allocations = less.map(|(held, share)| held.left_with(*share)).collect();
    Ok(Some((Decided { batch: batch.clone(), decision, collected, allocations }, shares)))
}

pub(super) fn step_of(conn: &mut Conn, now: Instant, batch: &Batch) -> db::Result<Quantity> {
    let terms = supply::terms_of(conn, now, &[batch.product_id])?;
    Ok(terms.first().map_or(Quantity::units(1), |terms| terms.step))
}

/// What fills no pack is released.
fn release_beyond(
    tx: &mut Tx<'_>,
    now: Instant,
    batch: &Batch,
    held: &[Held],
    shares: &[Quantity],
) -> Result<(), ProduceError> {
    let kept = shrink(tx, now, batch, held, shares, LineReason::WholePacks, None)?;
    let released = Quantity::sum(held.iter().map(|held| held.quantity)).minus(kept);
    if released.is_positive() {
        supply::release(tx, batch.id, released)?;
    }
    Ok(())
}

/// What a confirmed batch means for one line: a market batch was promised by its group, so that its orders need no
/// further answer; who waited for a minimum to be reached is told that it was.
fn confirm_line(tx: &mut Tx<'_>, now: Instant, batch: &Batch, held: &Held) -> Result<(), ProduceError> {
    let promised = matches!(batch.kind, BatchKind::Market | BatchKind::Request);
    if promised && accept(tx, now, held.order, batch)? {
        return Ok(());
    }
    if batch.has_minimum() {
        tell_line(tx, now, "order.batch_confirmed", batch, held)?;
    }
    Ok(())
}

/// Answers for the group what it has promised by its batch: true when that was still to be answered, and nothing else
/// of the part is undecided.
fn accept(tx: &mut Tx<'_>, now: Instant, order: OrderId, batch: &Batch) -> Result<bool, ProduceError> {
    let Some(whole) = store::locked(tx, order)? else { return Ok(false) };
    let waits =
        |part: &&Part| part.fulfilment.group == batch.group_id && part.fulfilment.status == FulfilmentStatus::Pending;
    let Some(part) = whole.parts.iter().find(waits) else { return Ok(false) };
    if waits_for_a_closing(tx, part)? {
        return Ok(false);
    }
    let step = Step { status: Some(FulfilmentStatus::Accepted), answered_at: Some(now), ..Step::default() };
    if !store::step(tx, &part.fulfilment, &step)? {
        return Ok(false);
    }
    tell(tx, now, "fulfilment.accepted", None, part, |event| event.with("amount", part.fulfilment.goods_total))?;
    settle(tx, order)?;
    Ok(true)
}

/// Whether a part holds goods of a market day that is not closed yet: the closing answers for its group.
pub(super) fn waits_for_a_closing(conn: &mut Conn, part: &Part) -> db::Result<bool> {
    for claim in part.lines.iter().flat_map(|line| &line.claims).filter(|claim| claim.quantity.is_positive()) {
        let batch = supply::find(conn, claim.batch)?;
        if batch.is_some_and(|batch| batch.status == BatchStatus::Open && batch.kind == BatchKind::Market) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn tell_line(tx: &mut Tx<'_>, now: Instant, kind: Kind, batch: &Batch, held: &Held) -> db::Result<()> {
    let Some(part) = store::part_of_line(tx, held.line)? else { return Ok(()) };
    let event = Event::new(kind, held.order)
        .in_cooperative(batch.cooperative_id)
        .of_group(batch.group_id)
        .with("order", held.order)
        .with("group", batch.group_id)
        .with("fulfilment", part)
        .with("line", held.line)
        .with("product", batch.product_id)
        .with("quantity", held.quantity)
        .with("until", batch.cutoff_at);
    events::record(tx, now, &event).map(drop)
}

/// Takes a batch a step further. One that fails or is cancelled lets go of its lines first.
pub fn step(tx: &mut Tx<'_>, now: Instant, id: BatchId, step: supply::Step) -> Result<Batch, ProduceError> {
    match step.action {
        BatchAction::Fail | BatchAction::Cancel => cancel_batch(tx, now, id, step),
        BatchAction::Confirm | BatchAction::Extend | BatchAction::Close => Ok(supply::transition(tx, now, id, step)?),
    }
}

/// Takes a step that leaves lines without goods: what is not handed over is released.
pub fn cancel_batch(tx: &mut Tx<'_>, now: Instant, id: BatchId, step: supply::Step) -> Result<Batch, ProduceError> {
    let batch = supply::lock(tx, id)?;
    StaleVersion::check(step.version, batch.version).map_err(TransitionError::from)?;
    if batch.after(step.action).is_none() {
        return Err(TransitionError::Invalid(batch.status).into());
    }
    let held = locked_on(tx, &batch)?;
    let why = if step.action == BatchAction::Fail { LineReason::MinimumNotReached } else { LineReason::BatchCancelled };
    let nothing = vec![Quantity::ZERO; held.len()];
    shrink(tx, now, &batch, &held, &nothing, why, step.by)?;
    let released = Quantity::sum(held.iter().map(|held| held.quantity));
    if released.is_positive() {
        supply::release(tx, id, released)?;
    }
    Ok(supply::transition(tx, now, id, step)?)
}

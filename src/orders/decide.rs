//! Decides batches at their cut-off and applies the decision to the orders that claimed from them.

use super::events::{self, FulfilmentPayload, LinePayload, OrderEvent};
use super::fulfilment::{FulfilmentStatus, FulfilmentWithLines, LineReason};
use super::produce::BatchChangeError;
use super::shrink::{Allocation, OpenClaim, list_open_claims, lock_open_claims, quantity_step, shrink};
use super::store::{self, FulfilmentChange};
use super::totals::{record_event, update_totals};
use crate::db::{self, Conn, Db, Tx};
use crate::jobs::{self, TaskError};
use crate::kernel::ids::{BatchId, OrderId};
use crate::kernel::{Instant, Quantity, Rupiah};
use crate::supply::{self, Batch, BatchAction, BatchKind, BatchStatus, BatchTransitionError, Collected, Decision};
use crate::web::StaleVersion;

/// The decision on a batch at its cut-off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionOutcome {
    /// The batch after the decision; in a preview, the batch as it is.
    pub batch: Batch,
    /// The decision.
    pub decision: Decision,
    /// Quantities and deposits collected for the batch.
    pub collected: Collected,
    /// The lines that get less than they had claimed.
    pub allocations: Vec<Allocation>,
}

/// Previews the decision on a batch as if its cut-off had come; `None` if it is decided already.
pub fn preview_decision(conn: &mut Conn, batch: &Batch, now: Instant) -> db::Result<Option<DecisionOutcome>> {
    let claims = list_open_claims(conn, batch)?;
    let at = batch.cutoff_at.map_or(now, |cutoff| cutoff.max(now));
    Ok(evaluate(conn, batch, &claims, at)?.map(|(outcome, _)| outcome))
}

/// Decides a batch whose cut-off has passed: confirms it, with whole packs shared over its lines; extends it; or fails
/// it and releases its lines. `None` if the batch is decided or not due.
pub fn decide(tx: &mut Tx<'_>, now: Instant, id: BatchId) -> Result<Option<DecisionOutcome>, BatchChangeError> {
    let batch = supply::lock_batch(tx, id)?;
    if batch.status != BatchStatus::Open || batch.cutoff_at.is_none_or(|cutoff| cutoff > now) {
        return Ok(None);
    }
    let claims = lock_open_claims(tx, &batch)?;
    let Some((mut outcome, shares)) = evaluate(tx, &batch, &claims, now)? else { return Ok(None) };
    let step = |action, cutoff_at| supply::BatchTransition { action, cutoff_at, by: None, version: None };
    outcome.batch = match outcome.decision {
        Decision::Confirm => {
            release_excess(tx, now, &batch, &claims, &shares)?;
            let confirmed = supply::transition(tx, now, id, step(BatchAction::Confirm, None))?;
            for open_claim in
                claims.iter().zip(&shares).filter(|(_, share)| share.is_positive()).map(|(open_claim, _)| open_claim)
            {
                confirm_line(tx, now, &confirmed, open_claim)?;
            }
            confirmed
        }
        Decision::Extend(to) => {
            let extended = supply::extend(tx, now, id, to)?;
            for open_claim in &claims {
                record_line_event(tx, now, OrderEvent::BatchExtended, &extended, open_claim)?;
            }
            extended
        }
        Decision::Fail => cancel_batch(tx, now, id, step(BatchAction::Fail, None))?,
    };
    Ok(Some(outcome))
}

/// Decides every batch whose cut-off has passed, each in its own transaction. Returns the number of decided batches.
pub(super) fn decide_due(db: &Db, now: Instant) -> Result<usize, TaskError> {
    let due = db.read_blocking::<_, db::Error>(|conn| supply::list_due_for_decision(conn, now))?;
    jobs::for_each_in_tx(db, due, move |tx, batch| Ok::<_, BatchChangeError>(decide(tx, now, *batch)?.iter().count()))
}

/// The decision on a batch with these claims, and the share of each claim.
fn evaluate(
    conn: &mut Conn,
    batch: &Batch,
    claims: &[OpenClaim],
    now: Instant,
) -> db::Result<Option<(DecisionOutcome, Vec<Quantity>)>> {
    let requests: Vec<_> = claims.iter().map(OpenClaim::allocation_request).collect();
    let shares = match batch.pack_size {
        None => claims.iter().map(|open_claim| open_claim.quantity).collect(),
        Some(pack) => {
            let handed_over = batch.claimed.minus(Quantity::sum(claims.iter().map(|open_claim| open_claim.quantity)));
            let room = batch.capacity.minus(handed_over);
            supply::allocate_in_packs(&requests, room, pack, quantity_step(conn, now, batch)?)
        }
    };
    let remaining =
        || claims.iter().zip(&shares).filter(|(_, share)| share.is_positive()).map(|(open_claim, _)| open_claim);
    let collected = Collected {
        quantity: Quantity::sum(shares.iter().copied()),
        deposits: Rupiah::sum(remaining().map(|open_claim| open_claim.deposit)).unwrap_or(batch.minimum_deposits),
        handed_over: batch.claimed.minus(Quantity::sum(claims.iter().map(|open_claim| open_claim.quantity))),
    };
    let Some(decision) = supply::decide(batch, collected, now) else { return Ok(None) };
    let shares = match decision {
        Decision::Confirm => shares,
        Decision::Extend(_) => claims.iter().map(|open_claim| open_claim.quantity).collect(),
        Decision::Fail => vec![Quantity::ZERO; claims.len()],
    };
    let reduced = claims.iter().zip(&shares).filter(|(open_claim, share)| **share < open_claim.quantity);
    let allocations = reduced.map(|(open_claim, share)| open_claim.allocation(*share)).collect();
    Ok(Some((DecisionOutcome { batch: batch.clone(), decision, collected, allocations }, shares)))
}

/// Releases the quantity that fills no pack.
fn release_excess(
    tx: &mut Tx<'_>,
    now: Instant,
    batch: &Batch,
    claims: &[OpenClaim],
    shares: &[Quantity],
) -> Result<(), BatchChangeError> {
    let remaining = shrink(tx, now, batch, claims, shares, LineReason::WholePacks, None)?;
    let released = Quantity::sum(claims.iter().map(|open_claim| open_claim.quantity)).minus(remaining);
    if released.is_positive() {
        supply::release(tx, batch.id, released)?;
    }
    Ok(())
}

/// Applies a confirmed batch to one line. Market and request batches are promised by their group, so their orders need
/// no further acceptance; buyers of a batch with a minimum are notified that it was reached.
fn confirm_line(tx: &mut Tx<'_>, now: Instant, batch: &Batch, open_claim: &OpenClaim) -> Result<(), BatchChangeError> {
    let promised = matches!(batch.kind, BatchKind::Market | BatchKind::Request);
    if promised && accept(tx, now, open_claim.order, batch)? {
        return Ok(());
    }
    if batch.has_minimum() {
        record_line_event(tx, now, OrderEvent::BatchConfirmed, batch, open_claim)?;
    }
    Ok(())
}

/// Accepts the group's part of the order, because the group promised it by its batch. True if the part was pending and
/// none of its goods are on an open market batch.
fn accept(tx: &mut Tx<'_>, now: Instant, order: OrderId, batch: &Batch) -> Result<bool, BatchChangeError> {
    let Some(whole) = store::lock_order(tx, order)? else { return Ok(false) };
    let is_pending = |fulfilment: &&FulfilmentWithLines| {
        fulfilment.row.group == batch.group_id && fulfilment.row.status == FulfilmentStatus::Pending
    };
    let Some(fulfilment) = whole.fulfilments.iter().find(is_pending) else { return Ok(false) };
    if is_waiting_for_market_close(tx, fulfilment)? {
        return Ok(false);
    }
    let change = FulfilmentChange {
        status: Some(FulfilmentStatus::Accepted),
        answered_at: Some(now),
        ..FulfilmentChange::default()
    };
    if !store::update_fulfilment(tx, &fulfilment.row, &change)? {
        return Ok(false);
    }
    record_event(tx, now, None, fulfilment, OrderEvent::Accepted(FulfilmentPayload::new(fulfilment)))?;
    update_totals(tx, order)?;
    Ok(true)
}

/// Whether a fulfilment has goods on an open market batch: closing the market day answers for its group.
pub(super) fn is_waiting_for_market_close(conn: &mut Conn, fulfilment: &FulfilmentWithLines) -> db::Result<bool> {
    for claim in fulfilment.lines.iter().flat_map(|line| &line.claims).filter(|claim| claim.quantity.is_positive()) {
        let batch = supply::find(conn, claim.batch)?;
        if batch.is_some_and(|batch| batch.status == BatchStatus::Open && batch.kind == BatchKind::Market) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn record_line_event(
    tx: &mut Tx<'_>,
    now: Instant,
    kind: fn(LinePayload) -> OrderEvent,
    batch: &Batch,
    open_claim: &OpenClaim,
) -> db::Result<()> {
    let Some(fulfilment) = store::find_fulfilment_of_line(tx, open_claim.line)? else { return Ok(()) };
    let OpenClaim { order, line, quantity, .. } = *open_claim;
    let Batch { group_id: group, product_id: product, cutoff_at: until, .. } = *batch;
    let event = kind(LinePayload { order, group, fulfilment, line, product, quantity, until }).about(order);
    events::record(tx, now, &event.in_group(batch.cooperative_id, group)).map(drop)
}

/// Applies a transition to a batch. A batch that fails or is cancelled releases its lines first.
pub fn change_batch_status(
    tx: &mut Tx<'_>,
    now: Instant,
    id: BatchId,
    step: supply::BatchTransition,
) -> Result<Batch, BatchChangeError> {
    match step.action {
        BatchAction::Fail | BatchAction::Cancel => cancel_batch(tx, now, id, step),
        BatchAction::Confirm | BatchAction::Extend | BatchAction::Close => Ok(supply::transition(tx, now, id, step)?),
    }
}

/// Fails or cancels a batch: releases everything that is not handed over.
pub fn cancel_batch(
    tx: &mut Tx<'_>,
    now: Instant,
    id: BatchId,
    step: supply::BatchTransition,
) -> Result<Batch, BatchChangeError> {
    let batch = supply::lock_batch(tx, id)?;
    StaleVersion::check(step.version, batch.version).map_err(BatchTransitionError::from)?;
    if batch.next_status(step.action).is_none() {
        return Err(BatchTransitionError::WrongStatus(batch.status).into());
    }
    let claims = lock_open_claims(tx, &batch)?;
    let reason =
        if step.action == BatchAction::Fail { LineReason::MinimumNotReached } else { LineReason::BatchCancelled };
    let zero_shares = vec![Quantity::ZERO; claims.len()];
    shrink(tx, now, &batch, &claims, &zero_shares, reason, step.by)?;
    let released = Quantity::sum(claims.iter().map(|open_claim| open_claim.quantity));
    if released.is_positive() {
        supply::release(tx, id, released)?;
    }
    Ok(supply::transition(tx, now, id, step)?)
}

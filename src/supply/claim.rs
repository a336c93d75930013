//! Claims quantities of batches for orders, and releases them.

use super::batch::{BatchKind, BatchStatus, NewBatch};
use super::discount::Discount;
use super::events::{self, SupplyEvent};
use super::plan::{ClaimRequest, Plan, SupplySource, plan};
use super::{Terms, Unavailable, UnavailableReason, store};
use crate::db::{self, Conn, Tx};
use crate::kernel::ids::BatchId;
use crate::kernel::{Day, Instant, Quantity, Rupiah};
use crate::web::verb_errors;

/// How often a claim is planned again after losing a race. Each time less is available, so that a claim that never
/// succeeds is one for which nothing is left.
const MAX_ATTEMPTS: usize = 16;

/// The result of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchClaim {
    /// The day on which the goods are ready.
    pub ready_on: Day,
    /// The claimed quantity: all that was requested, or less but at least `at_least`.
    pub quantity: Quantity,
    /// The claimed quantity of each batch, ordered by batch id. First-expired-first-out can need two batches.
    pub batches: Vec<(BatchId, Quantity)>,
    /// The unit price of these batches in rupiah, if it differs from the product's.
    pub unit_price_override: Option<Rupiah>,
    /// The discount of these batches that is active now.
    pub discount: Option<Discount>,
    /// The earliest cut-off of these batches; `None` when all goods are made.
    pub cutoff_at: Option<Instant>,
}

verb_errors! {
    /// Why nothing was claimed.
    pub enum ClaimError {
    }
    + Unavailable(Unavailable), Db(db::Error)
}

/// Claims the planned quantities of batches. The batch of a made-to-order day is created by its first claim. When a
/// concurrent claim was faster, the request is planned again; it gets the whole quantity, a partial one of at least
/// `at_least`, or nothing.
///
/// Callers with several lines claim them sorted by product, so that two orders cannot deadlock.
pub fn claim(tx: &mut Tx<'_>, now: Instant, request: &ClaimRequest, planned: &Plan) -> Result<BatchClaim, ClaimError> {
    let mut plan = planned.clone();
    for _ in 0..MAX_ATTEMPTS {
        let mut batches = Vec::with_capacity(plan.sources.len());
        for (source, quantity) in &plan.sources {
            batches.push((get_or_create_batch(tx, now, &request.terms, plan.ready_on, *source)?, *quantity));
        }
        batches.sort_unstable();
        if claim_all(tx, now, &batches)? {
            let Plan { ready_on, quantity, unit_price_override, discount, cutoff_at, .. } = plan;
            return Ok(BatchClaim { ready_on, quantity, batches, unit_price_override, discount, cutoff_at });
        }
        plan = plan_claim(tx, now, request)?;
    }
    Err(Unavailable { reason: UnavailableReason::SoldOut, available: Quantity::ZERO, next_day: None }.into())
}

/// Plans the request with the current batches, without claiming anything.
fn plan_claim(conn: &mut Conn, now: Instant, request: &ClaimRequest) -> Result<Plan, ClaimError> {
    let batches = store::list_current_batches(conn, &[request.terms.product], request.terms.today(now))?;
    Ok(plan(&batches, now, request)?)
}

/// Releases a claimed quantity of a batch. Callers release in the order of batch ids.
pub fn release(tx: &mut Tx<'_>, batch: BatchId, quantity: Quantity) -> db::Result<()> {
    if store::release(tx, batch, quantity)? {
        Ok(())
    } else {
        // The batch has fewer claims than its lines: a broken invariant.
        Err(diesel::result::Error::NotFound.into())
    }
}

/// Claims all batches or none. Returns whether it did; on `false` the caller plans again.
fn claim_all(tx: &mut Tx<'_>, now: Instant, batches: &[(BatchId, Quantity)]) -> db::Result<bool> {
    for (index, (batch, quantity)) in batches.iter().enumerate() {
        if !store::claim(tx, now, *batch, *quantity)? {
            for (batch, quantity) in batches.iter().take(index) {
                release(tx, *batch, *quantity)?;
            }
            return Ok(false);
        }
    }
    Ok(true)
}

/// The batch of this source. Creates the batch of a made-to-order day if it does not exist.
pub(super) fn get_or_create_batch(
    tx: &mut Tx<'_>,
    now: Instant,
    terms: &Terms,
    day: Day,
    source: SupplySource,
) -> db::Result<BatchId> {
    match source {
        SupplySource::Batch(batch) => Ok(batch),
        SupplySource::MadeToOrder => {
            let new_batch = NewBatch {
                id: tx.id(now),
                cooperative_id: terms.cooperative,
                group_id: terms.group,
                product_id: terms.product,
                kind: BatchKind::ToOrder,
                status: BatchStatus::Open,
                ready_on: day,
                cutoff_at: Some(terms.cutoff_for(day)),
                best_before: terms.best_before(day),
                capacity: terms.daily_capacity,
                minimum: Quantity::ZERO,
                made: None,
                price: None,
                unit_cost: None,
                created_at: now,
                pack_size: None,
                minimum_deposits: Rupiah::ZERO,
                extends_to: None,
                deposit_percent: None,
                made_at: None,
            };
            let (batch, is_new) = store::insert_batch_if_absent(tx, &new_batch)?;
            if is_new {
                let (product, capacity) = (terms.product, terms.daily_capacity);
                let event = SupplyEvent::Opened { product, ready_on: day, capacity };
                events::record(tx, now, &event.about(batch).in_group(terms.cooperative, terms.group))?;
            }
            Ok(batch)
        }
    }
}

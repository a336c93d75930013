//! Claiming a quantity for an order, and giving it back.

use super::batch::{BatchKind, BatchStatus, NewBatch};
use super::discount::Discount;
use super::plan::{ClaimWish, Plan, Source, plan};
use super::{Reason, Terms, Unavailable, store};
use crate::db::{self, Conn, Tx};
use crate::events::{self, Event};
use crate::kernel::ids::BatchId;
use crate::kernel::{Day, Instant, Quantity, Rupiah};
use crate::web::Problem;

/// How often a claim is planned anew when others were faster. Each time there is less of it, so that a claim that
/// never gets through is one for which nothing is left.
const TRIES: usize = 16;

/// What was claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// The day on which it is ready.
    pub ready_on: Day,
    /// How much: all that was wanted, or less but at least `at_least`.
    pub quantity: Quantity,
    /// Of which batches, in the order of their ids; first-expired-first may need two.
    pub parts: Vec<(BatchId, Quantity)>,
    /// The price of these batches, when it is not the product's.
    pub unit_price_override: Option<Rupiah>,
    /// The discount that they have at this moment.
    pub discount: Option<Discount>,
    /// Until when these batches can be ordered, the earliest; none when all of it is made.
    pub cutoff_at: Option<Instant>,
}

/// Why nothing was claimed.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    /// It cannot be had.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<ClaimError> for Problem {
    fn from(error: ClaimError) -> Self {
        match error {
            ClaimError::Unavailable(unavailable) => unavailable.into(),
            ClaimError::Db(error) => error.into(),
        }
    }
}

/// Claims what is wished for as it was planned: from the shelf what spoils first, else of the day's batch, which comes
/// into being with its first claim. Where others were faster it is planned anew: all of it, or as much as there is if
/// that is still of use; otherwise nothing.
///
/// An order with several lines claims them sorted by product, so that two orders never wait for each other.
pub fn claim(tx: &mut Tx<'_>, now: Instant, wish: &ClaimWish, planned: &Plan) -> Result<Claimed, ClaimError> {
    let mut plan = planned.clone();
    for _ in 0..TRIES {
        let mut parts = Vec::with_capacity(plan.parts.len());
        for (source, quantity) in &plan.parts {
            parts.push((the_batch(tx, now, &wish.terms, plan.ready_on, *source)?, *quantity));
        }
        parts.sort_unstable();
        if claim_all(tx, now, &parts)? {
            let Plan { ready_on, quantity, unit_price_override, discount, cutoff_at, .. } = plan;
            return Ok(Claimed { ready_on, quantity, parts, unit_price_override, discount, cutoff_at });
        }
        plan = plan_claim(tx, now, wish)?;
    }
    Err(Unavailable { reason: Reason::SoldOut, available: Quantity::ZERO, next_day: None }.into())
}

/// How a wish would be met now, without claiming anything.
fn plan_claim(conn: &mut Conn, now: Instant, wish: &ClaimWish) -> Result<Plan, ClaimError> {
    let batches = store::live_batches(conn, &[wish.terms.product], wish.terms.today(now))?;
    Ok(plan(&batches, now, wish)?)
}

/// Gives back what a line had claimed of a batch. Orders give back in the order of the batches' ids.
pub fn release(tx: &mut Tx<'_>, batch: BatchId, quantity: Quantity) -> db::Result<()> {
    if store::release(tx, batch, quantity)? {
        Ok(())
    } else {
        // Lines and batches disagree, which no verb can bring about.
        Err(diesel::result::Error::NotFound.into())
    }
}

/// Claims all parts or none: what others took in the meantime is a reason to plan anew.
fn claim_all(tx: &mut Tx<'_>, now: Instant, parts: &[(BatchId, Quantity)]) -> db::Result<bool> {
    for (place, (batch, quantity)) in parts.iter().enumerate() {
        if !store::claim(tx, now, *batch, *quantity)? {
            for (batch, quantity) in parts.iter().take(place) {
                release(tx, *batch, *quantity)?;
            }
            return Ok(false);
        }
    }
    Ok(true)
}

/// The batch of this source; that of a promise comes into being by it.
pub(super) fn the_batch(tx: &mut Tx<'_>, now: Instant, terms: &Terms, day: Day, source: Source) -> db::Result<BatchId> {
    match source {
        Source::Batch(batch) => Ok(batch),
        Source::Promise => {
            let new = NewBatch {
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
                extend_to: None,
                deposit_percent: None,
                made_at: None,
            };
            let (batch, is_new) = store::materialise(tx, &new)?;
            if is_new {
                let opened = Event::new("batch.opened", batch)
                    .in_cooperative(terms.cooperative)
                    .of_group(terms.group)
                    .with("product", terms.product)
                    .with("ready_on", day)
                    .with("capacity", terms.daily_capacity);
                events::record(tx, now, &opened)?;
            }
            Ok(batch)
        }
    }
}

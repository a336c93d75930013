//! Records the quantities of a batch: made, discarded, returned. This slice does not know order lines; callers reduce the
//! lines first, in the same transaction, and pass what remains claimed.

use diesel::prelude::*;

use super::batch::{Batch, BatchStatus};
use super::store;
use crate::costs;
use crate::db::{self, Tx};
use crate::kernel::ids::{AccountId, BatchId, DiscardId};
use crate::kernel::{Instant, Quantity, Rupiah};
use crate::web::{Problem, Rule, verb_errors};

verb_errors! {
    /// Why a batch's quantities were not changed.
    pub enum BatchQuantityError {
        /// There is no such batch.
        NotFound => NotFound,
        /// Not possible with this status.
        WrongStatus(status: BatchStatus) => TransitionInvalid ["state" = status],
        /// More would be claimed and discarded than was made.
        TooMuch {
            /// The quantity that is left for it.
            available: Quantity,
        } => BatchTooSmall,
        /// The batch is made in whole packs only.
        NotWholePacks {
            /// The pack size.
            pack: Quantity,
        } => { Problem::invalid_field("/made", Rule::NotWholePacks).with("pack_size", pack) },
    }
    + Db(db::Error)
}

/// Locks a batch until the end of the transaction. Callers that reduce lines lock their batch first.
pub fn lock_batch(tx: &mut Tx<'_>, batch: BatchId) -> Result<Batch, BatchQuantityError> {
    store::lock_batch(tx, batch)?.ok_or(BatchQuantityError::NotFound)
}

/// Records the made quantity and how much of it remains claimed; the rest is in stock from now on. Recording it again
/// corrects it.
pub fn record_production(
    tx: &mut Tx<'_>,
    now: Instant,
    batch: BatchId,
    made: Quantity,
    new_claimed: Quantity,
    unit_cost: Option<Rupiah>,
) -> Result<Batch, BatchQuantityError> {
    let batch = lock_batch(tx, batch)?;
    if !matches!(batch.status, BatchStatus::Open | BatchStatus::Confirmed | BatchStatus::Made) {
        return Err(BatchQuantityError::WrongStatus(batch.status));
    }
    if let Some(pack) = batch.pack_size.filter(|pack| !made.is_multiple_of(*pack)) {
        return Err(BatchQuantityError::NotWholePacks { pack });
    }
    if new_claimed.plus(batch.discarded) > made {
        return Err(BatchQuantityError::TooMuch { available: made.minus(batch.discarded).max(Quantity::ZERO) });
    }
    let unit_cost = match unit_cost.or(batch.unit_cost) {
        None => costs::unit_cost(tx, batch.product_id, made, batch.ready_on)?,
        known => known,
    };
    let quantities = (Some(made), new_claimed, batch.discarded);
    let made_at = batch.made_at.unwrap_or(now);
    store::set_quantities(tx, batch.id, BatchStatus::Made, quantities, unit_cost, Some(made_at))?;
    lock_batch(tx, batch.id)
}

/// Goods of a batch that were thrown away or given away.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Discard {
    /// The id.
    pub id: DiscardId,
    /// The quantity.
    pub quantity: Quantity,
    /// The reason, as entered.
    pub reason: String,
    /// The account that recorded it.
    pub by: AccountId,
    /// When it was recorded.
    pub noted_at: Instant,
}

/// Records a discard of a made batch, and how much remains claimed.
pub fn record_discard(
    tx: &mut Tx<'_>,
    batch: BatchId,
    discard: &Discard,
    new_claimed: Quantity,
) -> Result<Batch, BatchQuantityError> {
    let batch = lock_batch(tx, batch)?;
    let discarded = batch.discarded.plus(discard.quantity);
    let Some(made) = batch.made.filter(|_| matches!(batch.status, BatchStatus::Made | BatchStatus::Closed)) else {
        return Err(BatchQuantityError::WrongStatus(batch.status));
    };
    if new_claimed.plus(discarded) > made {
        return Err(BatchQuantityError::TooMuch { available: made.minus(new_claimed).max(Quantity::ZERO) });
    }
    let quantities = (Some(made), new_claimed, discarded);
    store::set_quantities(tx, batch.id, batch.status, quantities, batch.unit_cost, batch.made_at)?;
    store::insert_discard(tx, &batch, discard)?;
    lock_batch(tx, batch.id)
}

/// Claims goods of a made batch without an order, such as for consignment.
pub fn claim_made(tx: &mut Tx<'_>, now: Instant, batch: BatchId, quantity: Quantity) -> Result<(), BatchQuantityError> {
    let batch = lock_batch(tx, batch)?;
    let Some(made) = batch.made.filter(|_| batch.status == BatchStatus::Made) else {
        return Err(BatchQuantityError::WrongStatus(batch.status));
    };
    if !store::claim(tx, now, batch.id, quantity)? {
        let available = made.minus(batch.claimed).minus(batch.discarded);
        return Err(BatchQuantityError::TooMuch { available: available.max(Quantity::ZERO) });
    }
    Ok(())
}

/// Returns claimed goods to stock. A closed batch becomes available again; goods past their best-before day are still
/// not sold.
pub fn restock(
    tx: &mut Tx<'_>,
    _now: Instant,
    batch: BatchId,
    quantity: Quantity,
) -> Result<Batch, BatchQuantityError> {
    return_claimed(tx, batch, quantity, Quantity::ZERO)
}

/// Records claimed goods as returned and discarded.
pub fn discard_returned(tx: &mut Tx<'_>, batch: BatchId, discard: &Discard) -> Result<Batch, BatchQuantityError> {
    let batch = return_claimed(tx, batch, discard.quantity, discard.quantity)?;
    store::insert_discard(tx, &batch, discard)?;
    Ok(batch)
}

fn return_claimed(
    tx: &mut Tx<'_>,
    batch: BatchId,
    quantity: Quantity,
    discarded: Quantity,
) -> Result<Batch, BatchQuantityError> {
    let batch = lock_batch(tx, batch)?;
    if quantity > batch.claimed {
        return Err(BatchQuantityError::TooMuch { available: batch.claimed });
    }
    let is_reopened = batch.status == BatchStatus::Closed && discarded == Quantity::ZERO && batch.made.is_some();
    let status = if is_reopened { BatchStatus::Made } else { batch.status };
    let quantities = (batch.made, batch.claimed.minus(quantity), batch.discarded.plus(discarded));
    store::set_quantities(tx, batch.id, status, quantities, batch.unit_cost, batch.made_at)?;
    lock_batch(tx, batch.id)
}

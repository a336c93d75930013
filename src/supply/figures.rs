//! What came of a batch: made, discarded, taken back. These verbs know quantities only; who has lines on the batch
//! shrinks them first, in the same transaction, and says what remains claimed.

use diesel::prelude::*;

use super::batch::{Batch, BatchStatus};
use super::open::NOT_WHOLE_PACKS;
use super::store;
use crate::costs;
use crate::db::{self, Tx};
use crate::kernel::ids::{AccountId, BatchId, DiscardId};
use crate::kernel::{Instant, Quantity, Rupiah};
use crate::web::{Code, FieldErrors, Problem};

/// Why a batch's figures were not changed.
#[derive(Debug, thiserror::Error)]
pub enum FiguresError {
    /// There is no such batch.
    #[error("there is no such batch")]
    NotFound,
    /// The batch is not in a state for it.
    #[error("the batch is {0}")]
    WrongStatus(BatchStatus),
    /// More would be claimed and discarded than there is.
    #[error("only {available} is there to take from")]
    TooMuch {
        /// What there is.
        available: Quantity,
    },
    /// It is made in whole packs only.
    #[error("it is made in packs of {pack}")]
    NotWholePacks {
        /// How much a pack holds.
        pack: Quantity,
    },
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<FiguresError> for Problem {
    fn from(error: FiguresError) -> Self {
        match error {
            FiguresError::NotFound => Problem::not_found(),
            FiguresError::WrongStatus(status) => Problem::new(Code::TransitionInvalid).with("state", status),
            FiguresError::TooMuch { available } => Problem::new(Code::BatchTooSmall).with("available", available),
            FiguresError::NotWholePacks { pack } => Problem::new(Code::BodyInvalid)
                .with_faults(FieldErrors::one("/made", NOT_WHOLE_PACKS))
                .with("pack_size", pack),
            FiguresError::Db(error) => error.into(),
        }
    }
}

/// A batch that nobody else claims or changes until this transaction is over. Whoever shrinks lines begins with it.
pub fn lock(tx: &mut Tx<'_>, batch: BatchId) -> Result<Batch, FiguresError> {
    store::locked_batch(tx, batch)?.ok_or(FiguresError::NotFound)
}

/// Records how much was made, and what of it remains claimed. What nobody claimed is on the shelf from now on.
/// Recorded again, it corrects what was recorded before.
pub fn set_production(
    tx: &mut Tx<'_>,
    now: Instant,
    batch: BatchId,
    made: Quantity,
    new_claimed: Quantity,
    unit_cost: Option<Rupiah>,
) -> Result<Batch, FiguresError> {
    let batch = lock(tx, batch)?;
    if !matches!(batch.status, BatchStatus::Open | BatchStatus::Confirmed | BatchStatus::Made) {
        return Err(FiguresError::WrongStatus(batch.status));
    }
    if let Some(pack) = batch.pack_size.filter(|pack| !made.is_multiple_of(*pack)) {
        return Err(FiguresError::NotWholePacks { pack });
    }
    if new_claimed.plus(batch.discarded) > made {
        return Err(FiguresError::TooMuch { available: made.minus(batch.discarded).max(Quantity::ZERO) });
    }
    let unit_cost = match unit_cost.or(batch.unit_cost) {
        None => costs::unit_cost(tx, batch.product_id, made, batch.ready_on)?,
        said => said,
    };
    let figures = (Some(made), new_claimed, batch.discarded);
    let made_at = batch.made_at.unwrap_or(now);
    store::set_figures(tx, batch.id, BatchStatus::Made, figures, unit_cost, Some(made_at))?;
    lock(tx, batch.id)
}

/// What was thrown away or given away of a batch, and why.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Discard {
    /// Its id.
    pub id: DiscardId,
    /// How much.
    pub quantity: Quantity,
    /// Why, in the words of who noted it.
    pub reason: String,
    /// Who noted it.
    pub by: AccountId,
    /// When it was noted.
    pub noted_at: Instant,
}

/// Records that more of a made batch is discarded, and what remains claimed.
pub fn set_discard(
    tx: &mut Tx<'_>,
    batch: BatchId,
    discard: &Discard,
    new_claimed: Quantity,
) -> Result<Batch, FiguresError> {
    let batch = lock(tx, batch)?;
    let discarded = batch.discarded.plus(discard.quantity);
    let Some(made) = batch.made.filter(|_| matches!(batch.status, BatchStatus::Made | BatchStatus::Closed)) else {
        return Err(FiguresError::WrongStatus(batch.status));
    };
    if new_claimed.plus(discarded) > made {
        return Err(FiguresError::TooMuch { available: made.minus(new_claimed).max(Quantity::ZERO) });
    }
    let figures = (Some(made), new_claimed, discarded);
    store::set_figures(tx, batch.id, batch.status, figures, batch.unit_cost, batch.made_at)?;
    store::insert_discard(tx, &batch, discard)?;
    lock(tx, batch.id)
}

/// Takes goods of a made batch out of the house that nobody has bought yet: they are claimed.
pub fn take_out(tx: &mut Tx<'_>, now: Instant, batch: BatchId, quantity: Quantity) -> Result<(), FiguresError> {
    let batch = lock(tx, batch)?;
    let Some(made) = batch.made.filter(|_| batch.status == BatchStatus::Made) else {
        return Err(FiguresError::WrongStatus(batch.status));
    };
    if !store::claim(tx, now, batch.id, quantity)? {
        let left = made.minus(batch.claimed).minus(batch.discarded);
        return Err(FiguresError::TooMuch { available: left.max(Quantity::ZERO) });
    }
    Ok(())
}

/// Lays goods that came back on the shelf again. A batch that was over is opened for them; what is past its best
/// before is still not sold.
pub fn put_back(tx: &mut Tx<'_>, _now: Instant, batch: BatchId, quantity: Quantity) -> Result<Batch, FiguresError> {
    take_back(tx, batch, quantity, Quantity::ZERO)
}

/// Takes goods back that are not sold again.
pub fn discard_returned(tx: &mut Tx<'_>, batch: BatchId, discard: &Discard) -> Result<Batch, FiguresError> {
    let batch = take_back(tx, batch, discard.quantity, discard.quantity)?;
    store::insert_discard(tx, &batch, discard)?;
    Ok(batch)
}

fn take_back(tx: &mut Tx<'_>, batch: BatchId, quantity: Quantity, discarded: Quantity) -> Result<Batch, FiguresError> {
    let batch = lock(tx, batch)?;
    if quantity > batch.claimed {
        return Err(FiguresError::TooMuch { available: batch.claimed });
    }
    let reopened = batch.status == BatchStatus::Closed && discarded == Quantity::ZERO && batch.made.is_some();
    let status = if reopened { BatchStatus::Made } else { batch.status };
    let figures = (batch.made, batch.claimed.minus(quantity), batch.discarded.plus(discarded));
    store::set_figures(tx, batch.id, status, figures, batch.unit_cost, batch.made_at)?;
    lock(tx, batch.id)
}

//! Editing a batch.

use super::batch::{Batch, BatchStatus};
use super::figures::{FiguresError, lock};
use super::open::{ALREADY_SPOILED, MORE_THAN_CAPACITY, NOT_WHOLE_PACKS};
use super::store;
use super::transition::CUTOFF_FAULT;
use crate::cooperatives::GroupPermit;
use crate::db::{self, Tx};
use crate::events::{self, Event};
use crate::kernel::ids::BatchId;
use crate::kernel::{Day, Instant, Quantity, Rupiah};
use crate::web::{Code, FieldErrors, Patch, Problem, StaleVersion};

/// What is to be changed of a batch. The cut-off is moved by extending it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Amendment {
    /// How much there can be at most, while it is not made.
    pub capacity: Option<Quantity>,
    /// How much must be ordered for it to run, while that is not decided.
    pub minimum: Option<Quantity>,
    /// How much of deposits must be in for it to run, while that is not decided.
    pub minimum_deposits: Option<Rupiah>,
    /// The second cut-off, while it is not decided.
    pub extend_to: Patch<Instant>,
    /// The last day on which it may be sold.
    pub best_before: Patch<Day>,
    /// Its own unit price, for what is ordered from now on.
    pub price: Patch<Rupiah>,
    /// What a unit cost to make.
    pub unit_cost: Patch<Rupiah>,
}

/// Why a batch was not changed.
#[derive(Debug, thiserror::Error)]
pub enum AmendError {
    /// The group has no such batch.
    #[error("the group has no such batch")]
    NotFound,
    /// This cannot be changed any more in its present state.
    #[error("the batch is {0}")]
    WrongStatus(BatchStatus),
    /// More is claimed than the new capacity.
    #[error("{claimed} are claimed")]
    BelowClaimed {
        /// What is claimed.
        claimed: Quantity,
    },
    /// What is wanted does not hold together.
    #[error("what is wanted does not hold together")]
    Invalid(FieldErrors),
    /// Someone else has changed it.
    #[error(transparent)]
    Stale(#[from] StaleVersion),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<FiguresError> for AmendError {
    fn from(error: FiguresError) -> Self {
        match error {
            FiguresError::Db(error) => AmendError::Db(error),
            _ => AmendError::NotFound,
        }
    }
}

impl From<AmendError> for Problem {
    fn from(error: AmendError) -> Self {
        match error {
            AmendError::NotFound => Problem::not_found(),
            AmendError::WrongStatus(status) => Problem::new(Code::TransitionInvalid).with("state", status),
            AmendError::BelowClaimed { claimed } => Problem::new(Code::BatchTooSmall).with("claimed", claimed),
            AmendError::Invalid(errors) => Problem::new(Code::BodyInvalid).with_faults(errors),
            AmendError::Stale(stale) => stale.into(),
            AmendError::Db(error) => error.into(),
        }
    }
}

/// Edits a batch of the officer's group, on the version that the officer saw.
pub fn amend(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    batch: BatchId,
    version: i64,
    amendment: Amendment,
) -> Result<Batch, AmendError> {
    let mut batch = lock(tx, batch)?;
    if batch.group_id != permit.group {
        return Err(AmendError::NotFound);
    }
    StaleVersion::check(Some(version), batch.version)?;
    let is = |statuses: &[BatchStatus]| statuses.contains(&batch.status);
    let ahead = is(&[BatchStatus::Open, BatchStatus::Confirmed]);
    let live = ahead || is(&[BatchStatus::Made]);
    let priced = amendment.price.is_sent() || amendment.best_before.is_sent();
    let decided_by =
        amendment.minimum.is_some() || amendment.minimum_deposits.is_some() || amendment.extend_to.is_sent();
    if (amendment.capacity.is_some() && !ahead) || (decided_by && !is(&[BatchStatus::Open])) || (priced && !live) {
        return Err(AmendError::WrongStatus(batch.status));
    }
    batch.capacity = amendment.capacity.unwrap_or(batch.capacity);
    batch.minimum = amendment.minimum.unwrap_or(batch.minimum);
    batch.minimum_deposits = amendment.minimum_deposits.unwrap_or(batch.minimum_deposits);
    let extends = amendment.extend_to.value().copied();
    amendment.extend_to.apply(&mut batch.extend_to);
    amendment.best_before.apply(&mut batch.best_before);
    amendment.price.apply(&mut batch.price);
    amendment.unit_cost.apply(&mut batch.unit_cost);
    if amendment.capacity.is_some() && batch.claimed.plus(batch.discarded) > batch.capacity {
        return Err(AmendError::BelowClaimed { claimed: batch.claimed });
    }
    let mut errors = FieldErrors::default();
    errors.require(batch.minimum <= batch.capacity, "/minimum", MORE_THAN_CAPACITY);
    errors.require(batch.keeps_until(batch.ready_on), "/best_before", ALREADY_SPOILED);
    let whole_packs = batch.pack_size.is_none_or(|pack| batch.capacity.is_multiple_of(pack));
    errors.require(whole_packs, "/capacity", NOT_WHOLE_PACKS);
    if let Some(to) = extends {
        let terms = store::terms_of(tx, now, &[batch.product_id])?;
        let end = terms.first().map(|terms| terms.zone.end_of(batch.ready_on));
        let later = batch.cutoff_at.is_none_or(|cutoff| to > cutoff) && to > now;
        errors.require(later && end.is_some_and(|end| to <= end) && !batch.extended, "/extend_to", CUTOFF_FAULT);
    }
    if !errors.is_empty() {
        return Err(AmendError::Invalid(errors));
    }
    store::update_batch(tx, &batch)?;
    let event = Event::new("batch.changed", batch.id)
        .by(permit.account)
        .in_cooperative(batch.cooperative_id)
        .of_group(batch.group_id)
        .with("product", batch.product_id)
        .with("capacity", batch.capacity)
        .with("minimum", batch.minimum);
    events::record(tx, now, &event)?;
    Ok(lock(tx, batch.id)?)
}

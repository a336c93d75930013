//! Amends a batch.

use super::batch::{Batch, BatchStatus};
use super::events::{self, SupplyEvent};
use super::quantities::{BatchQuantityError, lock_batch};
use super::store;
use crate::cooperatives::GroupPermit;
use crate::db::{self, Tx};
use crate::kernel::ids::BatchId;
use crate::kernel::{Day, Instant, Quantity, Rupiah};
use crate::web::{FieldErrors, Patch, Problem, Rule, StaleVersion, verb_errors};

/// The changes to a batch. The cut-off is changed by the extend action instead.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Amendment {
    /// The capacity: how much can be ordered. Changeable until the batch is made.
    pub capacity: Option<Quantity>,
    /// The minimum: how much must be ordered for the batch to be made. Changeable until the cut-off decision.
    pub minimum: Option<Quantity>,
    /// The minimum deposits in rupiah that must be paid for the batch to be made. Changeable until the cut-off decision.
    pub minimum_deposits: Option<Rupiah>,
    /// The second cut-off. Changeable until the cut-off decision.
    pub extends_to: Patch<Instant>,
    /// The last day on which the goods can be sold.
    pub best_before: Patch<Day>,
    /// The batch's own unit price, for future orders, in rupiah.
    pub price: Patch<Rupiah>,
    /// The production cost of a unit, in rupiah.
    pub unit_cost: Patch<Rupiah>,
}

verb_errors! {
    /// Why a batch was not amended.
    pub enum AmendError {
        /// The group has no such batch.
        NotFound => NotFound,
        /// The change is not possible with this status.
        WrongStatus(status: BatchStatus) => TransitionInvalid ["state" = status],
        /// More is claimed than the new capacity.
        BelowClaimed {
            /// The claimed quantity.
            claimed: Quantity,
        } => BatchTooSmall,
        /// The input breaks validation rules.
        Invalid(errors: FieldErrors) => { Problem::invalid(errors) },
    }
    + Stale(StaleVersion), Db(db::Error)
}

impl From<BatchQuantityError> for AmendError {
    fn from(error: BatchQuantityError) -> Self {
        match error {
            BatchQuantityError::Db(error) => AmendError::Db(error),
            _ => AmendError::NotFound,
        }
    }
}

/// Amends a batch of the officer's group. `version` is the version to amend.
pub fn amend(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    batch: BatchId,
    version: i64,
    amendment: Amendment,
) -> Result<Batch, AmendError> {
    let mut batch = lock_batch(tx, batch)?;
    if batch.group_id != permit.group {
        return Err(AmendError::NotFound);
    }
    StaleVersion::check(Some(version), batch.version)?;
    let has_status = |statuses: &[BatchStatus]| statuses.contains(&batch.status);
    let is_ahead = has_status(&[BatchStatus::Open, BatchStatus::Confirmed]);
    let is_live = is_ahead || has_status(&[BatchStatus::Made]);
    let changes_sale = amendment.price.is_sent() || amendment.best_before.is_sent();
    let changes_decision =
        amendment.minimum.is_some() || amendment.minimum_deposits.is_some() || amendment.extends_to.is_sent();
    if (amendment.capacity.is_some() && !is_ahead)
        || (changes_decision && !has_status(&[BatchStatus::Open]))
        || (changes_sale && !is_live)
    {
        return Err(AmendError::WrongStatus(batch.status));
    }
    batch.capacity = amendment.capacity.unwrap_or(batch.capacity);
    batch.minimum = amendment.minimum.unwrap_or(batch.minimum);
    batch.minimum_deposits = amendment.minimum_deposits.unwrap_or(batch.minimum_deposits);
    let extends_to = amendment.extends_to.value().copied();
    amendment.extends_to.apply(&mut batch.extends_to);
    amendment.best_before.apply(&mut batch.best_before);
    amendment.price.apply(&mut batch.price);
    amendment.unit_cost.apply(&mut batch.unit_cost);
    if amendment.capacity.is_some() && batch.claimed.plus(batch.discarded) > batch.capacity {
        return Err(AmendError::BelowClaimed { claimed: batch.claimed });
    }
    let mut errors = FieldErrors::default();
    errors.require(batch.minimum <= batch.capacity, "/minimum", Rule::MoreThanCapacity);
    errors.require(batch.is_sellable_on(batch.ready_on), "/best_before", Rule::AlreadySpoiled);
    let whole_packs = batch.pack_size.is_none_or(|pack| batch.capacity.is_multiple_of(pack));
    errors.require(whole_packs, "/capacity", Rule::NotWholePacks);
    if let Some(to) = extends_to {
        let terms = store::load_terms(tx, now, &[batch.product_id])?;
        let end_of_day = terms.first().map(|terms| terms.zone.end_of(batch.ready_on));
        let is_later = batch.cutoff_at.is_none_or(|cutoff| to > cutoff) && to > now;
        errors.require(
            is_later && end_of_day.is_some_and(|end| to <= end) && !batch.extended,
            "/extend_to",
            Rule::CutoffDoesNotFit,
        );
    }
    if !errors.is_empty() {
        return Err(AmendError::Invalid(errors));
    }
    store::update_batch(tx, &batch)?;
    let event = SupplyEvent::Changed { product: batch.product_id, capacity: batch.capacity, minimum: batch.minimum };
    let event = event.about(batch.id).by(permit.account).in_group(batch.cooperative_id, batch.group_id);
    events::record(tx, now, &event)?;
    Ok(lock_batch(tx, batch.id)?)
}

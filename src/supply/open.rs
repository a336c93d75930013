//! Opens batches: planned ones for pre-orders, and stock of made goods.

use super::batch::{Batch, BatchKind, BatchStatus, NewBatch};
use super::events::{self, NewSupply, SupplyEvent};
use super::quantities::{BatchQuantityError, lock_batch};
use super::{Terms, store};
use crate::catalogue::{self, ProductStatus};
use crate::cooperatives::GroupPermit;
use crate::costs;
use crate::db::{self, Tx};
use crate::kernel::ids::{AccountId, BatchId, ProductId};
use crate::kernel::{Day, Duration, Instant, Quantity, Rupiah};
use crate::web::{FieldError, FieldErrors, Problem, Rule, verb_errors};

/// How many days ahead a batch can be planned.
pub const MAX_PLANNED_DAYS: i64 = 60;

/// The input of [`open`]: a planned batch or made goods.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Opening {
    /// The day on which the goods are ready. Default for made goods: today.
    pub ready_on: Option<Day>,
    /// The capacity: how much can be ordered. Default for made goods: the made quantity.
    pub capacity: Option<Quantity>,
    /// The minimum: how much must be ordered for the batch to be made.
    pub minimum: Quantity,
    /// The cut-off of orders. Default: by the product's lead time.
    pub cutoff_at: Option<Instant>,
    /// The made quantity, if the goods are in stock already.
    pub made: Option<Quantity>,
    /// The last day on which the goods can be sold. Default: by the product's shelf life.
    pub best_before: Option<Day>,
    /// The batch's own unit price, in rupiah.
    pub price: Option<Rupiah>,
    /// The production cost of a unit, in rupiah.
    pub unit_cost: Option<Rupiah>,
    /// The pack size, if the batch is made in whole packs only.
    pub pack_size: Option<Quantity>,
    /// The minimum deposits in rupiah that must be paid for the batch to be made.
    pub minimum_deposits: Rupiah,
    /// The second cut-off, used when the minimum is not reached by the first.
    pub extends_to: Option<Instant>,
    /// The batch's own deposit, in percent.
    pub deposit_percent: Option<i32>,
}

verb_errors! {
    /// Why a batch was not opened.
    pub enum OpenError {
        /// The group has no such product.
        NotFound => NotFound,
        /// The product is retired.
        Retired => NotOnSale,
        /// The input breaks validation rules.
        Invalid(errors: FieldErrors) => { Problem::invalid(errors) },
    }
    + Db(db::Error)
}

impl From<BatchQuantityError> for OpenError {
    fn from(error: BatchQuantityError) -> Self {
        match error {
            BatchQuantityError::Db(error) => OpenError::Db(error),
            _ => OpenError::NotFound,
        }
    }
}

/// Opens a batch of a product of the officer's group.
pub fn open(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    product: ProductId,
    id: Option<BatchId>,
    opening: &Opening,
) -> Result<Batch, OpenError> {
    let own_product = catalogue::find_of_any_status(tx, product)?.filter(|product| product.group == permit.group);
    if own_product.ok_or(OpenError::NotFound)?.status == ProductStatus::Retired {
        return Err(OpenError::Retired);
    }
    let terms = store::load_terms(tx, now, &[product])?.pop().ok_or(OpenError::NotFound)?;
    let id = id.unwrap_or_else(|| tx.id(now));
    let new = new_batch(&terms, now, id, opening).map_err(OpenError::Invalid)?;
    insert(tx, now, Some(permit.account), &new)
}

/// Opens a batch that the group has agreed to before: for a market day, or for an offer that a buyer accepted. Its terms
/// are not validated again, even if the cut-off has passed.
pub fn open_agreed(
    tx: &mut Tx<'_>,
    now: Instant,
    by: Option<AccountId>,
    product: ProductId,
    kind: BatchKind,
    opening: &Opening,
) -> Result<Batch, OpenError> {
    let terms = store::load_terms(tx, now, &[product])?.pop().ok_or(OpenError::NotFound)?;
    let (Some(ready_on), Some(capacity)) = (opening.ready_on, opening.capacity) else {
        return Err(OpenError::NotFound);
    };
    let new = NewBatch {
        id: tx.id(now),
        cooperative_id: terms.cooperative,
        group_id: terms.group,
        product_id: product,
        kind,
        status: BatchStatus::Open,
        ready_on,
        cutoff_at: opening.cutoff_at,
        best_before: opening.best_before.or_else(|| terms.best_before(ready_on)),
        capacity,
        minimum: opening.minimum,
        made: None,
        price: opening.price,
        unit_cost: opening.unit_cost,
        created_at: now,
        pack_size: opening.pack_size,
        minimum_deposits: opening.minimum_deposits,
        extends_to: opening.extends_to,
        deposit_percent: opening.deposit_percent,
        made_at: None,
    };
    insert(tx, now, by, &new)
}

fn insert(tx: &mut Tx<'_>, now: Instant, by: Option<AccountId>, new: &NewBatch) -> Result<Batch, OpenError> {
    let unit_cost = match new.unit_cost {
        None => costs::unit_cost(tx, new.product_id, new.capacity, new.ready_on)?,
        known => known,
    };
    let new = &NewBatch { unit_cost, ..new.clone() };
    store::insert_batch(tx, new)?;
    let NewBatch { product_id: product, kind, ready_on, capacity, minimum, made, .. } = *new;
    let event = if made.is_some() { SupplyEvent::Shelved } else { SupplyEvent::Planned };
    let event = event(NewSupply { product, kind, ready_on, capacity, minimum, made }).about(new.id);
    events::record(tx, now, &event.by(by).in_group(new.cooperative_id, new.group_id))?;
    Ok(lock_batch(tx, new.id)?)
}

/// Validates the input and makes the row, or returns every broken rule.
fn new_batch(terms: &Terms, now: Instant, id: BatchId, opening: &Opening) -> Result<NewBatch, FieldErrors> {
    let mut errors = FieldErrors::default();
    let today = terms.today(now);
    let ready_on = opening.ready_on.or(opening.made.map(|_| today));
    errors.require(ready_on.is_some(), "/ready_on", FieldError::Required);
    let ready_on = ready_on.unwrap_or(today);
    let capacity = opening.capacity.or(opening.made);
    errors.require(capacity.is_some(), "/capacity", FieldError::Required);
    let capacity = capacity.unwrap_or_default();
    errors.require(capacity.is_positive(), "/capacity", Rule::MustBePositive);
    let best_before = opening.best_before.or_else(|| terms.best_before(ready_on));
    let is_fresh = best_before.is_none_or(|last_day| last_day >= ready_on && last_day >= today);
    errors.require(is_fresh, "/best_before", Rule::AlreadySpoiled);
    let mut cutoff_at = None;
    match opening.made {
        Some(made) => {
            errors.require(made.is_positive(), "/made", Rule::MustBePositive);
            errors.require(ready_on <= today, "/ready_on", Rule::MadeLater);
            errors.require(made <= capacity, "/capacity", Rule::LessThanMade);
            errors.require(opening.minimum == Quantity::ZERO, "/minimum", Rule::MadeAlready);
            errors.require(opening.minimum_deposits == Rupiah::ZERO, "/minimum_deposits", Rule::MadeAlready);
            errors.require(opening.cutoff_at.is_none(), "/cutoff_at", Rule::MadeAlready);
            errors.require(opening.extends_to.is_none(), "/extend_to", Rule::MadeAlready);
        }
        None => {
            let last_day = today.checked_add_signed(Duration::days(MAX_PLANNED_DAYS)).unwrap_or(today);
            errors.require((today..=last_day).contains(&ready_on), "/ready_on", Rule::NotWithin60Days);
            errors.require(!terms.closed.contains(ready_on), "/ready_on", Rule::ClosedThatDay);
            let cutoff = opening.cutoff_at.unwrap_or_else(|| terms.cutoff_for(ready_on));
            errors.require(cutoff > now && cutoff <= terms.zone.end_of(ready_on), "/cutoff_at", Rule::CutoffDoesNotFit);
            errors.require(opening.minimum <= capacity, "/minimum", Rule::MoreThanCapacity);
            let is_second_valid = opening.extends_to.is_none_or(|to| to > cutoff && to <= terms.zone.end_of(ready_on));
            errors.require(is_second_valid, "/extend_to", Rule::CutoffDoesNotFit);
            cutoff_at = Some(cutoff);
        }
    }
    check_packs(terms.step, opening.pack_size, capacity, &mut errors);
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(NewBatch {
        id,
        cooperative_id: terms.cooperative,
        group_id: terms.group,
        product_id: terms.product,
        kind: if opening.made.is_some() { BatchKind::Shelf } else { BatchKind::Planned },
        status: if opening.made.is_some() { BatchStatus::Made } else { BatchStatus::Open },
        ready_on,
        cutoff_at,
        best_before,
        capacity,
        minimum: opening.minimum,
        made: opening.made,
        price: opening.price,
        unit_cost: opening.unit_cost,
        created_at: now,
        pack_size: opening.pack_size,
        minimum_deposits: opening.minimum_deposits,
        extends_to: opening.extends_to,
        deposit_percent: opening.deposit_percent,
        made_at: opening.made.map(|_| now),
    })
}

/// Adds errors if the pack size does not fit the product's quantity step or the capacity.
pub fn check_packs(step: Quantity, pack: Option<Quantity>, capacity: Quantity, errors: &mut FieldErrors) {
    if let Some(pack) = pack {
        let is_valid = pack.is_positive() && pack.is_multiple_of(step) && pack <= capacity;
        errors.require(is_valid, "/pack_size", Rule::PackDoesNotFit);
        errors.require(!is_valid || capacity.is_multiple_of(pack), "/capacity", Rule::NotWholePacks);
    }
}

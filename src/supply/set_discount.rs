//! Sets and ends discounts of batches.

use super::batch::{Batch, BatchKind, BatchStatus};
use super::claim::get_or_create_batch;
use super::discount::{Discount, DiscountKind, PERCENT_RANGE};
use super::events::{self, DiscountPayload, SupplyEvent};
use super::plan::SupplySource;
use super::quantities::{BatchQuantityError, lock_batch};
use super::{Terms, Unavailable, UnavailableReason, store};
use crate::catalogue;
use crate::cooperatives::GroupPermit;
use crate::db::{self, Tx};
use crate::kernel::ids::{BatchId, ProductId};
use crate::kernel::{Day, Instant, Quantity, Rupiah};
use crate::web::{FieldErrors, Problem, Rule, verb_errors};

/// The input of [`lower_price`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewDiscount {
    /// The reason for the discount.
    pub kind: DiscountKind,
    /// The discount, in percent of the price.
    pub percent: i32,
    /// When the discount starts. Default: now.
    pub starts_at: Option<Instant>,
    /// When the discount ends, exclusive. Default: at the cut-off, or at the end of the last day of sale.
    pub ends_at: Option<Instant>,
    /// The discounted unit price is never lower than this, in rupiah.
    pub floor_price: Rupiah,
}

verb_errors! {
    /// Why a discount was not set.
    pub enum DiscountError {
        /// The group has no such batch or product.
        NotFound => NotFound,
        /// Not possible with this status.
        WrongStatus(status: BatchStatus) => TransitionInvalid ["state" = status],
        /// The input breaks validation rules.
        Invalid(errors: FieldErrors) => { Problem::invalid(errors) },
    }
    + Unavailable(Unavailable), Db(db::Error)
}

impl From<BatchQuantityError> for DiscountError {
    fn from(error: BatchQuantityError) -> Self {
        match error {
            BatchQuantityError::Db(error) => DiscountError::Db(error),
            _ => DiscountError::NotFound,
        }
    }
}

/// Sets the discount of a batch of the officer's group, replacing an earlier one. Existing orders keep their prices.
pub fn lower_price(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    id: BatchId,
    new: &NewDiscount,
) -> Result<Batch, DiscountError> {
    let batch = lock_own_batch(tx, permit, id)?;
    let terms = store::load_terms(tx, now, &[batch.product_id])?.pop().ok_or(DiscountError::NotFound)?;
    let product = catalogue::find_of_any_status(tx, batch.product_id)?.ok_or(DiscountError::NotFound)?;
    let is_possible = match new.kind {
        DiscountKind::Slack => batch.made.is_none() && batch.accepts_orders(now) && batch.kind != BatchKind::Request,
        DiscountKind::EndOfDay => {
            batch.status == BatchStatus::Made && batch.best_before.is_some() && batch.is_sellable_on(terms.today(now))
        }
    };
    if !is_possible {
        return Err(DiscountError::WrongStatus(batch.status));
    }
    let discount = to_discount(&batch, &terms, now, batch.price.unwrap_or(product.price), new)?;
    store::set_discount(tx, id, Some(&discount))?;
    record_event(tx, now, permit, SupplyEvent::Discounted, &batch, Some(&discount))?;
    Ok(lock_batch(tx, id)?)
}

/// Sets the discount of a made-to-order day. Creates the day's batch if it does not exist.
pub fn lower_day_price(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    product: ProductId,
    day: Day,
    new: &NewDiscount,
) -> Result<Batch, DiscountError> {
    let terms = store::load_terms(tx, now, &[product])?.pop().filter(|terms| terms.group == permit.group);
    let terms = terms.ok_or(DiscountError::NotFound)?;
    let check = if terms.on_sale { terms.check_made_to_order(now, day) } else { Err(UnavailableReason::NotOnSale) };
    check.map_err(|reason| Unavailable { reason, available: Quantity::ZERO, next_day: None })?;
    let batch = get_or_create_batch(tx, now, &terms, day, SupplySource::MadeToOrder)?;
    lower_price(tx, now, permit, batch, new)
}

/// Ends the discount of a batch. Does nothing if there is none.
pub fn restore_price(tx: &mut Tx<'_>, now: Instant, permit: &GroupPermit, id: BatchId) -> Result<(), DiscountError> {
    let batch = lock_own_batch(tx, permit, id)?;
    if batch.discount().is_some() {
        store::set_discount(tx, id, None)?;
        record_event(tx, now, permit, SupplyEvent::DiscountEnded, &batch, None)?;
    }
    Ok(())
}

fn lock_own_batch(tx: &mut Tx<'_>, permit: &GroupPermit, id: BatchId) -> Result<Batch, DiscountError> {
    let batch = lock_batch(tx, id)?;
    if batch.group_id == permit.group { Ok(batch) } else { Err(DiscountError::NotFound) }
}

/// Validates the input and makes the discount, or returns every broken rule.
fn to_discount(
    batch: &Batch,
    terms: &Terms,
    now: Instant,
    price: Rupiah,
    new: &NewDiscount,
) -> Result<Discount, DiscountError> {
    let latest_end = match (new.kind, batch.cutoff_at, batch.best_before) {
        (DiscountKind::Slack, Some(cutoff), _) => cutoff,
        (DiscountKind::EndOfDay, _, Some(best_before)) => terms.zone.end_of(best_before),
        _ => terms.zone.end_of(batch.ready_on),
    };
    let (starts_at, ends_at) = (new.starts_at.unwrap_or(now), new.ends_at.unwrap_or(latest_end));
    let mut errors = FieldErrors::default();
    errors.check_range("/percent", new.percent.into(), PERCENT_RANGE);
    errors.require(
        starts_at < ends_at && ends_at > now && ends_at <= latest_end,
        "/ends_at",
        Rule::DiscountTimeDoesNotFit,
    );
    errors.require(
        new.floor_price >= Rupiah::ZERO && new.floor_price < price,
        "/floor_price",
        Rule::FloorNotBelowPrice,
    );
    if !errors.is_empty() {
        return Err(DiscountError::Invalid(errors));
    }
    let NewDiscount { kind, percent, floor_price, .. } = *new;
    Ok(Discount { kind, percent, starts_at, ends_at, floor_price })
}

fn record_event(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    kind: fn(DiscountPayload) -> SupplyEvent,
    batch: &Batch,
    discount: Option<&Discount>,
) -> db::Result<()> {
    let event = kind(DiscountPayload {
        product: batch.product_id,
        percent: discount.map(|discount| discount.percent),
        starts_at: discount.map(|discount| discount.starts_at),
        ends_at: discount.map(|discount| discount.ends_at),
        floor_price: discount.map(|discount| discount.floor_price),
    });
    let event = event.about(batch.id).by(permit.account).in_group(batch.cooperative_id, batch.group_id);
    events::record(tx, now, &event).map(drop)
}

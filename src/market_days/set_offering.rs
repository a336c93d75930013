//! Groups set and withdraw their offerings on a market day.

use super::day::{DayStatus, MarketDay};
use super::error::MarketError;
use super::events::{self, MarketEvent, OfferingPayload};
use super::offering::{LeftOut, MarketOffering};
use super::open_day::open_batch;
use super::store;
use crate::catalogue::{self, ProductStatus};
use crate::cooperatives::GroupPermit;
use crate::db::Tx;
use crate::kernel::ids::{MarketDayId, ProductId};
use crate::kernel::{Instant, Quantity, Rupiah};
use crate::orders;
use crate::supply::{self, Amendment, BatchAction, BatchStatus, BatchTransition};
use crate::web::{FieldError, FieldErrors, Patch, Rule};

/// The terms at which a group offers a product on a market day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferingTerms {
    /// Maximum quantity.
    pub capacity: Quantity,
    /// Quantity that must be ordered for the batch to be made.
    pub minimum: Quantity,
    /// Deposits that must be paid before the batch is made, in rupiah.
    pub minimum_deposits: Rupiah,
    /// The batch is made in whole packs of this quantity only.
    pub pack_size: Option<Quantity>,
    /// Price per unit on that day; the product's price when absent.
    pub price: Option<Rupiah>,
    /// Deposit in percent on that day; `None`: the product's.
    pub deposit_percent: Option<i32>,
    /// Whether the offering is copied to every later day of the schedule.
    pub repeats: bool,
}

/// Sets the group's offering of a product on a market day, replacing an earlier one. While the day is open, its batch
/// is opened or changed at once. Returns whether the offering is new. `NotOnSale` when the product is not published.
pub fn set_offering(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    day: MarketDayId,
    product: ProductId,
    terms: &OfferingTerms,
) -> Result<(MarketOffering, bool), MarketError> {
    let day = lock_own_day(tx, permit, day)?;
    let product_row = catalogue::find_of_any_status(tx, product)?.filter(|row| row.group == permit.group);
    let product_row = product_row.ok_or(MarketError::NotFound)?;
    if product_row.status != ProductStatus::Published {
        return Err(MarketError::NotOnSale);
    }
    let mut errors = FieldErrors::default();
    errors.require(terms.capacity.is_positive(), "/capacity", FieldError::Required);
    errors.require(terms.minimum <= terms.capacity, "/minimum", Rule::MoreThanCapacity);
    supply::check_packs(product_row.quantity_step, terms.pack_size, terms.capacity, &mut errors);
    if !errors.is_empty() {
        return Err(MarketError::Invalid(errors));
    }
    let before = store::find_offering(tx, day.id, product)?;
    let offering = MarketOffering {
        id: before.as_ref().map_or_else(|| tx.id(now), |before| before.id),
        cooperative: day.cooperative,
        market_day: day.id,
        group: permit.group,
        product,
        capacity: terms.capacity,
        minimum: terms.minimum,
        minimum_deposits: terms.minimum_deposits,
        pack_size: terms.pack_size,
        price: terms.price,
        deposit_percent: terms.deposit_percent,
        repeats: terms.repeats,
        batch: before.as_ref().and_then(|before| before.batch),
        left_out: None,
        created_at: before.as_ref().map_or(now, |before| before.created_at),
        version: before.as_ref().map_or(1, |before| before.version.saturating_add(1)),
    };
    let is_new = before.is_none();
    if is_new {
        store::insert_offering(tx, &offering)?;
    } else {
        store::update_offering(tx, &offering)?;
    }
    record_event(tx, now, permit, MarketEvent::OfferingSet, &offering)?;
    let offering = match (day.status, offering.batch) {
        (DayStatus::Open, None) => open_batch(tx, now, &day, offering)?,
        (DayStatus::Open, Some(_)) => change_batch(tx, now, permit, offering, before.as_ref())?,
        _ => offering,
    };
    Ok((offering, is_new))
}

/// Applies a changed offering to its batch. Pack size and deposit cannot be changed once the day is open.
fn change_batch(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    offering: MarketOffering,
    before: Option<&MarketOffering>,
) -> Result<MarketOffering, MarketError> {
    let Some(id) = offering.batch else { return Ok(offering) };
    let keeps_terms = before.is_some_and(|before| {
        before.pack_size.unwrap_or_default() == offering.pack_size.unwrap_or_default()
            && before.deposit_percent == offering.deposit_percent
    });
    if !keeps_terms {
        return Err(MarketError::WrongStatus(DayStatus::Open));
    }
    let batch = supply::lock_batch(tx, id)?;
    let amendment = Amendment {
        capacity: Some(offering.capacity),
        minimum: (batch.status == BatchStatus::Open).then_some(offering.minimum),
        minimum_deposits: (batch.status == BatchStatus::Open).then_some(offering.minimum_deposits),
        price: offering.price.map_or(Patch::Null, Patch::Value),
        ..Amendment::default()
    };
    supply::amend(tx, now, permit, id, batch.version, amendment)?;
    Ok(offering)
}

/// Withdraws the group's offering of a product. Its batch, if any, is cancelled and its buyers are notified.
pub fn withdraw_offering(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    day: MarketDayId,
    product: ProductId,
) -> Result<(), MarketError> {
    let day = lock_own_day(tx, permit, day)?;
    let offering = store::find_offering(tx, day.id, product)?.filter(|offering| offering.group == permit.group);
    let offering = offering.ok_or(MarketError::NotFound)?;
    match offering.batch {
        None => store::delete_offering(tx, offering.id)?,
        Some(batch) => {
            let cancel = BatchTransition {
                action: BatchAction::Cancel,
                cutoff_at: None,
                by: Some(permit.account),
                version: None,
            };
            orders::cancel_batch(tx, now, batch, cancel)?;
            let withdrawn = MarketOffering {
                repeats: false,
                left_out: Some(LeftOut::Withdrawn),
                version: offering.version.saturating_add(1),
                ..offering.clone()
            };
            store::update_offering(tx, &withdrawn)?;
        }
    }
    record_event(tx, now, permit, MarketEvent::OfferingWithdrawn, &offering)
}

fn lock_own_day(tx: &mut Tx<'_>, permit: &GroupPermit, day: MarketDayId) -> Result<MarketDay, MarketError> {
    let day = store::lock_day(tx, day)?.filter(|day| day.cooperative == permit.cooperative);
    let day = day.ok_or(MarketError::NotFound)?;
    if matches!(day.status, DayStatus::Planned | DayStatus::Open) {
        Ok(day)
    } else {
        Err(MarketError::WrongStatus(day.status))
    }
}

fn record_event(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    kind: fn(OfferingPayload) -> MarketEvent,
    offering: &MarketOffering,
) -> Result<(), MarketError> {
    let MarketOffering { id, market_day, product, capacity, minimum, .. } = *offering;
    let event = kind(OfferingPayload { market_day, product, capacity, minimum }).about(id);
    events::record(tx, now, &event.by(permit.account).in_group(offering.cooperative, offering.group))?;
    Ok(())
}

//! A group says what it brings to a market day, or that it does not after all.

use super::day::{DayStatus, MarketDay};
use super::error::MarketError;
use super::offering::MarketOffering;
use super::open_day::open_batch;
use super::store;
use crate::catalogue::{self, ProductStatus};
use crate::cooperatives::GroupPermit;
use crate::db::Tx;
use crate::events::{self, Event, Kind};
use crate::kernel::ids::{MarketDayId, ProductId};
use crate::kernel::{Instant, Quantity, Rupiah};
use crate::orders;
use crate::supply::{self, Amendment, BatchAction, BatchStatus, Step};
use crate::web::{FieldError, FieldErrors, Patch};

/// What a group brings of one product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferingTerms {
    /// How much at most.
    pub capacity: Quantity,
    /// How much must be ordered for it to be made.
    pub minimum: Quantity,
    /// How much of deposits must be in for it to be made.
    pub minimum_deposits: Rupiah,
    /// It is made in whole packs of so much only.
    pub pack_size: Option<Quantity>,
    /// Its price on that day.
    pub price: Option<Rupiah>,
    /// Its deposit in percent on that day.
    pub deposit_percent: Option<i32>,
    /// Whether it is the same on every day of the schedule from now on.
    pub repeats: bool,
}

/// Says what the officer's group brings of a product to a market day; said again, it replaces what was said. While the
/// day is open, its batch is opened or changed at once. Tells whether it was said for the first time.
pub fn set_offering(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    day: MarketDayId,
    product: ProductId,
    terms: &OfferingTerms,
) -> Result<(MarketOffering, bool), MarketError> {
    let day = own_day(tx, permit, day)?;
    let known = catalogue::find_of_any_status(tx, product)?.filter(|known| known.group == permit.group);
    let known = known.ok_or(MarketError::NotFound)?;
    if known.status != ProductStatus::Published {
        return Err(MarketError::NotOnSale);
    }
    let mut errors = FieldErrors::default();
    errors.require(terms.capacity.is_positive(), "/capacity", FieldError::Required);
    errors.require(terms.minimum <= terms.capacity, "/minimum", MORE_THAN_CAPACITY);
    supply::check_packs(known.quantity_step, terms.pack_size, terms.capacity, &mut errors);
    if !errors.is_empty() {
        return Err(MarketError::Invalid(errors));
    }
    let before = store::offering_of_product(tx, day.id, product)?;
    let said = MarketOffering {
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
        store::insert_offering(tx, &said)?;
    } else {
        store::update_offering(tx, &said)?;
    }
    tell(tx, now, permit, "market_offering.set", &said)?;
    let said = match (day.status, said.batch) {
        (DayStatus::Open, None) => open_batch(tx, now, &day, said)?,
        (DayStatus::Open, Some(_)) => change_batch(tx, now, permit, said, before.as_ref())?,
        _ => said,
    };
    Ok((said, is_new))
}

/// The batch of what is brought follows what is said of it. In what packs it is made stays as it was announced.
fn change_batch(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    said: MarketOffering,
    before: Option<&MarketOffering>,
) -> Result<MarketOffering, MarketError> {
    let Some(id) = said.batch else { return Ok(said) };
    let same = |one: &dyn Fn(&MarketOffering) -> i64| before.is_some_and(|before| one(before) == one(&said));
    if !same(&|it| it.pack_size.map_or(0, Quantity::in_thousandths))
        || !same(&|it| it.deposit_percent.map_or(-1, i64::from))
    {
        return Err(MarketError::WrongStatus(DayStatus::Open));
    }
    let batch = supply::lock(tx, id)?;
    let amendment = Amendment {
        capacity: Some(said.capacity),
        minimum: (batch.status == BatchStatus::Open).then_some(said.minimum),
        minimum_deposits: (batch.status == BatchStatus::Open).then_some(said.minimum_deposits),
        price: said.price.map_or(Patch::Null, Patch::Value),
        ..Amendment::default()
    };
    supply::amend(tx, now, permit, id, batch.version, amendment)?;
    Ok(said)
}

/// Says that the officer's group does not bring a product after all. Whoever ordered of it is told.
pub fn leave_out(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    day: MarketDayId,
    product: ProductId,
) -> Result<(), MarketError> {
    let day = own_day(tx, permit, day)?;
    let said = store::offering_of_product(tx, day.id, product)?.filter(|said| said.group == permit.group);
    let said = said.ok_or(MarketError::NotFound)?;
    match said.batch {
        None => store::delete_offering(tx, said.id)?,
        Some(batch) => {
            let cancel = Step { action: BatchAction::Cancel, cutoff_at: None, by: Some(permit.account), version: None };
            orders::cancel_batch(tx, now, batch, cancel)?;
            let gone = MarketOffering {
                repeats: false,
                left_out: Some("withdrawn".into()),
                version: said.version.saturating_add(1),
                ..said.clone()
            };
            store::update_offering(tx, &gone)?;
        }
    }
    tell(tx, now, permit, "market_offering.withdrawn", &said)
}

fn own_day(tx: &mut Tx<'_>, permit: &GroupPermit, day: MarketDayId) -> Result<MarketDay, MarketError> {
    let day = store::locked_day(tx, day)?.filter(|day| day.cooperative == permit.cooperative);
    let day = day.ok_or(MarketError::NotFound)?;
    if matches!(day.status, DayStatus::Planned | DayStatus::Open) {
        Ok(day)
    } else {
        Err(MarketError::WrongStatus(day.status))
    }
}

fn tell(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    kind: Kind,
    said: &MarketOffering,
) -> Result<(), MarketError> {
    let event = Event::new(kind, said.id)
        .by(permit.account)
        .in_cooperative(said.cooperative)
        .of_group(said.group)
        .with("market_day", said.market_day)
        .with("product", said.product)
        .with("capacity", said.capacity)
        .with("minimum", said.minimum);
    events::record(tx, now, &event)?;
    Ok(())
}

const MORE_THAN_CAPACITY: FieldError = FieldError::Rule {
    code: "more-than-capacity",
    id: "Tidak boleh lebih dari kapasitas.",
    en: "It must not be more than the capacity.",
};

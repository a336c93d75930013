//! A group lowers the price of a batch for a while, or lets it be again.

use super::batch::{Batch, BatchKind, BatchStatus};
use super::claim::the_batch;
use super::discount::{Discount, DiscountKind, PERCENT};
use super::figures::{FiguresError, lock};
use super::plan::Source;
use super::{Reason, Terms, Unavailable, store};
use crate::catalogue;
use crate::cooperatives::GroupPermit;
use crate::db::{self, Tx};
use crate::events::{self, Event};
use crate::kernel::ids::{BatchId, ProductId};
use crate::kernel::{Day, Instant, Quantity, Rupiah};
use crate::web::{Code, FieldError, FieldErrors, Problem};

/// A lower price to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lowering {
    /// Why.
    pub kind: DiscountKind,
    /// By how many percent.
    pub percent: i32,
    /// From when; from now, when it is not said.
    pub starts_at: Option<Instant>,
    /// Until when; until the cut-off, or the end of the last day on which it may be sold, when it is not said.
    pub ends_at: Option<Instant>,
    /// The price of one never falls below this.
    pub floor_price: Rupiah,
}

/// Why no price was lowered.
#[derive(Debug, thiserror::Error)]
pub enum DiscountError {
    /// The group has no such batch or product.
    #[error("the group has no such batch")]
    NotFound,
    /// The batch is in no state for it.
    #[error("the batch is {0}")]
    WrongStatus(BatchStatus),
    /// The product is not made to order for that day.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// What is wanted does not hold together.
    #[error("the discount does not hold together")]
    Invalid(FieldErrors),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<FiguresError> for DiscountError {
    fn from(error: FiguresError) -> Self {
        match error {
            FiguresError::Db(error) => DiscountError::Db(error),
            _ => DiscountError::NotFound,
        }
    }
}

impl From<DiscountError> for Problem {
    fn from(error: DiscountError) -> Self {
        match error {
            DiscountError::NotFound => Problem::not_found(),
            DiscountError::WrongStatus(status) => Problem::new(Code::TransitionInvalid).with("state", status),
            DiscountError::Unavailable(unavailable) => unavailable.into(),
            DiscountError::Invalid(errors) => Problem::new(Code::BodyInvalid).with_faults(errors),
            DiscountError::Db(error) => error.into(),
        }
    }
}

/// Lowers the price of a batch of the officer's group; said again, it replaces what was said. What is ordered already
/// keeps its price.
pub fn lower_price(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    id: BatchId,
    lowering: &Lowering,
) -> Result<Batch, DiscountError> {
    let batch = own(tx, permit, id)?;
    let terms = store::terms_of(tx, now, &[batch.product_id])?.pop().ok_or(DiscountError::NotFound)?;
    let product = catalogue::find_of_any_status(tx, batch.product_id)?.ok_or(DiscountError::NotFound)?;
    let fits = match lowering.kind {
        DiscountKind::Slack => batch.made.is_none() && batch.takes_orders(now) && batch.kind != BatchKind::Request,
        DiscountKind::EndOfDay => {
            batch.status == BatchStatus::Made && batch.best_before.is_some() && batch.keeps_until(terms.today(now))
        }
    };
    if !fits {
        return Err(DiscountError::WrongStatus(batch.status));
    }
    let discount = check(&batch, &terms, now, batch.price.unwrap_or(product.price), lowering)?;
    store::set_discount(tx, id, Some(&discount))?;
    tell(tx, now, permit, "batch.discounted", &batch, Some(&discount))?;
    Ok(lock(tx, id)?)
}

/// Lowers the price of what is made to order for a day; its batch comes into being by that.
pub fn lower_price_of_day(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    product: ProductId,
    day: Day,
    lowering: &Lowering,
) -> Result<Batch, DiscountError> {
    let terms = store::terms_of(tx, now, &[product])?.pop().filter(|terms| terms.group == permit.group);
    let terms = terms.ok_or(DiscountError::NotFound)?;
    let possible = if terms.on_sale { terms.check_made_to_order(now, day) } else { Err(Reason::NotOnSale) };
    possible.map_err(|reason| Unavailable { reason, available: Quantity::ZERO, next_day: None })?;
    let batch = the_batch(tx, now, &terms, day, Source::Promise)?;
    lower_price(tx, now, permit, batch, lowering)
}

/// Lets the price of a batch be as it was. One that is not lowered stays as it is.
pub fn restore_price(tx: &mut Tx<'_>, now: Instant, permit: &GroupPermit, id: BatchId) -> Result<(), DiscountError> {
    let batch = own(tx, permit, id)?;
    if batch.discount().is_some() {
        store::set_discount(tx, id, None)?;
        tell(tx, now, permit, "batch.discount_ended", &batch, None)?;
    }
    Ok(())
}

fn own(tx: &mut Tx<'_>, permit: &GroupPermit, id: BatchId) -> Result<Batch, DiscountError> {
    let batch = lock(tx, id)?;
    if batch.group_id == permit.group { Ok(batch) } else { Err(DiscountError::NotFound) }
}

/// The discount that is wanted, or everything about it that does not hold together.
fn check(
    batch: &Batch,
    terms: &Terms,
    now: Instant,
    price: Rupiah,
    lowering: &Lowering,
) -> Result<Discount, DiscountError> {
    let last = match (lowering.kind, batch.cutoff_at, batch.best_before) {
        (DiscountKind::Slack, Some(cutoff), _) => cutoff,
        (DiscountKind::EndOfDay, _, Some(best_before)) => terms.zone.end_of(best_before),
        _ => terms.zone.end_of(batch.ready_on),
    };
    let (starts_at, ends_at) = (lowering.starts_at.unwrap_or(now), lowering.ends_at.unwrap_or(last));
    let mut errors = FieldErrors::default();
    errors.range("/percent", lowering.percent.into(), PERCENT);
    errors.require(starts_at < ends_at && ends_at > now && ends_at <= last, "/ends_at", TIME_FAULT);
    errors.require(lowering.floor_price >= Rupiah::ZERO && lowering.floor_price < price, "/floor_price", FLOOR_FAULT);
    if !errors.is_empty() {
        return Err(DiscountError::Invalid(errors));
    }
    let Lowering { kind, percent, floor_price, .. } = *lowering;
    Ok(Discount { kind, percent, starts_at, ends_at, floor_price })
}

fn tell(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    kind: events::Kind,
    batch: &Batch,
    discount: Option<&Discount>,
) -> db::Result<()> {
    let event = Event::new(kind, batch.id)
        .by(permit.account)
        .in_cooperative(batch.cooperative_id)
        .of_group(batch.group_id)
        .with("product", batch.product_id)
        .with("percent", discount.map(|it| it.percent))
        .with("starts_at", discount.map(|it| it.starts_at))
        .with("ends_at", discount.map(|it| it.ends_at))
        .with("floor_price", discount.map(|it| it.floor_price));
    events::record(tx, now, &event).map(drop)
}

const TIME_FAULT: FieldError = FieldError::Rule {
    code: "discount-time-does-not-fit",
    id: "Potongan harus berakhir sesudah mulai dan sesudah sekarang, paling lambat saat batas pesan atau akhir hari terakhir barang boleh dijual.",
    en: "A discount must end after it starts and after now, and no later than the cut-off or the end of the last day on which the goods may be sold.",
};
const FLOOR_FAULT: FieldError = FieldError::Rule {
    code: "floor-not-below-price",
    id: "Harga terendah harus di bawah harga biasa.",
    en: "The floor must lie below the usual price.",
};

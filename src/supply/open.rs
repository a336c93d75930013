//! Opening a batch: planning one ahead, or laying goods on the shelf.

use super::batch::{Batch, BatchKind, BatchStatus, NewBatch};
use super::figures::{FiguresError, lock};
use super::transition::CUTOFF_FAULT;
use super::{Terms, store};
use crate::catalogue::{self, ProductStatus};
use crate::cooperatives::GroupPermit;
use crate::costs;
use crate::db::{self, Tx};
use crate::events::{self, Event};
use crate::kernel::ids::{AccountId, BatchId, ProductId};
use crate::kernel::{Day, Duration, Instant, Quantity, Rupiah};
use crate::web::{Code, FieldError, FieldErrors, Problem};

/// How many days ahead a batch can be planned.
pub const PLANNED_AHEAD: i64 = 60;

/// What a group announces, or has made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Opening {
    /// The day on which it is ready; today, for goods that are made.
    pub ready_on: Option<Day>,
    /// How much there can be at most; what was made, for goods that are.
    pub capacity: Option<Quantity>,
    /// How much must be ordered for it to run.
    pub minimum: Quantity,
    /// Until when it can be ordered; by the product's lead time when it is not said.
    pub cutoff_at: Option<Instant>,
    /// How much was made: then the goods are on the shelf.
    pub made: Option<Quantity>,
    /// The last day on which it may be sold; by the product's shelf life when it is not said.
    pub best_before: Option<Day>,
    /// Its own unit price.
    pub price: Option<Rupiah>,
    /// What a unit cost to make.
    pub unit_cost: Option<Rupiah>,
    /// It is made in whole packs of so much only.
    pub pack_size: Option<Quantity>,
    /// How much of deposits must be in for it to run.
    pub minimum_deposits: Rupiah,
    /// The second cut-off, when it does not reach its minimum by the first.
    pub extend_to: Option<Instant>,
    /// Its own deposit in percent.
    pub deposit_percent: Option<i32>,
}

/// Why no batch was opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The group has no such product.
    #[error("the group has no such product")]
    NotFound,
    /// The product is no longer sold.
    #[error("the product is no longer sold")]
    Retired,
    /// What was announced does not hold together.
    #[error("what was announced does not hold together")]
    Invalid(FieldErrors),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<OpenError> for Problem {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::NotFound => Problem::not_found(),
            OpenError::Retired => Problem::new(Code::NotOnSale),
            OpenError::Invalid(errors) => Problem::new(Code::BodyInvalid).with_faults(errors),
            OpenError::Db(error) => error.into(),
        }
    }
}

impl From<FiguresError> for OpenError {
    fn from(error: FiguresError) -> Self {
        match error {
            FiguresError::Db(error) => OpenError::Db(error),
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
    let known = catalogue::find_of_any_status(tx, product)?.filter(|product| product.group == permit.group);
    let known = known.ok_or(OpenError::NotFound)?;
    if known.status == ProductStatus::Retired {
        return Err(OpenError::Retired);
    }
    let terms = store::terms_of(tx, now, &[product])?.pop().ok_or(OpenError::NotFound)?;
    let id = id.unwrap_or_else(|| tx.id(now));
    let new = new_batch(&terms, now, id, opening).map_err(OpenError::Invalid)?;
    insert(tx, now, Some(permit.account), &new)
}

/// Opens a batch that a group has promised before: for a market day, or because a buyer took its offer. What the
/// promise says is taken as it is, even when its cut-off has come already.
pub fn open_promised(
    tx: &mut Tx<'_>,
    now: Instant,
    by: Option<AccountId>,
    product: ProductId,
    kind: BatchKind,
    promise: &Opening,
) -> Result<Batch, OpenError> {
    let terms = store::terms_of(tx, now, &[product])?.pop().ok_or(OpenError::NotFound)?;
    let (Some(ready_on), Some(capacity)) = (promise.ready_on, promise.capacity) else {
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
        cutoff_at: promise.cutoff_at,
        best_before: promise.best_before.or_else(|| terms.best_before(ready_on)),
        capacity,
        minimum: promise.minimum,
        made: None,
        price: promise.price,
        unit_cost: promise.unit_cost,
        created_at: now,
        pack_size: promise.pack_size,
        minimum_deposits: promise.minimum_deposits,
        extend_to: promise.extend_to,
        deposit_percent: promise.deposit_percent,
        made_at: None,
    };
    insert(tx, now, by, &new)
}

fn insert(tx: &mut Tx<'_>, now: Instant, by: Option<AccountId>, new: &NewBatch) -> Result<Batch, OpenError> {
    let unit_cost = match new.unit_cost {
        None => costs::unit_cost(tx, new.product_id, new.capacity, new.ready_on)?,
        said => said,
    };
    let new = &NewBatch { unit_cost, ..new.clone() };
    store::insert_batch(tx, new)?;
    let kind = if new.made.is_some() { "batch.shelved" } else { "batch.planned" };
    let event = Event::new(kind, new.id)
        .by(by)
        .in_cooperative(new.cooperative_id)
        .of_group(new.group_id)
        .with("product", new.product_id)
        .with("kind", new.kind)
        .with("ready_on", new.ready_on)
        .with("capacity", new.capacity)
        .with("minimum", new.minimum)
        .with("made", new.made);
    events::record(tx, now, &event)?;
    Ok(lock(tx, new.id)?)
}

/// The batch that was announced, or everything that does not hold together about it.
fn new_batch(terms: &Terms, now: Instant, id: BatchId, opening: &Opening) -> Result<NewBatch, FieldErrors> {
    let mut errors = FieldErrors::default();
    let today = terms.today(now);
    let ready_on = opening.ready_on.or(opening.made.map(|_| today));
    errors.require(ready_on.is_some(), "/ready_on", FieldError::Required);
    let ready_on = ready_on.unwrap_or(today);
    let capacity = opening.capacity.or(opening.made);
    errors.require(capacity.is_some(), "/capacity", FieldError::Required);
    let capacity = capacity.unwrap_or_default();
    errors.require(capacity.is_positive(), "/capacity", MUST_BE_POSITIVE);
    let best_before = opening.best_before.or_else(|| terms.best_before(ready_on));
    let keeps = best_before.is_none_or(|last| last >= ready_on && last >= today);
    errors.require(keeps, "/best_before", ALREADY_SPOILED);
    let mut cutoff_at = None;
    match opening.made {
        Some(made) => {
            errors.require(made.is_positive(), "/made", MUST_BE_POSITIVE);
            errors.require(ready_on <= today, "/ready_on", MADE_LATER);
            errors.require(made <= capacity, "/capacity", LESS_THAN_MADE);
            errors.require(opening.minimum == Quantity::ZERO, "/minimum", MADE_ALREADY);
            errors.require(opening.minimum_deposits == Rupiah::ZERO, "/minimum_deposits", MADE_ALREADY);
            errors.require(opening.cutoff_at.is_none(), "/cutoff_at", MADE_ALREADY);
            errors.require(opening.extend_to.is_none(), "/extend_to", MADE_ALREADY);
        }
        None => {
            let last = today.checked_add_signed(Duration::days(PLANNED_AHEAD)).unwrap_or(today);
            errors.require((today..=last).contains(&ready_on), "/ready_on", NOT_AHEAD);
            errors.require(!terms.closed.contains(ready_on), "/ready_on", CLOSED_THAT_DAY);
            let cutoff = opening.cutoff_at.unwrap_or_else(|| terms.cutoff_for(ready_on));
            errors.require(cutoff > now && cutoff <= terms.zone.end_of(ready_on), "/cutoff_at", CUTOFF_FAULT);
            errors.require(opening.minimum <= capacity, "/minimum", MORE_THAN_CAPACITY);
            let second = opening.extend_to.is_none_or(|to| to > cutoff && to <= terms.zone.end_of(ready_on));
            errors.require(second, "/extend_to", CUTOFF_FAULT);
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
        extend_to: opening.extend_to,
        deposit_percent: opening.deposit_percent,
        made_at: opening.made.map(|_| now),
    })
}

/// Notes when packs do not fit the steps in which the product is sold, or the capacity.
pub fn check_packs(step: Quantity, pack: Option<Quantity>, capacity: Quantity, errors: &mut FieldErrors) {
    if let Some(pack) = pack {
        let sound = pack.is_positive() && pack.is_multiple_of(step) && pack <= capacity;
        errors.require(sound, "/pack_size", PACK_DOES_NOT_FIT);
        errors.require(!sound || capacity.is_multiple_of(pack), "/capacity", NOT_WHOLE_PACKS);
    }
}

const PACK_DOES_NOT_FIT: FieldError = FieldError::Rule {
    code: "pack-does-not-fit",
    id: "Isi kemasan harus kelipatan langkah jual barang ini dan tidak lebih dari kapasitas.",
    en: "A pack must be a multiple of the product's step and no more than the capacity.",
};
pub(super) const NOT_WHOLE_PACKS: FieldError = FieldError::Rule {
    code: "not-whole-packs",
    id: "Jumlahnya harus kemasan penuh.",
    en: "The quantity must be whole packs.",
};

const MUST_BE_POSITIVE: FieldError = FieldError::Rule {
    code: "must-be-positive",
    id: "Jumlahnya harus lebih dari nol.",
    en: "The quantity must be more than nothing.",
};
const MADE_LATER: FieldError = FieldError::Rule {
    code: "made-later",
    id: "Barang yang sudah jadi tidak bisa bertanggal besok.",
    en: "Goods that are made cannot be dated later than today.",
};
const MADE_ALREADY: FieldError = FieldError::Rule {
    code: "made-already",
    id: "Barang yang sudah jadi tidak punya batas pesan atau jumlah paling sedikit.",
    en: "Goods that are made have neither a cut-off nor a minimum.",
};
const LESS_THAN_MADE: FieldError =
    FieldError::Rule { code: "less-than-made", id: "Kurang dari yang dibuat.", en: "That is less than what was made." };
const NOT_AHEAD: FieldError = FieldError::Rule {
    code: "not-ahead",
    id: "Harus hari ini atau sampai 60 hari ke depan.",
    en: "It must be today or within the next 60 days.",
};
const CLOSED_THAT_DAY: FieldError = FieldError::Rule {
    code: "closed-that-day",
    id: "Kelompok tutup pada hari itu. Buka dahulu harinya, atau pilih hari lain.",
    en: "The group is shut on that day. Open the day first, or choose another.",
};
pub(super) const MORE_THAN_CAPACITY: FieldError = FieldError::Rule {
    code: "more-than-capacity",
    id: "Tidak boleh lebih dari kapasitas.",
    en: "It must not be more than the capacity.",
};
pub(super) const ALREADY_SPOILED: FieldError = FieldError::Rule {
    code: "already-spoiled",
    id: "Tanggal baik sebelum sudah lewat, atau mendahului hari jadinya.",
    en: "The best-before day is over, or before the day on which the batch is ready.",
};

//! A buyer makes a standing order.

use std::collections::BTreeSet;

use super::error::StandingError;
use super::standing_order::{StandingLine, StandingOrder, StandingStatus};
use super::store;
use crate::catalogue::{self, ProductStatus};
use crate::contracts;
use crate::cooperatives;
use crate::db::Tx;
use crate::events::{self, Event, Kind};
use crate::kernel::ids::{AccountId, ContractId, CooperativeId, ProductId, StandingOrderId};
use crate::kernel::{Day, Instant, Json, Quantity, Weekdays};
use crate::orders::DeliveryWish;
use crate::web::{FieldError, FieldErrors};

/// The most lines of a standing order.
pub const MOST_LINES: usize = 20;

/// One product that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineWanted {
    /// Which product.
    pub product: ProductId,
    /// How much.
    pub quantity: Quantity,
    /// Less than this is of no use; all or nothing, when unsaid.
    pub at_least: Option<Quantity>,
}

/// A standing order to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscribing {
    /// Its id, when the client makes it.
    pub id: Option<StandingOrderId>,
    /// Of which cooperative.
    pub cooperative: CooperativeId,
    /// Under which contract; on the terms that everyone is offered, when unsaid.
    pub contract: Option<ContractId>,
    /// What.
    pub lines: Vec<LineWanted>,
    /// Whether it comes round on every market day.
    pub every_market_day: bool,
    /// On which weekdays otherwise.
    pub weekdays: Weekdays,
    /// Every how many weeks.
    pub every_weeks: i32,
    /// From which day on; from today, when unsaid.
    pub starts_on: Option<Day>,
    /// Until which day.
    pub ends_on: Option<Day>,
    /// Whether it is confirmed each time.
    pub confirms_first: bool,
    /// How its goods reach the buyer.
    pub delivery: DeliveryWish,
    /// What the buyer wants known.
    pub note: Option<String>,
}

/// Makes a standing order. It claims as soon as it is looked at.
pub fn subscribe(
    tx: &mut Tx<'_>,
    now: Instant,
    buyer: AccountId,
    new: &Subscribing,
) -> Result<(StandingOrder, Vec<StandingLine>), StandingError> {
    let Some(cooperative) = cooperatives::find_cooperative(tx, new.cooperative)? else {
        return Err(StandingError::Invalid(FieldErrors::one("/cooperative", NOT_THERE)));
    };
    let it = StandingOrder {
        id: new.id.unwrap_or_else(|| tx.id(now)),
        cooperative: new.cooperative,
        buyer,
        status: StandingStatus::Active,
        paused_by_group: false,
        paused_until: None,
        every_market_day: new.every_market_day,
        weekdays: new.weekdays,
        every_weeks: new.every_weeks,
        starts_on: new.starts_on.unwrap_or_else(|| cooperative.zone.day_of(now)),
        ends_on: new.ends_on,
        skipped: Json::of(&BTreeSet::<Day>::new()),
        confirms_first: new.confirms_first,
        delivery: Json::of(&new.delivery),
        note: new.note.clone(),
        looked_at_on: None,
        created_at: now,
        version: 1,
        contract: new.contract,
    };
    let mut errors = FieldErrors::default();
    check(tx, &it, &mut errors)?;
    let lines = lines(tx, now, &it, &new.lines, &mut errors)?;
    if !errors.is_empty() {
        return Err(StandingError::Invalid(errors));
    }
    store::insert(tx, &it, &lines)?;
    tell(tx, now, "standing_order.made", &it, Some(buyer))?;
    Ok((it, lines))
}

/// Everything about how often it comes round that does not hold together.
pub(super) fn check(tx: &mut Tx<'_>, it: &StandingOrder, errors: &mut FieldErrors) -> Result<(), StandingError> {
    let either = it.every_market_day == it.weekdays.is_empty();
    errors.require(either, "/weekdays", EITHER);
    errors.range("/every_weeks", it.every_weeks.into(), 1..=8);
    errors.require(it.ends_on.is_none_or(|end| end >= it.starts_on), "/ends_on", ENDS_BEFORE);
    if let Some(id) = it.contract {
        let known = contracts::of_buyer(tx, id, it.buyer, it.cooperative)?;
        let weekdays = known.as_ref().map(|(contract, _)| contract.weekdays);
        errors.require(weekdays.is_some(), "/contract", NOT_THERE);
        let within = weekdays.is_none_or(|agreed| agreed.holds_all(it.weekdays)) && !it.every_market_day;
        errors.require(within, "/weekdays", NOT_IN_CONTRACT);
    }
    let delivery = it.delivery();
    delivery.check(errors);
    if let Some(point) = delivery.point {
        let known = cooperatives::pickup_point(tx, point)?;
        let open = known.is_some_and(|point| point.active && point.cooperative_id == it.cooperative);
        errors.require(open, "/delivery/point", NOT_THERE);
    }
    if let Some(zone) = delivery.zone {
        let known = cooperatives::delivery_zone(tx, zone)?;
        let open = known.is_some_and(|zone| zone.active && zone.cooperative_id == it.cooperative);
        errors.require(open, "/delivery/zone", NOT_THERE);
    }
    Ok(())
}

/// The lines, or everything that is wrong with them.
pub(super) fn lines(
    tx: &mut Tx<'_>,
    now: Instant,
    it: &StandingOrder,
    wanted: &[LineWanted],
    errors: &mut FieldErrors,
) -> Result<Vec<StandingLine>, StandingError> {
    errors.length("/lines", wanted.len(), 1..=MOST_LINES);
    let ids: Vec<ProductId> = wanted.iter().map(|line| line.product).collect();
    let known = catalogue::find_many_of_any_status(tx, &ids)?;
    let contract = match it.contract {
        Some(id) => contracts::of_buyer(tx, id, it.buyer, it.cooperative)?,
        None => None,
    };
    let mut lines: Vec<StandingLine> = Vec::with_capacity(wanted.len());
    for (position, line) in wanted.iter().enumerate().take(MOST_LINES) {
        let at = |field: &str| format!("/lines/{position}{field}");
        let product = known.iter().find(|product| {
            product.id == line.product
                && product.cooperative == it.cooperative
                && product.status == ProductStatus::Published
        });
        let Some(product) = product else {
            errors.add(at("/product"), NOT_THERE);
            continue;
        };
        let agreed = contract.as_ref().is_none_or(|(_, agreed)| agreed.contains(&product.id));
        errors.require(agreed, &at("/product"), NOT_IN_CONTRACT);
        if let Err(fault) = product.check_quantity(line.quantity) {
            errors.add(at("/quantity"), fault.fault());
        }
        let at_least = line.at_least.unwrap_or(line.quantity);
        let fits =
            at_least.is_positive() && at_least <= line.quantity && at_least.is_multiple_of(product.quantity_step);
        errors.require(fits, &at("/at_least"), AT_LEAST);
        errors.require(lines.iter().all(|other| other.product != line.product), &at("/product"), TWICE);
        lines.push(StandingLine {
            id: tx.id(now),
            cooperative: it.cooperative,
            standing_order: it.id,
            group: product.group,
            product: product.id,
            position: i32::try_from(position).unwrap_or(i32::MAX),
            quantity: line.quantity,
            at_least,
        });
    }
    Ok(lines)
}

pub(super) fn tell(
    tx: &mut Tx<'_>,
    now: Instant,
    kind: Kind,
    it: &StandingOrder,
    by: Option<AccountId>,
) -> Result<(), StandingError> {
    let event = Event::new(kind, it.id)
        .by(by)
        .in_cooperative(it.cooperative)
        .with("standing_order", it.id)
        .with("status", it.status)
        .with("paused_until", it.paused_until);
    events::record(tx, now, &event)?;
    Ok(())
}

const NOT_THERE: FieldError =
    FieldError::Rule { code: "not-there", id: "Yang disebut di sini tidak ada.", en: "What this names is not there." };
const NOT_IN_CONTRACT: FieldError = FieldError::Rule {
    code: "not-agreed",
    id: "Ini tidak termasuk dalam kontrak.",
    en: "This is not in the contract.",
};
const EITHER: FieldError = FieldError::Rule {
    code: "either-or",
    id: "Pilih hari dalam seminggu, atau setiap hari pasar.",
    en: "Choose weekdays, or every market day.",
};
const ENDS_BEFORE: FieldError =
    FieldError::Rule { code: "ends-before", id: "Akhirnya mendahului awalnya.", en: "It ends before it begins." };
const AT_LEAST: FieldError = FieldError::Rule {
    code: "at-least",
    id: "Harus lebih dari nol, kelipatan yang ditentukan, dan tidak lebih dari jumlah yang dipesan.",
    en: "Must be more than zero, a multiple of the step, and no more than the quantity.",
};
const TWICE: FieldError = FieldError::Rule {
    code: "line-twice",
    id: "Barang ini sudah ada di baris lain. Gabungkan jumlahnya.",
    en: "This product stands in another line already. Add the quantities up.",
};

//! Creates standing orders.

use std::collections::BTreeSet;

use super::error::StandingOrderError;
use super::events::{self, StandingOrderEvent, StandingOrderPayload};
use super::standing_order::{StandingLine, StandingOrder, StandingStatus};
use super::store;
use crate::catalogue::{self, ProductStatus};
use crate::contracts;
use crate::cooperatives;
use crate::db::Tx;
use crate::kernel::ids::{AccountId, ContractId, CooperativeId, ProductId, StandingOrderId};
use crate::kernel::{Day, Instant, Json, Quantity, Weekdays};
use crate::orders::DeliveryChoice;
use crate::web::{FieldErrors, Rule};

/// Maximum number of lines of a standing order.
pub const MAX_LINES: usize = 20;

/// A line to create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewStandingLine {
    /// The product.
    pub product: ProductId,
    /// Quantity.
    pub quantity: Quantity,
    /// Minimum quantity the buyer accepts; `None`: all or nothing.
    pub at_least: Option<Quantity>,
}

/// A standing order to create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewStandingOrder {
    /// Id to create it with.
    pub id: StandingOrderId,
    /// The cooperative.
    pub cooperative: CooperativeId,
    /// The contract to order under; `None`: regular terms.
    pub contract: Option<ContractId>,
    /// Products to order each time.
    pub lines: Vec<NewStandingLine>,
    /// Whether it is due on every market day.
    pub every_market_day: bool,
    /// Weekdays on which it is due otherwise.
    pub weekdays: Weekdays,
    /// Interval in weeks, counted from the week of `starts_on`.
    pub every_weeks: i32,
    /// First day; `None`: today.
    pub starts_on: Option<Day>,
    /// Last day; `None`: it does not end.
    pub ends_on: Option<Day>,
    /// Whether the buyer confirms each order.
    pub confirms_first: bool,
    /// Delivery.
    pub delivery: DeliveryChoice,
    /// Note for the groups.
    pub note: Option<String>,
}

/// Creates a standing order. The next run of `place_due_orders` places its orders.
pub fn create(
    tx: &mut Tx<'_>,
    now: Instant,
    buyer: AccountId,
    new: &NewStandingOrder,
) -> Result<(StandingOrder, Vec<StandingLine>), StandingOrderError> {
    let Some(cooperative) = cooperatives::find_cooperative(tx, new.cooperative)? else {
        return Err(StandingOrderError::Invalid(FieldErrors::single("/cooperative", Rule::UnknownReference)));
    };
    let standing_order = StandingOrder {
        id: new.id,
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
        skipped: Json::new(&BTreeSet::<Day>::new()),
        confirms_first: new.confirms_first,
        delivery: Json::new(&new.delivery),
        note: new.note.clone(),
        processed_on: None,
        created_at: now,
        version: 1,
        contract: new.contract,
    };
    let mut errors = FieldErrors::default();
    validate(tx, &standing_order, &mut errors)?;
    let lines = build_lines(tx, now, &standing_order, &new.lines, &mut errors)?;
    if !errors.is_empty() {
        return Err(StandingOrderError::Invalid(errors));
    }
    store::insert_standing_order(tx, &standing_order, &lines)?;
    record_event(tx, now, StandingOrderEvent::Made, &standing_order, Some(buyer))?;
    Ok((standing_order, lines))
}

/// Validates schedule, contract and delivery.
pub(super) fn validate(
    tx: &mut Tx<'_>,
    standing_order: &StandingOrder,
    errors: &mut FieldErrors,
) -> Result<(), StandingOrderError> {
    let has_one_schedule = standing_order.every_market_day == standing_order.weekdays.is_empty();
    errors.require(has_one_schedule, "/weekdays", Rule::EitherWeekdaysOrMarketDays);
    errors.check_range("/every_weeks", standing_order.every_weeks.into(), 1..=8);
    errors.require(
        standing_order.ends_on.is_none_or(|end| end >= standing_order.starts_on),
        "/ends_on",
        Rule::EndsBefore,
    );
    if let Some(id) = standing_order.contract {
        let contract = contracts::find_for_buyer(tx, id, standing_order.buyer, standing_order.cooperative)?;
        let weekdays = contract.as_ref().map(|(contract, _)| contract.weekdays);
        errors.require(weekdays.is_some(), "/contract", Rule::UnknownReference);
        let is_covered = weekdays.is_none_or(|agreed| agreed.contains_all(standing_order.weekdays))
            && !standing_order.every_market_day;
        errors.require(is_covered, "/weekdays", Rule::NotAgreed);
    }
    let delivery = standing_order.delivery();
    delivery.validate(errors);
    let own = standing_order.cooperative;
    let has_point = cooperatives::can_use_pickup_point(tx, own, delivery.point)?;
    errors.require(has_point, "/delivery/point", Rule::UnknownReference);
    let has_zone = cooperatives::can_use_delivery_zone(tx, own, delivery.zone)?;
    errors.require(has_zone, "/delivery/zone", Rule::UnknownReference);
    Ok(())
}

/// Builds and validates the lines.
pub(super) fn build_lines(
    tx: &mut Tx<'_>,
    now: Instant,
    standing_order: &StandingOrder,
    new_lines: &[NewStandingLine],
    errors: &mut FieldErrors,
) -> Result<Vec<StandingLine>, StandingOrderError> {
    errors.check_length("/lines", new_lines.len(), 1..=MAX_LINES);
    let ids: Vec<ProductId> = new_lines.iter().map(|line| line.product).collect();
    let products = catalogue::find_many_of_any_status(tx, &ids)?;
    let contract = match standing_order.contract {
        Some(id) => contracts::find_for_buyer(tx, id, standing_order.buyer, standing_order.cooperative)?,
        None => None,
    };
    let mut lines: Vec<StandingLine> = Vec::with_capacity(new_lines.len());
    for (position, line) in new_lines.iter().enumerate().take(MAX_LINES) {
        let pointer = |field: &str| format!("/lines/{position}{field}");
        let product = products.iter().find(|product| {
            product.id == line.product
                && product.cooperative == standing_order.cooperative
                && product.status == ProductStatus::Published
        });
        let Some(product) = product else {
            errors.add(pointer("/product"), Rule::UnknownReference);
            continue;
        };
        let is_agreed = contract.as_ref().is_none_or(|(_, agreed)| agreed.contains(&product.id));
        errors.require(is_agreed, &pointer("/product"), Rule::NotAgreed);
        if let Err(error) = product.check_quantity(line.quantity) {
            errors.add(pointer("/quantity"), error);
        }
        let at_least = line.at_least.unwrap_or(line.quantity);
        let is_within =
            at_least.is_positive() && at_least <= line.quantity && at_least.is_multiple_of(product.quantity_step);
        errors.require(is_within, &pointer("/at_least"), Rule::AtLeastDoesNotFit);
        errors.require(
            lines.iter().all(|line_before| line_before.product != line.product),
            &pointer("/product"),
            Rule::LineTwice,
        );
        lines.push(StandingLine {
            id: tx.id(now),
            cooperative: standing_order.cooperative,
            standing_order: standing_order.id,
            group: product.group,
            product: product.id,
            position: i32::try_from(position).unwrap_or(i32::MAX),
            quantity: line.quantity,
            at_least,
        });
    }
    Ok(lines)
}

pub(super) fn record_event(
    tx: &mut Tx<'_>,
    now: Instant,
    kind: fn(StandingOrderPayload) -> StandingOrderEvent,
    standing_order: &StandingOrder,
    by: Option<AccountId>,
) -> Result<(), StandingOrderError> {
    let StandingOrder { id, status, paused_until, .. } = *standing_order;
    let event = kind(StandingOrderPayload { standing_order: id, status, paused_until }).about(id);
    events::record(tx, now, &event.by(by).in_cooperative(standing_order.cooperative))?;
    Ok(())
}

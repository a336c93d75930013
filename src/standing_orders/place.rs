//! Places the orders of standing orders on the days on which they are due, before the day is open to other buyers.

use super::error::StandingOrderError;
use super::events::{self, PlacementPayload, StandingOrderEvent};
use super::occurrence::{Occurrence, OccurrenceStatus, Shortfall, ShortfallReason};
use super::standing_order::{StandingLine, StandingOrder};
use super::store;
use crate::contracts::{self, ContractError};
use crate::cooperatives;
use crate::db::{self, Db, Tx};
use crate::jobs::{self, TaskError};
use crate::kernel::ids::{MarketDayId, ProductId, StandingOrderId};
use crate::kernel::{Day, Duration, Instant, Json, Quantity, Rupiah};
use crate::market_days::{MarketDay, MarketOffering};
use crate::orders::{self, AgreedTerms, Basket, BasketLine, Channel, NewOrder, PlaceOrderError, QuoteError};
use crate::standing_orders::Settings;
use crate::supply;

/// How many standing orders one run processes; the rest waits for the next run.
const MAX_STANDING_ORDERS_PER_RUN: i64 = 100;

/// How far ahead a market day may be planned and so opened: a year.
const MAX_DAYS_AHEAD: i64 = 366;

/// Processes the standing orders that were not processed today, the oldest first, each in a transaction of its own.
/// Returns the number of processed days, at least one for each standing order.
pub fn place_due_orders(
    db: &Db,
    now: Instant,
    order_settings: &orders::Settings,
    settings: &Settings,
) -> Result<usize, TaskError> {
    // The easternmost zone of Indonesia (UTC+9) reaches the next day first; each cooperative's own date is checked
    // below.
    let today = now.after(Duration::hours(9)).utc_day();
    let (order_settings, settings) = (*order_settings, *settings);
    let due = db
        .read_blocking::<_, db::Error>(|conn| store::list_not_processed_on(conn, today, MAX_STANDING_ORDERS_PER_RUN))?;
    jobs::for_each_in_tx(db, due, move |tx, id| process_standing_order(tx, now, &order_settings, &settings, *id, today))
}

/// Places the upcoming orders of one standing order, and marks it as processed.
fn process_standing_order(
    tx: &mut Tx<'_>,
    now: Instant,
    order_settings: &orders::Settings,
    settings: &Settings,
    id: StandingOrderId,
    today: Day,
) -> Result<usize, StandingOrderError> {
    let Some(standing_order) = store::lock_standing_order(tx, id)? else { return Ok(0) };
    let processed = place_upcoming_orders(tx, now, order_settings, settings, &standing_order)?;
    store::mark_processed(tx, id, today)?;
    // Processing counts as work, so that the poller runs again while more are waiting.
    Ok(processed.max(1))
}

/// Processes every due day, up to one day before the day is open to other buyers, that has no occurrence yet. Returns
/// their number.
pub(super) fn place_upcoming_orders(
    tx: &mut Tx<'_>,
    now: Instant,
    order_settings: &orders::Settings,
    settings: &Settings,
    standing_order: &StandingOrder,
) -> Result<usize, StandingOrderError> {
    if standing_order.every_market_day {
        return Ok(0);
    }
    let lines = store::list_lines(tx, standing_order.id)?;
    let products: Vec<_> = lines.iter().map(|line| line.product).collect();
    let terms = supply::load_terms(tx, now, &products)?;
    let public_days_ahead = terms.iter().map(|terms| terms.open_days_ahead).max().unwrap_or(0);
    let days_ahead = public_days_ahead.saturating_add(1).max(settings.standing_days.into());
    let today = cooperatives::load_zone(tx, standing_order.cooperative)?.day_of(now);
    let last = today.checked_add_signed(Duration::days(days_ahead)).unwrap_or(today);
    let mut processed = 0_usize;
    for day in today.iter_days().take_while(|day| *day <= last).filter(|day| standing_order.is_due_on(*day)) {
        let due_day = DueDay { day, market_day: None, days_ahead };
        if process_day(tx, now, order_settings, settings, standing_order, &lines, &due_day)? {
            processed = processed.saturating_add(1);
        }
    }
    Ok(processed)
}

/// Places the orders of every standing order that is due on this market day, the oldest first, in the transaction that
/// opens the day and as of that moment. Returns the number of processed standing orders.
pub fn place_market_day_orders(
    tx: &mut Tx<'_>,
    at: Instant,
    order_settings: &orders::Settings,
    settings: &Settings,
    day: &MarketDay,
    offerings: &[MarketOffering],
) -> Result<usize, StandingOrderError> {
    let mut processed = 0_usize;
    for standing_order in store::list_for_market_days(tx, day.cooperative)? {
        if standing_order.is_active_on(day.held_on) {
            let lines = store::list_lines(tx, standing_order.id)?;
            let due_day =
                DueDay { day: day.held_on, market_day: Some((day.id, offerings)), days_ahead: MAX_DAYS_AHEAD };
            processed = processed.saturating_add(usize::from(process_day(
                tx,
                at,
                order_settings,
                settings,
                &standing_order,
                &lines,
                &due_day,
            )?));
        }
    }
    Ok(processed)
}

/// A day on which a standing order is due.
struct DueDay<'a> {
    day: Day,
    market_day: Option<(MarketDayId, &'a [MarketOffering])>,
    days_ahead: i64,
}

/// Records the occurrence of one day and places its order. Returns false when the day has an occurrence already. When
/// the data itself is at fault, the occurrence is recorded as refused, so that one standing order does not block the
/// others.
fn process_day(
    tx: &mut Tx<'_>,
    now: Instant,
    order_settings: &orders::Settings,
    settings: &Settings,
    standing_order: &StandingOrder,
    lines: &[StandingLine],
    due_day: &DueDay<'_>,
) -> Result<bool, StandingOrderError> {
    let occurrence = Occurrence {
        id: tx.id(now),
        cooperative: standing_order.cooperative,
        standing_order: standing_order.id,
        due_on: due_day.day,
        market_day: due_day.market_day.map(|(day, _)| day),
        status: OccurrenceStatus::Refused,
        order: None,
        shortfalls: Json::new(&[0; 0]),
        confirm_by: None,
        reminded_at: None,
        confirmed_at: None,
        recorded_at: now,
    };
    if !store::insert_occurrence(tx, &occurrence)? {
        return Ok(false);
    }
    let placed = tx.savepoint(|tx| {
        let mut shortfalls = Vec::new();
        let order = place_order(tx, now, order_settings, standing_order, lines, due_day, &mut shortfalls)?;
        Ok::<_, StandingOrderError>((order, shortfalls))
    });
    match placed {
        Ok((order, shortfalls)) => {
            record_outcome(tx, now, settings, standing_order, &occurrence, order.as_ref(), &shortfalls)?
        }
        Err(error) if error.is_permanent() => {
            let (id, day) = (standing_order.id, due_day.day);
            tracing::error!(standing_order = %id, %day, %error, "a standing order could not be placed");
            let refused_line = |line: &StandingLine| {
                shortfall(line.product, line.quantity, Quantity::ZERO, ShortfallReason::InternalError)
            };
            record_outcome(
                tx,
                now,
                settings,
                standing_order,
                &occurrence,
                None,
                &lines.iter().map(refused_line).collect::<Vec<_>>(),
            )?;
        }
        Err(error) => return Err(error),
    }
    Ok(true)
}

/// Stores the outcome of a day and records the event.
fn record_outcome(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &Settings,
    standing_order: &StandingOrder,
    occurrence: &Occurrence,
    order: Option<&orders::Order>,
    shortfalls: &[Shortfall],
) -> Result<(), StandingOrderError> {
    let (status, to_event): (_, fn(PlacementPayload) -> StandingOrderEvent) = match order {
        Some(_) => (OccurrenceStatus::Placed, StandingOrderEvent::Placed),
        None => (OccurrenceStatus::Refused, StandingOrderEvent::Refused),
    };
    let cutoff = order.and_then(|order| order.cancellable_until).filter(|_| standing_order.confirms_first);
    let confirm_by = cutoff.map(|cutoff| confirmation_deadline(now, cutoff, settings));
    let order = order.map(|order| order.id);
    store::update_outcome(tx, occurrence.id, status, order, &Json::new(&shortfalls), confirm_by)?;
    let (id, due_on, shortfalls) = (standing_order.id, occurrence.due_on, shortfalls.to_vec());
    let event = to_event(PlacementPayload { standing_order: id, due_on, order, shortfalls }).about(id);
    events::record(tx, now, &event.in_cooperative(standing_order.cooperative))?;
    Ok(())
}

/// Places the order of a day, under its contract if it has one; `None` when nothing is available.
fn place_order(
    tx: &mut Tx<'_>,
    now: Instant,
    order_settings: &orders::Settings,
    standing_order: &StandingOrder,
    lines: &[StandingLine],
    due_day: &DueDay<'_>,
    shortfalls: &mut Vec<Shortfall>,
) -> Result<Option<orders::Order>, StandingOrderError> {
    let mut basket = build_basket(standing_order, lines, due_day, shortfalls);
    let active_contract = match standing_order.contract {
        None => None,
        Some(contract) => {
            let Some(active_contract) = contracts::lock_active(tx, contract, due_day.day)? else {
                refuse_all_lines(basket, ShortfallReason::ContractEnded, shortfalls);
                return Ok(None);
            };
            let agreement = active_contract.agreement(tx, due_day.day)?;
            basket.agreement = AgreedTerms { days_ahead: basket.agreement.days_ahead, ..agreement };
            Some(active_contract)
        }
    };
    let Some(basket) = drop_unavailable_lines(tx, now, order_settings, basket, shortfalls)? else { return Ok(None) };
    let Some(active_contract) = active_contract else {
        return Ok(Some(place_basket(tx, now, order_settings, standing_order, basket, None, shortfalls)?));
    };
    let total = orders::quote(tx, now, order_settings, &basket).map_err(PlaceOrderError::from)?.total;
    match active_contract.require_credit(tx, total) {
        Ok(()) => {}
        Err(ContractError::LimitReached { .. }) => {
            refuse_all_lines(basket, ShortfallReason::CreditLimit, shortfalls);
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
    }
    // A concurrent order may change the total: placing fails then, and the whole day is retried.
    let order = place_basket(tx, now, order_settings, standing_order, basket, Some(total), shortfalls)?;
    active_contract.link_order(tx, order.id)?;
    Ok(Some(order))
}

/// Adds a shortfall of the full quantity for every line.
fn refuse_all_lines(basket: Basket, reason: ShortfallReason, shortfalls: &mut Vec<Shortfall>) {
    for line in basket.lines {
        shortfalls.push(shortfall(line.product, line.quantity, Quantity::ZERO, reason));
    }
}

/// The confirmation deadline: `confirm_hours` before the cut-off, but not before half of the time until then has
/// passed.
fn confirmation_deadline(now: Instant, cutoff: Instant, settings: &Settings) -> Instant {
    let deadline = cutoff.before(Duration::hours(settings.confirm_hours.into()));
    let half_of_time = cutoff.utc().signed_duration_since(now.utc()).checked_div(2).unwrap_or(Duration::zero());
    deadline.max(now.after(half_of_time))
}

/// Builds the basket of a day. Products without an offering on the market day become shortfalls.
fn build_basket(
    standing_order: &StandingOrder,
    lines: &[StandingLine],
    due_day: &DueDay<'_>,
    shortfalls: &mut Vec<Shortfall>,
) -> Basket {
    let mut basket_lines = Vec::new();
    for line in lines {
        let batch = match due_day.market_day {
            None => None,
            Some((_, offerings)) => {
                let offering = offerings.iter().find(|offering| offering.product == line.product);
                let Some(batch) = offering.and_then(|offering| offering.batch) else {
                    shortfalls.push(shortfall(
                        line.product,
                        line.quantity,
                        Quantity::ZERO,
                        ShortfallReason::NotOffered,
                    ));
                    continue;
                };
                Some(batch)
            }
        };
        basket_lines.push(BasketLine {
            product: line.product,
            ready_on: Some(due_day.day),
            batch,
            quantity: line.quantity,
            at_least: Some(line.at_least),
        });
    }
    Basket {
        cooperative: standing_order.cooperative,
        lines: basket_lines,
        delivery: standing_order.delivery(),
        needed_on: None,
        agreement: AgreedTerms { days_ahead: due_day.days_ahead, ..AgreedTerms::default() },
    }
}

fn shortfall(product: ProductId, wanted: Quantity, got: Quantity, reason: ShortfallReason) -> Shortfall {
    Shortfall { product, wanted, got, reason }
}

/// Removes unavailable lines from the basket, as shortfalls; `None` when nothing is left.
fn drop_unavailable_lines(
    tx: &mut Tx<'_>,
    now: Instant,
    order_settings: &orders::Settings,
    mut basket: Basket,
    shortfalls: &mut Vec<Shortfall>,
) -> Result<Option<Basket>, StandingOrderError> {
    while !basket.lines.is_empty() {
        match orders::quote(tx, now, order_settings, &basket) {
            Ok(quote) => {
                let before = basket.lines.len();
                let mut available = Vec::with_capacity(before);
                for (line, quoted) in basket.lines.into_iter().zip(&quote.lines) {
                    match (&quoted.plan, quoted.unavailable) {
                        (None, unavailable) => {
                            let reason =
                                unavailable.map_or(ShortfallReason::NotEnough, |unavailable| unavailable.reason.into());
                            shortfalls.push(shortfall(line.product, line.quantity, Quantity::ZERO, reason));
                        }
                        (Some(_), _) => available.push(line),
                    }
                }
                basket.lines = available;
                if basket.lines.len() == before {
                    return Ok(Some(basket));
                }
            }
            Err(QuoteError::NotOnSale { line }) => {
                let line = basket.lines.remove(line.min(basket.lines.len().saturating_sub(1)));
                shortfalls.push(shortfall(line.product, line.quantity, Quantity::ZERO, ShortfallReason::NotOnSale));
            }
            Err(QuoteError::Db(error)) => return Err(error.into()),
            Err(QuoteError::Invalid(_) | QuoteError::Amount(_)) => {
                for line in basket.lines.drain(..) {
                    shortfalls.push(shortfall(
                        line.product,
                        line.quantity,
                        Quantity::ZERO,
                        ShortfallReason::RuleChanged,
                    ));
                }
            }
        }
    }
    Ok(None)
}

fn place_basket(
    tx: &mut Tx<'_>,
    now: Instant,
    order_settings: &orders::Settings,
    standing_order: &StandingOrder,
    basket: Basket,
    expected_total: Option<Rupiah>,
    shortfalls: &mut Vec<Shortfall>,
) -> Result<orders::Order, StandingOrderError> {
    let (contact, locale) = orders::find_contact(tx, standing_order.buyer)?.ok_or(StandingOrderError::NotFound)?;
    let new_order = NewOrder {
        buyer: Some(standing_order.buyer),
        note: standing_order.note.clone(),
        expected_total,
        promised: true,
        ..NewOrder::new(tx.id(now), basket, Channel::App, contact, locale)
    };
    let placed = orders::place(tx, now, order_settings, &new_order)?;
    for line in placed.fulfilments.iter().flat_map(|fulfilment| &fulfilment.lines).map(|line| &line.row) {
        if line.quantity < line.wanted {
            shortfalls.push(shortfall(line.product, line.wanted, line.quantity, ShortfallReason::NotEnough));
        }
    }
    Ok(placed.order)
}

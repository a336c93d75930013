//! A standing order comes round: it claims, before anyone else, and its order is placed.

use super::error::StandingError;
use super::occurrence::{Occurrence, OccurrenceStatus, Shortfall, Why};
use super::standing_order::{StandingLine, StandingOrder};
use super::store;
use crate::contracts::{self, ContractError};
use crate::cooperatives;
use crate::db::{self, Db, Tx};
use crate::events::{self, Event};
use crate::jobs::{self, TaskError};
use crate::kernel::ids::{MarketDayId, ProductId, StandingOrderId};
use crate::kernel::{Day, Duration, Instant, Json, Quantity, Rupiah};
use crate::market_days::{MarketDay, MarketOffering};
use crate::orders::{self, Agreement, Basket, BasketLine, Channel, NewOrder, PlaceOrderError, QuoteError};
use crate::standing_orders::Settings;
use crate::supply;

/// How many standing orders are looked at in one turn; the rest waits for the next.
const BATCH_SIZE: i64 = 100;

/// Lets every standing order come round that was not looked at today, the eldest first, each day in a transaction of its
/// own. Tells how many days came round.
pub fn create_due(db: &Db, now: Instant, orders: &orders::Settings, settings: &Settings) -> Result<usize, TaskError> {
    // Somewhere in Indonesia it is tomorrow already; each one's own day is asked for below.
    let today = now.after(Duration::hours(9)).utc_day();
    let (orders, settings) = (*orders, *settings);
    let due = db.read_blocking::<_, db::Error>(|conn| store::to_look_at(conn, today, BATCH_SIZE))?;
    jobs::for_each_in_tx(db, due, move |tx, id| come_round_once(tx, now, &orders, &settings, *id, today))
}

/// Lets one standing order come round on all its days within reach.
fn come_round_once(
    tx: &mut Tx<'_>,
    now: Instant,
    orders: &orders::Settings,
    settings: &Settings,
    id: StandingOrderId,
    looked_at: Day,
) -> Result<usize, StandingError> {
    let Some(it) = store::locked(tx, id)? else { return Ok(0) };
    let came = claim_ahead(tx, now, orders, settings, &it)?;
    store::set_looked_at(tx, id, looked_at)?;
    // Looking counts as work, so that the next turn follows while there is more to look at.
    Ok(came.max(1))
}

/// Claims for every day within reach on which a standing order comes round and has not yet.
pub(super) fn claim_ahead(
    tx: &mut Tx<'_>,
    now: Instant,
    orders: &orders::Settings,
    settings: &Settings,
    it: &StandingOrder,
) -> Result<usize, StandingError> {
    if it.every_market_day {
        return Ok(0);
    }
    let lines = store::lines_of(tx, it.id)?;
    let products: Vec<_> = lines.iter().map(|line| line.product).collect();
    let terms = supply::terms_of(tx, now, &products)?;
    let open = terms.iter().map(|terms| terms.open_days_ahead).max().unwrap_or(0);
    let reach = open.saturating_add(1).max(settings.standing_days.into());
    let zone = cooperatives::find_cooperative(tx, it.cooperative)?.ok_or(StandingError::NotFound)?.zone;
    let today = zone.day_of(now);
    let last = today.checked_add_signed(Duration::days(reach)).unwrap_or(today);
    let mut came = 0_usize;
    for day in today.iter_days().take_while(|day| *day <= last).filter(|day| it.is_due_on(*day)) {
        let occasion = Occasion { day, market: None, reach };
        if occur(tx, now, orders, settings, it, &lines, &occasion)? {
            came = came.saturating_add(1);
        }
    }
    Ok(came)
}

/// Claims for every standing order that comes round on this market day, the eldest first: in the transaction that opens the
/// day, and as of that moment.
pub fn claim_for_market(
    tx: &mut Tx<'_>,
    at: Instant,
    orders: &orders::Settings,
    settings: &Settings,
    day: &MarketDay,
    offerings: &[MarketOffering],
) -> Result<usize, StandingError> {
    let mut came = 0_usize;
    for it in store::of_market(tx, day.cooperative)? {
        if it.takes(day.held_on) {
            let lines = store::lines_of(tx, it.id)?;
            let occasion = Occasion { day: day.held_on, market: Some((day.id, offerings)), reach: 366 };
            came = came.saturating_add(usize::from(occur(tx, at, orders, settings, &it, &lines, &occasion)?));
        }
    }
    Ok(came)
}

/// On what a standing order comes round.
struct Occasion<'a> {
    day: Day,
    market: Option<(MarketDayId, &'a [MarketOffering])>,
    reach: i64,
}

/// Lets a standing order come round on a day; false when it did before. One that cannot, however often it is tried, gets
/// nothing that day, and holds up nobody else.
fn occur(
    tx: &mut Tx<'_>,
    now: Instant,
    orders: &orders::Settings,
    settings: &Settings,
    it: &StandingOrder,
    lines: &[StandingLine],
    occasion: &Occasion<'_>,
) -> Result<bool, StandingError> {
    let fresh = Occurrence {
        id: tx.id(now),
        cooperative: it.cooperative,
        standing_order: it.id,
        due_on: occasion.day,
        market_day: occasion.market.map(|(day, _)| day),
        status: OccurrenceStatus::Refused,
        order: None,
        shortfalls: Json::of(&[0; 0]),
        confirm_by: None,
        reminded_at: None,
        confirmed_at: None,
        recorded_at: now,
    };
    if !store::take_day(tx, &fresh)? {
        return Ok(false);
    }
    match tx.within(|tx| order_for(tx, now, orders, it, lines, occasion)) {
        Ok((order, shortfalls)) => settle(tx, now, settings, it, &fresh, order.as_ref(), &shortfalls)?,
        Err(error) if error.is_about_data() => {
            tracing::error!(standing_order = %it.id, day = %occasion.day, %error, "a standing order cannot come round");
            let nothing = |line: &StandingLine| short(line.product, line.quantity, Quantity::ZERO, Why::FieldError);
            settle(tx, now, settings, it, &fresh, None, &lines.iter().map(nothing).collect::<Vec<_>>())?;
        }
        Err(error) => return Err(error),
    }
    Ok(true)
}

/// Places the order of a day, if anything of it can be had; tells what could not.
fn order_for(
    tx: &mut Tx<'_>,
    now: Instant,
    orders: &orders::Settings,
    it: &StandingOrder,
    lines: &[StandingLine],
    occasion: &Occasion<'_>,
) -> Result<(Option<orders::Order>, Vec<Shortfall>), StandingError> {
    let mut shortfalls = Vec::new();
    let order = order(tx, now, orders, it, lines, occasion, &mut shortfalls)?;
    Ok((order, shortfalls))
}

/// Writes down what came of a day, and tells of it.
fn settle(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &Settings,
    it: &StandingOrder,
    fresh: &Occurrence,
    order: Option<&orders::Order>,
    shortfalls: &[Shortfall],
) -> Result<(), StandingError> {
    let (status, kind) = match order {
        Some(_) => (OccurrenceStatus::Placed, "standing_order.came_round"),
        None => (OccurrenceStatus::Refused, "standing_order.refused"),
    };
    let cutoff = order.and_then(|order| order.cancellable_until).filter(|_| it.confirms_first);
    let confirm_by = cutoff.map(|cutoff| confirm_by(now, cutoff, settings));
    let order = order.map(|order| order.id);
    store::settle(tx, fresh.id, status, order, &Json::of(&shortfalls), confirm_by)?;
    let event = Event::new(kind, it.id)
        .in_cooperative(it.cooperative)
        .with("standing_order", it.id)
        .with("due_on", fresh.due_on)
        .with("order", order)
        .with("shortfalls", shortfalls);
    events::record(tx, now, &event)?;
    Ok(())
}

/// Places the order of this occasion, on the terms of its contract when it has one; nothing when nothing can be had.
fn order(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &orders::Settings,
    it: &StandingOrder,
    lines: &[StandingLine],
    occasion: &Occasion<'_>,
    shortfalls: &mut Vec<Shortfall>,
) -> Result<Option<orders::Order>, StandingError> {
    let mut basket = wish_of(it, lines, occasion, shortfalls);
    let held = match it.contract {
        None => None,
        Some(contract) => {
            let Some(held) = contracts::in_force(tx, contract, occasion.day)? else {
                refuse(basket, Why::ContractEnded, shortfalls);
                return Ok(None);
            };
            let agreed = held.agreement(tx, occasion.day)?;
            basket.agreement = Agreement { days_ahead: basket.agreement.days_ahead, ..agreed };
            Some(held)
        }
    };
    let Some(basket) = had(tx, now, settings, basket, shortfalls)? else { return Ok(None) };
    let Some(held) = held else { return Ok(Some(place(tx, now, settings, it, basket, None, shortfalls)?)) };
    let total = orders::quote(tx, now, settings, &basket).map_err(PlaceOrderError::from)?.total;
    match held.has_room(tx, total) {
        Ok(()) => {}
        Err(ContractError::LimitReached { .. }) => {
            refuse(basket, Why::CreditLimit, shortfalls);
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
    }
    // Somebody who takes or gives back meanwhile makes it another total: then the day is tried again as a whole.
    let order = place(tx, now, settings, it, basket, Some(total), shortfalls)?;
    held.count(tx, order.id)?;
    Ok(Some(order))
}

/// Nothing of it can be had, for this reason.
fn refuse(basket: Basket, why: Why, shortfalls: &mut Vec<Shortfall>) {
    for line in basket.lines {
        shortfalls.push(short(line.product, line.quantity, Quantity::ZERO, why));
    }
}

/// By when an order that asks first is confirmed: some hours before its cut-off, but never before half of the time is over.
fn confirm_by(now: Instant, cutoff: Instant, settings: &Settings) -> Instant {
    let early = cutoff.before(Duration::hours(settings.confirm_hours.into()));
    let half = cutoff.utc().signed_duration_since(now.utc()).checked_div(2).unwrap_or(Duration::zero());
    early.max(now.after(half))
}

/// What is wished for on this occasion. What nobody brings to a market day is no wish.
fn wish_of(
    it: &StandingOrder,
    lines: &[StandingLine],
    occasion: &Occasion<'_>,
    shortfalls: &mut Vec<Shortfall>,
) -> Basket {
    let mut wanted = Vec::new();
    for line in lines {
        let batch = match occasion.market {
            None => None,
            Some((_, offerings)) => {
                let brought = offerings.iter().find(|offering| offering.product == line.product);
                let Some(batch) = brought.and_then(|offering| offering.batch) else {
                    shortfalls.push(short(line.product, line.quantity, Quantity::ZERO, Why::NotBrought));
                    continue;
                };
                Some(batch)
            }
        };
        wanted.push(BasketLine {
            product: line.product,
            ready_on: Some(occasion.day),
            batch,
            quantity: line.quantity,
            at_least: Some(line.at_least),
        });
    }
    Basket {
        cooperative: it.cooperative,
        lines: wanted,
        delivery: it.delivery(),
        needed_on: None,
        agreement: Agreement { days_ahead: occasion.reach, ..Agreement::default() },
    }
}

fn short(product: ProductId, wanted: Quantity, got: Quantity, reason: Why) -> Shortfall {
    Shortfall { product, wanted, got, reason }
}

/// The wish without what cannot be had; nothing when nothing is left.
fn had(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &orders::Settings,
    mut basket: Basket,
    shortfalls: &mut Vec<Shortfall>,
) -> Result<Option<Basket>, StandingError> {
    let nothing = Quantity::ZERO;
    while !basket.lines.is_empty() {
        match orders::quote(tx, now, settings, &basket) {
            Ok(quoted) => {
                let before = basket.lines.len();
                let mut left = Vec::with_capacity(before);
                for (line, it) in basket.lines.into_iter().zip(&quoted.lines) {
                    match (&it.plan, it.shortage) {
                        (None, shortage) => {
                            let reason = shortage.map_or(Why::Short, |shortage| shortage.reason.into());
                            shortfalls.push(short(line.product, line.quantity, nothing, reason));
                        }
                        (Some(_), _) => left.push(line),
                    }
                }
                basket.lines = left;
                if basket.lines.len() == before {
                    return Ok(Some(basket));
                }
            }
            Err(QuoteError::NotOnSale { line }) => {
                let line = basket.lines.remove(line.min(basket.lines.len().saturating_sub(1)));
                shortfalls.push(short(line.product, line.quantity, nothing, Why::Retired));
            }
            Err(QuoteError::Db(error)) => return Err(error.into()),
            Err(QuoteError::Faulty(_) | QuoteError::Amount(_)) => {
                for line in basket.lines.drain(..) {
                    shortfalls.push(short(line.product, line.quantity, nothing, Why::RuleChanged));
                }
            }
        }
    }
    Ok(None)
}

fn place(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &orders::Settings,
    it: &StandingOrder,
    basket: Basket,
    expected_total: Option<Rupiah>,
    shortfalls: &mut Vec<Shortfall>,
) -> Result<orders::Order, StandingError> {
    let (contact, locale) = orders::contact_of(tx, it.buyer)?.ok_or(StandingError::NotFound)?;
    let new_order = NewOrder {
        id: tx.id(now),
        basket,
        buyer: Some(it.buyer),
        captured_by: None,
        channel: Channel::App,
        contact,
        recipient: None,
        note: it.note.clone(),
        locale,
        expected_total,
        promised: true,
    };
    let whole = orders::place(tx, now, settings, &new_order)?;
    for line in whole.parts.iter().flat_map(|part| &part.lines).map(|line| &line.line) {
        if line.quantity < line.wanted {
            shortfalls.push(short(line.product, line.wanted, line.quantity, Why::Short));
        }
    }
    Ok(whole.order)
}

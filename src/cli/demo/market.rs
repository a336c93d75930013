//! The predictable part of the trade: a market day every Friday, ten standing orders, three requests, and a batch that
//! misses its minimum. It starts after a third of the time, so that a report can compare before and after.

use chrono::{Datelike, Weekday};

use rand::RngExt;

use super::season;
use super::today::{Act, Today, broken, later};
use super::village::{GROUPS, REGULARS, RegularSpec};
use crate::app::Application;
use crate::contracts::events::ContractEvent;
use crate::db::Tx;
use crate::jobs::TaskError;
use crate::kernel::ids::{Id, MarketDayId, OrderId, ProductId, StandingOrderId};
use crate::kernel::{Day, Duration, Instant, Json, Language, Quantity, Rupiah, WallTime, Weekdays};
use crate::market_days::events::MarketEvent;
use crate::market_days::{self, OfferingTerms, Schedule};
use crate::orders::{self, Basket, BasketLine, Channel, DeliveryChoice, NewOrder, OrderContact, OrderWithFulfilments};
use crate::standing_orders::events::StandingOrderEvent;
use crate::standing_orders::{self, NewStandingLine, NewStandingOrder, StandingOrderError};
use crate::supply::{self, ClosedDay};
use crate::web::Problem;
use crate::{contracts, events};

/// The offerings of every market day: indices of group and product, capacity and minimum.
const REGULAR_OFFERINGS: [(usize, usize, i64, i64); 5] =
    [(0, 0, 240, 60), (0, 1, 150, 0), (1, 0, 40, 0), (3, 0, 30, 0), (6, 0, 120, 30)];

/// An offering of one market day that misses its minimum.
const UNPOPULAR_OFFERING: (usize, usize, i64, i64) = (2, 2, 60, 50);

/// The index of the standing order under the contract.
const CONTRACT_INDEX: usize = 0;

/// The contract starts at most this many days before the last simulated day, so that half of its year remains.
pub(super) const CONTRACT_DAYS: i64 = 180;

/// The day on which market days and standing orders start.
pub(super) fn start_day(first: Day, until: Day) -> Day {
    later(first, until.signed_duration_since(first).num_days().div_euclid(3))
}

/// Runs the periodic tasks of market days, standing orders and contracts that are due at this time.
pub(super) fn run_due_tasks(app: &Application, now: Instant) -> Result<(), Problem> {
    let internal = |error: TaskError| Problem::internal(error.to_string());
    market_days::plan_days(&app.state.db, now).map_err(internal)?;
    standing_orders::process_due(&app.state.db, now, &app.orders, &app.market).map_err(internal)?;
    for task in contracts::periodic_tasks() {
        (task.run)(&app.state.db, now).map_err(internal)?;
    }
    Ok(())
}

impl Today<'_> {
    /// The market part of a day, before the orders of the day.
    pub(super) fn hold_market(&mut self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        let start = start_day(self.first, self.until);
        if self.day < start {
            return Ok(());
        }
        if self.day == start {
            self.set_up(tx)?;
        }
        if self.day == start.max(self.until.checked_sub_signed(Duration::days(CONTRACT_DAYS)).unwrap_or(start)) {
            let now = self.at(5 * 60);
            if let Some(regular) = REGULARS.get(CONTRACT_INDEX) {
                self.subscribe(tx, now, CONTRACT_INDEX, regular)?;
            }
        }
        self.read_events(tx)?;
        match self.until.signed_duration_since(self.day).num_days() {
            19 => self.request_feast(tx)?,
            18 => self.create_offers(tx, &[(0, 0, 250, 2_400), (6, 0, 150, 3_500)])?,
            17 | 10 => self.accept_offers(tx)?,
            16 => self.offer_once(tx, UNPOPULAR_OFFERING)?,
            12 => self.request_by_phone(tx)?,
            11 => self.create_offers(tx, &[(1, 0, 100, 11_000)])?,
            1 => self.request_unanswered(tx)?,
            _ => {}
        }
        self.order_for_market(tx)
    }

    /// Creates closed days, the market schedule, the offerings and the standing orders.
    fn set_up(&mut self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        let now = self.at(5 * 60);
        let last_day = later(self.until, 60);
        let closed_days: Vec<Day> =
            self.day.iter_days().take_while(|day| *day <= last_day).filter(|day| season::is_closed(*day)).collect();
        for (index, day) in (0..GROUPS.len()).flat_map(|index| closed_days.iter().map(move |day| (index, *day))) {
            let (_, _, permit) = self.shop(index)?;
            supply::close_day(tx, now, &permit, &ClosedDay { day, reason: Some("Lebaran".into()) }).map_err(broken)?;
        }
        let schedule = Schedule {
            id: tx.id(now),
            cooperative: self.world.founded.cooperative,
            name: "Pasar Jumat".into(),
            weekdays: Weekdays::NONE.with(Weekday::Fri),
            every_weeks: 1,
            starts_on: self.day,
            ends_on: None,
            dates: Json::new(&Vec::<Day>::new()),
            skipped: Json::new(&closed_days.iter().filter(|day| day.weekday() == Weekday::Fri).collect::<Vec<_>>()),
            skips_holidays: false,
            days_ahead: 21,
            opens_days_before: 5,
            opens_at: WallTime::minutes(6 * 60),
            closes_days_before: 2,
            closes_at: WallTime::minutes(17 * 60),
            extension_hours: 12,
            from: WallTime::minutes(7 * 60),
            until: WallTime::minutes(10 * 60),
            pickup_point: Some(self.world.founded.pickup_point),
            active: true,
            created_at: now,
            version: 1,
        };
        market_days::create_schedule(tx, now, &self.world.board(), schedule).map_err(broken)?;
        self.read_events(tx)?;
        let planned_days: Vec<MarketDayId> = self.agenda.market.planned.values().copied().collect();
        for day in planned_days {
            for offering in REGULAR_OFFERINGS {
                self.set_offering(tx, day, offering, true)?;
            }
        }
        for (index, regular) in REGULARS.iter().enumerate().filter(|(index, _)| *index != CONTRACT_INDEX) {
            self.subscribe(tx, now, index, regular)?;
        }
        Ok(())
    }

    fn set_offering(
        &self,
        tx: &mut Tx<'_>,
        day: MarketDayId,
        (group, product, capacity, minimum): (usize, usize, i64, i64),
        repeats: bool,
    ) -> Result<(), Problem> {
        let (shop, _, permit) = self.shop(group)?;
        let Some(product) = shop.products.get(product).copied() else { return Ok(()) };
        let terms = OfferingTerms {
            capacity: Quantity::from_units(capacity),
            minimum: Quantity::from_units(minimum),
            minimum_deposits: Rupiah::ZERO,
            pack_size: None,
            price: None,
            deposit_percent: None,
            repeats,
        };
        market_days::set_offering(tx, self.at(5 * 60), &permit, day, product, &terms).map_err(broken)?;
        Ok(())
    }

    /// A group offers a product once, on the next market day that is not open yet.
    fn offer_once(&self, tx: &mut Tx<'_>, offering: (usize, usize, i64, i64)) -> Result<(), Problem> {
        match self.agenda.market.planned.values().next().copied() {
            Some(day) => self.set_offering(tx, day, offering, false),
            None => Ok(()),
        }
    }

    fn subscribe(&mut self, tx: &mut Tx<'_>, now: Instant, index: usize, regular: &RegularSpec) -> Result<(), Problem> {
        let (shop, _, _) = self.shop(regular.group)?;
        let (Some(buyer), Some(product)) = (self.world.buyers.get(index), shop.products.get(regular.product)) else {
            return Ok(());
        };
        let weekdays = regular.weekdays.iter().fold(Weekdays::NONE, |days, day| days.with(*day));
        let contract = if index == CONTRACT_INDEX { self.agree(tx, weekdays)? } else { None };
        let new_order = NewStandingOrder {
            id: tx.id(now),
            contract,
            cooperative: self.world.founded.cooperative,
            lines: vec![NewStandingLine {
                product: *product,
                quantity: Quantity::from_units(regular.quantity),
                at_least: Some(Quantity::from_units(regular.at_least)),
            }],
            every_market_day: regular.weekdays.is_empty(),
            weekdays,
            every_weeks: regular.every_weeks,
            starts_on: None,
            ends_on: None,
            confirms_first: regular.requires_confirmation,
            delivery: self.pickup(),
            note: Some(regular.note.clone()),
        };
        let (standing_order, _) = standing_orders::create(tx, now, buyer.account, &new_order).map_err(broken)?;
        if contract.is_some() {
            self.agenda.market.by_invoice.insert(standing_order.id);
        }
        if regular.requires_confirmation {
            self.agenda.market.to_confirm.insert(standing_order.id, buyer.account);
        }
        Ok(())
    }

    fn pickup(&self) -> DeliveryChoice {
        DeliveryChoice { point: Some(self.world.founded.pickup_point), ..DeliveryChoice::pickup() }
    }

    /// Reads new events, as a client app would.
    fn read_events(&mut self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        const MAX_EVENTS_PER_READ: i64 = 1_000;
        loop {
            let new_events = events::list_after(
                tx,
                self.agenda.market.last_seq,
                Some(self.world.founded.cooperative),
                MAX_EVENTS_PER_READ,
            )?;
            let is_last = i64::try_from(new_events.len()).unwrap_or(MAX_EVENTS_PER_READ) < MAX_EVENTS_PER_READ;
            for event in new_events {
                self.agenda.market.last_seq = event.seq;
                let id = MarketDayId::from_uuid(event.subject);
                let market = &mut self.agenda.market;
                match event.read() {
                    Some(MarketEvent::DayPlanned { held_on, .. }) => drop(market.planned.insert(held_on, id)),
                    Some(MarketEvent::DayClosed { held_on }) => drop(market.open.remove(&held_on)),
                    _ => {}
                }
                match event.read() {
                    Some(StandingOrderEvent::DayOpened { held_on, .. }) => {
                        market.planned.remove(&held_on);
                        market.open.insert(held_on, id);
                    }
                    Some(StandingOrderEvent::Placed(of)) => {
                        self.handle_occurrence(tx, of.standing_order, of.due_on, of.order)?;
                    }
                    _ => {}
                }
                if let Some(ContractEvent::InvoiceIssued(of)) = event.read() {
                    self.schedule_invoice_payment(of.invoice);
                }
            }
            if is_last {
                return Ok(());
            }
        }
    }

    /// Handles the order of a standing order's occurrence: confirms it if required, and schedules production and hand-over.
    fn handle_occurrence(
        &mut self,
        tx: &mut Tx<'_>,
        standing: StandingOrderId,
        day: Day,
        order: Option<OrderId>,
    ) -> Result<(), Problem> {
        let Some(whole) = order.map(|order| orders::find_with_fulfilments(tx, order)).transpose()?.flatten() else {
            return Ok(());
        };
        if let Some(buyer) = self.agenda.market.to_confirm.get(&standing).copied() {
            // In every sixth week nobody confirms, and the occurrence lapses. One due today needs no confirmation.
            if !day.iso_week().week().is_multiple_of(6) {
                match standing_orders::confirm(tx, self.at(6 * 60), buyer, standing, day) {
                    Ok(_) | Err(StandingOrderError::WrongStatus(_)) => {}
                    Err(error) => return Err(broken(error)),
                }
            }
        }
        self.schedule_hand_over(&whole, self.agenda.market.by_invoice.contains(&standing));
        Ok(())
    }

    /// Schedules production and hand-over of an order. It is paid in cash at hand-over unless `paid`.
    pub(super) fn schedule_hand_over(&mut self, whole: &OrderWithFulfilments, paid: bool) {
        for fulfilment in &whole.fulfilments {
            let group = fulfilment.row.group;
            let Some(shop) = self.world.shops.iter().position(|shop| shop.group == group) else { continue };
            for line in &fulfilment.lines {
                let batches = line.claims.iter().map(|claim| (shop, claim.batch));
                self.agenda.to_make.entry(line.row.ready_on).or_default().extend(batches);
            }
            let minute = self.rng.random_range(8 * 60..15 * 60_i64);
            let act = Act::HandOver { shop, order: whole.order.id, fulfilment: fulfilment.row.id, paid };
            self.schedule(fulfilment.row.ready_on, minute, act);
        }
    }

    /// Places some orders for the open market days.
    fn order_for_market(&mut self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        for day in self.agenda.market.open.values().copied().collect::<Vec<_>>() {
            let offerings = market_days::list_offerings(tx, day)?;
            let (regular, once): (Vec<_>, Vec<_>) = offerings.into_iter().partition(|offering| offering.repeats);
            let mut chosen = Vec::new();
            for _ in 0..self.rng.random_range(1..=3_u32) {
                chosen.extend(regular.get(self.rng.random_range(0..regular.len().max(1))));
            }
            // A one-time offering gets one order a week.
            chosen.extend(once.iter().filter(|_| self.day.weekday() == Weekday::Mon));
            for offering in chosen {
                let Some(batch) = offering.batch else { continue };
                let Some(group) = self.world.shops.iter().position(|shop| shop.group == offering.group) else {
                    continue;
                };
                let minimum = self.minimum_of(group, offering.product);
                let quantity = if minimum > 1 { minimum } else { self.rng.random_range(2..=5_i64) };
                let line = BasketLine {
                    product: offering.product,
                    ready_on: None,
                    batch: Some(batch),
                    quantity: Quantity::from_units(quantity),
                    at_least: None,
                };
                self.place_order(tx, line)?;
            }
        }
        Ok(())
    }

    fn minimum_of(&self, group: usize, product: ProductId) -> i64 {
        let index = self.world.shops.get(group).and_then(|shop| shop.products.iter().position(|id| *id == product));
        let spec = GROUPS.get(group).and_then(|group| group.products.get(index?));
        spec.map_or(1, |product| product.minimum)
    }

    fn place_order(&mut self, tx: &mut Tx<'_>, line: BasketLine) -> Result<(), Problem> {
        let minute = self.rng.random_range(7 * 60..16 * 60_i64);
        let now = self.at(minute);
        let index = self.rng.random_range(REGULARS.len()..self.world.buyers.len());
        let Some(buyer) = self.world.buyers.get(index) else { return Ok(()) };
        let basket = Basket::of(self.world.founded.cooperative, vec![line], self.pickup());
        let contact = OrderContact { name: buyer.name.clone(), phone: None, email: None };
        let new_order = NewOrder {
            buyer: Some(buyer.account),
            ..NewOrder::new(tx.id(now), basket, Channel::App, contact, Language::Indonesian)
        };
        match orders::place(tx, now, self.settings, &new_order) {
            Ok(whole) => {
                self.tally.placed = self.tally.placed.saturating_add(1);
                self.schedule_hand_over(&whole, false);
                Ok(())
            }
            Err(orders::PlaceOrderError::Unavailable { .. }) => {
                self.tally.unmet = self.tally.unmet.saturating_add(1);
                Ok(())
            }
            Err(error) => Err(broken(error)),
        }
    }
}

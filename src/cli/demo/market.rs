//! What steadies the village's market: a market day every Friday, ten standing orders, three requests, and a batch that too
//! few wanted. It begins after a third of the time, so that a report can tell what it changed.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Weekday};
use rand::RngExt;

use super::live::{Act, Today, broken, later};
use super::season;
use super::village::GROUPS;
use crate::app::Application;
use crate::contracts;
use crate::db::Tx;
use crate::events;
use crate::jobs::TaskError;
use crate::kernel::ids::{
    AccountId, Id, InvoiceId, MarketDayId, OfferId, OrderId, ProductId, RequestId, StandingOrderId,
};
use crate::kernel::{Day, Duration, Instant, Json, Language, Quantity, Rupiah, WallTime, Weekdays};
use crate::market_days::{self, OfferingTerms, Schedule};
use crate::orders::{self, Basket, BasketLine, Channel, Contact, DeliveryWish, NewOrder, WholeOrder};
use crate::standing_orders::{self, LineWanted, StandingError, Subscribing};
use crate::supply::{self, ClosedDay};
use crate::web::Problem;

/// Brought to every market day: the place of the group and of the product in the village's list, how many at most, and how
/// many at least.
const BROUGHT: [(usize, usize, i64, i64); 5] =
    [(0, 0, 240, 60), (0, 1, 150, 0), (1, 0, 40, 0), (3, 0, 30, 0), (6, 0, 120, 30)];
/// Brought once, and wanted by too few.
const TOO_FEW: (usize, usize, i64, i64) = (2, 2, 60, 50);

/// How often a standing order comes round; on every market day, when it says no weekday.
struct Regular {
    group: usize,
    product: usize,
    quantity: i64,
    at_least: i64,
    weekdays: &'static [Weekday],
    every_weeks: i32,
    asks_first: bool,
    note: &'static str,
}

const fn regular(
    (group, product): (usize, usize),
    (quantity, at_least): (i64, i64),
    weekdays: &'static [Weekday],
    note: &'static str,
) -> Regular {
    Regular { group, product, quantity, at_least, weekdays, every_weeks: 1, asks_first: false, note }
}

/// The standing orders, each of a buyer of its own.
const REGULARS: [Regular; 10] = [
    regular((0, 0), (60, 40), &[Weekday::Mon, Weekday::Thu], "Kantin sekolah, sebelum jam istirahat"),
    Regular { every_weeks: 2, ..regular((0, 2), (25, 20), &[Weekday::Wed], "Rapat desa") },
    regular((2, 3), (20, 10), &[Weekday::Tue, Weekday::Fri], "Warung Contoh"),
    regular((5, 0), (10, 5), &[Weekday::Mon, Weekday::Thu], "Warung buah Contoh"),
    regular((0, 1), (40, 30), &[Weekday::Tue], "Puskesmas, untuk posyandu"),
    regular((2, 2), (8, 4), &[Weekday::Sat], "Toko Contoh"),
    Regular { asks_first: true, ..regular((3, 4), (6, 6), &[Weekday::Sun], "Katering Contoh") },
    regular((0, 0), (40, 30), &[], "Pasar Jumat"),
    regular((6, 0), (30, 20), &[], "Pasar Jumat"),
    regular((1, 0), (6, 4), &[], "Pasar Jumat"),
];

/// The standing order that comes round by a contract, by its place among them.
const CONTRACTED: usize = 0;
/// How many days before the last one it begins, at most: a contract is made for a year, and goes on for half of one.
pub(super) const CONTRACTED_FOR: i64 = 180;

/// What the demo knows of its market.
#[derive(Debug, Clone, Default)]
pub(super) struct Market {
    /// How far the log was read.
    heard: i64,
    /// The market days that can be ordered for, and those that cannot yet.
    open: BTreeMap<Day, MarketDayId>,
    planned: BTreeMap<Day, MarketDayId>,
    /// Standing orders whose buyer is asked each time.
    asking: BTreeMap<StandingOrderId, AccountId>,
    /// Standing orders that are paid by invoice.
    by_invoice: BTreeSet<StandingOrderId>,
    /// The request that is being dealt with, and the offers for it.
    pub(super) request: Option<(RequestId, Vec<(OfferId, i64)>)>,
    /// Whether an officer heard of it by phone.
    pub(super) by_phone: bool,
}

/// When the village's market becomes steadier.
pub(super) fn begins(first: Day, until: Day) -> Day {
    later(first, until.signed_duration_since(first).num_days().div_euclid(3))
}

/// Does what is due of the market by itself at this moment, as the service does.
pub(super) fn see_to(app: &Application, now: Instant) -> Result<(), Problem> {
    let told = |error: TaskError| Problem::internal(error.to_string());
    market_days::plan_days(&app.state.db, now).map_err(told)?;
    standing_orders::process_due(&app.state.db, now, &app.orders, &app.market).map_err(told)?;
    for task in contracts::periodic_tasks() {
        (task.run)(&app.state.db, now).map_err(told)?;
    }
    Ok(())
}

impl Today<'_> {
    /// The market's part of a day, before anything is traded.
    pub(super) fn hold_market(&mut self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        let begins = begins(self.first, self.until);
        if self.day < begins {
            return Ok(());
        }
        if self.day == begins {
            self.set_up(tx)?;
        }
        if self.day == begins.max(self.until.checked_sub_signed(Duration::days(CONTRACTED_FOR)).unwrap_or(begins)) {
            let now = self.at(5 * 60);
            self.subscribe(tx, now, CONTRACTED, &REGULARS[CONTRACTED])?;
        }
        self.hear(tx)?;
        match self.until.signed_duration_since(self.day).num_days() {
            19 => self.ask_for_a_feast(tx)?,
            18 => self.offer(tx, &[(0, 0, 250, 2_400), (6, 0, 150, 3_500)])?,
            17 | 10 => self.take(tx)?,
            16 => self.bring_once(tx, TOO_FEW)?,
            12 => self.hear_by_phone(tx)?,
            11 => self.offer(tx, &[(1, 0, 100, 11_000)])?,
            1 => self.ask_for_more(tx)?,
            _ => {}
        }
        self.order_for_market(tx)
    }

    /// The board sets the market's days, groups say what they bring, and buyers what they want again and again.
    fn set_up(&mut self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        let now = self.at(5 * 60);
        let last = later(self.until, 60);
        let shut: Vec<Day> =
            self.day.iter_days().take_while(|day| *day <= last).filter(|day| season::is_shut(*day)).collect();
        for (index, day) in (0..GROUPS.len()).flat_map(|index| shut.iter().map(move |day| (index, *day))) {
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
            dates: Json::of(&Vec::<Day>::new()),
            skipped: Json::of(&shut.iter().filter(|day| day.weekday() == Weekday::Fri).collect::<Vec<_>>()),
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
        market_days::add_schedule(tx, now, &self.world.board(), schedule).map_err(broken)?;
        self.hear(tx)?;
        let ahead: Vec<MarketDayId> = self.agenda.market.planned.values().copied().collect();
        for day in ahead {
            for brought in BROUGHT {
                self.set_offering(tx, day, brought, true)?;
            }
        }
        for (place, regular) in REGULARS.iter().enumerate().filter(|(place, _)| *place != CONTRACTED) {
            self.subscribe(tx, now, place, regular)?;
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
            capacity: Quantity::units(capacity),
            minimum: Quantity::units(minimum),
            minimum_deposits: Rupiah::ZERO,
            pack_size: None,
            price: None,
            deposit_percent: None,
            repeats,
        };
        market_days::set_offering(tx, self.at(5 * 60), &permit, day, product, &terms).map_err(broken)?;
        Ok(())
    }

    /// A group tries something on the next day that cannot be ordered for yet.
    fn bring_once(&self, tx: &mut Tx<'_>, brought: (usize, usize, i64, i64)) -> Result<(), Problem> {
        match self.agenda.market.planned.values().next().copied() {
            Some(day) => self.set_offering(tx, day, brought, false),
            None => Ok(()),
        }
    }

    fn subscribe(&mut self, tx: &mut Tx<'_>, now: Instant, place: usize, regular: &Regular) -> Result<(), Problem> {
        let (shop, _, _) = self.shop(regular.group)?;
        let (Some(buyer), Some(product)) = (self.world.buyers.get(place), shop.products.get(regular.product)) else {
            return Ok(());
        };
        let weekdays = regular.weekdays.iter().fold(Weekdays::NONE, |days, day| days.with(*day));
        let contract = if place == CONTRACTED { self.agree(tx, weekdays)? } else { None };
        let wanted = Subscribing {
            id: None,
            contract,
            cooperative: self.world.founded.cooperative,
            lines: vec![LineWanted {
                product: *product,
                quantity: Quantity::units(regular.quantity),
                at_least: Some(Quantity::units(regular.at_least)),
            }],
            every_market_day: regular.weekdays.is_empty(),
            weekdays,
            every_weeks: regular.every_weeks,
            starts_on: None,
            ends_on: None,
            confirms_first: regular.asks_first,
            delivery: self.pickup(),
            note: Some(regular.note.into()),
        };
        let (made, _) = standing_orders::subscribe(tx, now, buyer.account, &wanted).map_err(broken)?;
        if contract.is_some() {
            self.agenda.market.by_invoice.insert(made.id);
        }
        if regular.asks_first {
            self.agenda.market.asking.insert(made.id, buyer.account);
        }
        Ok(())
    }

    fn pickup(&self) -> DeliveryWish {
        DeliveryWish { point: Some(self.world.founded.pickup_point), ..DeliveryWish::pickup() }
    }

    /// Reads on in the log, as any app does that follows the market.
    fn hear(&mut self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        const BATCH_SIZE: i64 = 1_000;
        loop {
            let fresh = events::after(tx, self.agenda.market.heard, Some(self.world.founded.cooperative), BATCH_SIZE)?;
            let is_all = i64::try_from(fresh.len()).unwrap_or(BATCH_SIZE) < BATCH_SIZE;
            for event in fresh {
                self.agenda.market.heard = event.seq;
                let of = |name: &str| event.payload.get(name).and_then(|value| value.as_str());
                let day = of("held_on").or(of("due_on")).and_then(|day| day.parse::<Day>().ok());
                let id = MarketDayId::from_uuid(event.subject);
                let market = &mut self.agenda.market;
                match (event.kind.as_str(), day) {
                    ("market_day.planned", Some(day)) => drop(market.planned.insert(day, id)),
                    ("market_day.opened", Some(day)) => {
                        market.planned.remove(&day);
                        market.open.insert(day, id);
                    }
                    ("market_day.closed", Some(day)) => drop(market.open.remove(&day)),
                    ("standing_order.came_round", Some(day)) => {
                        let order = of("order").and_then(|id| id.parse::<OrderId>().ok());
                        self.came_round(tx, StandingOrderId::from_uuid(event.subject), day, order)?;
                    }
                    ("invoice.issued", _) => self.owe(InvoiceId::from_uuid(event.subject)),
                    _ => {}
                }
            }
            if is_all {
                return Ok(());
            }
        }
    }

    /// Somebody's standing order gave an order: it will be made and handed over.
    fn came_round(
        &mut self,
        tx: &mut Tx<'_>,
        standing: StandingOrderId,
        day: Day,
        order: Option<OrderId>,
    ) -> Result<(), Problem> {
        let Some(whole) = order.map(|order| orders::find_whole(tx, order)).transpose()?.flatten() else {
            return Ok(());
        };
        if let Some(buyer) = self.agenda.market.asking.get(&standing).copied() {
            // Every now and then nobody answers, and the day lapses. What is for today already needs no answer.
            if !day.iso_week().week().is_multiple_of(6) {
                match standing_orders::confirm(tx, self.at(6 * 60), buyer, standing, day) {
                    Ok(_) | Err(StandingError::WrongStatus(_)) => {}
                    Err(error) => return Err(broken(error)),
                }
            }
        }
        self.expect(&whole, self.agenda.market.by_invoice.contains(&standing));
        Ok(())
    }

    /// What was promised is made on its day and handed over; paid in cash then, or before.
    pub(super) fn expect(&mut self, whole: &WholeOrder, paid: bool) {
        for part in &whole.parts {
            let group = part.fulfilment.group;
            let Some(shop) = self.world.shops.iter().position(|shop| shop.group == group) else { continue };
            for line in &part.lines {
                let batches = line.claims.iter().map(|claim| (shop, claim.batch));
                self.agenda.to_make.entry(line.line.ready_on).or_default().extend(batches);
            }
            let minute = self.rng.random_range(8 * 60..15 * 60_i64);
            let act = Act::HandOver { shop, order: whole.order.id, part: part.fulfilment.id, paid };
            self.note(part.fulfilment.ready_on, minute, act);
        }
    }

    /// A few order for the market days that are open.
    fn order_for_market(&mut self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        for day in self.agenda.market.open.values().copied().collect::<Vec<_>>() {
            let brought = market_days::offerings_of(tx, day)?;
            let (always, once): (Vec<_>, Vec<_>) = brought.into_iter().partition(|it| it.repeats);
            let mut wanted = Vec::new();
            for _ in 0..self.rng.random_range(1..=3_u32) {
                wanted.extend(always.get(self.rng.random_range(0..always.len().max(1))));
            }
            // What is new is tried by one, on one day of the week.
            wanted.extend(once.iter().filter(|_| self.day.weekday() == Weekday::Mon));
            for offering in wanted {
                let Some(batch) = offering.batch else { continue };
                let Some(group) = self.world.shops.iter().position(|shop| shop.group == offering.group) else {
                    continue;
                };
                let minimum = self.least(group, offering.product);
                let quantity = if minimum > 1 { minimum } else { self.rng.random_range(2..=5_i64) };
                let line = BasketLine {
                    product: offering.product,
                    ready_on: None,
                    batch: Some(batch),
                    quantity: Quantity::units(quantity),
                    at_least: None,
                };
                self.order_one(tx, line)?;
            }
        }
        Ok(())
    }

    fn least(&self, group: usize, product: ProductId) -> i64 {
        let place = self.world.shops.get(group).and_then(|shop| shop.products.iter().position(|id| *id == product));
        let known = GROUPS.get(group).and_then(|group| group.products.get(place?));
        known.map_or(1, |product| product.minimum)
    }

    fn order_one(&mut self, tx: &mut Tx<'_>, line: BasketLine) -> Result<(), Problem> {
        let minute = self.rng.random_range(7 * 60..16 * 60_i64);
        let now = self.at(minute);
        let place = self.rng.random_range(REGULARS.len()..self.world.buyers.len());
        let Some(buyer) = self.world.buyers.get(place) else { return Ok(()) };
        let new_order = NewOrder {
            id: tx.id(now),
            basket: Basket::of(self.world.founded.cooperative, vec![line], self.pickup()),
            buyer: Some(buyer.account),
            captured_by: None,
            channel: Channel::App,
            contact: Contact { name: buyer.name.clone(), phone: None, email: None },
            recipient: None,
            note: None,
            locale: Language::Indonesian,
            expected_total: None,
            promised: false,
        };
        match orders::place(tx, now, self.settings, &new_order) {
            Ok(whole) => {
                self.tally.placed = self.tally.placed.saturating_add(1);
                self.expect(&whole, false);
                Ok(())
            }
            Err(orders::PlaceOrderError::Unavailable { .. }) => {
                self.tally.refused = self.tally.refused.saturating_add(1);
                Ok(())
            }
            Err(error) => Err(broken(error)),
        }
    }
}

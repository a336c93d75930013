//! Simulates days. Each day is one transaction, and everything in it goes through the use cases that the API calls.

use std::sync::Arc;

use rand::rngs::ChaCha12Rng;
use rand::{RngExt, SeedableRng};

use super::market;
use super::money;
use super::plan::{BUYERS, Fate, PlannedOrder, Way, draw_orders};
use super::today::{Act, Agenda, DayTotals, Due, Today, ZONE, broken, later, phone};
use super::village::{DemandClass, GIVEN_NAMES, GROUPS};
use super::world::World;
use crate::app::Application;
use crate::catalogue;
use crate::cooperatives::GroupPermit;
use crate::db::Tx;
use crate::kernel::ids::{FulfilmentId, ProductId};
use crate::kernel::{Day, Instant, Language, Quantity, Rupiah};
use crate::orders::{
    self, Basket, BasketLine, CancelError, Channel, DeliveryChoice, DeliveryKind, FulfilmentAction, FulfilmentError,
    GoodsDisposition, NewOrder, OrderContact, OrderWithFulfilments, PlaceOrderError, Recipient, TransitionRequest,
    Viewer,
};
use crate::supply::{self, DemandSource, UnmetDemand};
use crate::web::{Problem, Signer};

/// The simulated days, and the seed of the random generator.
#[derive(Debug, Clone, Copy)]
pub(super) struct Story {
    pub(super) first: Day,
    pub(super) until: Day,
    pub(super) seed: u64,
}

/// Simulates one day in one transaction, with the periodic tasks of the service before and after it. Returns the next
/// agenda and the day's totals.
pub(super) fn live(
    app: &Application,
    world: &Arc<World>,
    agenda: &Agenda,
    day: Day,
    story: Story,
) -> Result<(Agenda, DayTotals), Problem> {
    let at = |minute| ZONE.start_of(day).after(chrono::Duration::minutes(minute));
    market::run_due_tasks(app, at(6 * 60 + 5))?;
    let result = trade(app, world, agenda, day, story)?;
    market::run_due_tasks(app, at(17 * 60 + 30))?;
    Ok(result)
}

fn trade(
    app: &Application,
    world: &Arc<World>,
    agenda: &Agenda,
    day: Day,
    Story { first, until, seed }: Story,
) -> Result<(Agenda, DayTotals), Problem> {
    let settings = app.orders;
    let (world, agenda) = (Arc::clone(world), agenda.clone());
    app.state.db.write_blocking(move |tx| {
        // Each day has its own seed, so that a retried transaction draws the same numbers.
        let days = day.signed_duration_since(first).num_days();
        let mut rng =
            ChaCha12Rng::seed_from_u64(seed.wrapping_add(u64::try_from(days).unwrap_or(0).wrapping_mul(1_000_003)));
        let planned = draw_orders(day, first, &mut rng);
        let (agenda, tally) = (agenda.clone(), DayTotals::default());
        let mut today = Today { world: &world, settings: &settings, day, first, until, agenda, tally, rng };
        today.set_up_first_day(tx)?;
        today.change_prices(tx)?;
        today.hold_market(tx)?;
        today.discount_quiet_days(tx)?;
        today.stock_shelves(tx)?;
        today.make(tx)?;
        today.trade(tx, &planned)?;
        today.visit_outlets_if_due(tx)?;
        today.keep_books(tx)?;
        Ok((today.agenda, today.tally))
    })
}

impl Today<'_> {
    /// On the first day, creates recipes and consignment outlets.
    fn set_up_first_day(&mut self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        if self.day == self.first {
            self.write_recipes(tx)?;
            self.create_outlets(tx)?;
        }
        Ok(())
    }

    /// Raises all prices by four percent at New Year, and prices of fried goods by six percent for three months, for expensive
    /// cooking oil.
    fn change_prices(&self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        let parse = |text: &str| text.parse::<Day>().ok();
        let (oil_up, new_year, oil_down) = (parse("2025-11-01"), parse("2026-01-01"), parse("2026-02-01"));
        let today = Some(self.day);
        if ![oil_up, new_year, oil_down].contains(&today) {
            return Ok(());
        }
        for (index, group) in GROUPS.iter().enumerate() {
            let (shop, _, permit) = self.shop(index)?;
            for (product, id) in group.products.iter().zip(&shop.products) {
                let yearly_percent = if today >= new_year { 104 } else { 100 };
                let oil_percent = if product.fried && today >= oil_up && today < oil_down { 106 } else { 100 };
                let price =
                    round_to_hundred(product.price.saturating_mul(yearly_percent).saturating_mul(oil_percent), 10_000);
                catalogue::update(tx, self.at(60), &permit, *id, None, |offering| offering.price = Rupiah(price))?;
            }
        }
        Ok(())
    }

    /// Places the planned orders and runs the scheduled acts in order of time.
    fn trade(&mut self, tx: &mut Tx<'_>, planned: &[PlannedOrder]) -> Result<(), Problem> {
        let mut due = self.agenda.due.remove(&self.day).unwrap_or_default();
        due.sort_by_key(|due| due.minute);
        let mut due: std::collections::VecDeque<Due> = due.into();
        for order in planned {
            while due.front().is_some_and(|due| due.minute <= order.minute) {
                let Some(next) = due.pop_front() else { break };
                self.act(tx, next)?;
            }
            for new in self.order(tx, order)? {
                let index = due.partition_point(|scheduled| scheduled.minute <= new.minute);
                due.insert(index, new);
            }
        }
        for remaining in due {
            self.act(tx, remaining)?;
        }
        Ok(())
    }

    fn basket(&mut self, planned: &PlannedOrder) -> Result<Basket, Problem> {
        let (shop, _, _) = self.shop(planned.group)?;
        let ready_on = (planned.ahead > 0).then(|| later(self.day, planned.ahead));
        let lines = planned
            .lines
            .iter()
            .filter_map(|(position, units)| {
                let product: ProductId = *shop.products.get(*position)?;
                Some(BasketLine {
                    product,
                    ready_on,
                    batch: None,
                    quantity: Quantity::from_units(*units),
                    at_least: None,
                })
            })
            .collect();
        let zones = &self.world.founded.delivery_zones;
        let delivery = match self.rng.random_range(0..10_u32) {
            _ if planned.way == Way::WalkIn => DeliveryChoice::pickup(),
            0..6 => DeliveryChoice { point: Some(self.world.founded.pickup_point), ..DeliveryChoice::pickup() },
            dice => DeliveryChoice {
                kind: DeliveryKind::Local,
                point: None,
                zone: zones
                    .get(usize::try_from(dice).unwrap_or(0).checked_rem(zones.len().max(1)).unwrap_or(0))
                    .copied(),
                address: Some("RT 02 RW 05, rumah contoh dekat mushola".into()),
                fee: None,
            },
        };
        Ok(Basket::of(self.world.founded.cooperative, lines, delivery))
    }

    fn order(&mut self, tx: &mut Tx<'_>, planned: &PlannedOrder) -> Result<Vec<Due>, Problem> {
        let now = self.at(planned.minute);
        let basket = self.basket(planned)?;
        let (_, _, permit) = self.shop(planned.group)?;
        if planned.way == Way::WalkIn {
            return self.sell_at_stall(tx, now, &permit, planned, basket);
        }
        let buyer = self.world.buyers.get(planned.buyer).filter(|_| planned.buyer < BUYERS);
        let contact = match buyer {
            Some(buyer) => OrderContact { name: buyer.name.clone(), phone: None, email: None },
            None => guest(planned.buyer),
        };
        let (channel, captured_by) = match planned.way {
            Way::Whatsapp => (Channel::Whatsapp, Some(permit.account)),
            Way::Phone => (Channel::Phone, Some(permit.account)),
            _ => (Channel::Web, None),
        };
        let recipient =
            (planned.way == Way::Abroad).then(|| Recipient { name: "Contoh Keluarga".into(), phone: phone(700) });
        let new_order = NewOrder {
            buyer: buyer.map(|buyer| buyer.account),
            captured_by,
            recipient,
            ..NewOrder::new(tx.id(now), basket, channel, contact, Language::Indonesian)
        };
        match orders::place(tx, now, self.settings, &new_order) {
            Ok(order) => self.follow(tx, now, planned, &order),
            Err(error) => self.record_unmet(tx, now, planned, &new_order.basket, error).map(|()| Vec::new()),
        }
    }

    fn sell_at_stall(
        &mut self,
        tx: &mut Tx<'_>,
        now: Instant,
        permit: &GroupPermit,
        planned: &PlannedOrder,
        basket: Basket,
    ) -> Result<Vec<Due>, Problem> {
        if let Err(error) = money::sell(tx, now, self.settings, permit, &basket)? {
            return self.record_unmet(tx, now, planned, &basket, error).map(|()| Vec::new());
        }
        self.tally.placed = self.tally.placed.saturating_add(1);
        self.reduce_stock(planned);
        Ok(Vec::new())
    }

    fn reduce_stock(&mut self, planned: &PlannedOrder) {
        for (position, units) in &planned.lines {
            if let Some(stock) = self.agenda.shelf.get_mut(&(planned.group, *position)) {
                stock.0 = stock.0.saturating_sub(*units);
            }
        }
    }

    /// Plans the acts of a placed order by its fate. Returns those of today and schedules those of other days.
    fn follow(
        &mut self,
        tx: &mut Tx<'_>,
        now: Instant,
        planned: &PlannedOrder,
        whole: &OrderWithFulfilments,
    ) -> Result<Vec<Due>, Problem> {
        self.tally.placed = self.tally.placed.saturating_add(1);
        self.reduce_stock(planned);
        let order = whole.order.id;
        let mut today = Vec::new();
        let transfer = if planned.transfer && planned.fate != Fate::Cancelled {
            money::announce_transfer(tx, now, whole)?
        } else {
            None
        };
        if let Some(payment) = transfer {
            self.schedule(later(self.day, 1), 8 * 60, Act::Confirm { payment });
        }
        for fulfilment in &whole.fulfilments {
            let id = fulfilment.row.id;
            let answer_minute = planned.minute.saturating_add(self.rng.random_range(10..100));
            today.push(Due { minute: answer_minute, act: Act::Accept { shop: planned.group, fulfilment: id } });
            let ready_on = fulfilment.row.ready_on;
            for line in &fulfilment.lines {
                if self.is_made_to_order(planned.group, line.row.product) {
                    let batches = line.claims.iter().map(|claim| (planned.group, claim.batch));
                    self.agenda.to_make.entry(line.row.ready_on).or_default().extend(batches);
                }
            }
            if planned.fate == Fate::Cancelled {
                today.push(Due { minute: answer_minute.saturating_add(5), act: Act::Cancel { order } });
                continue;
            }
            let days_late = i64::from(planned.fate == Fate::Late);
            let minute = self.rng.random_range(9 * 60..17 * 60_i64).max(if ready_on == self.day {
                answer_minute.saturating_add(20)
            } else {
                0
            });
            let act = Act::HandOver { shop: planned.group, order, fulfilment: id, paid: transfer.is_some() };
            if ready_on == self.day && days_late == 0 {
                today.push(Due { minute, act });
            } else {
                self.schedule(later(ready_on, days_late), minute, act);
            }
            if planned.fate == Fate::Returned {
                let keeps = GROUPS.get(planned.group).is_some_and(|group| group.class != DemandClass::Fresh);
                self.schedule(
                    later(ready_on, 1),
                    17 * 60 + 30,
                    Act::Return { shop: planned.group, fulfilment: id, keeps },
                );
            }
        }
        Ok(today)
    }

    fn is_made_to_order(&self, shop: usize, product: ProductId) -> bool {
        let (Some(shop), Some(group)) = (self.world.shops.get(shop), GROUPS.get(shop)) else { return false };
        shop.products.iter().zip(&group.products).any(|(id, spec)| *id == product && spec.capacity > 0)
    }

    /// Records unmet demand; any other error is a bug of the demo.
    fn record_unmet(
        &mut self,
        tx: &mut Tx<'_>,
        now: Instant,
        planned: &PlannedOrder,
        basket: &Basket,
        error: PlaceOrderError,
    ) -> Result<(), Problem> {
        let PlaceOrderError::Unavailable { line, unavailable } = error else { return Err(broken(error)) };
        self.tally.unmet = self.tally.unmet.saturating_add(1);
        let (shop, _, _) = self.shop(planned.group)?;
        let Some(line) = basket.lines.get(line).filter(|_| unavailable.reason.is_unmet_demand()) else { return Ok(()) };
        // A constant signer key, so that the demo's data does not depend on this server.
        let source = DemandSource::contact(&Signer::new([0; 32]), &guest(planned.buyer).name);
        let demand = UnmetDemand {
            product: line.product,
            group: shop.group,
            cooperative: self.world.founded.cooperative,
            day: line.ready_on.unwrap_or(self.day),
            quantity: line.quantity,
            reason: unavailable.reason,
            source,
        };
        supply::record_unmet_demand(tx, now, &demand)?;
        Ok(())
    }

    fn act(&mut self, tx: &mut Tx<'_>, due: Due) -> Result<(), Problem> {
        let now = self.at(due.minute);
        match due.act {
            Act::Accept { shop, fulfilment } => {
                self.transition(tx, now, shop, fulfilment, TransitionRequest::new(FulfilmentAction::Accept))
            }
            Act::PayInvoice { invoice } => self.pay(tx, now, invoice),
            Act::Confirm { payment } => money::confirm(tx, now, &self.world.treasurer(), payment),
            Act::Cancel { order } => {
                let viewer = Viewer::with_secret();
                match orders::cancel(tx, now, &viewer, order, Some("Tidak jadi"), None) {
                    Ok(_) | Err(CancelError::TooLate | CancelError::WrongStatus(_)) => Ok(()),
                    Err(error) => Err(broken(error)),
                }
            }
            Act::HandOver { shop, order, fulfilment, paid } => {
                if !paid {
                    let (_, _, permit) = self.shop(shop)?;
                    money::take_cash(tx, now, &permit, order)?;
                }
                let received_by = Some("Contoh Penerima".to_owned());
                self.transition(
                    tx,
                    now,
                    shop,
                    fulfilment,
                    TransitionRequest { received_by, ..TransitionRequest::new(FulfilmentAction::HandOver) },
                )
            }
            Act::Return { shop, fulfilment, keeps } => {
                let goods = Some(if keeps { GoodsDisposition::Shelf } else { GoodsDisposition::Discard });
                let reason = Some("Tidak sesuai pesanan".to_owned());
                self.transition(
                    tx,
                    now,
                    shop,
                    fulfilment,
                    TransitionRequest { goods, reason, ..TransitionRequest::new(FulfilmentAction::Return) },
                )
            }
        }
    }

    /// Transitions a fulfilment; does nothing if it was cancelled meanwhile.
    fn transition(
        &self,
        tx: &mut Tx<'_>,
        now: Instant,
        shop: usize,
        fulfilment: FulfilmentId,
        request: TransitionRequest,
    ) -> Result<(), Problem> {
        let (_, _, permit) = self.shop(shop)?;
        match orders::apply(tx, now, self.settings, &permit, fulfilment, &request) {
            Ok(_) | Err(FulfilmentError::WrongStatus(_)) => Ok(()),
            Err(error) => Err(broken(error)),
        }
    }
}

fn guest(number: usize) -> OrderContact {
    let name = GIVEN_NAMES.get(number.checked_rem(GIVEN_NAMES.len()).unwrap_or(0)).map_or("Tamu", String::as_str);
    OrderContact { name: format!("Contoh {name}"), phone: phone(number), email: None }
}

fn round_to_hundred(scaled: i64, scale: i64) -> i64 {
    let unit = scale.saturating_mul(100);
    scaled.saturating_add(unit.div_euclid(2)).div_euclid(unit).saturating_mul(100)
}

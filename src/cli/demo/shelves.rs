//! Making goods: what is sold from the shelf when it runs low, and what was ordered on its day.

use std::sync::Arc;

use chrono::{Datelike, Weekday};
use rand::RngExt;

use super::live::{Today, ZONE, broken, later};
use super::market::begins;
use super::village::{GROUPS, Group, Product};
use super::world::World;
use crate::app::Application;
use crate::db::Tx;
use crate::kernel::ids::BatchId;
use crate::kernel::{Day, Instant, Quantity, Rupiah};
use crate::orders::{self, Basket, BasketLine, DeliveryWish};
use crate::supply::{self, Contributing, ContributionKind, DiscountError, DiscountKind, Lowering, Opening};
use crate::web::Problem;

/// What quiet days are filled with: the place of the group and of the product, percent off, and the floor.
const STEERED: (usize, usize, i32, i64) = (0, 1, 10, 2_000);

/// Sells what is made for a day with room for less; nothing, where that is not possible any more.
fn steer(tx: &mut Tx<'_>, now: Instant, world: &World, day: Day) -> Result<(), Problem> {
    let (group, product, percent, floor) = STEERED;
    let Some(shop) = world.shops.get(group) else { return Ok(()) };
    let Some(product) = shop.products.get(product).copied() else { return Ok(()) };
    let lowering =
        Lowering { kind: DiscountKind::Slack, percent, starts_at: None, ends_at: None, floor_price: Rupiah(floor) };
    match supply::lower_price_of_day(tx, now, &world.permit(shop), product, day, &lowering) {
        Ok(_) | Err(DiscountError::Unavailable(_) | DiscountError::WrongStatus(_)) => Ok(()),
        Err(error) => Err(broken(error)),
    }
}

impl Today<'_> {
    /// Every Monday the next one is sold for less: it is a quiet day.
    pub(super) fn steer(&self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        if self.day.weekday() == Weekday::Mon && self.day >= begins(self.first, self.until) {
            steer(tx, self.at(5 * 60 + 30), self.world, later(self.day, 7))?;
        }
        Ok(())
    }

    /// What is sold from the shelf is made when it runs low.
    pub(super) fn stock_shelves(&mut self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        for (index, group) in GROUPS.iter().enumerate() {
            for (position, product) in group.products.iter().enumerate().filter(|(_, product)| product.capacity == 0) {
                let least = weekly(group, product);
                let stock = self.agenda.shelf.get(&(index, position));
                if stock.is_none_or(|(units, good_until)| *units < least || *good_until <= later(self.day, 2)) {
                    self.put_on_shelf(tx, index, position, least.saturating_mul(2))?;
                }
            }
        }
        Ok(())
    }

    fn put_on_shelf(&mut self, tx: &mut Tx<'_>, index: usize, position: usize, units: i64) -> Result<(), Problem> {
        let (shop, _, permit) = self.shop(index)?;
        let Some(product) = shop.products.get(position).copied() else { return Ok(()) };
        let made = Some(Quantity::units(units));
        let opening = Opening { made, ..Opening::default() };
        let batch = supply::open(tx, self.at(6 * 60), &permit, product, None, &opening)?;
        self.contribute(tx, index, batch.id, units)?;
        let keeps = batch.best_before.unwrap_or_else(|| later(self.day, 365));
        let stock = self.agenda.shelf.entry((index, position)).or_insert((0, keeps));
        // What was left of goods that spoil now is no stock any more.
        let left = if stock.1 <= later(self.day, 2) { 0 } else { stock.0 };
        *stock = (left.saturating_add(units), keeps);
        Ok(())
    }

    /// In the morning the day's batches are made, exactly what was ordered.
    pub(super) fn make(&mut self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        let now = self.at(6 * 60 + 30);
        for (index, batch) in self.agenda.to_make.remove(&self.day).unwrap_or_default() {
            let (_, _, permit) = self.shop(index)?;
            let claimed = supply::lock(tx, batch).map_err(broken)?.claimed;
            if claimed.is_positive() {
                orders::produce(tx, now, &permit, batch, claimed, None).map_err(broken)?;
                let units = claimed.in_thousandths().div_euclid(1000).max(1);
                self.contribute(tx, index, batch, units)?;
            }
        }
        Ok(())
    }

    /// A few members share the pieces of a batch.
    fn contribute(&mut self, tx: &mut Tx<'_>, index: usize, batch: BatchId, units: i64) -> Result<(), Problem> {
        let at = self.at(7 * 60);
        let (shop, _, permit) = self.shop(index)?;
        let hands = usize::try_from(units).unwrap_or(1).clamp(1, 3);
        let members = shop.members.clone();
        let from = self.rng.random_range(0..members.len().max(1));
        let shares = crate::kernel::split_evenly(Rupiah(units), hands);
        for (turn, share) in shares.iter().enumerate() {
            let place = from.saturating_add(turn).checked_rem(members.len()).unwrap_or(0);
            let Some(membership) = members.get(place).copied() else { continue };
            let done = Contributing { membership, kind: ContributionKind::Pieces, amount: Quantity::units(share.0) };
            supply::contribute(tx, at, &permit, batch, None, done)?;
        }
        Ok(())
    }
}

/// About what a week takes of a product from the shelf, in whole units.
fn weekly(group: &Group, product: &Product) -> i64 {
    let turnover = group.usual_order.saturating_mul(i64::from(group.daily_orders)).saturating_mul(7);
    let kinds = i64::try_from(group.products.len()).unwrap_or(1).saturating_mul(100);
    let share = turnover.checked_div(kinds).unwrap_or(0);
    share.checked_div(product.price).unwrap_or(1).max(10)
}

/// Fresh goods for the shelves, so that a demo started on a later day has something to sell.
pub(super) fn restock(app: &Application, world: &Arc<World>, now: Instant) -> Result<usize, Problem> {
    let (world, settings) = (Arc::clone(world), app.orders);
    app.state.db.write_blocking(move |tx| {
        let day = ZONE.day_of(now);
        let mut filled: usize = 0;
        steer(tx, now, &world, later(day, 5))?;
        for (index, group) in GROUPS.iter().enumerate() {
            let Some(shop) = world.shops.get(index) else { continue };
            for (position, product) in group.products.iter().enumerate().filter(|(_, product)| product.capacity == 0) {
                let Some(id) = shop.products.get(position).copied() else { continue };
                let least = weekly(group, product);
                let quantity = Quantity::units(least);
                let line = BasketLine { product: id, ready_on: Some(day), batch: None, quantity, at_least: None };
                let basket = Basket::of(world.founded.cooperative, vec![line], DeliveryWish::pickup());
                let quote = orders::quote(tx, now, &settings, &basket).map_err(broken)?;
                if quote.lines.iter().any(|line| line.short().is_positive()) {
                    let made = Some(Quantity::units(least.saturating_mul(3)));
                    supply::open(tx, now, &world.permit(shop), id, None, &Opening { made, ..Opening::default() })?;
                    filled = filled.saturating_add(1);
                }
            }
        }
        Ok::<_, Problem>(filled)
    })
}

//! Production: stock goods when stock is low, and ordered goods on their day.

use std::sync::Arc;

use chrono::{Datelike, Weekday};

use rand::RngExt;

use super::market::start_day;
use super::today::{Today, ZONE, broken, later};
use super::village::{GROUPS, GroupSpec, ProductSpec};
use super::world::World;
use crate::app::Application;
use crate::db::Tx;
use crate::kernel::ids::BatchId;
use crate::kernel::{Day, Instant, Quantity, Rupiah};
use crate::orders::{self, Basket, BasketLine, DeliveryChoice};
use crate::supply::{self, ContributionKind, DiscountError, DiscountKind, NewContribution, NewDiscount, Opening};
use crate::web::Problem;

/// The discounted product of quiet days: indices of group and product, percent and floor price.
const QUIET_DAY_DISCOUNT: (usize, usize, i32, i64) = (0, 1, 10, 2_000);

/// Discounts a made-to-order day; does nothing if that is not possible any more.
fn discount_day(tx: &mut Tx<'_>, now: Instant, world: &World, day: Day) -> Result<(), Problem> {
    let (group, product, percent, floor) = QUIET_DAY_DISCOUNT;
    let Some(shop) = world.shops.get(group) else { return Ok(()) };
    let Some(product) = shop.products.get(product).copied() else { return Ok(()) };
    let discount =
        NewDiscount { kind: DiscountKind::Slack, percent, starts_at: None, ends_at: None, floor_price: Rupiah(floor) };
    match supply::lower_day_price(tx, now, &world.permit(shop), product, day, &discount) {
        Ok(_) | Err(DiscountError::Unavailable(_) | DiscountError::WrongStatus(_)) => Ok(()),
        Err(error) => Err(broken(error)),
    }
}

impl Today<'_> {
    /// Every Monday, discounts the next Monday, which is a quiet day.
    pub(super) fn discount_quiet_days(&self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        if self.day.weekday() == Weekday::Mon && self.day >= start_day(self.first, self.until) {
            discount_day(tx, self.at(5 * 60 + 30), self.world, later(self.day, 7))?;
        }
        Ok(())
    }

    /// Produces stock goods that run low.
    pub(super) fn stock_shelves(&mut self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        for (index, group) in GROUPS.iter().enumerate() {
            for (position, product) in group.products.iter().enumerate().filter(|(_, product)| product.capacity == 0) {
                let weekly_demand = weekly_demand(group, product);
                let stock = self.agenda.shelf.get(&(index, position));
                if stock.is_none_or(|(units, good_until)| *units < weekly_demand || *good_until <= later(self.day, 2)) {
                    self.produce_stock(tx, index, position, weekly_demand.saturating_mul(2))?;
                }
            }
        }
        Ok(())
    }

    fn produce_stock(&mut self, tx: &mut Tx<'_>, index: usize, position: usize, units: i64) -> Result<(), Problem> {
        let (shop, _, permit) = self.shop(index)?;
        let Some(product) = shop.products.get(position).copied() else { return Ok(()) };
        let made = Some(Quantity::from_units(units));
        let opening = Opening { made, ..Opening::default() };
        let batch = supply::open(tx, self.at(6 * 60), &permit, product, None, &opening)?;
        self.record_contributions(tx, index, batch.id, units)?;
        let best_before = batch.best_before.unwrap_or_else(|| later(self.day, 365));
        let stock = self.agenda.shelf.entry((index, position)).or_insert((0, best_before));
        // Goods that expire now do not count as stock any more.
        let remaining = if stock.1 <= later(self.day, 2) { 0 } else { stock.0 };
        *stock = (remaining.saturating_add(units), best_before);
        Ok(())
    }

    /// Produces the batches of the day, exactly as ordered.
    pub(super) fn make(&mut self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        let now = self.at(6 * 60 + 30);
        for (index, batch) in self.agenda.to_make.remove(&self.day).unwrap_or_default() {
            let (_, _, permit) = self.shop(index)?;
            let claimed = supply::lock_batch(tx, batch).map_err(broken)?.claimed;
            if claimed.is_positive() {
                orders::produce(tx, now, &permit, batch, claimed, None).map_err(broken)?;
                let units = claimed.as_thousandths().div_euclid(1000).max(1);
                self.record_contributions(tx, index, batch, units)?;
            }
        }
        Ok(())
    }

    /// Records contributions of a few members to a batch.
    fn record_contributions(
        &mut self,
        tx: &mut Tx<'_>,
        index: usize,
        batch: BatchId,
        units: i64,
    ) -> Result<(), Problem> {
        let now = self.at(7 * 60);
        let (shop, _, permit) = self.shop(index)?;
        let member_count = usize::try_from(units).unwrap_or(1).clamp(1, 3);
        let members = shop.members.clone();
        let first = self.rng.random_range(0..members.len().max(1));
        let shares = crate::kernel::split_evenly(Rupiah(units), member_count);
        for (offset, share) in shares.iter().enumerate() {
            let index = first.saturating_add(offset).checked_rem(members.len()).unwrap_or(0);
            let Some(membership) = members.get(index).copied() else { continue };
            let contribution =
                NewContribution { membership, kind: ContributionKind::Pieces, amount: Quantity::from_units(share.0) };
            supply::record_contribution(tx, now, &permit, batch, None, contribution)?;
        }
        Ok(())
    }
}

/// The approximate weekly demand for a product, in whole units.
fn weekly_demand(group: &GroupSpec, product: &ProductSpec) -> i64 {
    let turnover = group.usual_order.saturating_mul(i64::from(group.daily_orders)).saturating_mul(7);
    let product_count = i64::try_from(group.products.len()).unwrap_or(1).saturating_mul(100);
    let share = turnover.checked_div(product_count).unwrap_or(0);
    share.checked_div(product.price).unwrap_or(1).max(10)
}

/// Restocks products that are sold out, so that a demo started on a later day has something to sell. Returns how many.
pub(super) fn restock(app: &Application, world: &Arc<World>, now: Instant) -> Result<usize, Problem> {
    let (world, settings) = (Arc::clone(world), app.orders);
    app.state.db.write_blocking(move |tx| {
        let day = ZONE.day_of(now);
        let mut restocked: usize = 0;
        discount_day(tx, now, &world, later(day, 5))?;
        for (index, group) in GROUPS.iter().enumerate() {
            let Some(shop) = world.shops.get(index) else { continue };
            for (position, product) in group.products.iter().enumerate().filter(|(_, product)| product.capacity == 0) {
                let Some(id) = shop.products.get(position).copied() else { continue };
                let weekly_demand = weekly_demand(group, product);
                let quantity = Quantity::from_units(weekly_demand);
                let line = BasketLine { product: id, ready_on: Some(day), batch: None, quantity, at_least: None };
                let basket = Basket::of(world.founded.cooperative, vec![line], DeliveryChoice::pickup());
                let quote = orders::quote(tx, now, &settings, &basket).map_err(broken)?;
                if quote.lines.iter().any(|line| line.missing_quantity().is_positive()) {
                    let made = Some(Quantity::from_units(weekly_demand.saturating_mul(3)));
                    supply::open(tx, now, &world.permit(shop), id, None, &Opening { made, ..Opening::default() })?;
                    restocked = restocked.saturating_add(1);
                }
            }
        }
        Ok::<_, Problem>(restocked)
    })
}

//! The demo's outlets, which sell stock goods on consignment. An officer counts and refills them on Tuesdays; they pay on
//! Saturdays.

use chrono::{Datelike, Weekday};

use rand::RngExt;

use super::plan::sold_percent;
use super::season::is_closed;
use super::today::{Goods, OutletState, Today, broken, later};
use super::village::{GROUPS, OUTLETS};
use crate::consignment::{self, NewConsignment, NewCount, NewCountLine, OutletTerms};
use crate::cooperatives::GroupPermit;
use crate::db::Tx;
use crate::kernel::ids::{OutletId, ProductId};
use crate::kernel::{Instant, Quantity, Rupiah};
use crate::orders::GoodsDisposition;
use crate::payments::Method;
use crate::supply::{self, BatchStatus};
use crate::web::Problem;

/// The commission of every second outlet, in percent of the price. The others owe a consignment price instead.
const COMMISSION_PERCENT: i32 = 20;

/// The target stock of a product at an outlet, in whole units.
const TARGET_STOCK: i64 = 15;

/// The probability of one damaged piece per visit, in percent.
const DAMAGE_PERCENT: i32 = 15;

/// The number of products at an outlet.
const PRODUCTS_PER_OUTLET: usize = 2;

impl Today<'_> {
    /// The board creates the outlets.
    pub(super) fn create_outlets(&mut self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        let (now, board) = (self.at(8 * 60), self.world.board());
        let stock_goods = GROUPS.iter().enumerate().flat_map(|(shop, group)| {
            let in_stock = group.products.iter().enumerate().filter(|(_, product)| product.capacity == 0);
            in_stock.map(move |(position, _)| Goods { shop, position, stock: Vec::new() })
        });
        let all: Vec<Goods> = stock_goods.collect();
        for (index, name) in OUTLETS.iter().enumerate() {
            let has_commission = index & 1 == 0;
            let terms = OutletTerms {
                name: format!("Warung Contoh {name}"),
                keeper: None,
                phone: None,
                address: None,
                cut_percent: if has_commission { COMMISSION_PERCENT } else { 0 },
                settle_days: 7,
                bears_damage: index == 0,
                active: true,
            };
            let id = tx.id(now);
            let outlet = consignment::create_outlet(tx, now, &board, id, &terms)?.id;
            let goods = all
                .iter()
                .cycle()
                .skip(index.saturating_mul(PRODUCTS_PER_OUTLET))
                .take(PRODUCTS_PER_OUTLET)
                .cloned()
                .collect();
            self.agenda.outlets.push(OutletState { outlet, has_commission, goods });
        }
        Ok(())
    }

    /// Visits the outlets on Tuesdays, and records their payments on Saturdays.
    pub(super) fn visit_outlets_if_due(&mut self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        match self.day.weekday() {
            Weekday::Tue if !is_closed(self.day) => self.visit_outlets(tx),
            Weekday::Sat => self.record_outlet_payments(tx),
            _ => Ok(()),
        }
    }

    fn visit_outlets(&mut self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        let now = self.at(16 * 60);
        let mut outlets = std::mem::take(&mut self.agenda.outlets);
        for outlet_state in &mut outlets {
            for goods in &mut outlet_state.goods {
                let (shop, _, permit) = self.shop(goods.shop)?;
                let Some(product) = shop.products.get(goods.position).copied() else { continue };
                self.count(tx, now, &permit, outlet_state.outlet, goods)?;
                self.refill(tx, now, &permit, (outlet_state.outlet, outlet_state.has_commission), product, goods)?;
            }
        }
        self.agenda.outlets = outlets;
        Ok(())
    }

    /// Counts the goods: a week's sales, and sometimes a damaged piece.
    fn count(
        &mut self,
        tx: &mut Tx<'_>,
        now: Instant,
        permit: &GroupPermit,
        outlet: OutletId,
        goods: &mut Goods,
    ) -> Result<(), Problem> {
        if goods.stock.is_empty() {
            return Ok(());
        }
        let mut lines = Vec::new();
        for (consignment, units) in &mut goods.stock {
            let sold = units.saturating_mul(sold_percent(&mut self.rng)).saturating_add(50).div_euclid(100);
            let damaged = i64::from(sold < *units && self.rng.random_range(0..100) < DAMAGE_PERCENT);
            *units = units.saturating_sub(sold).saturating_sub(damaged);
            lines.push(NewCountLine {
                consignment: *consignment,
                on_hand: Quantity::from_units(*units),
                returned: Quantity::ZERO,
                damaged: Quantity::from_units(damaged),
                disposition: GoodsDisposition::Shelf,
            });
        }
        let new_count = NewCount { id: tx.id(now), lines, note: None };
        consignment::record_count(tx, now, self.settings, permit, outlet, &new_count)?;
        goods.stock.retain(|(_, units)| *units > 0);
        Ok(())
    }

    /// Refills the outlet from the batch with the most stock.
    fn refill(
        &mut self,
        tx: &mut Tx<'_>,
        now: Instant,
        permit: &GroupPermit,
        (outlet, has_commission): (OutletId, bool),
        product: ProductId,
        goods: &mut Goods,
    ) -> Result<(), Problem> {
        let current: i64 = goods.stock.iter().map(|(_, units)| *units).sum();
        let in_a_week = later(self.day, 7);
        let batches = supply::list_current_batches(tx, &[product], self.day)?.into_iter();
        let made = batches.filter(|batch| batch.status == BatchStatus::Made);
        let suitable = made.filter(|batch| batch.best_before.is_none_or(|last_day| last_day >= in_a_week));
        let Some(batch) = suitable.max_by_key(|batch| batch.available()) else { return Ok(()) };
        let units = TARGET_STOCK.saturating_sub(current).min(batch.available().as_thousandths().div_euclid(1000));
        if units < 1 {
            return Ok(());
        }
        let price = GROUPS
            .get(goods.shop)
            .and_then(|group| group.products.get(goods.position))
            .map_or(0, |product| product.price);
        let new_consignment = NewConsignment {
            id: tx.id(now),
            batch: batch.id,
            quantity: Quantity::from_units(units),
            consignment_price: (!has_commission).then(|| Rupiah(price.saturating_mul(80).div_euclid(100))),
            received_by: None,
            note: None,
        };
        let consignment = consignment::create_consignment(tx, now, permit, outlet, &new_consignment).map_err(broken)?;
        goods.stock.push((consignment.id, units));
        if let Some(stock) = self.agenda.shelf.get_mut(&(goods.shop, goods.position)) {
            stock.0 = stock.0.saturating_sub(units);
        }
        Ok(())
    }

    /// Most outlets pay what they owe; some wait for another week.
    fn record_outlet_payments(&mut self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        let (now, treasurer) = (self.at(15 * 60), self.world.treasurer());
        for outlet_state in self.agenda.outlets.clone() {
            let owed = consignment::compute_owed(tx, outlet_state.outlet).map_err(broken)?;
            if owed > Rupiah::ZERO && self.rng.random_range(0..100) < 85 {
                consignment::record_payment(tx, now, &treasurer, outlet_state.outlet, Method::Transfer, owed)
                    .map_err(broken)?;
            }
        }
        Ok(())
    }
}

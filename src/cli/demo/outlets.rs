//! The demo's outlets: what stands on shelves at home stands in them, too. Every Tuesday an officer counts and brings more;
//! on Saturdays they pay.

use chrono::{Datelike, Weekday};
use rand::RngExt;

use super::live::{Today, broken, later};
use super::plan::sold_percent;
use super::season::is_shut;
use super::village::GROUPS;
use crate::consignment::{self, Counted, Counting, Delivery, OutletTerms};
use crate::cooperatives::GroupPermit;
use crate::db::Tx;
use crate::kernel::ids::{ConsignmentId, OutletId, ProductId};
use crate::kernel::{Instant, Quantity, Rupiah};
use crate::orders::GoodsAfter;
use crate::payments::Method;
use crate::supply::{self, BatchStatus};
use crate::web::Problem;

/// What they are called.
const NAMES: [&str; 12] = [
    "Barokah",
    "Sumber Rejeki",
    "Mbak Contoh",
    "Pojok Gumelar",
    "Terminal",
    "SMP",
    "Pasar Ajibarang",
    "Lestari",
    "Maju Jaya",
    "Balai Desa",
    "Puskesmas",
    "Tirta",
];
/// What half of them keep of the price, in percent; the others owe what is left of it and ask what they like.
const CUT: i32 = 20;
/// How much of a product an outlet has after a visit, in whole units.
const FULL: i64 = 15;
/// In how many of a hundred visits one piece of what was left is damaged.
const DAMAGED: i32 = 15;
/// How many products an outlet has.
const PRODUCTS: usize = 2;

/// What an outlet has.
#[derive(Debug, Clone)]
pub(super) struct AtOutlet {
    outlet: OutletId,
    takes_cut: bool,
    goods: Vec<Goods>,
}

/// A product at an outlet: whose, which, and what is there of each time that it was brought.
#[derive(Debug, Clone)]
struct Goods {
    shop: usize,
    position: usize,
    there: Vec<(ConsignmentId, i64)>,
}

impl Today<'_> {
    /// The board notes the outlets, each with its products.
    pub(super) fn note_outlets(&mut self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        let (now, board) = (self.at(8 * 60), self.world.board());
        let sold_from_shelves = GROUPS.iter().enumerate().flat_map(|(shop, group)| {
            let kept = group.products.iter().enumerate().filter(|(_, product)| product.capacity == 0);
            kept.map(move |(position, _)| Goods { shop, position, there: Vec::new() })
        });
        let all: Vec<Goods> = sold_from_shelves.collect();
        for (place, name) in NAMES.iter().enumerate() {
            let takes_cut = place & 1 == 0;
            let terms = OutletTerms {
                name: format!("Warung Contoh {name}"),
                keeper: None,
                phone: None,
                address: None,
                cut_percent: if takes_cut { CUT } else { 0 },
                settle_days: 7,
                bears_damage: place == 0,
                active: true,
            };
            let id = tx.id(now);
            let outlet = consignment::add_outlet(tx, now, &board, id, &terms)?.id;
            let goods = all.iter().cycle().skip(place.saturating_mul(PRODUCTS)).take(PRODUCTS).cloned().collect();
            self.agenda.outlets.push(AtOutlet { outlet, takes_cut, goods });
        }
        Ok(())
    }

    /// Outlets are visited on Tuesdays, and pay on Saturdays.
    pub(super) fn go_round(&mut self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        match self.day.weekday() {
            Weekday::Tue if !is_shut(self.day) => self.visit_outlets(tx),
            Weekday::Sat => self.take_outlets_money(tx),
            _ => Ok(()),
        }
    }

    fn visit_outlets(&mut self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        let now = self.at(16 * 60);
        let mut outlets = std::mem::take(&mut self.agenda.outlets);
        for at in &mut outlets {
            for goods in &mut at.goods {
                let (shop, _, permit) = self.shop(goods.shop)?;
                let Some(product) = shop.products.get(goods.position).copied() else { continue };
                self.count(tx, now, &permit, at.outlet, goods)?;
                self.fill_up(tx, now, &permit, (at.outlet, at.takes_cut), product, goods)?;
            }
        }
        self.agenda.outlets = outlets;
        Ok(())
    }

    /// A week's sales; now and then something is damaged.
    fn count(
        &mut self,
        tx: &mut Tx<'_>,
        now: Instant,
        permit: &GroupPermit,
        outlet: OutletId,
        goods: &mut Goods,
    ) -> Result<(), Problem> {
        if goods.there.is_empty() {
            return Ok(());
        }
        let mut lines = Vec::new();
        for (consignment, there) in &mut goods.there {
            let sold = there.saturating_mul(sold_percent(&mut self.rng)).saturating_add(50).div_euclid(100);
            let damaged = i64::from(sold < *there && self.rng.random_range(0..100) < DAMAGED);
            *there = there.saturating_sub(sold).saturating_sub(damaged);
            lines.push(Counted {
                consignment: *consignment,
                on_hand: Quantity::units(*there),
                returned: Quantity::ZERO,
                damaged: Quantity::units(damaged),
                goods: GoodsAfter::Shelf,
            });
        }
        let counting = Counting { id: tx.id(now), lines, note: None };
        consignment::count(tx, now, self.settings, permit, outlet, &counting)?;
        goods.there.retain(|(_, there)| *there > 0);
        Ok(())
    }

    /// The shelf there is filled from the largest batch at home.
    fn fill_up(
        &mut self,
        tx: &mut Tx<'_>,
        now: Instant,
        permit: &GroupPermit,
        (outlet, takes_cut): (OutletId, bool),
        product: ProductId,
        goods: &mut Goods,
    ) -> Result<(), Problem> {
        let there: i64 = goods.there.iter().map(|(_, there)| *there).sum();
        let keeps_a_week = later(self.day, 7);
        let batches = supply::live_batches(tx, &[product], self.day)?.into_iter();
        let fit = batches.filter(|batch| batch.status == BatchStatus::Made);
        let fit = fit.filter(|batch| batch.best_before.is_none_or(|last| last >= keeps_a_week));
        let Some(batch) = fit.max_by_key(|batch| batch.available()) else { return Ok(()) };
        let units = FULL.saturating_sub(there).min(batch.available().in_thousandths().div_euclid(1000));
        if units < 1 {
            return Ok(());
        }
        let usual =
            GROUPS.get(goods.shop).and_then(|group| group.products.get(goods.position)).map_or(0, |it| it.price);
        let delivery = Delivery {
            id: tx.id(now),
            batch: batch.id,
            quantity: Quantity::units(units),
            consignment_price: (!takes_cut).then(|| Rupiah(usual.saturating_mul(80).div_euclid(100))),
            received_by: None,
            note: None,
        };
        let brought = consignment::deliver(tx, now, permit, outlet, &delivery).map_err(broken)?;
        goods.there.push((brought.id, units));
        if let Some(stock) = self.agenda.shelf.get_mut(&(goods.shop, goods.position)) {
            stock.0 = stock.0.saturating_sub(units);
        }
        Ok(())
    }

    /// Most outlets pay what they owe; some let it wait a week.
    fn take_outlets_money(&mut self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        let (now, treasurer) = (self.at(15 * 60), self.world.treasurer());
        for at in self.agenda.outlets.clone() {
            let owed = consignment::owed(tx, at.outlet).map_err(broken)?;
            if owed > Rupiah::ZERO && self.rng.random_range(0..100) < 85 {
                consignment::pay(tx, now, &treasurer, at.outlet, Method::Transfer, owed).map_err(broken)?;
            }
        }
        Ok(())
    }
}

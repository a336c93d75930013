//! The simulated day, and what is carried from day to day: scheduled acts, stock, the market and the outlets.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Days;
use rand::rngs::ChaCha12Rng;

use super::village::{GROUPS, GroupSpec};
use super::world::{Shop, World};
use crate::cooperatives::GroupPermit;
use crate::kernel::ids::{
    AccountId, BatchId, ConsignmentId, FulfilmentId, InvoiceId, MarketDayId, OfferId, OrderId, OutletId, PaymentId,
    RequestId, StandingOrderId,
};
use crate::kernel::{Day, Instant, Phone, Zone};
use crate::orders;
use crate::web::Problem;

pub(super) const ZONE: Zone = Zone::Jakarta;

/// A scheduled act.
#[derive(Debug, Clone)]
pub(super) struct Due {
    pub(super) minute: i64,
    pub(super) act: Act,
}

#[derive(Debug, Clone)]
pub(super) enum Act {
    Accept { shop: usize, fulfilment: FulfilmentId },
    Confirm { payment: PaymentId },
    PayInvoice { invoice: InvoiceId },
    Cancel { order: OrderId },
    HandOver { shop: usize, order: OrderId, fulfilment: FulfilmentId, paid: bool },
    Return { shop: usize, fulfilment: FulfilmentId, keeps: bool },
}

/// The state that is carried from day to day: scheduled acts, stock, market and outlets.
#[derive(Debug, Clone, Default)]
pub(super) struct Agenda {
    pub(super) due: BTreeMap<Day, Vec<Due>>,
    /// The batches to be made on each day, with their shops.
    pub(super) to_make: BTreeMap<Day, BTreeSet<(usize, BatchId)>>,
    /// The stock in whole units by shop and product, with the best-before day of the latest batch.
    pub(super) shelf: BTreeMap<(usize, usize), (i64, Day)>,
    /// The state of the market.
    pub(super) market: Market,
    /// The outlets with their goods.
    pub(super) outlets: Vec<OutletState>,
}

/// The number of placed orders and of requests that could not be met on a day.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct DayTotals {
    pub(super) placed: u32,
    pub(super) unmet: u32,
}

/// The state of the market in the demo.
#[derive(Debug, Clone, Default)]
pub(super) struct Market {
    /// The sequence number of the last event that was read.
    pub(super) last_seq: i64,
    /// The market days that are open for orders.
    pub(super) open: BTreeMap<Day, MarketDayId>,
    /// The market days that are not open yet.
    pub(super) planned: BTreeMap<Day, MarketDayId>,
    /// Standing orders whose buyer must confirm each occurrence.
    pub(super) to_confirm: BTreeMap<StandingOrderId, AccountId>,
    /// Standing orders that are paid by invoice.
    pub(super) by_invoice: BTreeSet<StandingOrderId>,
    /// The current request, and its offers.
    pub(super) request: Option<(RequestId, Vec<(OfferId, i64)>)>,
    /// Whether an officer recorded the request from a phone call.
    pub(super) by_phone: bool,
}

/// An outlet with its goods.
#[derive(Debug, Clone)]
pub(super) struct OutletState {
    pub(super) outlet: OutletId,
    pub(super) has_commission: bool,
    pub(super) goods: Vec<Goods>,
}

/// A product at an outlet: indices of shop and product, and the stock in whole units by consignment.
#[derive(Debug, Clone)]
pub(super) struct Goods {
    pub(super) shop: usize,
    pub(super) position: usize,
    pub(super) stock: Vec<(ConsignmentId, i64)>,
}

/// The simulated day.
pub(super) struct Today<'a> {
    pub(super) world: &'a World,
    pub(super) settings: &'a orders::Settings,
    pub(super) day: Day,
    pub(super) first: Day,
    pub(super) until: Day,
    pub(super) agenda: Agenda,
    pub(super) tally: DayTotals,
    pub(super) rng: ChaCha12Rng,
}

/// An unexpected error, which means a bug of the demo.
pub(super) fn broken(error: impl std::error::Error + Send + Sync + 'static) -> Problem {
    Problem::internal(error)
}

pub(super) fn later(day: Day, days: i64) -> Day {
    day.checked_add_days(Days::new(u64::try_from(days).unwrap_or(0))).unwrap_or(day)
}

impl Today<'_> {
    pub(super) fn at(&self, minute: i64) -> Instant {
        ZONE.start_of(self.day).after(chrono::Duration::minutes(minute))
    }

    pub(super) fn shop(&self, index: usize) -> Result<(&Shop, &'static GroupSpec, GroupPermit), Problem> {
        let (Some(shop), Some(group)) = (self.world.shops.get(index), GROUPS.get(index)) else {
            return Err(Problem::internal("the demo knows no such group"));
        };
        Ok((shop, group, self.world.permit(shop)))
    }

    pub(super) fn schedule(&mut self, day: Day, minute: i64, act: Act) {
        self.agenda.due.entry(day).or_default().push(Due { minute, act });
    }
}

pub(super) fn phone(number: usize) -> Option<Phone> {
    format!("08120009{number:04}").parse().ok()
}

//! Computation of the report.

use std::collections::BTreeMap;

use super::measure::{Dispersion, measure_dispersion};
use super::store;
use crate::db::{self, Conn};
use crate::kernel::ids::ProductId;
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Duration, Quantity, Rupiah, Zone};
use crate::sales::report::{Period, SalesScope, week_start};
use crate::sales::share::basis_points;
use crate::standing_orders::{OccurrenceStatus, ShortfallReason};
use crate::supply::UnavailableReason;

text_enum! {
    /// What began on the first day of the second part.
    StartCause {
        /// The first market day.
        MarketDay = "market_day",
        /// The first standing order.
        StandingOrder = "standing_order",
        /// The first accepted offer.
        Offer = "offer",
        /// Nothing: the reader chose the day.
        Requested = "asked",
    }
}

/// Sales, and the part that was ordered before production.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SalesVolume {
    /// The amount of all sales.
    pub amount: Rupiah,
    /// The part that was ordered before production.
    pub committed: Rupiah,
}

impl SalesVolume {
    /// `committed` as a share of `amount`, in basis points.
    pub fn share(&self) -> Option<i64> {
        basis_points(self.committed.0, self.amount.0)
    }

    fn plus(self, other: SalesVolume) -> SalesVolume {
        let sum = |left: Rupiah, right: Rupiah| Rupiah(left.0.saturating_add(right.0));
        SalesVolume { amount: sum(self.amount, other.amount), committed: sum(self.committed, other.committed) }
    }
}

/// The weeks before or after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HalfPeriod {
    /// The number of whole weeks, Monday to Sunday, from the first with sales or unmet demand.
    pub weeks: usize,
    /// Sales in these weeks.
    pub sold: SalesVolume,
    /// The dispersion of the weekly demand, sales and unmet demand, in rupiah; `None` for fewer than two weeks.
    pub dispersion: Option<Dispersion>,
}

/// A product in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedProduct {
    /// The id.
    pub id: ProductId,
    /// The name.
    pub name: String,
    /// The unit.
    pub unit: String,
}

/// Unmet demand for a product, for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmetDemandTotal {
    /// The product.
    pub product: ReportedProduct,
    /// The reason.
    pub reason: UnavailableReason,
    /// The quantity that known buyers wanted.
    pub quantity: Quantity,
    /// The number of requests of known buyers.
    pub wishes: usize,
    /// The quantity of anonymous quotes, which may come from the same person many times.
    pub anonymous: Quantity,
}

/// Discards of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discarded {
    /// The product.
    pub product: ReportedProduct,
    /// The discarded quantity.
    pub quantity: Quantity,
    /// The quantity made in the batches that were ready in the period.
    pub made: Quantity,
    /// The cost, if every batch has a unit cost; rounded down.
    pub cost: Option<Rupiah>,
}

/// Lines of standing orders that were not served in full, for one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShortfallTotal {
    /// The reason.
    pub reason: ShortfallReason,
    /// The number of lines.
    pub lines: usize,
}

/// Fulfilment of standing orders.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StandingOrderService {
    /// Occurrences that placed an order.
    pub placed: usize,
    /// Occurrences that could not be served.
    pub refused: usize,
    /// Occurrences that the buyer skipped.
    pub skipped: usize,
    /// Occurrences that the buyer did not confirm.
    pub lapsed: usize,
    /// Lines of the occurrences that placed an order or could not be served.
    pub lines: usize,
    /// Lines that were served in full.
    pub filled: usize,
    /// The mean of the served part of each line, in basis points; `None` without lines.
    pub fill_rate: Option<i64>,
    /// The reasons of the other lines.
    pub reasons: Vec<ShortfallTotal>,
}

/// The stability report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StabilityReport {
    /// The days.
    pub period: Period,
    /// The first day of the second part and what began; `None` if it has not begun.
    pub since: Option<(Day, StartCause)>,
    /// Sales of the whole period.
    pub sold: SalesVolume,
    /// The weeks before.
    pub before: HalfPeriod,
    /// The weeks after; `None` if they have not begun.
    pub after: Option<HalfPeriod>,
    /// Unmet demand, the largest first.
    pub refused: Vec<UnmetDemandTotal>,
    /// Discards by product.
    pub discarded: Vec<Discarded>,
    /// Fulfilment of standing orders.
    pub standing: StandingOrderService,
}

/// Loads the report of a group or a cooperative.
pub fn load_stability(
    conn: &mut Conn,
    scope: SalesScope,
    zone: Zone,
    period: Period,
    since: Option<Day>,
) -> db::Result<StabilityReport> {
    let since = match since {
        Some(day) => Some((day, StartCause::Requested)),
        None => store::find_start(conn, scope, zone)?,
    };
    let products = store::list_products(conn, scope)?;
    let days = store::sum_sales_by_day(conn, scope, period)?;
    let refused = store::list_unmet_demand(conn, scope, period)?;
    let demand = sum_weekly_demand(&days, &refused, &products);
    // Weeks before the first sale say nothing about stability.
    let active = Period { from: store::find_first_day(conn, scope)?.unwrap_or(Day::MAX).max(period.from), ..period };
    let summarize = |from: Option<Day>, to: Option<Day>| summarize_weeks(active, from, to, &days, &demand);
    Ok(StabilityReport {
        period,
        since,
        sold: days.values().fold(SalesVolume::default(), |sum, day| sum.plus(*day)),
        before: summarize(None, since.map(|(day, _)| day)),
        after: since.map(|(day, _)| summarize(Some(day), None)),
        refused: sum_unmet_demand(refused, &products),
        discarded: store::sum_discards(conn, scope, zone, period)?
            .into_iter()
            .filter_map(|row| {
                let (quantity, made, cost) = row.figures();
                Some(Discarded { product: products.get(&row.product)?.to_reported(), quantity, made, cost })
            })
            .collect(),
        standing: summarize_occurrences(store::list_occurrences(conn, scope, period)?),
    })
}

/// Weekly demand in rupiah: sales, and unmet demand of known buyers at today's price.
fn sum_weekly_demand(
    days: &BTreeMap<Day, SalesVolume>,
    refused: &[store::UnmetDemandRow],
    products: &BTreeMap<ProductId, store::PricedProduct>,
) -> BTreeMap<Day, i64> {
    let mut weeks: BTreeMap<Day, i64> = BTreeMap::new();
    let mut add = |day: Day, amount: i64| {
        let week = weeks.entry(week_start(day)).or_default();
        *week = week.saturating_add(amount);
    };
    for (day, sold) in days {
        add(*day, sold.amount.0);
    }
    for row in refused.iter().filter(|row| !row.anonymous) {
        let price = products.get(&row.product).map_or(Rupiah::ZERO, |product| product.price);
        add(row.day, row.quantity.as_thousandths().saturating_mul(price.0).div_euclid(1000));
    }
    weeks
}

/// Sums up the whole weeks of the period from one day and before another.
fn summarize_weeks(
    period: Period,
    from: Option<Day>,
    before: Option<Day>,
    days: &BTreeMap<Day, SalesVolume>,
    demand: &BTreeMap<Day, i64>,
) -> HalfPeriod {
    let week_end = |monday: Day| monday.checked_add_signed(Duration::days(6)).unwrap_or(monday);
    let first = from.map_or(period.from, |from| from.max(period.from));
    let mondays: Vec<Day> = week_start(first.min(period.to))
        .iter_weeks()
        .take_while(|monday| *monday <= period.to)
        .filter(|monday| *monday >= first && week_end(*monday) <= period.to)
        .filter(|monday| before.is_none_or(|before| week_end(*monday) < before))
        .collect();
    let sold = mondays
        .iter()
        .flat_map(|monday| days.range(*monday..=week_end(*monday)))
        .fold(SalesVolume::default(), |sum, (_, day)| sum.plus(*day));
    let figures: Vec<i64> = mondays.iter().map(|monday| demand.get(monday).copied().unwrap_or(0)).collect();
    HalfPeriod { weeks: mondays.len(), sold, dispersion: measure_dispersion(&figures) }
}

fn sum_unmet_demand(
    rows: Vec<store::UnmetDemandRow>,
    products: &BTreeMap<ProductId, store::PricedProduct>,
) -> Vec<UnmetDemandTotal> {
    let mut sums: BTreeMap<(ProductId, UnavailableReason), (Quantity, usize, Quantity)> = BTreeMap::new();
    for row in rows {
        let (quantity, wishes, anonymous) = sums.entry((row.product, row.reason)).or_default();
        if row.anonymous {
            *anonymous = anonymous.plus(row.quantity);
        } else {
            *quantity = quantity.plus(row.quantity);
            *wishes = wishes.saturating_add(1);
        }
    }
    let mut refused: Vec<UnmetDemandTotal> = sums
        .into_iter()
        .filter_map(|((product, reason), (quantity, wishes, anonymous))| {
            Some(UnmetDemandTotal {
                product: products.get(&product)?.to_reported(),
                reason,
                quantity,
                wishes,
                anonymous,
            })
        })
        .collect();
    refused.sort_by(|left, right| {
        let key = |row: &UnmetDemandTotal| (std::cmp::Reverse(row.quantity), std::cmp::Reverse(row.anonymous));
        key(left).cmp(&key(right)).then_with(|| left.product.name.cmp(&right.product.name))
    });
    refused
}

fn summarize_occurrences(occurrences: Vec<store::OccurrenceRow>) -> StandingOrderService {
    let mut service = StandingOrderService::default();
    let (mut points, mut reasons) = (0_i64, BTreeMap::<ShortfallReason, usize>::new());
    for occurrence in occurrences {
        let count = match occurrence.status {
            OccurrenceStatus::Placed => &mut service.placed,
            OccurrenceStatus::Refused => &mut service.refused,
            OccurrenceStatus::Skipped => &mut service.skipped,
            OccurrenceStatus::Lapsed => &mut service.lapsed,
        };
        *count = count.saturating_add(1);
        if !matches!(occurrence.status, OccurrenceStatus::Placed | OccurrenceStatus::Refused) {
            continue;
        }
        for line in occurrence.lines {
            service.lines = service.lines.saturating_add(1);
            service.filled = service.filled.saturating_add(usize::from(line.served >= line.requested));
            let served = basis_points(line.served.as_thousandths(), line.requested.as_thousandths()).unwrap_or(0);
            points = points.saturating_add(served.min(10_000));
            if let Some(reason) = line.reason.filter(|_| line.served < line.requested) {
                let lines = reasons.entry(reason).or_default();
                *lines = lines.saturating_add(1);
            }
        }
    }
    service.fill_rate =
        i64::try_from(service.lines).ok().filter(|lines| *lines > 0).map(|lines| points.div_euclid(lines));
    service.reasons = reasons.into_iter().map(|(reason, lines)| ShortfallTotal { reason, lines }).collect();
    service
}

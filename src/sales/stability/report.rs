//! The report: what was read, put into figures.

use std::collections::BTreeMap;

use super::measure::{Swing, share, swing};
use super::store;
use crate::db::{self, Conn};
use crate::kernel::ids::ProductId;
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Duration, Quantity, Rupiah, Zone};
use crate::sales::report::{Period, Scope, monday};
use crate::standing_orders::{OccurrenceStatus, Why};
use crate::supply::Reason;

text_enum! {
    /// With what a steadier market began.
    SinceBy {
        /// Its first market day.
        MarketDay = "market_day",
        /// Its first standing order.
        StandingOrder = "standing_order",
        /// The first offer that somebody took.
        Offer = "offer",
        /// The reader says from when.
        Asked = "asked",
    }
}

/// What was sold, and how much of it was ordered before it was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sold {
    /// All of it.
    pub amount: Rupiah,
    /// What was ordered before it was made.
    pub committed: Rupiah,
}

impl Sold {
    /// What was ordered before it was made, in basis points of all.
    pub fn share(&self) -> Option<i64> {
        share(self.committed.0, self.amount.0)
    }

    fn with(self, other: Sold) -> Sold {
        let sum = |one: Rupiah, other: Rupiah| Rupiah(one.0.saturating_add(other.0));
        Sold { amount: sum(self.amount, other.amount), committed: sum(self.committed, other.committed) }
    }
}

/// The weeks before, or those after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Half {
    /// How many whole weeks, Monday to Sunday, from the first in which anything was sold or refused.
    pub weeks: usize,
    /// What was sold in them.
    pub sold: Sold,
    /// How much demand swings between them: what was sold and what was refused, in rupiah a week. Nothing can be said of
    /// fewer than two.
    pub swing: Option<Swing>,
}

/// A product, as a row names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// Its id.
    pub id: ProductId,
    /// What it is called.
    pub name: String,
    /// In what it is counted.
    pub unit: String,
}

/// What could not be had of a product, for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Of what.
    pub product: Product,
    /// Why.
    pub reason: Reason,
    /// How much, of those who said who they are.
    pub quantity: Quantity,
    /// How often.
    pub wishes: usize,
    /// How much, of quotes of nobody known; it may be the same person many times.
    pub anonymous: Quantity,
}

/// What was thrown away of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discarded {
    /// Of what.
    pub product: Product,
    /// How much.
    pub quantity: Quantity,
    /// How much was made of the batches that were ready in these days.
    pub made: Quantity,
    /// What it cost to make, where every batch says; rounded down.
    pub cost: Option<Rupiah>,
}

/// Why lines of standing orders got less than they wanted, and how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unserved {
    /// Why.
    pub reason: Why,
    /// How many lines.
    pub lines: usize,
}

/// How standing orders were served.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StandingOrders {
    /// How often one came round and gave an order.
    pub placed: usize,
    /// How often one came round and got nothing.
    pub refused: usize,
    /// How often its buyer did not want it that day.
    pub skipped: usize,
    /// How often its buyer did not answer.
    pub lapsed: usize,
    /// How many lines were wanted, of those that gave an order or got nothing.
    pub lines: usize,
    /// How many of them got all that they wanted.
    pub filled: usize,
    /// The mean of what each line got of what it wanted, in basis points; none when there was no line.
    pub fill_rate: Option<i64>,
    /// Why the others got less.
    pub reasons: Vec<Unserved>,
}

/// What a steadier market changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stability {
    /// Which days.
    pub period: Period,
    /// When it began, and with what; none when it has not.
    pub since: Option<(Day, SinceBy)>,
    /// What was sold in all.
    pub sold: Sold,
    /// The weeks before.
    pub before: Half,
    /// The weeks after; none when it has not begun.
    pub after: Option<Half>,
    /// What could not be had, the largest first.
    pub refused: Vec<Refused>,
    /// What was thrown away, by product.
    pub discarded: Vec<Discarded>,
    /// How standing orders were served.
    pub standing: StandingOrders,
}

/// The report of a group or a cooperative.
pub fn stability(
    conn: &mut Conn,
    scope: Scope,
    zone: Zone,
    period: Period,
    since: Option<Day>,
) -> db::Result<Stability> {
    let since = match since {
        Some(day) => Some((day, SinceBy::Asked)),
        None => store::began(conn, scope, zone)?,
    };
    let products = store::products(conn, scope)?;
    let days = store::sold_by_day(conn, scope, period)?;
    let refused = store::refused(conn, scope, period)?;
    let demand = weekly_demand(&days, &refused, &products);
    // Weeks before there was anything to sell say nothing of how steady it was.
    let traded = Period { from: store::first_day(conn, scope)?.unwrap_or(Day::MAX).max(period.from), ..period };
    let half = |from: Option<Day>, to: Option<Day>| half(traded, from, to, &days, &demand);
    Ok(Stability {
        period,
        since,
        sold: days.values().fold(Sold::default(), |sum, day| sum.with(*day)),
        before: half(None, since.map(|(day, _)| day)),
        after: since.map(|(day, _)| half(Some(day), None)),
        refused: refused_by_reason(refused, &products),
        discarded: store::discarded(conn, scope, zone, period)?
            .into_iter()
            .filter_map(|it| {
                let (quantity, made, cost) = it.figures();
                Some(Discarded { product: products.get(&it.product)?.shown(), quantity, made, cost })
            })
            .collect(),
        standing: served(store::occurrences(conn, scope, period)?),
    })
}

/// What was wanted in each week, in rupiah: what was sold, and what was refused to somebody known, at today's price.
fn weekly_demand(
    days: &BTreeMap<Day, Sold>,
    refused: &[store::RefusedRow],
    products: &BTreeMap<ProductId, store::Priced>,
) -> BTreeMap<Day, i64> {
    let mut weeks: BTreeMap<Day, i64> = BTreeMap::new();
    let mut add = |day: Day, amount: i64| {
        let week = weeks.entry(monday(day)).or_default();
        *week = week.saturating_add(amount);
    };
    for (day, sold) in days {
        add(*day, sold.amount.0);
    }
    for row in refused.iter().filter(|row| !row.anonymous) {
        let price = products.get(&row.product).map_or(Rupiah::ZERO, |product| product.price);
        add(row.day, row.quantity.in_thousandths().saturating_mul(price.0).div_euclid(1000));
    }
    weeks
}

/// The whole weeks of the period that lie from one day on and before another.
fn half(
    period: Period,
    from: Option<Day>,
    before: Option<Day>,
    days: &BTreeMap<Day, Sold>,
    demand: &BTreeMap<Day, i64>,
) -> Half {
    let week = |monday: Day| monday.checked_add_signed(Duration::days(6)).unwrap_or(monday);
    let first = from.map_or(period.from, |from| from.max(period.from));
    let mondays: Vec<Day> = monday(first.min(period.to))
        .iter_weeks()
        .take_while(|monday| *monday <= period.to)
        .filter(|monday| *monday >= first && week(*monday) <= period.to)
        .filter(|monday| before.is_none_or(|before| week(*monday) < before))
        .collect();
    let sold = mondays
        .iter()
        .flat_map(|monday| days.range(*monday..=week(*monday)))
        .fold(Sold::default(), |sum, (_, day)| sum.with(*day));
    let figures: Vec<i64> = mondays.iter().map(|monday| demand.get(monday).copied().unwrap_or(0)).collect();
    Half { weeks: mondays.len(), sold, swing: swing(&figures) }
}

fn refused_by_reason(rows: Vec<store::RefusedRow>, products: &BTreeMap<ProductId, store::Priced>) -> Vec<Refused> {
    let mut sums: BTreeMap<(ProductId, Reason), (Quantity, usize, Quantity)> = BTreeMap::new();
    for row in rows {
        let (quantity, wishes, anonymous) = sums.entry((row.product, row.reason)).or_default();
        if row.anonymous {
            *anonymous = anonymous.plus(row.quantity);
        } else {
            *quantity = quantity.plus(row.quantity);
            *wishes = wishes.saturating_add(1);
        }
    }
    let mut refused: Vec<Refused> = sums
        .into_iter()
        .filter_map(|((product, reason), (quantity, wishes, anonymous))| {
            Some(Refused { product: products.get(&product)?.shown(), reason, quantity, wishes, anonymous })
        })
        .collect();
    refused.sort_by(|one, other| {
        let by = |it: &Refused| (std::cmp::Reverse(it.quantity), std::cmp::Reverse(it.anonymous));
        by(one).cmp(&by(other)).then_with(|| one.product.name.cmp(&other.product.name))
    });
    refused
}

fn served(occurrences: Vec<store::Came>) -> StandingOrders {
    let mut all = StandingOrders::default();
    let (mut points, mut reasons) = (0_i64, BTreeMap::<Why, usize>::new());
    for came in occurrences {
        let count = match came.status {
            OccurrenceStatus::Placed => &mut all.placed,
            OccurrenceStatus::Refused => &mut all.refused,
            OccurrenceStatus::Skipped => &mut all.skipped,
            OccurrenceStatus::Lapsed => &mut all.lapsed,
        };
        *count = count.saturating_add(1);
        if !matches!(came.status, OccurrenceStatus::Placed | OccurrenceStatus::Refused) {
            continue;
        }
        for line in came.lines {
            all.lines = all.lines.saturating_add(1);
            all.filled = all.filled.saturating_add(usize::from(line.got >= line.wanted));
            let got = share(line.got.in_thousandths(), line.wanted.in_thousandths()).unwrap_or(0);
            points = points.saturating_add(got.min(10_000));
            if let Some(why) = line.why.filter(|_| line.got < line.wanted) {
                let lines = reasons.entry(why).or_default();
                *lines = lines.saturating_add(1);
            }
        }
    }
    all.fill_rate = i64::try_from(all.lines).ok().filter(|lines| *lines > 0).map(|lines| points.div_euclid(lines));
    all.reasons = reasons.into_iter().map(|(reason, lines)| Unserved { reason, lines }).collect();
    all
}

//! What a day brings: who orders what, drawn from a seeded generator so that the same day gives the same world.

use rand::RngExt;
use rand::rngs::ChaCha12Rng;
use rand_distr::{Beta, Distribution, Gamma, LogNormal, Poisson};

use super::season;
use super::village::{GROUPS, Group, Product};
use crate::kernel::Day;

/// An order that somebody will place on this day.
#[derive(Debug, Clone)]
pub(super) struct PlannedOrder {
    /// Minutes after midnight, local time.
    pub(super) minute: i64,
    /// Index into [`GROUPS`].
    pub(super) group: usize,
    /// Index of the product in its group, and whole units.
    pub(super) lines: Vec<(usize, i64)>,
    /// Days until the goods are wanted.
    pub(super) ahead: i64,
    /// Who orders: an index into the world's buyers.
    pub(super) buyer: usize,
    /// How the order came in.
    pub(super) way: Way,
    /// Paid by transfer ahead instead of cash at hand-over.
    pub(super) transfer: bool,
    /// What becomes of it.
    pub(super) fate: Fate,
}

/// How an order comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Told to an officer by WhatsApp.
    Whatsapp,
    /// Told to an officer by phone.
    Phone,
    /// Bought at the stall, off the shelf.
    WalkIn,
    /// Placed by the buyer.
    Web,
    /// Placed by a migrant abroad for somebody in the village.
    Abroad,
}

/// What becomes of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Handed over on its day.
    Completed,
    /// Handed over a day late.
    Late,
    /// Cancelled by the buyer before its cut-off.
    Cancelled,
    /// Handed over and brought back.
    Returned,
}

/// How many buyers with accounts the world has; more are guests.
pub(super) const BUYERS: usize = 30;

/// Draws everything that the day brings, in order of time. The first day of the world gives growth its zero.
pub(super) fn orders_of(day: Day, start: Day, rng: &mut ChaCha12Rng) -> Vec<PlannedOrder> {
    let mut orders = Vec::new();
    for (position, group) in GROUPS.iter().enumerate() {
        let mood = draw(Gamma::new(8.0, 0.125).ok(), rng).unwrap_or(1.0);
        let expected = f64::from(group.daily_orders) / 100.0 * season::index(group.class, day, start) * mood;
        for _ in 0..count(expected, rng) {
            orders.extend(ordinary(position, group, rng));
        }
        for _ in 0..count(season::feasts(group.class, day), rng) {
            orders.extend(feast(position, group, rng));
        }
    }
    if season::is_shut(day) {
        orders.clear();
    }
    orders.sort_by_key(|order| order.minute);
    orders
}

/// How much of what an outlet has it sells in a week, in percent.
pub(super) fn sold_percent(rng: &mut ChaCha12Rng) -> i64 {
    let share = draw(Beta::new(6.0, 3.0).ok(), rng).unwrap_or(0.6);
    i64::from((share * 100.0) as i32).clamp(0, 100)
}

fn draw<D: Distribution<f64>>(distribution: Option<D>, rng: &mut ChaCha12Rng) -> Option<f64> {
    distribution.map(|distribution| distribution.sample(rng))
}

fn count(expected: f64, rng: &mut ChaCha12Rng) -> usize {
    if expected <= 0.0 {
        return 0;
    }
    // A count of orders, far below what a float holds exactly.
    draw(Poisson::new(expected).ok(), rng).map_or(0, |drawn| drawn as usize)
}

fn ordinary(position: usize, group: &Group, rng: &mut ChaCha12Rng) -> Option<PlannedOrder> {
    let size = draw(LogNormal::new(-0.18, 0.6).ok(), rng)?;
    let percent = i64::from((size * 100.0) as i32).clamp(20, 800);
    let budget = group.usual_order.saturating_mul(percent).checked_div(100)?;
    let way = match rng.random_range(0..100_u32) {
        0..46 => Way::Whatsapp,
        46..56 => Way::Phone,
        56..82 => Way::WalkIn,
        82..93 => Way::Web,
        _ => Way::Abroad,
    };
    let lines = lines(group, budget, way == Way::WalkIn, rng);
    let lead = lead_of(group, &lines);
    // What is bought at the stall is taken along.
    let ahead = if way == Way::WalkIn { 0 } else { lead.saturating_add(rng.random_range(0..4_i64)) };
    finish(position, lines, ahead, way, rng)
}

/// A big order for a wedding or a circumcision, days ahead.
fn feast(position: usize, group: &Group, rng: &mut ChaCha12Rng) -> Option<PlannedOrder> {
    let size = draw(LogNormal::new(0.0, 0.45).ok(), rng)?;
    let percent = i64::from((size * 100.0) as i32).clamp(40, 400);
    let budget = 330_000_i64.saturating_mul(percent).checked_div(100)?;
    let lines = lines(group, budget, false, rng);
    let ahead = lead_of(group, &lines).max(rng.random_range(5..=13_i64));
    finish(position, lines, ahead, Way::Whatsapp, rng)
}

fn finish(group: usize, lines: Vec<(usize, i64)>, ahead: i64, way: Way, rng: &mut ChaCha12Rng) -> Option<PlannedOrder> {
    if lines.is_empty() {
        return None;
    }
    let fate = match rng.random_range(0..100_u32) {
        0..88 => Fate::Completed,
        88..94 => Fate::Late,
        94..99 => Fate::Cancelled,
        _ => Fate::Returned,
    };
    Some(PlannedOrder {
        minute: rng.random_range(7 * 60..16 * 60 + 45_i64),
        group,
        lines,
        ahead,
        buyer: rng.random_range(0..BUYERS.saturating_mul(3)),
        way,
        transfer: rng.random_range(0..100_u32) < 30,
        fate,
    })
}

/// One to three products of the group whose sum comes near the budget.
fn lines(group: &Group, budget: i64, shelf_only: bool, rng: &mut ChaCha12Rng) -> Vec<(usize, i64)> {
    let on_offer: Vec<(usize, &Product)> =
        group.products.iter().enumerate().filter(|(_, product)| !shelf_only || product.capacity == 0).collect();
    if on_offer.is_empty() {
        return Vec::new();
    }
    let kinds = rng.random_range(1..=3_usize).min(on_offer.len());
    let mut lines: Vec<(usize, i64)> = Vec::new();
    for _ in 0..kinds {
        let Some((index, product)) = on_offer.get(rng.random_range(0..on_offer.len())) else { continue };
        if lines.iter().any(|(taken, _)| taken == index) {
            continue;
        }
        let share = budget.checked_div(i64::try_from(kinds).unwrap_or(1)).unwrap_or(budget);
        let wanted = share.checked_div(product.price).unwrap_or(1).max(1).max(product.minimum);
        // People order round numbers of small things.
        let wanted =
            if product.minimum >= 10 { wanted.saturating_add(4).div_euclid(5).saturating_mul(5) } else { wanted };
        lines.push((*index, wanted));
    }
    lines
}

fn lead_of(group: &Group, lines: &[(usize, i64)]) -> i64 {
    let leads = lines.iter().filter_map(|(index, _)| group.products.get(*index)).map(|product| i64::from(product.lead));
    // One more than the lead time: the cut-off of the first possible day may be over.
    leads.max().map_or(0, |lead| if lead == 0 { 0 } else { lead.saturating_add(1) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn the_same_seed_brings_the_same_day() {
        let (start, day) = ("2025-05-23".parse().unwrap(), "2026-03-01".parse().unwrap());
        let draw = || orders_of(day, start, &mut ChaCha12Rng::seed_from_u64(330_215));
        assert_eq!(format!("{:?}", draw()), format!("{:?}", draw()));
        assert!(!draw().is_empty());
    }

    #[test]
    fn an_ordinary_month_brings_a_few_hundred_orders() {
        let start: Day = "2025-09-01".parse().unwrap();
        let mut rng = ChaCha12Rng::seed_from_u64(330_215);
        let orders: usize = start.iter_days().take(30).map(|day| orders_of(day, start, &mut rng).len()).sum();
        assert!((280..=520).contains(&orders), "{orders}");
    }

    #[test]
    fn nobody_orders_less_than_the_minimum() {
        let start: Day = "2025-09-01".parse().unwrap();
        let mut rng = ChaCha12Rng::seed_from_u64(1);
        for order in start.iter_days().take(10).flat_map(|day| orders_of(day, start, &mut rng)) {
            for (index, quantity) in &order.lines {
                assert!(*quantity >= GROUPS[order.group].products[*index].minimum);
            }
        }
    }
}

//! Draws the orders of a day from a seeded random generator, so that the same day gives the same data.

use rand::RngExt;
use rand::rngs::ChaCha12Rng;
use rand_distr::{Beta, Distribution, Gamma, LogNormal, Poisson};

use super::season;
use super::village::{GROUPS, GroupSpec, ProductSpec};
use crate::kernel::Day;

/// An order to be placed on the day.
#[derive(Debug, Clone)]
pub(super) struct PlannedOrder {
    /// The local time, in minutes after midnight.
    pub(super) minute: i64,
    /// The index into [`GROUPS`].
    pub(super) group: usize,
    /// The index of the product in its group, and the quantity in whole units.
    pub(super) lines: Vec<(usize, i64)>,
    /// The days until the goods are needed.
    pub(super) ahead: i64,
    /// The index into the world's buyers; a larger one is a guest.
    pub(super) buyer: usize,
    /// How the order is placed.
    pub(super) way: Way,
    /// Whether it is paid by transfer in advance instead of in cash at hand-over.
    pub(super) transfer: bool,
    /// How the order ends.
    pub(super) fate: Fate,
}

/// How an order is placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// By an officer, after a WhatsApp message.
    Whatsapp,
    /// By an officer, after a phone call.
    Phone,
    /// As a stall sale, from stock.
    WalkIn,
    /// By the buyer.
    Web,
    /// By a migrant abroad, for a recipient in the village.
    Abroad,
}

/// How an order ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Handed over on its day.
    Completed,
    /// Handed over a day late.
    Late,
    /// Cancelled by the buyer before its cut-off.
    Cancelled,
    /// Handed over and returned.
    Returned,
}

/// The number of buyers with accounts; others are guests.
pub(super) const BUYERS: usize = 30;

/// Draws the orders of a day, in order of time. Growth counts from `start`.
pub(super) fn draw_orders(day: Day, start: Day, rng: &mut ChaCha12Rng) -> Vec<PlannedOrder> {
    let mut orders = Vec::new();
    for (position, group) in GROUPS.iter().enumerate() {
        let daily_factor = sample(Gamma::new(8.0, 0.125).ok(), rng).unwrap_or(1.0);
        let expected = f64::from(group.daily_orders) / 100.0 * season::index(group.class, day, start) * daily_factor;
        for _ in 0..sample_count(expected, rng) {
            orders.extend(draw_ordinary(position, group, rng));
        }
        for _ in 0..sample_count(season::feasts(group.class, day), rng) {
            orders.extend(draw_feast(position, group, rng));
        }
    }
    if season::is_closed(day) {
        orders.clear();
    }
    orders.sort_by_key(|order| order.minute);
    orders
}

/// Draws the share of its stock that an outlet sells in a week, in percent.
pub(super) fn sold_percent(rng: &mut ChaCha12Rng) -> i64 {
    let share = sample(Beta::new(6.0, 3.0).ok(), rng).unwrap_or(0.6);
    i64::from((share * 100.0) as i32).clamp(0, 100)
}

fn sample<D: Distribution<f64>>(distribution: Option<D>, rng: &mut ChaCha12Rng) -> Option<f64> {
    distribution.map(|distribution| distribution.sample(rng))
}

fn sample_count(expected: f64, rng: &mut ChaCha12Rng) -> usize {
    if expected <= 0.0 {
        return 0;
    }
    // The count is far below the largest exact integer of a float.
    sample(Poisson::new(expected).ok(), rng).map_or(0, |drawn| drawn as usize)
}

fn draw_ordinary(position: usize, group: &GroupSpec, rng: &mut ChaCha12Rng) -> Option<PlannedOrder> {
    let size = sample(LogNormal::new(-0.18, 0.6).ok(), rng)?;
    let percent = i64::from((size * 100.0) as i32).clamp(20, 800);
    let budget = group.usual_order.saturating_mul(percent).checked_div(100)?;
    let way = match rng.random_range(0..100_u32) {
        0..46 => Way::Whatsapp,
        46..56 => Way::Phone,
        56..82 => Way::WalkIn,
        82..93 => Way::Web,
        _ => Way::Abroad,
    };
    let lines = draw_lines(group, budget, way == Way::WalkIn, rng);
    let lead = lead_time(group, &lines);
    // Stall sales are handed over at once.
    let ahead = if way == Way::WalkIn { 0 } else { lead.saturating_add(rng.random_range(0..4_i64)) };
    draw_rest(position, lines, ahead, way, rng)
}

/// Draws a large order for a celebration, days ahead.
fn draw_feast(position: usize, group: &GroupSpec, rng: &mut ChaCha12Rng) -> Option<PlannedOrder> {
    let size = sample(LogNormal::new(0.0, 0.45).ok(), rng)?;
    let percent = i64::from((size * 100.0) as i32).clamp(40, 400);
    let budget = 330_000_i64.saturating_mul(percent).checked_div(100)?;
    let lines = draw_lines(group, budget, false, rng);
    let ahead = lead_time(group, &lines).max(rng.random_range(5..=13_i64));
    draw_rest(position, lines, ahead, Way::Whatsapp, rng)
}

fn draw_rest(
    group: usize,
    lines: Vec<(usize, i64)>,
    ahead: i64,
    way: Way,
    rng: &mut ChaCha12Rng,
) -> Option<PlannedOrder> {
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

/// Draws one to three products of the group within about the budget.
fn draw_lines(group: &GroupSpec, budget: i64, stock_only: bool, rng: &mut ChaCha12Rng) -> Vec<(usize, i64)> {
    let candidates: Vec<(usize, &ProductSpec)> =
        group.products.iter().enumerate().filter(|(_, product)| !stock_only || product.capacity == 0).collect();
    if candidates.is_empty() {
        return Vec::new();
    }
    let line_count = rng.random_range(1..=3_usize).min(candidates.len());
    let mut lines: Vec<(usize, i64)> = Vec::new();
    for _ in 0..line_count {
        let Some((index, product)) = candidates.get(rng.random_range(0..candidates.len())) else { continue };
        if lines.iter().any(|(drawn, _)| drawn == index) {
            continue;
        }
        let share = budget.checked_div(i64::try_from(line_count).unwrap_or(1)).unwrap_or(budget);
        let quantity = share.checked_div(product.price).unwrap_or(1).max(1).max(product.minimum);
        // Quantities of small items are multiples of five.
        let quantity =
            if product.minimum >= 10 { quantity.saturating_add(4).div_euclid(5).saturating_mul(5) } else { quantity };
        lines.push((*index, quantity));
    }
    lines
}

fn lead_time(group: &GroupSpec, lines: &[(usize, i64)]) -> i64 {
    let leads = lines.iter().filter_map(|(index, _)| group.products.get(*index)).map(|product| i64::from(product.lead));
    // One day more than the lead time: the cut-off of the first possible day may have passed.
    leads.max().map_or(0, |lead| if lead == 0 { 0 } else { lead.saturating_add(1) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn the_same_seed_gives_the_same_orders() {
        let (start, day) = ("2025-05-23".parse().unwrap(), "2026-03-01".parse().unwrap());
        let draw = || draw_orders(day, start, &mut ChaCha12Rng::seed_from_u64(330_215));
        assert_eq!(format!("{:?}", draw()), format!("{:?}", draw()));
        assert!(!draw().is_empty());
    }

    #[test]
    fn an_ordinary_month_has_a_few_hundred_orders() {
        let start: Day = "2025-09-01".parse().unwrap();
        let mut rng = ChaCha12Rng::seed_from_u64(330_215);
        let orders: usize = start.iter_days().take(30).map(|day| draw_orders(day, start, &mut rng).len()).sum();
        assert!((280..=520).contains(&orders), "{orders}");
    }

    #[test]
    fn every_quantity_reaches_the_minimum() {
        let start: Day = "2025-09-01".parse().unwrap();
        let mut rng = ChaCha12Rng::seed_from_u64(1);
        for order in start.iter_days().take(10).flat_map(|day| draw_orders(day, start, &mut rng)) {
            for (index, quantity) in &order.lines {
                assert!(*quantity >= GROUPS[order.group].products[*index].minimum);
            }
        }
    }
}

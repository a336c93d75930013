//! Seasonal demand: Ramadan and Lebaran, paydays, weekdays, celebrations by Javanese month.
//!
//! The numbers are a model based on press reports and surveys of Banyumas and similar regions, not on real sales data.

use chrono::{Datelike, Weekday};

use super::village::DemandClass;
use crate::kernel::Day;

/// Lebaran (Idulfitri) as officially announced, as year, month and day.
const LEBARAN: [(i32, u32, u32); 3] = [(2025, 3, 31), (2026, 3, 21), (2027, 3, 10)];
/// 1 Muharam as officially announced.
const MUHARAM: [(i32, u32, u32); 3] = [(2025, 6, 27), (2026, 6, 16), (2027, 6, 6)];
/// The number of celebrations in each Javanese month, Suro first, relative to an ordinary month.
const FEASTS: [f64; 12] = [0.15, 0.8, 0.6, 0.9, 1.0, 1.5, 1.7, 1.6, 0.1, 1.8, 0.45, 2.2];
/// The days of a lunar year, accurate enough to extend the announced dates by a few years.
const LUNAR_YEAR: i64 = 354;

fn nearest(day: Day, announced: &[(i32, u32, u32)]) -> i64 {
    let announced = announced.iter().filter_map(|(year, month, date)| Day::from_ymd_opt(*year, *month, *date));
    let ahead =
        announced.map(|feast| feast.signed_duration_since(day).num_days()).min_by_key(|days| days.abs()).unwrap_or(0);
    // Outside the announced years, shift by whole lunar years.
    let half = LUNAR_YEAR.checked_div(2).unwrap_or(0);
    ahead.saturating_add(half).rem_euclid(LUNAR_YEAR).saturating_sub(half)
}

/// Days from this day to the nearest Lebaran; negative after it.
pub(super) fn days_to_lebaran(day: Day) -> i64 {
    let exact = LEBARAN
        .iter()
        .filter_map(|(year, month, date)| Day::from_ymd_opt(*year, *month, *date))
        .map(|feast| feast.signed_duration_since(day).num_days())
        .find(|days| days.abs() <= 120);
    exact.unwrap_or_else(|| nearest(day, &LEBARAN))
}

/// The Javanese month of this day, with Suro as 0, by tabular months from the announced New Year.
fn javanese_month(day: Day) -> usize {
    let since = nearest(day, &MUHARAM).saturating_neg().rem_euclid(LUNAR_YEAR);
    // Months alternate between 30 and 29 days: two months are 59 days.
    let (pairs, rest) = (since.div_euclid(59), since.rem_euclid(59));
    usize::try_from(pairs.saturating_mul(2).saturating_add(i64::from(rest >= 30))).unwrap_or(0).min(11)
}

/// The demand factor of Ramadan and Lebaran for a class of goods on this day.
fn lebaran(class: DemandClass, day: Day) -> f64 {
    let days_left = days_to_lebaran(day);
    let is_ramadan = (1..=30).contains(&days_left);
    let progress = 1.0 - f64::from(i32::try_from(days_left).unwrap_or(0)) / 30.0;
    match class {
        DemandClass::Cookie if (1..=3).contains(&days_left) => 0.0,
        DemandClass::Cookie if (4..=45).contains(&days_left) => {
            2.0 + 18.0 * (1.0 - (f64::from(i32::try_from(days_left).unwrap_or(0)) - 4.0) / 41.0).powi(2)
        }
        DemandClass::Cookie if (-7..=0).contains(&days_left) => 0.2,
        DemandClass::Dry if is_ramadan => 1.3 + 1.2 * progress,
        DemandClass::Dry if (-7..=0).contains(&days_left) => 1.6,
        DemandClass::Sugar if is_ramadan => 1.6 + 0.3 * progress,
        DemandClass::Egg if is_ramadan => 1.1 + 0.5 * progress,
        DemandClass::Craft if is_ramadan => 1.1 + 0.9 * progress,
        DemandClass::Fruit if is_ramadan => 1.35,
        DemandClass::Fresh if is_ramadan => 1.35,
        DemandClass::Fresh if (-7..=0).contains(&days_left) => 0.4,
        _ => 1.0,
    }
}

fn weekday(class: DemandClass, day: Day) -> f64 {
    match (class, day.weekday()) {
        (DemandClass::Fresh, Weekday::Thu | Weekday::Fri | Weekday::Sat) => 1.18,
        (DemandClass::Fresh, Weekday::Sun | Weekday::Mon | Weekday::Tue) => 0.9,
        _ => 1.0,
    }
}

fn payday(day: Day) -> f64 {
    match day.day() {
        25.. | 1..=5 => 1.18,
        15..=22 => 0.9,
        _ => 1.0,
    }
}

/// The expected demand on this day, relative to ordinary demand.
pub(super) fn index(class: DemandClass, day: Day, start: Day) -> f64 {
    let days = i32::try_from(day.signed_duration_since(start).num_days()).unwrap_or(0);
    let growth = 1.0 + 0.10 * f64::from(days) / 365.0;
    lebaran(class, day) * weekday(class, day) * payday(day) * growth
}

/// The expected number of orders for celebrations per group on this day.
pub(super) fn feasts(class: DemandClass, day: Day) -> f64 {
    let base = match class {
        DemandClass::Fresh => 0.10,
        DemandClass::Dry => 0.05,
        DemandClass::Egg => 0.03,
        _ => return 0.0,
    };
    let weekend_factor = if matches!(day.weekday(), Weekday::Fri | Weekday::Sat | Weekday::Sun) { 1.6 } else { 1.0 };
    base * FEASTS.get(javanese_month(day)).copied().unwrap_or(1.0) * weekend_factor
}

/// Whether the cooperative is closed: from the day before Lebaran to three days after it.
pub(super) fn is_closed(day: Day) -> bool {
    (-3..=1).contains(&days_to_lebaran(day))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn days_to_lebaran_count_in_both_directions_and_beyond_the_announced_years() {
        assert_eq!(days_to_lebaran(day("2026-03-21")), 0);
        assert_eq!(days_to_lebaran(day("2026-03-11")), 10);
        assert_eq!(days_to_lebaran(day("2026-03-24")), -3);
        assert!(days_to_lebaran(day("2028-02-27")).abs() <= 3, "tabular years drift by a day or two");
    }

    #[test]
    fn cookies_peak_before_lebaran_and_stop_three_days_ahead_of_it() {
        let start = day("2025-02-01");
        assert!(index(DemandClass::Cookie, day("2026-03-15"), start) > 15.0);
        assert!(index(DemandClass::Cookie, day("2026-03-19"), start) < 0.1);
        assert!(index(DemandClass::Cookie, day("2025-11-12"), start) < 2.0);
    }

    #[test]
    fn celebrations_are_rare_in_suro_and_frequent_in_besar() {
        let suro = feasts(DemandClass::Fresh, day("2026-06-22"));
        let besar = feasts(DemandClass::Fresh, day("2026-06-08"));
        assert!(besar > 8.0 * suro, "{besar} against {suro}");
    }
}

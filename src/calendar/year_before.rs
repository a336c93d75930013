//! Corresponding days of the previous Hijri year, so that the days before Lebaran are compared with the days before
//! Lebaran, which is eleven days earlier each year.

use std::collections::BTreeMap;
use std::ops::Bound;

use chrono::Days;

use super::hijri;
use super::occasion::Occasion;
use super::occasions::list_occasions;
use crate::db::{Conn, Result};
use crate::kernel::Day;

/// Days to load before the period: more than a Hijri year.
const DAYS_BEFORE: u64 = 400;
/// Days to load after the period: more than a month.
const DAYS_AFTER: u64 = 40;

/// Maps each day to the same day of the previous Hijri year. The 30th of a month that had 29 days in the previous year
/// has none, and neither have days outside the years that `hijri` computes. Months begin as
/// announced, where a date is stored.
pub fn hijri_counterparts(conn: &mut Conn, from: Day, to: Day) -> Result<BTreeMap<Day, Day>> {
    let (first, last) = (from.checked_sub_days(Days::new(DAYS_BEFORE)), to.checked_add_days(Days::new(DAYS_AFTER)));
    match first.zip(last).filter(|(first, last)| hijri::is_computable(*first) && hijri::is_computable(*last)) {
        Some((first, last)) => {
            Ok(MonthStarts::new(&list_occasions(conn, first, last)?, first, last).counterparts(from, to))
        }
        None => Ok(BTreeMap::new()),
    }
}

/// The first days of Hijri months, by year and month.
struct MonthStarts(BTreeMap<(i32, u8), Day>);

impl MonthStarts {
    fn new(occasions: &[Occasion], range_start: Day, range_end: Day) -> MonthStarts {
        let years = hijri::year_of(range_start).saturating_sub(1)..=hijri::year_of(range_end).saturating_add(1);
        let all = years.flat_map(|year| (1..=12_u8).map(move |month| (year, month)));
        let mut first_days: BTreeMap<_, _> =
            all.filter_map(|(year, month)| Some(((year, month), hijri::first_of_month(year, month)?))).collect();
        for occasion in occasions {
            let (Some(year), Some((month, day))) = (occasion.hijri_year, occasion.kind.hijri_date()) else { continue };
            if let Some(month_start) = occasion.day.checked_sub_days(Days::new(u64::from(day.saturating_sub(1)))) {
                first_days.insert((year, month), month_start);
            }
        }
        MonthStarts(first_days)
    }

    fn counterparts(&self, from: Day, to: Day) -> BTreeMap<Day, Day> {
        let month_by_first_day: BTreeMap<Day, (i32, u8)> =
            self.0.iter().map(|(month, first)| (*first, *month)).collect();
        let counterpart = |day: Day| {
            let (month_start, (year, month)) = month_by_first_day.range(..=day).next_back()?;
            let offset = u64::try_from(day.signed_duration_since(*month_start).num_days()).ok()?;
            let previous = (year.checked_sub(1)?, *month);
            let counterpart = self.0.get(&previous)?.checked_add_days(Days::new(offset))?;
            let (_, next_month) = self.0.range((Bound::Excluded(previous), Bound::Unbounded)).next()?;
            (counterpart < *next_month).then_some((day, counterpart))
        };
        from.iter_days().take_while(|day| *day <= to).filter_map(counterpart).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::{OccasionKind, OccasionOrigin};
    use proptest::prelude::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    /// Idulfitri as announced for this day.
    fn announced(year: i32, on: &str) -> Occasion {
        let computed = hijri::compute_occasions(year..=year).into_iter();
        let idulfitri = computed.into_iter().find(|occasion| occasion.kind == OccasionKind::Idulfitri).unwrap();
        Occasion { day: day(on), origin: OccasionOrigin::Official, ..idulfitri }
    }

    fn counterparts(occasions: &[Occasion], from: &str, to: &str) -> BTreeMap<Day, Day> {
        let (from, to) = (day(from), day(to));
        let (first, last) = (from - Days::new(DAYS_BEFORE), to + Days::new(DAYS_AFTER));
        MonthStarts::new(occasions, first, last).counterparts(from, to)
    }

    #[test]
    fn lebaran_is_compared_with_lebaran_as_announced() {
        let occasions = [announced(1446, "2025-03-31"), announced(1447, "2026-03-21")];
        let pairs = counterparts(&occasions, "2026-03-01", "2026-04-10");
        assert_eq!(pairs[&day("2026-03-21")], day("2025-03-31"));
        assert_eq!(pairs[&day("2026-03-25")], day("2025-04-04"));
        // The days before Lebaran are days of Ramadan in both years.
        assert!(pairs[&day("2026-03-19")] < day("2025-03-31"));
    }

    #[test]
    fn days_outside_the_computable_years_have_no_counterpart() {
        assert!(counterparts(&[], "2024-01-01", "2024-01-01").len() == 1);
        for far in [Day::MIN, Day::MAX, day("0001-01-01")] {
            assert!(!hijri::is_computable(far));
        }
    }

    proptest! {
        /// With computed months only, counterparts are unique and 354 or 355 days earlier.
        #[test]
        fn each_day_has_its_own_counterpart(after in 0..30_000_i64, length in 1..400_i64) {
            let from = day("1990-01-01") + chrono::Duration::days(after);
            let to = from + chrono::Duration::days(length);
            let (first, last) = (from - Days::new(DAYS_BEFORE), to + Days::new(DAYS_AFTER));
            let pairs = MonthStarts::new(&[], first, last).counterparts(from, to);
            let seen: std::collections::BTreeSet<&Day> = pairs.values().collect();
            prop_assert_eq!(seen.len(), pairs.len());
            prop_assert!(i64::try_from(pairs.len()).unwrap() >= length, "one day of the Hijri year may have none");
            prop_assert!(pairs.iter().all(|(day, before)| (354..=355).contains(&(*day - *before).num_days())));
        }
    }
}

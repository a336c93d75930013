//! The same day a Hijri year before: so that the days before Lebaran are held against the days before Lebaran, though
//! it comes eleven days earlier each year.

use std::collections::BTreeMap;
use std::ops::Bound;

use chrono::Days;

use super::hijri;
use super::occasion::Occasion;
use super::occasions::occasions;
use crate::db::{Conn, Result};
use crate::kernel::Day;

/// More than a Hijri year, and more than a month: what must be known around some days.
const YEAR_AND_MORE: u64 = 400;
const MONTH_AND_MORE: u64 = 40;

/// Each of these days with the same day of the Hijri year before. The last day of a month that was shorter the year
/// before has none, and neither have days beyond the tables. Months begin as they were announced, where that is known.
pub fn hijri_year_before(conn: &mut Conn, from: Day, to: Day) -> Result<BTreeMap<Day, Day>> {
    let (first, last) =
        (from.checked_sub_days(Days::new(YEAR_AND_MORE)), to.checked_add_days(Days::new(MONTH_AND_MORE)));
    match first.zip(last).filter(|(first, last)| hijri::computes(*first) && hijri::computes(*last)) {
        Some((first, last)) => Ok(Months::of(&occasions(conn, first, last)?, first, last).year_before(from, to)),
        None => Ok(BTreeMap::new()),
    }
}

/// Hijri months by year and number, with the days on which they begin.
struct Months(BTreeMap<(i32, u8), Day>);

impl Months {
    fn of(known: &[Occasion], first: Day, last: Day) -> Months {
        let years = hijri::year_of(first).saturating_sub(1)..=hijri::year_of(last).saturating_add(1);
        let all = years.flat_map(|year| (1..=12_u8).map(move |month| (year, month)));
        let mut begins: BTreeMap<_, _> =
            all.filter_map(|(year, month)| Some(((year, month), hijri::first_of_month(year, month)?))).collect();
        for one in known {
            let (Some(year), Some((month, day))) = (one.hijri_year, one.kind.hijri_date()) else { continue };
            if let Some(first) = one.day.checked_sub_days(Days::new(u64::from(day.saturating_sub(1)))) {
                begins.insert((year, month), first);
            }
        }
        Months(begins)
    }

    fn year_before(&self, from: Day, to: Day) -> BTreeMap<Day, Day> {
        let by_day: BTreeMap<Day, (i32, u8)> = self.0.iter().map(|(month, first)| (*first, *month)).collect();
        let counterpart = |day: Day| {
            let (first, (year, month)) = by_day.range(..=day).next_back()?;
            let place = u64::try_from(day.signed_duration_since(*first).num_days()).ok()?;
            let before = (year.checked_sub(1)?, *month);
            let found = self.0.get(&before)?.checked_add_days(Days::new(place))?;
            let (_, next) = self.0.range((Bound::Excluded(before), Bound::Unbounded)).next()?;
            (found < *next).then_some((day, found))
        };
        from.iter_days().take_while(|day| *day <= to).filter_map(counterpart).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::{OccasionKind, Origin};
    use proptest::prelude::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    /// Idulfitri as it was announced for this day.
    fn announced(year: i32, on: &str) -> Occasion {
        let computed = hijri::computed(year..=year).into_iter();
        let it = computed.into_iter().find(|one| one.kind == OccasionKind::Idulfitri).unwrap();
        Occasion { day: day(on), origin: Origin::Official, ..it }
    }

    fn before(known: &[Occasion], from: &str, to: &str) -> BTreeMap<Day, Day> {
        let (from, to) = (day(from), day(to));
        let (first, last) = (from - Days::new(YEAR_AND_MORE), to + Days::new(MONTH_AND_MORE));
        Months::of(known, first, last).year_before(from, to)
    }

    #[test]
    fn lebaran_is_held_against_lebaran_as_it_was_announced() {
        let known = [announced(1446, "2025-03-31"), announced(1447, "2026-03-21")];
        let pairs = before(&known, "2026-03-01", "2026-04-10");
        assert_eq!(pairs[&day("2026-03-21")], day("2025-03-31"));
        assert_eq!(pairs[&day("2026-03-25")], day("2025-04-04"));
        // The days before Lebaran are days of Ramadan in both years.
        assert!(pairs[&day("2026-03-19")] < day("2025-03-31"));
    }

    #[test]
    fn beyond_the_tables_nothing_is_said() {
        assert!(before(&[], "2024-01-01", "2024-01-01").len() == 1);
        for far in [Day::MIN, Day::MAX, day("0001-01-01")] {
            assert!(!hijri::computes(far));
        }
    }

    proptest! {
        /// By the tables alone, no day is compared twice, and all lie 354 or 355 days back.
        #[test]
        fn each_day_has_its_own_counterpart(after in 0..30_000_i64, length in 1..400_i64) {
            let from = day("1990-01-01") + chrono::Duration::days(after);
            let to = from + chrono::Duration::days(length);
            let (first, last) = (from - Days::new(YEAR_AND_MORE), to + Days::new(MONTH_AND_MORE));
            let pairs = Months::of(&[], first, last).year_before(from, to);
            let seen: std::collections::BTreeSet<&Day> = pairs.values().collect();
            prop_assert_eq!(seen.len(), pairs.len());
            prop_assert!(i64::try_from(pairs.len()).unwrap() >= length, "one day of the Hijri year may have none");
            prop_assert!(pairs.iter().all(|(day, before)| (354..=355).contains(&(*day - *before).num_days())));
        }
    }
}

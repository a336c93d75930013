//! The tabular Hijri calendar, which is within a day or two of the observed one.
//!
//! Of the twelve dates that the ministries announced for 2025 to 2027 this table (leap years 2, 5, 7, 10, 13, 16, 18,
//! 21, 24, 26, 29 of thirty; Friday epoch) matches eight and is off by one day for four, better than the other tables
//! of the library.

use std::ops::RangeInclusive;

use chrono::Datelike;
use icu_calendar::Date;
use icu_calendar::cal::Hijri;
use icu_calendar::cal::hijri::{TabularAlgorithm, TabularAlgorithmEpoch, TabularAlgorithmLeapYears};
use icu_calendar::types::RataDie;

use super::occasion::{Occasion, OccasionKind, OccasionOrigin};
use crate::kernel::Day;

/// The Hijri years that are computed; outside them the table is not reliable.
const COMPUTED_YEARS: RangeInclusive<i32> = 1400..=1600;

/// The largest deviation of an announced from a computed date, in days: the moon is seen a day earlier or later, and
/// governments have moved holidays by a day.
const MAX_DEVIATION_DAYS: i64 = 5;

const TABLE: Hijri<TabularAlgorithm> =
    Hijri::new_tabular(TabularAlgorithmLeapYears::TypeII, TabularAlgorithmEpoch::Friday);

/// The Hijri year of a day.
pub(super) fn year_of(day: Day) -> i32 {
    Date::from_rata_die(RataDie::new(day.num_days_from_ce().into()), TABLE).year().extended_year()
}

/// Whether the day is in the computed years.
pub(super) fn is_computable(day: Day) -> bool {
    COMPUTED_YEARS.contains(&year_of(day))
}

/// The first day of a Hijri month; `None` outside the computed years.
pub(super) fn first_of_month(year: i32, month: u8) -> Option<Day> {
    day_in(year, month, 1)
}

/// The day of an occasion in a Hijri year; `None` outside the computed years.
pub(super) fn day_of(kind: OccasionKind, year: i32) -> Option<Day> {
    let (month, day) = kind.hijri_date()?;
    day_in(year, month, day)
}

fn day_in(year: i32, month: u8, day: u8) -> Option<Day> {
    if !COMPUTED_YEARS.contains(&year) {
        return None;
    }
    let date = Date::try_new_hijri_with_calendar(year, month, day, TABLE).ok()?;
    Day::from_num_days_from_ce_opt(date.to_rata_die().to_i64_date().try_into().ok()?)
}

/// The Hijri year whose occasion of this kind is near this day; `None` when there is none.
pub(super) fn find_year_near(kind: OccasionKind, day: Day) -> Option<i32> {
    let year = year_of(day);
    let near = |date: Day| date.signed_duration_since(day).num_days().abs() <= MAX_DEVIATION_DAYS;
    (year.saturating_sub(1)..=year.saturating_add(1)).find(|year| day_of(kind, *year).is_some_and(near))
}

/// Computes all occasions of these Hijri years.
pub(super) fn compute_occasions(years: RangeInclusive<i32>) -> Vec<Occasion> {
    let years = *years.start().max(COMPUTED_YEARS.start())..=*years.end().min(COMPUTED_YEARS.end());
    let occasion = |kind: OccasionKind, year: i32| {
        Some(Occasion {
            stored: None,
            kind,
            day: day_of(kind, year)?,
            hijri_year: Some(year),
            names: kind.names(year)?,
            day_off: kind.is_day_off(),
            origin: OccasionOrigin::Computed,
        })
    };
    years.flat_map(|year| OccasionKind::ALL.iter().filter_map(move |kind| occasion(*kind, year))).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::calendar::official::OFFICIAL;

    #[test]
    fn the_table_is_within_a_day_of_every_official_date() {
        let deviations: Vec<i64> = OFFICIAL
            .iter()
            .filter(|known| known.kind != OccasionKind::Ramadan)
            .map(|known| {
                let computed = day_of(known.kind, known.hijri_year).unwrap();
                computed.signed_duration_since(known.day().unwrap()).num_days()
            })
            .collect();
        assert_eq!((deviations.len(), deviations.iter().filter(|days| **days == 0).count()), (12, 8), "{deviations:?}");
        assert!(deviations.iter().all(|days| days.abs() <= 1), "{deviations:?}");
    }

    #[test]
    fn an_occasion_falls_once_a_hijri_year_and_a_year_has_354_or_355_days() {
        for year in 1400..1600 {
            for kind in OccasionKind::ALL.iter().filter(|kind| kind.hijri_date().is_some()) {
                let [this, next] = [year, year + 1].map(|year| day_of(*kind, year).unwrap());
                assert!((354..=355).contains(&next.signed_duration_since(this).num_days()), "{kind} {year}");
                assert_eq!(year_of(this), year, "{kind}");
            }
        }
    }

    #[test]
    fn years_outside_the_table_are_not_computed() {
        assert_eq!(day_of(OccasionKind::Idulfitri, 1399), None);
        assert_eq!(day_of(OccasionKind::Idulfitri, 1601), None);
        assert_eq!(day_of(OccasionKind::Holiday, 1448), None);
        assert_eq!(compute_occasions(1590..=1700), compute_occasions(1590..=1600));
        assert_eq!(compute_occasions(-5..=-3), []);
        for day in [Day::MIN, Day::MAX] {
            assert_eq!(find_year_near(OccasionKind::Idulfitri, day), None);
        }
    }

    proptest! {
        #[test]
        fn a_day_near_an_occasion_is_of_its_hijri_year(year in 1401..1600_i32, deviations in -9..=9_i64, which in 0..5_usize) {
            let kind = OccasionKind::ALL[which];
            let day = day_of(kind, year).unwrap() + chrono::Duration::days(deviations);
            prop_assert_eq!(find_year_near(kind, day), (deviations.abs() <= MAX_DEVIATION_DAYS).then_some(year));
        }
    }
}

//! The Hijri calendar by its tables: which day a date of it falls on, to within a day or two of what the eye sees.
//!
//! Of the twelve dates that the ministries announced for 2025 to 2027 these tables (leap years 2, 5, 7, 10, 13, 16, 18,
//! 21, 24, 26, 29 of thirty; the first day a Friday) hit eight and miss four by one day, closer than the others at hand.

use std::ops::RangeInclusive;

use chrono::Datelike;
use icu_calendar::Date;
use icu_calendar::cal::Hijri;
use icu_calendar::cal::hijri::{TabularAlgorithm, TabularAlgorithmEpoch, TabularAlgorithmLeapYears};
use icu_calendar::types::RataDie;

use super::occasion::{Occasion, OccasionKind, Origin};
use crate::kernel::Day;

/// The Hijri years that are computed: the tables are not meant for ages.
const COMPUTED: RangeInclusive<i32> = 1400..=1600;

/// How far what is announced may lie from what is computed: the moon is seen a day earlier or later, and governments
/// have moved holidays by a day.
const FARTHEST: i64 = 5;

const TABLES: Hijri<TabularAlgorithm> =
    Hijri::new_tabular(TabularAlgorithmLeapYears::TypeII, TabularAlgorithmEpoch::Friday);

/// The Hijri year of this day.
pub(super) fn year_of(day: Day) -> i32 {
    Date::from_rata_die(RataDie::new(day.num_days_from_ce().into()), TABLES).year().extended_year()
}

/// Whether this day lies in the years that are computed.
pub(super) fn computes(day: Day) -> bool {
    COMPUTED.contains(&year_of(day))
}

/// The first day of a month, as far as it can be computed.
pub(super) fn first_of_month(year: i32, month: u8) -> Option<Day> {
    day_in(year, month, 1)
}

/// The day on which an occasion falls in this Hijri year, as far as it can be computed.
pub(super) fn day_of(kind: OccasionKind, year: i32) -> Option<Day> {
    let (month, day) = kind.hijri_date()?;
    day_in(year, month, day)
}

fn day_in(year: i32, month: u8, day: u8) -> Option<Day> {
    if !COMPUTED.contains(&year) {
        return None;
    }
    let date = Date::try_new_hijri_with_calendar(year, month, day, TABLES).ok()?;
    Day::from_num_days_from_ce_opt(date.to_rata_die().to_i64_date().try_into().ok()?)
}

/// The Hijri year in which an occasion can fall on this day; none when no such occasion is near.
pub(super) fn year_near(kind: OccasionKind, day: Day) -> Option<i32> {
    let year = year_of(day);
    let near = |computed: Day| computed.signed_duration_since(day).num_days().abs() <= FARTHEST;
    (year.saturating_sub(1)..=year.saturating_add(1)).find(|year| day_of(kind, *year).is_some_and(near))
}

/// All occasions of these Hijri years, computed.
pub(super) fn computed(years: RangeInclusive<i32>) -> Vec<Occasion> {
    let years = *years.start().max(COMPUTED.start())..=*years.end().min(COMPUTED.end());
    let of = |kind: OccasionKind, year: i32| {
        Some(Occasion {
            kept: None,
            kind,
            day: day_of(kind, year)?,
            hijri_year: Some(year),
            names: kind.names(year)?,
            day_off: kind.is_day_off(),
            origin: Origin::Computed,
        })
    };
    years.flat_map(|year| OccasionKind::ALL.iter().filter_map(move |kind| of(*kind, year))).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::calendar::official::OFFICIAL;

    #[test]
    fn the_tables_lie_within_a_day_of_every_official_date() {
        let apart: Vec<i64> = OFFICIAL
            .iter()
            .filter(|known| known.kind != OccasionKind::Ramadan)
            .map(|known| {
                let computed = day_of(known.kind, known.hijri_year).unwrap();
                computed.signed_duration_since(known.day().unwrap()).num_days()
            })
            .collect();
        assert_eq!((apart.len(), apart.iter().filter(|days| **days == 0).count()), (12, 8), "{apart:?}");
        assert!(apart.iter().all(|days| days.abs() <= 1), "{apart:?}");
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
    fn what_lies_outside_of_the_tables_is_not_computed() {
        assert_eq!(day_of(OccasionKind::Idulfitri, 1399), None);
        assert_eq!(day_of(OccasionKind::Idulfitri, 1601), None);
        assert_eq!(day_of(OccasionKind::Holiday, 1448), None);
        assert_eq!(computed(1590..=1700), computed(1590..=1600));
        assert_eq!(computed(-5..=-3), []);
        for day in [Day::MIN, Day::MAX] {
            assert_eq!(year_near(OccasionKind::Idulfitri, day), None);
        }
    }

    proptest! {
        #[test]
        fn a_day_near_an_occasion_is_of_its_hijri_year(year in 1401..1600_i32, apart in -9..=9_i64, which in 0..5_usize) {
            let kind = OccasionKind::ALL[which];
            let day = day_of(kind, year).unwrap() + chrono::Duration::days(apart);
            prop_assert_eq!(year_near(kind, day), (apart.abs() <= FARTHEST).then_some(year));
        }
    }
}

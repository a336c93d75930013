//! Occasions of a period: stored ones, and computed ones where none is stored.

use std::collections::BTreeSet;

use super::hijri;
use super::occasion::Occasion;
use super::store;
use crate::db::{Conn, Result};
use crate::kernel::Day;

/// Lists the occasions from the first to the last day, in order.
pub fn list_occasions(conn: &mut Conn, from: Day, to: Day) -> Result<Vec<Occasion>> {
    let years = hijri::year_of(from)..=hijri::year_of(to);
    let stored = store::list_around(conn, from, to, years.clone())?;
    Ok(merge(stored, hijri::compute_occasions(years), from, to))
}

/// Lists the days off from the first to the last day.
pub fn list_holidays(conn: &mut Conn, from: Day, to: Day) -> Result<BTreeSet<Day>> {
    Ok(list_occasions(conn, from, to)?
        .into_iter()
        .filter(|occasion| occasion.day_off)
        .map(|occasion| occasion.day)
        .collect())
}

/// Whether it is a day off.
pub fn is_holiday(conn: &mut Conn, day: Day) -> Result<bool> {
    Ok(list_holidays(conn, day, day)?.contains(&day))
}

/// Merges stored and computed occasions of these days. A stored occasion of a kind and Hijri year, on whatever day,
/// replaces the computed one.
fn merge(stored: Vec<Occasion>, computed: Vec<Occasion>, from: Day, to: Day) -> Vec<Occasion> {
    let replaced: BTreeSet<_> =
        stored.iter().filter_map(|occasion| Some((occasion.kind, occasion.hijri_year?))).collect();
    let is_missing =
        |occasion: &Occasion| occasion.hijri_year.is_none_or(|year| !replaced.contains(&(occasion.kind, year)));
    let mut all: Vec<Occasion> = stored.into_iter().chain(computed.into_iter().filter(is_missing)).collect();
    all.retain(|occasion| (from..=to).contains(&occasion.day));
    all.sort_by(|a, b| (a.day, a.kind, &a.names.indonesian).cmp(&(b.day, b.kind, &b.names.indonesian)));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::{OccasionKind, OccasionOrigin};

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    /// Idulfitri 1448, computed for 9 March 2027, as announced for another day.
    fn announced(on: &str) -> Occasion {
        let computed = hijri::compute_occasions(1448..=1448).into_iter();
        let idulfitri = computed.into_iter().find(|occasion| occasion.kind == OccasionKind::Idulfitri).unwrap();
        Occasion { day: day(on), origin: OccasionOrigin::Official, ..idulfitri }
    }

    fn merged(stored: Vec<Occasion>, from: &str, to: &str) -> Vec<(String, OccasionOrigin)> {
        let (from, to) = (day(from), day(to));
        let years = hijri::year_of(from)..=hijri::year_of(to);
        let all = merge(stored, hijri::compute_occasions(years), from, to);
        all.into_iter().map(|occasion| (format!("{} {}", occasion.kind, occasion.day), occasion.origin)).collect()
    }

    #[test]
    fn a_stored_date_replaces_the_computed_one_also_on_another_day() {
        let computed = hijri::day_of(OccasionKind::Idulfitri, 1448).unwrap().to_string();
        assert_eq!(merged(vec![], &computed, &computed), [(format!("idulfitri {computed}"), OccasionOrigin::Computed)]);
        let other = announced("2027-03-12");
        assert_eq!(merged(vec![other.clone()], &computed, &computed), [], "its own day is not even asked for");
        let whole = merged(vec![other], "2027-03-01", "2027-03-31");
        assert_eq!(whole, [("idulfitri 2027-03-12".to_owned(), OccasionOrigin::Official)]);
    }

    #[test]
    fn other_years_and_other_occasions_stay_computed() {
        let all = merged(vec![announced("2027-03-12")], "2027-01-01", "2028-12-31");
        let origins = |kind: &str| {
            all.iter().filter(|(name, _)| name.starts_with(kind)).map(|(_, origin)| *origin).collect::<Vec<_>>()
        };
        assert_eq!(origins("idulfitri"), [OccasionOrigin::Official, OccasionOrigin::Computed]);
        assert_eq!(origins("ramadan"), [OccasionOrigin::Computed; 2]);
    }
}

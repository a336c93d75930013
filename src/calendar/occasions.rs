//! What falls on which days: what is written down, and what is computed where nothing is.

use std::collections::BTreeSet;

use super::hijri;
use super::occasion::Occasion;
use super::store;
use crate::db::{Conn, Result};
use crate::kernel::Day;

/// What falls on the days from the first to the last, in their order.
pub fn occasions(conn: &mut Conn, from: Day, to: Day) -> Result<Vec<Occasion>> {
    let years = hijri::year_of(from)..=hijri::year_of(to);
    let known = store::around(conn, from, to, years.clone())?;
    Ok(with_gaps_filled(known, hijri::computed(years), from, to))
}

/// The days off from the first to the last.
pub fn holidays(conn: &mut Conn, from: Day, to: Day) -> Result<BTreeSet<Day>> {
    Ok(occasions(conn, from, to)?
        .into_iter()
        .filter(|occasion| occasion.day_off)
        .map(|occasion| occasion.day)
        .collect())
}

/// Whether people are off that day.
pub fn is_holiday(conn: &mut Conn, day: Day) -> Result<bool> {
    Ok(holidays(conn, day, day)?.contains(&day))
}

/// Those of the known and the computed that fall on these days. What is known of a kind and a Hijri year, on whatever
/// day, takes the place of what is computed of it.
fn with_gaps_filled(known: Vec<Occasion>, computed: Vec<Occasion>, from: Day, to: Day) -> Vec<Occasion> {
    let taken: BTreeSet<_> = known.iter().filter_map(|one| Some((one.kind, one.hijri_year?))).collect();
    let is_gap = |one: &Occasion| one.hijri_year.is_none_or(|year| !taken.contains(&(one.kind, year)));
    let mut all: Vec<Occasion> = known.into_iter().chain(computed.into_iter().filter(is_gap)).collect();
    all.retain(|one| (from..=to).contains(&one.day));
    all.sort_by(|a, b| (a.day, a.kind, &a.names.indonesian).cmp(&(b.day, b.kind, &b.names.indonesian)));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::{OccasionKind, Origin};

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    /// Idulfitri 1448, which the tables put on 9 March 2027, as announced for another day.
    fn announced(on: &str) -> Occasion {
        let computed = hijri::computed(1448..=1448).into_iter();
        let it = computed.into_iter().find(|one| one.kind == OccasionKind::Idulfitri).unwrap();
        Occasion { day: day(on), origin: Origin::Official, ..it }
    }

    fn told(known: Vec<Occasion>, from: &str, to: &str) -> Vec<(String, Origin)> {
        let (from, to) = (day(from), day(to));
        let years = hijri::year_of(from)..=hijri::year_of(to);
        let all = with_gaps_filled(known, hijri::computed(years), from, to);
        all.into_iter().map(|one| (format!("{} {}", one.kind, one.day), one.origin)).collect()
    }

    #[test]
    fn what_is_computed_vanishes_where_a_date_is_known_also_on_another_day() {
        let computed = hijri::day_of(OccasionKind::Idulfitri, 1448).unwrap().to_string();
        assert_eq!(told(vec![], &computed, &computed), [(format!("idulfitri {computed}"), Origin::Computed)]);
        let other = announced("2027-03-12");
        assert_eq!(told(vec![other.clone()], &computed, &computed), [], "its own day is not even asked for");
        let whole = told(vec![other], "2027-03-01", "2027-03-31");
        assert_eq!(whole, [("idulfitri 2027-03-12".to_owned(), Origin::Official)]);
    }

    #[test]
    fn other_years_and_other_occasions_stay_computed() {
        let all = told(vec![announced("2027-03-12")], "2027-01-01", "2028-12-31");
        let of =
            |kind: &str| all.iter().filter(|(what, _)| what.starts_with(kind)).map(|one| one.1).collect::<Vec<_>>();
        assert_eq!(of("idulfitri"), [Origin::Official, Origin::Computed]);
        assert_eq!(of("ramadan"), [Origin::Computed; 2]);
    }
}

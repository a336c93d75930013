//! Closed days of a group, on which nothing of it is available.

use crate::kernel::Day;

/// A day on which a group is closed.
#[derive(Debug, Clone, PartialEq, Eq, diesel::Queryable)]
pub struct ClosedDay {
    /// The day.
    pub day: Day,
    /// The reason, shown to buyers.
    pub reason: Option<String>,
}

/// The closed days of a group within the ordering window, as a bit set from a first day on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClosedDays {
    first: Day,
    bits: u64,
}

impl ClosedDays {
    /// The number of days that the set covers. Products can be ordered for at most sixty days ahead.
    pub const SPAN: i64 = 64;

    /// The set of those days that are among the [`SPAN`](Self::SPAN) days from the first one on.
    pub fn new(first: Day, days: impl IntoIterator<Item = Day>) -> Self {
        let empty = ClosedDays { first, bits: 0 };
        let bits = days.into_iter().fold(0, |bits, day| bits | empty.bit(day));
        ClosedDays { bits, ..empty }
    }

    /// Whether the group is closed on this day; `false` for days outside the set.
    pub fn contains(&self, day: Day) -> bool {
        self.bits & self.bit(day) != 0
    }

    /// The first open day from this day on.
    pub fn next_open_day(&self, day: Day) -> Day {
        day.iter_days().find(|day| !self.contains(*day)).unwrap_or(day)
    }

    /// The bit of a day; zero for a day outside the set.
    fn bit(&self, day: Day) -> u64 {
        let offset = u32::try_from(day.signed_duration_since(self.first).num_days()).unwrap_or(u32::MAX);
        1_u64.checked_shl(offset).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::kernel::Duration;

    fn day(ahead: i64) -> Day {
        Day::from_ymd_opt(2026, 11, 23).unwrap() + Duration::days(ahead)
    }

    proptest! {
        #[test]
        fn the_set_contains_the_days_within_its_span(closed in prop::collection::btree_set(-90..90_i64, 0..70)) {
            let set = ClosedDays::new(day(0), closed.iter().map(|ahead| day(*ahead)));
            let is_within = |ahead: &i64| (0..ClosedDays::SPAN).contains(ahead);
            let expected: BTreeSet<i64> = closed.into_iter().filter(is_within).collect();
            for ahead in -100..100 {
                prop_assert_eq!(set.contains(day(ahead)), expected.contains(&ahead));
            }
            for ahead in 0..70 {
                let open = (ahead..).find(|ahead| !expected.contains(ahead)).unwrap();
                prop_assert_eq!(set.next_open_day(day(ahead)), day(open));
            }
        }
    }

    #[test]
    fn the_first_and_last_days_of_the_calendar_are_open() {
        let all = ClosedDays::new(day(0), (0..64).map(day));
        assert!(!all.contains(Day::MIN) && !all.contains(Day::MAX));
        assert_eq!(ClosedDays::new(Day::MAX, [Day::MAX]).next_open_day(Day::MAX), Day::MAX);
        assert_eq!(all.next_open_day(day(0)), day(64));
    }
}

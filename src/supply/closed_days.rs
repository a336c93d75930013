//! Closed days: those on which nothing of a group's can be had.

use crate::kernel::Day;

/// A day on which a group is shut.
#[derive(Debug, Clone, PartialEq, Eq, diesel::Queryable)]
pub struct ClosedDay {
    /// The day.
    pub day: Day,
    /// Why, for buyers to read.
    pub reason: Option<String>,
}

/// The closed days of a group for as far ahead as anything can be ordered: one bit a day from a first one on, so that
/// terms stay as small as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClosedDays {
    first: Day,
    bits: u64,
}

impl ClosedDays {
    /// How many days it knows of; orders are open for sixty days after today at most.
    pub const SPAN: i64 = 64;

    /// Those of these days that lie among the [`SPAN`](Self::SPAN) from the first one on.
    pub fn from(first: Day, days: impl IntoIterator<Item = Day>) -> Self {
        let empty = ClosedDays { first, bits: 0 };
        let bits = days.into_iter().fold(0, |bits, day| bits | empty.bit(day));
        ClosedDays { bits, ..empty }
    }

    /// Whether the group is shut on this day, as far as is known.
    pub fn contains(&self, day: Day) -> bool {
        self.bits & self.bit(day) != 0
    }

    /// The first day from this one on that is not closed.
    pub fn first_open_from(&self, day: Day) -> Day {
        day.iter_days().find(|day| !self.contains(*day)).unwrap_or(day)
    }

    /// The bit of a day; none for one that it does not know of.
    fn bit(&self, day: Day) -> u64 {
        let ahead = u32::try_from(day.signed_duration_since(self.first).num_days()).unwrap_or(u32::MAX);
        1_u64.checked_shl(ahead).unwrap_or(0)
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
        fn it_is_the_set_of_the_days_within_its_span(closed in prop::collection::btree_set(-90..90_i64, 0..70)) {
            let set = ClosedDays::from(day(0), closed.iter().map(|ahead| day(*ahead)));
            let within = |ahead: &i64| (0..ClosedDays::SPAN).contains(ahead);
            let known: BTreeSet<i64> = closed.into_iter().filter(within).collect();
            for ahead in -100..100 {
                prop_assert_eq!(set.contains(day(ahead)), known.contains(&ahead));
            }
            for ahead in 0..70 {
                let open = (ahead..).find(|ahead| !known.contains(ahead)).unwrap();
                prop_assert_eq!(set.first_open_from(day(ahead)), day(open));
            }
        }
    }

    #[test]
    fn the_ends_of_time_are_open() {
        let all = ClosedDays::from(day(0), (0..64).map(day));
        assert!(!all.contains(Day::MIN) && !all.contains(Day::MAX));
        assert_eq!(ClosedDays::from(Day::MAX, [Day::MAX]).first_open_from(Day::MAX), Day::MAX);
        assert_eq!(all.first_open_from(day(0)), day(64));
    }
}

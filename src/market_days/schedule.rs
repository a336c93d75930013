//! Schedules: on which days markets are held, and when orders open and close.

use std::collections::BTreeSet;

use chrono::{Datelike, Duration};
use diesel::prelude::*;

use crate::db::schema::market_schedules;
use crate::kernel::ids::{CooperativeId, PickupPointId, ScheduleId};
use crate::kernel::{Day, Instant, Json, WallTime, Weekdays, Zone};

/// A schedule of markets: on which days they are held, and when orders open and close.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = market_schedules)]
#[diesel(treat_none_as_null = true)]
#[diesel(treat_none_as_default_value = false)]
pub struct Schedule {
    /// Its id.
    pub id: ScheduleId,
    /// The cooperative that holds the market.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// Display name.
    pub name: String,
    /// Weekdays on which markets are held; may be empty when `dates` are given.
    pub weekdays: Weekdays,
    /// Interval in weeks, counted from the week of `starts_on`.
    pub every_weeks: i32,
    /// First day of the schedule.
    pub starts_on: Day,
    /// Last day of the schedule; `None`: it does not end.
    pub ends_on: Option<Day>,
    /// Additional single dates.
    pub dates: Json,
    /// Dates on which no market is held.
    pub skipped: Json,
    /// Whether official holidays are skipped.
    pub skips_holidays: bool,
    /// How many days in advance market days are created.
    pub days_ahead: i32,
    /// How many days before the market day orders open.
    pub opens_days_before: i32,
    /// Time of day at which orders open.
    #[diesel(column_name = opens_at_minutes)]
    pub opens_at: WallTime,
    /// How many days before the market day orders close.
    pub closes_days_before: i32,
    /// Time of day at which orders close.
    #[diesel(column_name = closes_at_minutes)]
    pub closes_at: WallTime,
    /// Hours by which a batch below its minimum is extended, once; zero: no extension.
    pub extension_hours: i32,
    /// From when goods are handed over, in the cooperative's time zone.
    #[diesel(column_name = from_minutes)]
    pub from: WallTime,
    /// Until when goods are handed over.
    #[diesel(column_name = until_minutes)]
    pub until: WallTime,
    /// Where goods are handed over.
    #[diesel(column_name = pickup_point_id)]
    pub pickup_point: Option<PickupPointId>,
    /// Whether it still creates days; false once ended.
    pub active: bool,
    /// When it was created.
    pub created_at: Instant,
    /// Version; increases with every change. Sent as `If-Match`.
    pub version: i64,
}

/// When orders for a market day open and close.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// From when orders are accepted.
    pub opens_at: Instant,
    /// Until when orders are accepted.
    pub closes_at: Instant,
    /// Second cut-off for batches below their minimum at `closes_at`.
    pub extends_to: Option<Instant>,
}

impl Schedule {
    /// Additional single dates.
    pub fn dates(&self) -> BTreeSet<Day> {
        self.dates.read().unwrap_or_default()
    }

    /// Dates on which no market is held.
    pub fn skipped(&self) -> BTreeSet<Day> {
        self.skipped.read().unwrap_or_default()
    }

    /// The market days from `from` to `to`, both included, in order.
    pub fn days(&self, from: Day, to: Day, holidays: &BTreeSet<Day>) -> Vec<Day> {
        let (dates, skipped) = (self.dates(), self.skipped());
        let first = from.max(self.starts_on);
        let last = self.ends_on.map_or(to, |end| to.min(end));
        let held = |day: &Day| {
            let by_week = self.weekdays.contains(*day) && is_nth_week(self.starts_on, *day, self.every_weeks);
            (by_week || dates.contains(day))
                && !skipped.contains(day)
                && !(self.skips_holidays && holidays.contains(day))
        };
        first.iter_days().take_while(|day| *day <= last).filter(held).collect()
    }

    /// When orders for the market on `day` open and close.
    pub fn hours(&self, zone: Zone, day: Day) -> Hours {
        let at = |days_before: i32, time: WallTime| {
            let date = day.checked_sub_signed(Duration::days(days_before.into())).unwrap_or(day);
            zone.at(date, time.time())
        };
        let closes_at = at(self.closes_days_before, self.closes_at);
        let extension = Duration::hours(self.extension_hours.into());
        let extends_to = (self.extension_hours > 0).then(|| closes_at.after(extension));
        Hours { opens_at: at(self.opens_days_before, self.opens_at), closes_at, extends_to }
    }
}

/// Whether `day` lies in every `weeks`-th week, counted from the week of `first`. Weeks begin on Monday.
pub fn is_nth_week(first: Day, day: Day, weeks: i32) -> bool {
    let monday = |day: Day| {
        let since = i64::from(day.weekday().num_days_from_monday());
        day.checked_sub_signed(Duration::days(since)).unwrap_or(day)
    };
    let apart = monday(day).signed_duration_since(monday(first)).num_days().div_euclid(7);
    apart.checked_rem_euclid(weeks.into()) == Some(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Entropy;
    use chrono::Weekday;
    use proptest::prelude::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn schedule(weekdays: Weekdays, every_weeks: i32) -> Schedule {
        let (ids, now) = (Entropy::seeded(1), "2026-11-23T07:30:00Z".parse().unwrap());
        Schedule {
            id: ids.id(now),
            cooperative: ids.id(now),
            name: "Pasar Jumat".into(),
            weekdays,
            every_weeks,
            starts_on: day("2026-11-23"),
            ends_on: None,
            dates: Json::new(&[Day::MIN; 0]),
            skipped: Json::new(&[Day::MIN; 0]),
            skips_holidays: false,
            days_ahead: 28,
            opens_days_before: 5,
            opens_at: WallTime::minutes(6 * 60),
            closes_days_before: 2,
            closes_at: WallTime::minutes(17 * 60),
            extension_hours: 12,
            from: WallTime::minutes(7 * 60),
            until: WallTime::minutes(10 * 60),
            pickup_point: None,
            active: true,
            created_at: now,
            version: 1,
        }
    }

    fn held(schedule: &Schedule, to: &str) -> Vec<String> {
        let holidays = BTreeSet::from([day("2026-12-25")]);
        schedule.days(day("2026-11-23"), day(to), &holidays).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_friday_is_every_friday() {
        let fridays = schedule(Weekdays::NONE.with(Weekday::Fri), 1);
        assert_eq!(held(&fridays, "2026-12-12"), ["2026-11-27", "2026-12-04", "2026-12-11"]);
    }

    #[test]
    fn every_second_saturday_is_counted_from_the_first_week() {
        let saturdays = schedule(Weekdays::NONE.with(Weekday::Sat), 2);
        assert_eq!(held(&saturdays, "2026-12-31"), ["2026-11-28", "2026-12-12", "2026-12-26"]);
    }

    #[test]
    fn single_dates_are_added_and_skipped_days_and_holidays_left_out() {
        let mut fridays = schedule(Weekdays::NONE.with(Weekday::Fri), 1);
        fridays.dates = Json::new(&[day("2026-12-23")]);
        fridays.skipped = Json::new(&[day("2026-12-04")]);
        fridays.ends_on = Some(day("2026-12-25"));
        let with_christmas = ["2026-11-27", "2026-12-11", "2026-12-18", "2026-12-23", "2026-12-25"];
        assert_eq!(held(&fridays, "2027-01-31"), with_christmas);
        fridays.skips_holidays = true;
        assert_eq!(held(&fridays, "2027-01-31"), with_christmas[..4]);
        let only_dates = Schedule { weekdays: Weekdays::NONE, ..fridays };
        assert_eq!(held(&only_dates, "2027-01-31"), ["2026-12-23"]);
    }

    #[test]
    fn orders_open_and_close_on_the_clock_of_the_village() {
        let hours = schedule(Weekdays::ALL, 1).hours(Zone::Jakarta, day("2026-11-27"));
        assert_eq!(hours.opens_at, "2026-11-21T23:00:00Z".parse().unwrap());
        assert_eq!(hours.closes_at, "2026-11-25T10:00:00Z".parse().unwrap());
        assert_eq!(hours.extends_to, Some("2026-11-25T22:00:00Z".parse().unwrap()));
    }

    proptest! {
        #[test]
        fn however_the_time_is_cut_the_days_are_the_same(weeks in 1_i32..6, bits in 1_i32..127, cut in 0_u64..60) {
            let any = schedule(Weekdays::from_bits(bits), weeks);
            let (from, to) = (day("2026-11-23"), day("2027-01-22"));
            let middle = from.checked_add_days(chrono::Days::new(cut)).unwrap();
            let none = BTreeSet::new();
            let mut parts = any.days(from, middle, &none);
            parts.extend(any.days(middle.succ_opt().unwrap(), to, &none));
            prop_assert_eq!(parts, any.days(from, to, &none));
        }
    }
}

//! The three zones of Indonesia. None has daylight saving, so that each is a fixed offset.

use chrono::{Duration, NaiveTime};

use super::text_enum::text_enum;
use super::{Day, Instant};

text_enum! {
    /// A cooperative's time zone, by its IANA name.
    Zone {
        /// Western Indonesia (WIB), UTC+7.
        Jakarta = "Asia/Jakarta",
        /// Central Indonesia (WITA), UTC+8.
        Makassar = "Asia/Makassar",
        /// Eastern Indonesia (WIT), UTC+9.
        Jayapura = "Asia/Jayapura",
    }
}

impl Zone {
    /// The short name people write behind a time.
    pub const fn abbreviation(self) -> &'static str {
        match self {
            Zone::Jakarta => "WIB",
            Zone::Makassar => "WITA",
            Zone::Jayapura => "WIT",
        }
    }

    const fn hours_ahead(self) -> i64 {
        match self {
            Zone::Jakarta => 7,
            Zone::Makassar => 8,
            Zone::Jayapura => 9,
        }
    }

    /// The wall clock as if it were UTC.
    fn wall(self, moment: Instant) -> Instant {
        moment.after(Duration::hours(self.hours_ahead()))
    }

    /// The business day on which this moment falls.
    pub fn day_of(self, moment: Instant) -> Day {
        self.wall(moment).utc_day()
    }

    /// The time of day on the clock on the wall.
    pub fn time_of(self, moment: Instant) -> NaiveTime {
        self.wall(moment).utc().time()
    }

    /// The moment as the clock on the wall shows it, with its distance from UTC: `2026-11-25T17:00:00+07:00`.
    pub fn local(self, moment: Instant) -> String {
        format!("{}+{:02}:00", self.wall(moment).utc().format("%Y-%m-%dT%H:%M:%S"), self.hours_ahead())
    }

    /// The moment at which the wall clock shows this time on this day.
    pub fn at(self, day: Day, time: NaiveTime) -> Instant {
        Instant::from_utc(day.and_time(time).and_utc()).before(Duration::hours(self.hours_ahead()))
    }

    /// The moment at which this day begins.
    pub fn start_of(self, day: Day) -> Instant {
        self.at(day, NaiveTime::MIN)
    }

    /// The moment at which this day is over, which is when the next begins.
    pub fn end_of(self, day: Day) -> Instant {
        self.start_of(day).after(Duration::days(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_business_day_begins_seven_hours_before_utc_does() {
        let moment: Instant = "2026-11-22T17:00:00Z".parse().unwrap();
        assert_eq!(Zone::Jakarta.local(moment), "2026-11-23T00:00:00+07:00");
        assert_eq!(Zone::Jakarta.day_of(moment), "2026-11-23".parse::<Day>().unwrap());
        assert_eq!(Zone::Jakarta.start_of("2026-11-23".parse().unwrap()), moment);
        let before = moment.before(Duration::microseconds(1));
        assert_eq!(Zone::Jakarta.day_of(before), "2026-11-22".parse::<Day>().unwrap());
    }
}

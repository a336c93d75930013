//! The three time zones of Indonesia, which have fixed offsets: there is no daylight saving time.

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
    /// The abbreviation that follows a time.
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

    /// The local time as if it were UTC.
    fn to_local(self, moment: Instant) -> Instant {
        moment.after(Duration::hours(self.hours_ahead()))
    }

    /// The local date, which is the business day.
    pub fn day_of(self, moment: Instant) -> Day {
        self.to_local(moment).utc_day()
    }

    /// The local time of day.
    pub fn time_of(self, moment: Instant) -> NaiveTime {
        self.to_local(moment).utc().time()
    }

    /// RFC 3339 in local time with its offset: `2026-11-25T17:00:00+07:00`.
    pub fn local(self, moment: Instant) -> String {
        format!("{}+{:02}:00", self.to_local(moment).utc().format("%Y-%m-%dT%H:%M:%S"), self.hours_ahead())
    }

    /// The instant of this local date and time.
    pub fn at(self, day: Day, time: NaiveTime) -> Instant {
        Instant::from_utc(day.and_time(time).and_utc()).before(Duration::hours(self.hours_ahead()))
    }

    /// The instant at which this local day begins.
    pub fn start_of(self, day: Day) -> Instant {
        self.at(day, NaiveTime::MIN)
    }

    /// The instant at which this local day ends and the next begins.
    pub fn end_of(self, day: Day) -> Instant {
        self.start_of(day).after(Duration::days(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_business_day_in_jakarta_begins_at_17_utc() {
        let moment: Instant = "2026-11-22T17:00:00Z".parse().unwrap();
        assert_eq!(Zone::Jakarta.local(moment), "2026-11-23T00:00:00+07:00");
        assert_eq!(Zone::Jakarta.day_of(moment), "2026-11-23".parse::<Day>().unwrap());
        assert_eq!(Zone::Jakarta.start_of("2026-11-23".parse().unwrap()), moment);
        let before = moment.before(Duration::microseconds(1));
        assert_eq!(Zone::Jakarta.day_of(before), "2026-11-22".parse::<Day>().unwrap());
    }
}

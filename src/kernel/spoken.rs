//! Days and moments as people say them.

use chrono::{Datelike, Timelike};

use super::{Day, Instant, Language, Zone};

const DAYS: [[&str; 7]; 2] = [
    ["Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"],
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
];
const MONTHS: [[&str; 12]; 2] = [
    [
        "Januari",
        "Februari",
        "Maret",
        "April",
        "Mei",
        "Juni",
        "Juli",
        "Agustus",
        "September",
        "Oktober",
        "November",
        "Desember",
    ],
    [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
];

fn word<const N: usize>(words: &[[&'static str; N]; 2], language: Language, place: u32) -> &'static str {
    let [indonesian, english] = words;
    let words = match language {
        Language::Indonesian => indonesian,
        Language::English => english,
    };
    usize::try_from(place).ok().and_then(|place| words.get(place)).copied().unwrap_or_default()
}

/// `Senin`, by its place in a week that begins on Monday with nought.
pub fn weekday(language: Language, place: u32) -> &'static str {
    word(&DAYS, language, place)
}

/// `Senin, 23 November 2026`.
pub fn day(language: Language, day: Day) -> String {
    let weekday = word(&DAYS, language, day.weekday().num_days_from_monday());
    let month = word(&MONTHS, language, day.month0());
    match language {
        Language::Indonesian => format!("{weekday}, {} {month} {}", day.day(), day.year()),
        Language::English => format!("{weekday} {} {month} {}", day.day(), day.year()),
    }
}

/// `November`, by its place in the year with nought for January.
pub fn month(language: Language, place: u32) -> &'static str {
    word(&MONTHS, language, place)
}

/// `23 November 2026`.
pub fn date(language: Language, day: Day) -> String {
    format!("{} {} {}", day.day(), word(&MONTHS, language, day.month0()), day.year())
}

/// `Senin, 23 November 2026 pukul 14.30 WIB`.
pub fn moment(language: Language, zone: Zone, moment: Instant) -> String {
    let (date, time) = (day(language, zone.day_of(moment)), zone.time_of(moment));
    let (hour, minute, zone) = (time.hour(), time.minute(), zone.abbreviation());
    match language {
        Language::Indonesian => format!("{date} pukul {hour:02}.{minute:02} {zone}"),
        Language::English => format!("{date}, {hour:02}:{minute:02} {zone}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_moments_are_said_in_both_languages() {
        let noon: Instant = "2026-11-23T07:30:00Z".parse().unwrap();
        assert_eq!(moment(Language::Indonesian, Zone::Jakarta, noon), "Senin, 23 November 2026 pukul 14.30 WIB");
        assert_eq!(moment(Language::English, Zone::Makassar, noon), "Monday 23 November 2026, 15:30 WITA");
    }
}

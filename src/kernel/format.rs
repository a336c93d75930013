//! Dates, times and numbers formatted for people.

use chrono::{Datelike, Timelike};

use super::{Day, Instant, Language, Quantity, Zone};

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

fn word<const N: usize>(words: &[[&'static str; N]; 2], language: Language, index: u32) -> &'static str {
    let [indonesian, english] = words;
    let words = match language {
        Language::Indonesian => indonesian,
        Language::English => english,
    };
    usize::try_from(index).ok().and_then(|index| words.get(index)).copied().unwrap_or_default()
}

/// `Senin`; index 0 is Monday.
pub fn weekday(language: Language, index: u32) -> &'static str {
    word(&DAYS, language, index)
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

/// `November`; index 0 is January.
pub fn month(language: Language, index: u32) -> &'static str {
    word(&MONTHS, language, index)
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

/// `2.315,5` in Indonesian, `2,315.5` in English.
pub fn number(language: Language, quantity: Quantity) -> String {
    let (thousands, decimals) = match language {
        Language::Indonesian => ('.', ","),
        Language::English => (',', "."),
    };
    let text = quantity.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut formatted = String::new();
    let digits = whole.trim_start_matches('-');
    if digits.len() < whole.len() {
        formatted.push('-');
    }
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && digits.len().saturating_sub(position).is_multiple_of(3) {
            formatted.push(thousands);
        }
        formatted.push(digit);
    }
    if !fraction.is_empty() {
        formatted.push_str(decimals);
        formatted.push_str(fraction);
    }
    formatted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_times_are_formatted_in_both_languages() {
        let noon: Instant = "2026-11-23T07:30:00Z".parse().unwrap();
        assert_eq!(moment(Language::Indonesian, Zone::Jakarta, noon), "Senin, 23 November 2026 pukul 14.30 WIB");
        assert_eq!(moment(Language::English, Zone::Makassar, noon), "Monday 23 November 2026, 15:30 WITA");
    }

    #[test]
    fn numbers_have_thousands_separators() {
        for (thousandths, id, en) in [
            (0, "0", "0"),
            (999_000, "999", "999"),
            (2_315_500, "2.315,5", "2,315.5"),
            (1_000_000_000, "1.000.000", "1,000,000"),
            (-12_345_670, "-12.345,67", "-12,345.67"),
        ] {
            let quantity = Quantity::from_thousandths(thousandths);
            assert_eq!(number(Language::Indonesian, quantity), id);
            assert_eq!(number(Language::English, quantity), en);
        }
    }
}

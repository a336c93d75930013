//! What people call the rows of a report.

use chrono::Datelike;

use super::report::By;
use crate::kernel::{Day, Language, format};

fn month(day: Day, language: Language) -> &'static str {
    format::month(language, day.month0())
}

/// `23 Nov`, below an axis.
pub(super) fn short_day(day: Day, language: Language) -> String {
    format!("{} {}", day.day(), month(day, language).get(..3).unwrap_or_default())
}

/// `23 November 2026`; `1 November 2026 – 30 November 2026`.
pub(super) fn of_days(from: Day, to: Day, language: Language) -> String {
    if from == to {
        format::date(language, from)
    } else {
        format!("{} – {}", format::date(language, from), format::date(language, to))
    }
}

/// `23 November 2026`; `23 November 2026 – 29 November 2026`; `November 2026`.
pub(super) fn of_day(day: Day, by: By, language: Language) -> String {
    match by {
        By::Week => {
            let sunday = day.checked_add_days(chrono::Days::new(6)).unwrap_or(day);
            format!("{} – {}", format::date(language, day), format::date(language, sunday))
        }
        By::Month => format!("{} {}", month(day, language), day.year()),
        _ => format::date(language, day),
    }
}

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// The key of a day of the week as programs read it.
pub(super) fn key_of_weekday(place: u32) -> &'static str {
    usize::try_from(place).ok().and_then(|place| WEEKDAYS.get(place)).copied().unwrap_or_default()
}

/// The key of a day, week or month as programs read it.
pub(super) fn key_of_day(day: Day, by: By) -> String {
    match by {
        By::Month => day.format("%Y-%m").to_string(),
        _ => day.to_string(),
    }
}

/// The channel by which an order came in.
pub(super) fn of_channel(word: &str, language: Language) -> String {
    let (id, en) = match word {
        "app" => ("Aplikasi", "App"),
        "web" => ("Situs web", "Website"),
        "whatsapp" => ("WhatsApp", "WhatsApp"),
        "phone" => ("Telepon", "Phone"),
        "walk_in" => ("Beli di tempat", "At the stall"),
        "consignment" => ("Titip jual", "Consignment"),
        other => (other, other),
    };
    match language {
        Language::Indonesian => id,
        Language::English => en,
    }
    .to_owned()
}

/// A buyer whose name the reader may not see, or whose name is gone.
pub(super) fn of_nameless_buyer(tag: &str, language: Language) -> String {
    let short = tag.get(..6).unwrap_or(tag);
    match language {
        Language::Indonesian => format!("Pembeli {short}"),
        Language::English => format!("Buyer {short}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_weeks_and_months_are_named_in_both_languages() {
        let day: Day = "2026-08-17".parse().unwrap();
        assert_eq!(of_day(day, By::Day, Language::Indonesian), "17 Agustus 2026");
        assert_eq!(of_day(day, By::Week, Language::English), "17 August 2026 – 23 August 2026");
        assert_eq!(of_day(day, By::Month, Language::Indonesian), "Agustus 2026");
        assert_eq!(key_of_day(day, By::Month), "2026-08");
        assert_eq!(of_channel("walk_in", Language::Indonesian), "Beli di tempat");
    }
}

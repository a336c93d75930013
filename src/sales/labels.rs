//! Labels of report rows.

use chrono::Datelike;

use super::report::GroupBy;
use crate::kernel::{Day, Language, format};

fn month_name(day: Day, language: Language) -> &'static str {
    format::month(language, day.month0())
}

/// `23 Nov`, for an axis.
pub(super) fn short_day(day: Day, language: Language) -> String {
    format!("{} {}", day.day(), month_name(day, language).get(..3).unwrap_or_default())
}

/// `23 November 2026`; `1 November 2026 – 30 November 2026`.
pub(super) fn period_label(from: Day, to: Day, language: Language) -> String {
    if from == to {
        format::date(language, from)
    } else {
        format!("{} – {}", format::date(language, from), format::date(language, to))
    }
}

/// `23 November 2026`; `23 November 2026 – 29 November 2026`; `November 2026`.
pub(super) fn day_label(day: Day, by: GroupBy, language: Language) -> String {
    match by {
        GroupBy::Week => {
            let sunday = day.checked_add_days(chrono::Days::new(6)).unwrap_or(day);
            format!("{} – {}", format::date(language, day), format::date(language, sunday))
        }
        GroupBy::Month => format!("{} {}", month_name(day, language), day.year()),
        _ => format::date(language, day),
    }
}

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// The key of a weekday, from Monday as 0.
pub(super) fn weekday_key(weekday: u32) -> &'static str {
    usize::try_from(weekday).ok().and_then(|index| WEEKDAYS.get(index)).copied().unwrap_or_default()
}

/// The key of a day, week or month.
pub(super) fn day_key(day: Day, by: GroupBy) -> String {
    match by {
        GroupBy::Month => day.format("%Y-%m").to_string(),
        _ => day.to_string(),
    }
}

/// The label of an order channel.
pub(super) fn channel_label(word: &str, language: Language) -> String {
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

/// The label of a buyer whose name the reader may not see, or whose name is deleted.
pub(super) fn anonymous_buyer_label(tag: &str, language: Language) -> String {
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
        assert_eq!(day_label(day, GroupBy::Day, Language::Indonesian), "17 Agustus 2026");
        assert_eq!(day_label(day, GroupBy::Week, Language::English), "17 August 2026 – 23 August 2026");
        assert_eq!(day_label(day, GroupBy::Month, Language::Indonesian), "Agustus 2026");
        assert_eq!(day_key(day, GroupBy::Month), "2026-08");
        assert_eq!(channel_label("walk_in", Language::Indonesian), "Beli di tempat");
    }
}

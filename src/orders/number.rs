//! Order numbers for people: `CIH-2611-0042`.

use chrono::Datelike;

use crate::kernel::{Instant, Zone};

/// The cooperative's current month as used in order numbers: `2611`.
pub fn order_number_month(now: Instant, zone: Zone) -> String {
    let day = zone.day_of(now);
    format!("{:02}{:02}", day.year().rem_euclid(100), day.month())
}

/// The number of the `count`th order of the month.
pub fn format_order_number(code: &str, month: &str, count: i64) -> String {
    format!("{code}-{month}-{count:04}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_begins_at_midnight_of_the_cooperative() {
        let evening: Instant = "2026-11-30T16:59:59Z".parse().unwrap();
        let midnight: Instant = "2026-11-30T17:00:00Z".parse().unwrap();
        assert_eq!(order_number_month(evening, Zone::Jakarta), "2611");
        assert_eq!(order_number_month(midnight, Zone::Jakarta), "2612");
        assert_eq!(format_order_number("CIH", "2611", 42), "CIH-2611-0042");
        assert_eq!(format_order_number("CIH", "2611", 12345), "CIH-2611-12345");
    }
}

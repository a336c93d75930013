//! Model of a report: scope, period, grouping, and merging of daily sums into weeks and months.

use std::collections::BTreeMap;

use chrono::Datelike;

use crate::kernel::ids::{CooperativeId, GroupId, OrderId, ProductId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{AmountError, Day, Quantity, Rupiah};
use crate::web::{FieldErrors, Problem, Rule};

text_enum! {
    /// Grouping of a report.
    GroupBy {
        /// By business day.
        Day = "day",
        /// By week from Monday to Sunday.
        Week = "week",
        /// By month.
        Month = "month",
        /// By weekday, from Monday to Sunday.
        Weekday = "weekday",
        /// By product.
        Product = "product",
        /// By group; only for a cooperative.
        Group = "group",
        /// By order channel.
        Channel = "channel",
        /// By buyer.
        Buyer = "buyer",
    }
}

/// Scope of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SalesScope {
    /// All groups of a cooperative.
    Cooperative(CooperativeId),
    /// One group.
    Group(GroupId),
}

/// Days of a report, first and last included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
}

impl Period {
    /// The longest period: three years.
    pub const MAX_DAYS: i64 = 3 * 366;
    /// The default length of a period.
    const DEFAULT_DAYS: u64 = 30;

    /// The requested period, or the 30 days up to `today`.
    pub fn of(from: Option<Day>, to: Option<Day>, today: Day) -> Period {
        let default = chrono::Days::new(Self::DEFAULT_DAYS.saturating_sub(1));
        let to = to.unwrap_or_else(|| from.filter(|from| *from > today).unwrap_or(today));
        Period { from: from.unwrap_or_else(|| to.checked_sub_days(default).unwrap_or(to)), to }
    }

    /// How many of the days are this weekday, from Monday as 0.
    pub fn count_weekdays(self, weekday: u32) -> i64 {
        let Ok(days) = u64::try_from(self.days()) else { return 0 };
        let first = u64::from(self.from.weekday().num_days_from_monday());
        let days_before = u64::from(weekday).saturating_add(7).saturating_sub(first).checked_rem(7).unwrap_or(0);
        let count = days.saturating_sub(days_before).div_ceil(7);
        i64::try_from(count).unwrap_or(i64::MAX)
    }

    /// The number of days; not above zero if `from` is after `to`.
    pub fn days(self) -> i64 {
        self.to.signed_duration_since(self.from).num_days().saturating_add(1)
    }
}

/// Key of a row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReportKey {
    /// A day; the Monday of a week; the first of a month.
    Day(Day),
    /// A weekday, from Monday as 0.
    Weekday(u32),
    /// A product.
    Product(ProductId),
    /// A group.
    Group(GroupId),
    /// A channel, by its stored word.
    Channel(String),
    /// A buyer, by the key that `orders` gives the same person every time, and the latest of their orders.
    Buyer(String, OrderId),
}

/// Sums of the facts of one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// The key.
    pub key: ReportKey,
    /// The sum of the quantities, in any units.
    pub quantity: Quantity,
    /// The sum of the amounts.
    pub amount: Rupiah,
    /// Orders with goods sold, less orders whose goods were returned.
    pub orders: i64,
}

/// A unit of the catalogue.
pub type UnitName = String;

/// A row of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The sums.
    pub bucket: Bucket,
    /// The label for people.
    pub label: String,
    /// The unit, if all goods of the row have one; without it the quantity is meaningless.
    pub unit: Option<UnitName>,
}

/// The totals of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportTotals {
    /// The sum of the amounts.
    pub amount: Rupiah,
    /// The number of orders with goods sold.
    pub orders: i64,
    /// The sum of the quantities.
    pub quantity: Quantity,
    /// The unit, if all goods have one.
    pub unit: Option<UnitName>,
}

/// A report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The days.
    pub period: Period,
    /// The grouping.
    pub by: GroupBy,
    /// The rows: days in order, all others by amount, the largest first.
    pub rows: Vec<Row>,
    /// The totals.
    pub totals: ReportTotals,
}

/// The day, week or month that a day belongs to, by its first day.
pub(super) fn bucket_day(day: Day, by: GroupBy) -> Day {
    match by {
        GroupBy::Week => week_start(day),
        GroupBy::Month => month_start(day),
        _ => day,
    }
}

/// The Monday of the day's week.
pub(super) fn week_start(day: Day) -> Day {
    let offset = u64::from(day.weekday().num_days_from_monday());
    day.checked_sub_days(chrono::Days::new(offset)).unwrap_or(day)
}

/// The first day of the day's month.
pub(super) fn month_start(day: Day) -> Day {
    day.with_day(1).unwrap_or(day)
}

/// Merges daily sums into weeks, months or weekdays.
pub(super) fn merge_buckets(days: Vec<Bucket>, key_of: fn(Day) -> ReportKey) -> Result<Vec<Bucket>, AmountError> {
    let mut merged: BTreeMap<ReportKey, Bucket> = BTreeMap::new();
    for bucket in days {
        let key = match &bucket.key {
            ReportKey::Day(day) => key_of(*day),
            other => other.clone(),
        };
        match merged.get_mut(&key) {
            None => {
                merged.insert(key.clone(), Bucket { key, ..bucket });
            }
            Some(sum) => {
                sum.quantity = sum.quantity.plus(bucket.quantity);
                sum.amount = sum.amount.plus(bucket.amount)?;
                sum.orders = sum.orders.saturating_add(bucket.orders);
            }
        }
    }
    Ok(merged.into_values().collect())
}

/// Sorts days by time, and all others by amount, the largest first.
pub(super) fn sort_buckets(buckets: &mut [Bucket]) {
    buckets.sort_by(|left, right| match (&left.key, &right.key) {
        (ReportKey::Day(_) | ReportKey::Weekday(_), _) => left.key.cmp(&right.key),
        _ => right.amount.cmp(&left.amount).then_with(|| left.key.cmp(&right.key)),
    });
}

/// Checks the length and the order of a period.
pub(super) fn validate_period(period: Period) -> Result<(), Problem> {
    let mut errors = FieldErrors::default();
    collect_period_errors(period, &mut errors);
    errors.into_query_result()
}

/// Adds the errors of a period: its length, and the order of its days.
pub(super) fn collect_period_errors(period: Period, errors: &mut FieldErrors) {
    errors.require(period.days() > 0, "/from", Rule::AfterTo);
    errors.require(period.days() <= Period::MAX_DAYS, "/to", Rule::RangeTooLong);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn a_week_begins_on_monday_and_a_month_on_its_first() {
        assert_eq!(week_start(day("2026-11-23")), day("2026-11-23"));
        assert_eq!(week_start(day("2026-11-29")), day("2026-11-23"));
        assert_eq!(week_start(day("2027-01-01")), day("2026-12-28"));
        assert_eq!(month_start(day("2028-02-29")), day("2028-02-01"));
    }

    #[test]
    fn the_days_of_a_week_are_counted() {
        let period = Period { from: day("2026-11-01"), to: day("2026-11-30") };
        // November 2026 begins on a Sunday and ends on a Monday.
        assert_eq!((0..7).map(|weekday| period.count_weekdays(weekday)).collect::<Vec<_>>(), [5, 4, 4, 4, 4, 4, 5]);
        let one_day = Period { from: day("2026-11-04"), to: day("2026-11-04") };
        assert_eq!((0..7).map(|weekday| one_day.count_weekdays(weekday)).collect::<Vec<_>>(), [0, 0, 1, 0, 0, 0, 0]);
    }

    #[test]
    fn without_days_a_report_is_about_the_last_thirty() {
        let today = day("2026-11-23");
        let default = Period::of(None, None, today);
        assert_eq!((default.to, default.days()), (today, 30));
        assert_eq!(Period::of(Some(day("2026-11-01")), None, today).days(), 23);
        assert!(Period::of(Some(day("2026-11-23")), Some(day("2026-11-01")), today).days() <= 0);
    }

    proptest! {
        #[test]
        fn weeks_and_months_lose_no_rupiah(
            facts in proptest::collection::vec((0..1100_u64, -1_000_000..1_000_000_i64, -5_000..5_000_i64), 0..200),
        ) {
            let days: Vec<Bucket> = facts
                .iter()
                .map(|(after, amount, quantity)| Bucket {
                    key: ReportKey::Day(day("2024-01-01").checked_add_days(chrono::Days::new(*after)).unwrap()),
                    quantity: Quantity::from_thousandths(*quantity),
                    amount: Rupiah(*amount),
                    orders: quantity.signum(),
                })
                .collect();
            let weekday = |day: Day| ReportKey::Weekday(day.weekday().num_days_from_monday());
            let starts = [|day| ReportKey::Day(week_start(day)), |day| ReportKey::Day(month_start(day)), weekday];
            for key_of in starts as [fn(Day) -> ReportKey; 3] {
                let merged = merge_buckets(days.clone(), key_of).unwrap();
                prop_assert_eq!(
                    merged.iter().map(|sum| sum.amount.0).sum::<i64>(),
                    days.iter().map(|sum| sum.amount.0).sum::<i64>()
                );
                prop_assert_eq!(
                    merged.iter().map(|sum| (sum.quantity.as_thousandths(), sum.orders)).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1)),
                    days.iter().map(|sum| (sum.quantity.as_thousandths(), sum.orders)).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1))
                );
                prop_assert!(merged.windows(2).all(|pair| pair[0].key < pair[1].key));
            }
        }
    }
}

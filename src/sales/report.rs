//! What a report is: which facts, grouped by what, and how daily sums fold into weeks and months.

use std::collections::BTreeMap;

use chrono::Datelike;

use crate::kernel::ids::{CooperativeId, GroupId, OrderId, ProductId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{AmountError, Day, Quantity, Rupiah};

text_enum! {
    /// What the rows of a report are.
    By {
        /// A row a business day.
        Day = "day",
        /// A row a week, which begins on Monday.
        Week = "week",
        /// A row a month.
        Month = "month",
        /// A row a day of the week, from Monday to Sunday.
        Weekday = "weekday",
        /// A row a product.
        Product = "product",
        /// A row a group; only for a cooperative.
        Group = "group",
        /// A row a channel.
        Channel = "channel",
        /// A row a buyer.
        Buyer = "buyer",
    }
}

/// Whose sales.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All of a cooperative.
    Cooperative(CooperativeId),
    /// One group's.
    Group(GroupId),
}

/// From the first day to the last, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
}

impl Period {
    /// The longest a report may reach: three years.
    pub const LONGEST_DAYS: i64 = 3 * 366;
    /// How far it reaches when nobody says.
    const USUAL_DAYS: u64 = 30;

    /// What was asked for, or the thirty days up to `today`.
    pub fn of(from: Option<Day>, to: Option<Day>, today: Day) -> Period {
        let usual = chrono::Days::new(Self::USUAL_DAYS.saturating_sub(1));
        let to = to.unwrap_or_else(|| from.filter(|from| *from > today).unwrap_or(today));
        Period { from: from.unwrap_or_else(|| to.checked_sub_days(usual).unwrap_or(to)), to }
    }

    /// How many of its days are this day of the week, counted from Monday with nought.
    pub fn weekdays(self, place: u32) -> i64 {
        let Ok(days) = u64::try_from(self.days()) else { return 0 };
        let first = u64::from(self.from.weekday().num_days_from_monday());
        let until = u64::from(place).saturating_add(7).saturating_sub(first).checked_rem(7).unwrap_or(0);
        let whole = days.saturating_sub(until).div_ceil(7);
        i64::try_from(whole).unwrap_or(i64::MAX)
    }

    /// How many days it has; not above zero when it runs backwards.
    pub fn days(self) -> i64 {
        self.to.signed_duration_since(self.from).num_days().saturating_add(1)
    }
}

/// What one row is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// A day; the Monday of a week; the first of a month.
    Day(Day),
    /// A day of the week, counted from Monday with nought.
    Weekday(u32),
    /// A product.
    Product(ProductId),
    /// A group.
    Group(GroupId),
    /// A channel, by its word.
    Channel(String),
    /// A buyer, by the key that `orders` gives the same person every time, with the latest of their orders.
    Buyer(String, OrderId),
}

/// The sum of the facts of one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// What they are about.
    pub key: Key,
    /// Their quantities, whatever the units.
    pub quantity: Quantity,
    /// Their amounts.
    pub amount: Rupiah,
    /// Orders with goods sold less orders whose goods came back.
    pub orders: i64,
}

/// The unit that goods are counted in, as the catalogue says it.
pub type Unit = String;

/// One row of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The sum.
    pub bucket: Bucket,
    /// What a person calls it.
    pub label: String,
    /// The unit, where all the goods of the row are counted in one; without it the quantity means nothing.
    pub unit: Option<Unit>,
}

/// The last line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    /// All amounts.
    pub amount: Rupiah,
    /// Orders that have goods left sold.
    pub orders: i64,
    /// All quantities.
    pub quantity: Quantity,
    /// The unit, where all the goods are counted in one.
    pub unit: Option<Unit>,
}

/// A whole report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Which days.
    pub period: Period,
    /// What the rows are.
    pub by: By,
    /// The rows: days in order, all else by amount, the largest first.
    pub rows: Vec<Row>,
    /// Their sums.
    pub totals: Totals,
}

/// The row in which a day counts, where rows are made of days.
pub(super) fn row_of(day: Day, by: By) -> Day {
    match by {
        By::Week => monday(day),
        By::Month => first_of_month(day),
        _ => day,
    }
}

/// The Monday of the week of this day.
pub(super) fn monday(day: Day) -> Day {
    let since = u64::from(day.weekday().num_days_from_monday());
    day.checked_sub_days(chrono::Days::new(since)).unwrap_or(day)
}

/// The first day of the month of this day.
pub(super) fn first_of_month(day: Day) -> Day {
    day.with_day(1).unwrap_or(day)
}

/// Folds the sums of days into those of weeks, months or days of the week.
pub(super) fn fold(days: Vec<Bucket>, key_of: fn(Day) -> Key) -> Result<Vec<Bucket>, AmountError> {
    let mut folded: BTreeMap<Key, Bucket> = BTreeMap::new();
    for bucket in days {
        let key = match &bucket.key {
            Key::Day(day) => key_of(*day),
            other => other.clone(),
        };
        match folded.get_mut(&key) {
            None => {
                folded.insert(key.clone(), Bucket { key, ..bucket });
            }
            Some(sum) => {
                sum.quantity = sum.quantity.plus(bucket.quantity);
                sum.amount = sum.amount.plus(bucket.amount)?;
                sum.orders = sum.orders.saturating_add(bucket.orders);
            }
        }
    }
    Ok(folded.into_values().collect())
}

/// Puts buckets into the order that people read: time runs on, all else by amount.
pub(super) fn arrange(buckets: &mut [Bucket]) {
    buckets.sort_by(|one, other| match (&one.key, &other.key) {
        (Key::Day(_) | Key::Weekday(_), _) => one.key.cmp(&other.key),
        _ => other.amount.cmp(&one.amount).then_with(|| one.key.cmp(&other.key)),
    });
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
        assert_eq!(monday(day("2026-11-23")), day("2026-11-23"));
        assert_eq!(monday(day("2026-11-29")), day("2026-11-23"));
        assert_eq!(monday(day("2027-01-01")), day("2026-12-28"));
        assert_eq!(first_of_month(day("2028-02-29")), day("2028-02-01"));
    }

    #[test]
    fn the_days_of_a_week_are_counted() {
        let period = Period { from: day("2026-11-01"), to: day("2026-11-30") };
        // November 2026 begins on a Sunday and ends on a Monday.
        assert_eq!((0..7).map(|place| period.weekdays(place)).collect::<Vec<_>>(), [5, 4, 4, 4, 4, 4, 5]);
        let one = Period { from: day("2026-11-04"), to: day("2026-11-04") };
        assert_eq!((0..7).map(|place| one.weekdays(place)).collect::<Vec<_>>(), [0, 0, 1, 0, 0, 0, 0]);
    }

    #[test]
    fn without_days_a_report_is_about_the_last_thirty() {
        let today = day("2026-11-23");
        let usual = Period::of(None, None, today);
        assert_eq!((usual.to, usual.days()), (today, 30));
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
                    key: Key::Day(day("2024-01-01").checked_add_days(chrono::Days::new(*after)).unwrap()),
                    quantity: Quantity::thousandths(*quantity),
                    amount: Rupiah(*amount),
                    orders: quantity.signum(),
                })
                .collect();
            let weekday = |day: Day| Key::Weekday(day.weekday().num_days_from_monday());
            let starts = [|day| Key::Day(monday(day)), |day| Key::Day(first_of_month(day)), weekday];
            for key_of in starts as [fn(Day) -> Key; 3] {
                let folded = fold(days.clone(), key_of).unwrap();
                prop_assert_eq!(
                    folded.iter().map(|sum| sum.amount.0).sum::<i64>(),
                    days.iter().map(|sum| sum.amount.0).sum::<i64>()
                );
                prop_assert_eq!(
                    folded.iter().map(|sum| (sum.quantity.in_thousandths(), sum.orders)).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1)),
                    days.iter().map(|sum| (sum.quantity.in_thousandths(), sum.orders)).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1))
                );
                prop_assert!(folded.windows(2).all(|pair| pair[0].key < pair[1].key));
            }
        }
    }
}

//! The ageing of unsold goods and unpaid debts at outlets.

use std::collections::BTreeMap;

use crate::kernel::ids::OutletId;
use crate::kernel::text_enum::text_enum;
use crate::kernel::{AmountError, Day, Rupiah};

text_enum! {
    /// Age in days: of goods since delivery, of debts since the count.
    ConsignmentAge {
        /// Up to one week.
        Week = "0-7",
        /// Up to two weeks.
        Fortnight = "8-14",
        /// Up to 30 days.
        Month = "15-30",
        /// More than 30 days.
        Longer = "31+",
    }
}

impl ConsignmentAge {
    /// The age on `today` of an item that began on `start`.
    pub fn of(start: Day, today: Day) -> ConsignmentAge {
        match today.signed_duration_since(start).num_days() {
            ..=7 => ConsignmentAge::Week,
            8..=14 => ConsignmentAge::Fortnight,
            15..=30 => ConsignmentAge::Month,
            _ => ConsignmentAge::Longer,
        }
    }
}

/// Unsold goods or an unpaid debt at an outlet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutstandingItem {
    /// Unsold goods, valued at what the outlet would owe for them.
    Goods {
        /// Value in rupiah.
        value: Rupiah,
        /// The day of delivery.
        delivered_on: Day,
        /// Best-before date.
        best_before: Option<Day>,
    },
    /// Goods sold and not paid.
    Debt {
        /// Unpaid amount in rupiah.
        unpaid: Rupiah,
        /// The day of the count.
        counted_on: Day,
        /// Due date.
        due_on: Day,
    },
}

/// The ageing of one outlet, or of all of them. Amounts are rupiah.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ageing {
    /// Value of unsold goods.
    pub goods: Rupiah,
    /// Amount sold and not paid.
    pub owed: Rupiah,
    /// The overdue part of `owed`.
    pub overdue: Rupiah,
    /// The part of `goods` past its best-before date.
    pub spoiled: Rupiah,
    /// Goods and debts by age.
    pub by_age: BTreeMap<ConsignmentAge, Rupiah>,
}

impl Ageing {
    /// Sum of goods and debts.
    pub fn cash_locked(&self) -> Result<Rupiah, AmountError> {
        self.goods.plus(self.owed)
    }

    /// Adds an item.
    pub fn with_item(mut self, item: &OutstandingItem, today: Day) -> Result<Ageing, AmountError> {
        let (amount, start) = match item {
            OutstandingItem::Goods { value, delivered_on, best_before } => {
                self.goods = self.goods.plus(*value)?;
                if best_before.is_some_and(|last| last < today) {
                    self.spoiled = self.spoiled.plus(*value)?;
                }
                (*value, *delivered_on)
            }
            OutstandingItem::Debt { unpaid, counted_on, due_on } => {
                self.owed = self.owed.plus(*unpaid)?;
                if *due_on < today {
                    self.overdue = self.overdue.plus(*unpaid)?;
                }
                (*unpaid, *counted_on)
            }
        };
        let amount_of_age = self.by_age.entry(ConsignmentAge::of(start, today)).or_default();
        *amount_of_age = amount_of_age.plus(amount)?;
        Ok(self)
    }

    /// Computes the ageing of all items, and of each outlet.
    pub fn compute(
        items: &[(OutletId, OutstandingItem)],
        today: Day,
    ) -> Result<(Ageing, BTreeMap<OutletId, Ageing>), AmountError> {
        let (mut total, mut by_outlet) = (Ageing::default(), BTreeMap::<OutletId, Ageing>::new());
        for (outlet, item) in items {
            total = total.with_item(item, today)?;
            let ageing = by_outlet.remove(outlet).unwrap_or_default();
            by_outlet.insert(*outlet, ageing.with_item(item, today)?);
        }
        Ok((total, by_outlet))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{Entropy, Instant};

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn ages_change_after_7_14_and_30_days() {
        let start = day("2026-11-01");
        for (today, age) in [
            ("2026-11-01", ConsignmentAge::Week),
            ("2026-11-08", ConsignmentAge::Week),
            ("2026-11-09", ConsignmentAge::Fortnight),
            ("2026-11-15", ConsignmentAge::Fortnight),
            ("2026-11-16", ConsignmentAge::Month),
            ("2026-12-01", ConsignmentAge::Month),
            ("2026-12-02", ConsignmentAge::Longer),
        ] {
            assert_eq!(ConsignmentAge::of(start, day(today)), age, "{today}");
        }
    }

    #[test]
    fn cash_is_locked_in_goods_and_debts_and_summed_by_age() {
        let (near, far): (OutletId, OutletId) =
            (Entropy::System.id(Instant::EPOCH), Entropy::System.id(Instant::EPOCH));
        let today = day("2026-11-23");
        let goods = |value, delivered_on, best_before: &str| OutstandingItem::Goods {
            value: Rupiah(value),
            delivered_on: day(delivered_on),
            best_before: Some(day(best_before)),
        };
        let debt = |unpaid, counted_on, due_on| OutstandingItem::Debt {
            unpaid: Rupiah(unpaid),
            counted_on: day(counted_on),
            due_on: day(due_on),
        };
        let items = [
            (near, goods(160_000, "2026-11-20", "2026-11-23")),
            (near, debt(104_000, "2026-11-10", "2026-11-17")),
            (far, goods(50_000, "2026-10-01", "2026-11-22")),
        ];
        let (total, by_outlet) = Ageing::compute(&items, today).unwrap();
        assert_eq!(total.cash_locked().unwrap(), Rupiah(314_000));
        assert_eq!((total.goods, total.owed, total.overdue), (Rupiah(210_000), Rupiah(104_000), Rupiah(104_000)));
        assert_eq!(total.spoiled, Rupiah(50_000), "good until the end of its day");
        let ages: Vec<(ConsignmentAge, i64)> = total.by_age.iter().map(|(age, amount)| (*age, amount.0)).collect();
        assert_eq!(
            ages,
            [(ConsignmentAge::Week, 160_000), (ConsignmentAge::Fortnight, 104_000), (ConsignmentAge::Longer, 50_000)]
        );
        assert_eq!(by_outlet[&near].cash_locked().unwrap(), Rupiah(264_000));
        assert_eq!(by_outlet[&far].cash_locked().unwrap(), Rupiah(50_000));
    }
}

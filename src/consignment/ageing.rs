//! How much is locked up at outlets, and for how long.

use std::collections::BTreeMap;

use crate::kernel::ids::OutletId;
use crate::kernel::text_enum::text_enum;
use crate::kernel::{AmountError, Day, Rupiah};

text_enum! {
    /// How long something is locked up: goods since they were brought, debts since they were counted.
    #[schema(as = ConsignmentAge)]
    Age {
        /// A week at most.
        Week = "0-7",
        /// Two weeks at most.
        Fortnight = "8-14",
        /// A month at most.
        Month = "15-30",
        /// Longer.
        Longer = "31+",
    }
}

impl Age {
    /// The age of what began on this day.
    pub fn of(since: Day, today: Day) -> Age {
        match today.signed_duration_since(since).num_days() {
            ..=7 => Age::Week,
            8..=14 => Age::Fortnight,
            15..=30 => Age::Month,
            _ => Age::Longer,
        }
    }
}

/// Something that is locked up at an outlet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locked {
    /// Goods that are not sold, at what the outlet would owe for them.
    Goods {
        /// What they come to.
        worth: Rupiah,
        /// The day on which they were brought.
        since: Day,
        /// Until which day they are good.
        best_before: Option<Day>,
    },
    /// Goods that are sold and not paid.
    Debt {
        /// What is open.
        open: Rupiah,
        /// The day on which they were counted.
        since: Day,
        /// The day by which it was to be paid.
        due_on: Day,
    },
}

/// What is locked up at an outlet, or at all of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ageing {
    /// Goods that are not sold.
    pub goods: Rupiah,
    /// What is sold and not paid.
    pub owed: Rupiah,
    /// What of that should have been paid.
    pub overdue: Rupiah,
    /// What of the goods is past its best-before day.
    pub spoiled: Rupiah,
    /// All of it by age.
    pub by_age: BTreeMap<Age, Rupiah>,
}

impl Ageing {
    /// Goods and debts: the cash that is locked up.
    pub fn cash_locked(&self) -> Result<Rupiah, AmountError> {
        self.goods.plus(self.owed)
    }

    /// The same with one more.
    pub fn and(mut self, it: &Locked, today: Day) -> Result<Ageing, AmountError> {
        let (amount, since) = match it {
            Locked::Goods { worth, since, best_before } => {
                self.goods = self.goods.plus(*worth)?;
                if best_before.is_some_and(|last| last < today) {
                    self.spoiled = self.spoiled.plus(*worth)?;
                }
                (*worth, *since)
            }
            Locked::Debt { open, since, due_on } => {
                self.owed = self.owed.plus(*open)?;
                if *due_on < today {
                    self.overdue = self.overdue.plus(*open)?;
                }
                (*open, *since)
            }
        };
        let slot = self.by_age.entry(Age::of(since, today)).or_default();
        *slot = slot.plus(amount)?;
        Ok(self)
    }

    /// What is locked up in all, and at each outlet.
    pub fn of(items: &[(OutletId, Locked)], today: Day) -> Result<(Ageing, BTreeMap<OutletId, Ageing>), AmountError> {
        let (mut all, mut each) = (Ageing::default(), BTreeMap::<OutletId, Ageing>::new());
        for (outlet, it) in items {
            all = all.and(it, today)?;
            let one = each.remove(outlet).unwrap_or_default();
            each.insert(*outlet, one.and(it, today)?);
        }
        Ok((all, each))
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
    fn a_week_is_over_on_its_eighth_day() {
        let since = day("2026-11-01");
        for (today, age) in [
            ("2026-11-01", Age::Week),
            ("2026-11-08", Age::Week),
            ("2026-11-09", Age::Fortnight),
            ("2026-11-15", Age::Fortnight),
            ("2026-11-16", Age::Month),
            ("2026-12-01", Age::Month),
            ("2026-12-02", Age::Longer),
        ] {
            assert_eq!(Age::of(since, day(today)), age, "{today}");
        }
    }

    #[test]
    fn cash_is_locked_in_goods_and_in_debts_and_each_is_told_by_its_age() {
        let (near, far): (OutletId, OutletId) =
            (Entropy::System.id(Instant::EPOCH), Entropy::System.id(Instant::EPOCH));
        let today = day("2026-11-23");
        let goods = |worth, since, best_before: &str| Locked::Goods {
            worth: Rupiah(worth),
            since: day(since),
            best_before: Some(day(best_before)),
        };
        let debt = |open, since, due_on| Locked::Debt { open: Rupiah(open), since: day(since), due_on: day(due_on) };
        let items = [
            (near, goods(160_000, "2026-11-20", "2026-11-23")),
            (near, debt(104_000, "2026-11-10", "2026-11-17")),
            (far, goods(50_000, "2026-10-01", "2026-11-22")),
        ];
        let (all, each) = Ageing::of(&items, today).unwrap();
        assert_eq!(all.cash_locked().unwrap(), Rupiah(314_000));
        assert_eq!((all.goods, all.owed, all.overdue), (Rupiah(210_000), Rupiah(104_000), Rupiah(104_000)));
        assert_eq!(all.spoiled, Rupiah(50_000), "good until the end of its day");
        let ages: Vec<(Age, i64)> = all.by_age.iter().map(|(age, amount)| (*age, amount.0)).collect();
        assert_eq!(ages, [(Age::Week, 160_000), (Age::Fortnight, 104_000), (Age::Longer, 50_000)]);
        assert_eq!(each[&near].cash_locked().unwrap(), Rupiah(264_000));
        assert_eq!(each[&far].cash_locked().unwrap(), Rupiah(50_000));
    }
}

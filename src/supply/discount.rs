//! A lower price for what would be left otherwise: a rule on a batch, which one can have at a time.

use crate::kernel::text_enum::text_enum;
use crate::kernel::{Instant, Rupiah};

/// The least and the most that a discount takes off, in percent.
pub const PERCENT: std::ops::RangeInclusive<i64> = 1..=90;

text_enum! {
    /// Why something is sold for less.
    DiscountKind {
        /// There is room for more orders before the cut-off.
        Slack = "slack",
        /// It is made, and will not keep for long.
        EndOfDay = "end_of_day",
    }
}

/// A lower price for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Discount {
    /// Why.
    pub kind: DiscountKind,
    /// By how many percent.
    pub percent: i32,
    /// From when.
    pub starts_at: Instant,
    /// Until when; at that moment it is over.
    pub ends_at: Instant,
    /// The price of one never falls below this.
    pub floor_price: Rupiah,
}

impl Discount {
    /// Whether it holds at this moment.
    pub fn holds(&self, now: Instant) -> bool {
        self.starts_at <= now && now < self.ends_at
    }

    /// What one costs while it holds: so many percent less, in whole rupiah rounded down, which is in the buyer's favour;
    /// never less than its floor, and never more than without it.
    pub fn lowers(&self, price: Rupiah) -> Rupiah {
        let left = i64::from(100_i32.saturating_sub(self.percent)).max(0);
        let lowered = Rupiah(price.0.saturating_mul(left).div_euclid(100));
        lowered.max(self.floor_price).min(price)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Duration;
    use proptest::prelude::*;

    fn discount(percent: i32, floor: i64) -> Discount {
        let starts_at: Instant = "2026-11-25T09:00:00Z".parse().unwrap();
        let ends_at = starts_at.after(Duration::hours(3));
        Discount { kind: DiscountKind::EndOfDay, percent, starts_at, ends_at, floor_price: Rupiah(floor) }
    }

    #[test]
    fn it_takes_its_percent_rounded_down_to_whole_rupiah() {
        assert_eq!(discount(20, 0).lowers(Rupiah(2_500)), Rupiah(2_000));
        assert_eq!(discount(33, 0).lowers(Rupiah(2_500)), Rupiah(1_675));
        assert_eq!(discount(33, 0).lowers(Rupiah(1_999)), Rupiah(1_339), "1,339.33");
        assert_eq!(discount(50, 1_500).lowers(Rupiah(2_500)), Rupiah(1_500), "the floor holds");
        assert_eq!(discount(50, 3_000).lowers(Rupiah(2_500)), Rupiah(2_500), "it makes nothing dearer");
    }

    #[test]
    fn it_holds_from_its_start_until_its_end() {
        let it = discount(20, 0);
        assert!(it.holds(it.starts_at) && !it.holds(it.ends_at));
        assert!(!it.holds(it.starts_at.before(Duration::seconds(1))));
        assert!(it.holds(it.ends_at.before(Duration::microseconds(1))));
    }

    proptest! {
        #[test]
        fn it_never_falls_below_its_floor_nor_rises_above_the_price(
            percent in 1..=90_i32, floor in 0..=Rupiah::MAX_LINE.0, price in 0..=Rupiah::MAX_LINE.0,
        ) {
            let lowered = discount(percent, floor).lowers(Rupiah(price));
            prop_assert!(lowered <= Rupiah(price));
            prop_assert!(lowered >= Rupiah(floor.min(price)));
            let exact = i128::from(price) * i128::from(100 - percent);
            prop_assert!(lowered.0 == floor.min(price) || i128::from(lowered.0) * 100 <= exact);
            prop_assert!(i128::from(lowered.0) * 100 > exact - 100);
        }
    }
}

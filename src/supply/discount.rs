//! Temporary discounts on batches, to sell goods that would be left over. A batch has one discount at a time.

use crate::kernel::text_enum::text_enum;
use crate::kernel::{Instant, Rupiah};

/// The allowed range of a discount, in percent.
pub const PERCENT_RANGE: std::ops::RangeInclusive<i64> = 1..=90;

text_enum! {
    /// The reason for a discount.
    DiscountKind {
        /// The batch has capacity for more orders before its cut-off.
        Slack = "slack",
        /// The goods are made and have a short remaining shelf life.
        EndOfDay = "end_of_day",
    }
}

/// A temporary discount on a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Discount {
    /// The reason for the discount.
    pub kind: DiscountKind,
    /// The discount, in percent of the price.
    pub percent: i32,
    /// When the discount starts.
    pub starts_at: Instant,
    /// When the discount ends, exclusive.
    pub ends_at: Instant,
    /// The discounted unit price is never lower than this, in rupiah.
    pub floor_price: Rupiah,
}

impl Discount {
    /// Whether the discount is active at this time.
    pub fn is_active(&self, now: Instant) -> bool {
        self.starts_at <= now && now < self.ends_at
    }

    /// The discounted unit price: rounded down to whole rupiah, in the buyer's favour; never less than the floor price, and
    /// never more than the price.
    pub fn apply(&self, price: Rupiah) -> Rupiah {
        let remaining_percent = i64::from(100_i32.saturating_sub(self.percent)).max(0);
        let discounted = Rupiah(price.0.saturating_mul(remaining_percent).div_euclid(100));
        discounted.max(self.floor_price).min(price)
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
    fn the_price_is_rounded_down_to_whole_rupiah() {
        assert_eq!(discount(20, 0).apply(Rupiah(2_500)), Rupiah(2_000));
        assert_eq!(discount(33, 0).apply(Rupiah(2_500)), Rupiah(1_675));
        assert_eq!(discount(33, 0).apply(Rupiah(1_999)), Rupiah(1_339), "1,339.33");
        assert_eq!(discount(50, 1_500).apply(Rupiah(2_500)), Rupiah(1_500), "limited by the floor price");
        assert_eq!(discount(50, 3_000).apply(Rupiah(2_500)), Rupiah(2_500), "never more than the price");
    }

    #[test]
    fn a_discount_is_active_from_its_start_until_its_end() {
        let discount = discount(20, 0);
        assert!(discount.is_active(discount.starts_at) && !discount.is_active(discount.ends_at));
        assert!(!discount.is_active(discount.starts_at.before(Duration::seconds(1))));
        assert!(discount.is_active(discount.ends_at.before(Duration::microseconds(1))));
    }

    proptest! {
        #[test]
        fn the_discounted_price_stays_between_floor_and_price(
            percent in 1..=90_i32, floor in 0..=Rupiah::MAX_LINE.0, price in 0..=Rupiah::MAX_LINE.0,
        ) {
            let discounted = discount(percent, floor).apply(Rupiah(price));
            prop_assert!(discounted <= Rupiah(price));
            prop_assert!(discounted >= Rupiah(floor.min(price)));
            let exact = i128::from(price) * i128::from(100 - percent);
            prop_assert!(discounted.0 == floor.min(price) || i128::from(discounted.0) * 100 <= exact);
            prop_assert!(i128::from(discounted.0) * 100 > exact - 100);
        }
    }
}

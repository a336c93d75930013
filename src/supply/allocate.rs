//! The fair allocator: divides a quantity among wishes when it is less than the total demand.

use crate::kernel::Quantity;

/// The demand of one order line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish<K> {
    /// Breaks ties: the smaller key, which is the older order, gets the remaining step.
    pub key: K,
    /// The demanded quantity: the largest share.
    pub want: Quantity,
    /// The smallest acceptable share, besides zero.
    pub at_least: Quantity,
}

/// Divides `available` among the wishes and returns each wish's share, in the order of the wishes.
///
/// Shares are as equal as whole steps allow (max-min fairness) and never more than the demand. A line that would get
/// less than its `at_least` gets nothing and leaves its share to the others. Such lines are dropped one by one, the one
/// with the largest `at_least` first, then the youngest, so that no more lines than necessary are dropped. The result
/// does not depend on the order of the wishes.
pub fn allocate<K: Ord>(wishes: &[Wish<K>], available: Quantity, step: Quantity) -> Vec<Quantity> {
    let mut order: Vec<usize> = (0..wishes.len()).collect();
    let wish = |index: &usize| wishes.get(*index);
    order.sort_by(|a, b| match (wish(a), wish(b)) {
        (Some(a), Some(b)) => a.key.cmp(&b.key).then(a.want.cmp(&b.want)).then(a.at_least.cmp(&b.at_least)),
        _ => a.cmp(b),
    });
    let step = step.as_thousandths().max(1);
    let available = available.as_thousandths().max(0);
    loop {
        let wants: Vec<i64> = order.iter().filter_map(wish).map(|wish| wish.want.as_thousandths().max(0)).collect();
        let shares = water_level(&wants, available, step);
        let too_little = order
            .iter()
            .zip(&shares)
            .enumerate()
            .filter_map(|(rank, (index, share))| wish(index).map(|wish| (wish.at_least, rank, *share)))
            .filter(|(at_least, _, share)| *share < at_least.as_thousandths())
            .max();
        match too_little {
            Some((_, rank, _)) => {
                order.remove(rank);
            }
            None => {
                let mut result = vec![Quantity::ZERO; wishes.len()];
                for (index, share) in order.iter().zip(shares) {
                    if let Some(slot) = result.get_mut(*index) {
                        *slot = Quantity::thousandths(share);
                    }
                }
                return result;
            }
        }
    }
}

/// Fills all demands up to one common level, in whole steps, and gives the remainder step by step to the first demands
/// that are not met.
fn water_level(wants: &[i64], available: i64, step: i64) -> Vec<i64> {
    let filled = |level: i64| -> i128 { wants.iter().map(|want| i128::from((*want).min(level))).sum() };
    let highest = wants.iter().copied().max().unwrap_or(0);
    if filled(highest) <= i128::from(available) {
        return wants.to_vec();
    }
    // The highest level, in whole steps, that `available` can fill.
    let steps_to = highest.checked_div(step).unwrap_or(0);
    let (mut low, mut high) = (0_i64, steps_to);
    while low < high {
        let middle = high.saturating_sub(high.saturating_sub(low).checked_div(2).unwrap_or(0));
        if filled(middle.saturating_mul(step)) <= i128::from(available) {
            low = middle;
        } else {
            high = middle.saturating_sub(1);
        }
    }
    let level = low.saturating_mul(step);
    let mut left = i128::from(available).saturating_sub(filled(level));
    wants
        .iter()
        .map(|want| {
            let share = (*want).min(level);
            let more = want.saturating_sub(share).min(step);
            if more > 0 && i128::from(more) <= left {
                left = left.saturating_sub(i128::from(more));
                share.saturating_add(more)
            } else {
                share
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn wish(key: u32, want: i64, at_least: i64) -> Wish<u32> {
        Wish { key, want: Quantity::units(want), at_least: Quantity::units(at_least) }
    }

    fn shares(wishes: &[Wish<u32>], available: i64) -> Vec<i64> {
        allocate(wishes, Quantity::units(available), Quantity::units(1))
            .into_iter()
            .map(|share| share.as_thousandths() / 1000)
            .collect()
    }

    #[test]
    fn enough_for_all_meets_every_demand() {
        assert_eq!(shares(&[wish(1, 30, 0), wish(2, 10, 10)], 40), [30, 10]);
        assert_eq!(shares(&[wish(1, 30, 0), wish(2, 10, 10)], 400), [30, 10]);
        assert_eq!(shares(&[], 10), Vec::<i64>::new());
    }

    #[test]
    fn a_shortage_is_shared_equally_and_small_demands_are_met_first() {
        assert_eq!(shares(&[wish(1, 60, 0), wish(2, 10, 0), wish(3, 60, 0)], 70), [30, 10, 30]);
        assert_eq!(shares(&[wish(3, 60, 0), wish(2, 60, 0), wish(1, 60, 0)], 80), [26, 27, 27]);
    }

    #[test]
    fn a_wish_below_its_minimum_leaves_its_share_to_the_others() {
        assert_eq!(shares(&[wish(1, 40, 30), wish(2, 20, 0), wish(3, 20, 0)], 40), [0, 20, 20]);
        assert_eq!(shares(&[wish(1, 10, 6), wish(2, 10, 6)], 10), [10, 0], "one of two is served, the older");
        assert_eq!(
            shares(&[wish(1, 10, 8), wish(2, 10, 6)], 10),
            [0, 10],
            "the one with the smaller minimum is served"
        );
        assert_eq!(shares(&[wish(1, 20, 12)], 10), [0]);
    }

    #[test]
    fn shares_are_whole_steps() {
        let half = Quantity::thousandths(500);
        let wishes = [wish(1, 2, 0), wish(2, 2, 0)];
        let given_shares = allocate(&wishes, Quantity::thousandths(2700), half);
        assert_eq!(given_shares, [Quantity::thousandths(1500), Quantity::thousandths(1000)]);
    }

    fn some_wishes() -> impl Strategy<Value = Vec<Wish<u32>>> {
        prop::collection::vec((1..=60_i64, 0..=60_i64), 0..14).prop_map(|demands| {
            let demands = demands.into_iter().enumerate();
            demands.map(|(key, (want, at_least))| wish(key as u32, want, at_least.min(want))).collect()
        })
    }

    proptest! {
        #[test]
        fn the_sum_is_exact(wishes in some_wishes(), available in 0..=400_i64) {
            let given_shares = shares(&wishes, available);
            let demanded: i64 = wishes.iter().zip(&given_shares).filter(|(_, share)| **share > 0)
                .map(|(wish, _)| wish.want.as_thousandths() / 1000).sum();
            prop_assert_eq!(given_shares.iter().sum::<i64>(), demanded.min(available));
        }

        #[test]
        fn without_minimums_nothing_is_left_while_demand_is_unmet(wishes in some_wishes(), available in 0..=400_i64) {
            let free: Vec<_> = wishes.iter().map(|wish| Wish { at_least: Quantity::ZERO, ..*wish }).collect();
            let demanded: i64 = wishes.iter().map(|wish| wish.want.as_thousandths() / 1000).sum();
            prop_assert_eq!(shares(&free, available).iter().sum::<i64>(), demanded.min(available));
        }

        #[test]
        fn shares_stay_between_minimum_and_demand(wishes in some_wishes(), available in 0..=400_i64) {
            for (wish, share) in wishes.iter().zip(shares(&wishes, available)) {
                let share = Quantity::units(share);
                prop_assert!(share <= wish.want);
                prop_assert!(share == Quantity::ZERO || share >= wish.at_least);
            }
        }

        #[test]
        fn an_unserved_wish_could_not_be_served_from_the_remainder(
            wishes in some_wishes(), available in 0..=400_i64,
        ) {
            let given_shares = shares(&wishes, available);
            let left = available - given_shares.iter().sum::<i64>();
            for (wish, share) in wishes.iter().zip(&given_shares) {
                if *share == 0 {
                    let acceptable = (wish.at_least.as_thousandths() / 1000).max(1);
                    prop_assert!(left < acceptable, "{left} left, {acceptable} would be accepted");
                }
            }
        }

        #[test]
        fn the_order_of_the_wishes_changes_nothing(
            wishes in some_wishes(), available in 0..=400_i64, seed in any::<u64>(),
        ) {
            let mut shuffled: Vec<usize> = (0..wishes.len()).collect();
            shuffled.sort_by_key(|index| (*index as u64 + 1).wrapping_mul(seed | 1).rotate_left(17));
            let expected = shares(&wishes, available);
            let reordered: Vec<_> = shuffled.iter().map(|index| wishes[*index]).collect();
            for (index, share) in shuffled.iter().zip(shares(&reordered, available)) {
                prop_assert_eq!(expected[*index], share);
            }
        }

        #[test]
        fn unmet_served_lines_differ_by_a_step_at_most(
            wishes in some_wishes(), available in 0..=400_i64,
        ) {
            let given_shares = shares(&wishes, available);
            for (wish, share) in wishes.iter().zip(&given_shares) {
                for (_, other) in wishes.iter().zip(&given_shares) {
                    let unmet = Quantity::units(*share) < wish.want;
                    if *share > 0 && *other > 0 && unmet {
                        prop_assert!(other - share <= 1, "{share} unmet beside {other}");
                    }
                }
            }
        }

        #[test]
        fn a_larger_quantity_never_reduces_a_share_without_minimums(
            wishes in some_wishes(), available in 0..=400_i64,
        ) {
            let free: Vec<_> = wishes.iter().map(|wish| Wish { at_least: Quantity::ZERO, ..*wish }).collect();
            for (less, more) in shares(&free, available).iter().zip(shares(&free, available + 1)) {
                prop_assert!(*less <= more);
            }
        }
    }
}

//! The fair allocator: divides a quantity among requests when it is less than the total demand.

use crate::kernel::Quantity;

/// The demand of one order line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AllocationRequest<K> {
    /// Breaks ties: the smaller key, which is the older order, gets the remaining step.
    pub key: K,
    /// The demanded quantity: the largest share.
    pub wanted: Quantity,
    /// The smallest acceptable share, besides zero.
    pub at_least: Quantity,
}

/// Divides `available` among the requests and returns each request's share, in the order of the requests.
///
/// Shares are as equal as whole steps allow (max-min fairness) and never more than the demand. A line that would get
/// less than its `at_least` gets nothing and leaves its share to the others. Such lines are dropped one by one, the one
/// with the largest `at_least` first, then the youngest, so that no more lines than necessary are dropped. The result
/// does not depend on the order of the requests.
pub fn allocate<K: Ord>(requests: &[AllocationRequest<K>], available: Quantity, step: Quantity) -> Vec<Quantity> {
    let mut by_key: Vec<usize> = (0..requests.len()).collect();
    let request = |index: &usize| requests.get(*index);
    by_key.sort_by(|a, b| match (request(a), request(b)) {
        (Some(a), Some(b)) => a.key.cmp(&b.key).then(a.wanted.cmp(&b.wanted)).then(a.at_least.cmp(&b.at_least)),
        _ => a.cmp(b),
    });
    let step = step.as_thousandths().max(1);
    let available = available.as_thousandths().max(0);
    loop {
        let demands: Vec<i64> =
            by_key.iter().filter_map(request).map(|request| request.wanted.as_thousandths().max(0)).collect();
        let shares = fill_to_common_level(&demands, available, step);
        let to_drop = by_key
            .iter()
            .zip(&shares)
            .enumerate()
            .filter_map(|(rank, (index, share))| request(index).map(|request| (request.at_least, rank, *share)))
            .filter(|(at_least, _, share)| *share < at_least.as_thousandths())
            .max();
        match to_drop {
            Some((_, rank, _)) => {
                by_key.remove(rank);
            }
            None => {
                let mut result = vec![Quantity::ZERO; requests.len()];
                for (index, share) in by_key.iter().zip(shares) {
                    if let Some(slot) = result.get_mut(*index) {
                        *slot = Quantity::from_thousandths(share);
                    }
                }
                return result;
            }
        }
    }
}

/// Fills all demands up to one common level ("water-filling"), in whole steps, and gives the remainder step by step to the first demands
/// that are not met.
fn fill_to_common_level(demands: &[i64], available: i64, step: i64) -> Vec<i64> {
    let filled = |level: i64| -> i128 { demands.iter().map(|wanted| i128::from((*wanted).min(level))).sum() };
    let highest = demands.iter().copied().max().unwrap_or(0);
    if filled(highest) <= i128::from(available) {
        return demands.to_vec();
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
    let mut remaining = i128::from(available).saturating_sub(filled(level));
    demands
        .iter()
        .map(|wanted| {
            let share = (*wanted).min(level);
            let more = wanted.saturating_sub(share).min(step);
            if more > 0 && i128::from(more) <= remaining {
                remaining = remaining.saturating_sub(i128::from(more));
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

    fn request(key: u32, wanted: i64, at_least: i64) -> AllocationRequest<u32> {
        AllocationRequest { key, wanted: Quantity::from_units(wanted), at_least: Quantity::from_units(at_least) }
    }

    fn shares(requests: &[AllocationRequest<u32>], available: i64) -> Vec<i64> {
        allocate(requests, Quantity::from_units(available), Quantity::from_units(1))
            .into_iter()
            .map(|share| share.as_thousandths() / 1000)
            .collect()
    }

    #[test]
    fn enough_for_all_meets_every_demand() {
        assert_eq!(shares(&[request(1, 30, 0), request(2, 10, 10)], 40), [30, 10]);
        assert_eq!(shares(&[request(1, 30, 0), request(2, 10, 10)], 400), [30, 10]);
        assert_eq!(shares(&[], 10), Vec::<i64>::new());
    }

    #[test]
    fn a_shortage_is_shared_equally_and_small_demands_are_met_first() {
        assert_eq!(shares(&[request(1, 60, 0), request(2, 10, 0), request(3, 60, 0)], 70), [30, 10, 30]);
        assert_eq!(shares(&[request(3, 60, 0), request(2, 60, 0), request(1, 60, 0)], 80), [26, 27, 27]);
    }

    #[test]
    fn a_request_below_its_minimum_leaves_its_share_to_the_others() {
        assert_eq!(shares(&[request(1, 40, 30), request(2, 20, 0), request(3, 20, 0)], 40), [0, 20, 20]);
        assert_eq!(shares(&[request(1, 10, 6), request(2, 10, 6)], 10), [10, 0], "one of two is served, the older");
        assert_eq!(
            shares(&[request(1, 10, 8), request(2, 10, 6)], 10),
            [0, 10],
            "the one with the smaller minimum is served"
        );
        assert_eq!(shares(&[request(1, 20, 12)], 10), [0]);
    }

    #[test]
    fn shares_are_whole_steps() {
        let half = Quantity::from_thousandths(500);
        let requests = [request(1, 2, 0), request(2, 2, 0)];
        let given_shares = allocate(&requests, Quantity::from_thousandths(2700), half);
        assert_eq!(given_shares, [Quantity::from_thousandths(1500), Quantity::from_thousandths(1000)]);
    }

    fn some_requests() -> impl Strategy<Value = Vec<AllocationRequest<u32>>> {
        prop::collection::vec((1..=60_i64, 0..=60_i64), 0..14).prop_map(|demands| {
            let demands = demands.into_iter().enumerate();
            demands.map(|(key, (wanted, at_least))| request(key as u32, wanted, at_least.min(wanted))).collect()
        })
    }

    proptest! {
        #[test]
        fn the_sum_is_exact(requests in some_requests(), available in 0..=400_i64) {
            let given_shares = shares(&requests, available);
            let demanded: i64 = requests.iter().zip(&given_shares).filter(|(_, share)| **share > 0)
                .map(|(request, _)| request.wanted.as_thousandths() / 1000).sum();
            prop_assert_eq!(given_shares.iter().sum::<i64>(), demanded.min(available));
        }

        #[test]
        fn without_minimums_nothing_is_left_while_demand_is_unmet(requests in some_requests(), available in 0..=400_i64) {
            let free: Vec<_> = requests.iter().map(|request| AllocationRequest { at_least: Quantity::ZERO, ..*request }).collect();
            let demanded: i64 = requests.iter().map(|request| request.wanted.as_thousandths() / 1000).sum();
            prop_assert_eq!(shares(&free, available).iter().sum::<i64>(), demanded.min(available));
        }

        #[test]
        fn shares_stay_between_minimum_and_demand(requests in some_requests(), available in 0..=400_i64) {
            for (request, share) in requests.iter().zip(shares(&requests, available)) {
                let share = Quantity::from_units(share);
                prop_assert!(share <= request.wanted);
                prop_assert!(share == Quantity::ZERO || share >= request.at_least);
            }
        }

        #[test]
        fn an_unserved_request_could_not_be_served_from_the_remainder(
            requests in some_requests(), available in 0..=400_i64,
        ) {
            let given_shares = shares(&requests, available);
            let remaining = available - given_shares.iter().sum::<i64>();
            for (request, share) in requests.iter().zip(&given_shares) {
                if *share == 0 {
                    let acceptable = (request.at_least.as_thousandths() / 1000).max(1);
                    prop_assert!(remaining < acceptable, "{remaining} remaining, {acceptable} would be accepted");
                }
            }
        }

        #[test]
        fn the_order_of_the_requests_changes_nothing(
            requests in some_requests(), available in 0..=400_i64, seed in any::<u64>(),
        ) {
            let mut shuffled: Vec<usize> = (0..requests.len()).collect();
            shuffled.sort_by_key(|index| (*index as u64 + 1).wrapping_mul(seed | 1).rotate_left(17));
            let expected = shares(&requests, available);
            let reordered: Vec<_> = shuffled.iter().map(|index| requests[*index]).collect();
            for (index, share) in shuffled.iter().zip(shares(&reordered, available)) {
                prop_assert_eq!(expected[*index], share);
            }
        }

        #[test]
        fn unmet_served_lines_differ_by_a_step_at_most(
            requests in some_requests(), available in 0..=400_i64,
        ) {
            let given_shares = shares(&requests, available);
            for (request, share) in requests.iter().zip(&given_shares) {
                for (_, other) in requests.iter().zip(&given_shares) {
                    let unmet = Quantity::from_units(*share) < request.wanted;
                    if *share > 0 && *other > 0 && unmet {
                        prop_assert!(other - share <= 1, "{share} unmet beside {other}");
                    }
                }
            }
        }

        #[test]
        fn a_larger_quantity_never_reduces_a_share_without_minimums(
            requests in some_requests(), available in 0..=400_i64,
        ) {
            let free: Vec<_> = requests.iter().map(|request| AllocationRequest { at_least: Quantity::ZERO, ..*request }).collect();
            for (less, more) in shares(&free, available).iter().zip(shares(&free, available + 1)) {
                prop_assert!(*less <= more);
            }
        }
    }
}

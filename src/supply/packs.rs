//! Allocation of batches that are made in whole packs.

use super::{AllocationRequest, allocate};
use crate::kernel::Quantity;

/// How many packs to make for a firm demand of `want` and an optional one of `extra`, all in the same unit: the packs
/// filled by firm demand, and one more if optional demand fills up the last. Optional demand alone never makes a pack.
pub fn count_packs(wanted: i64, extra: i64, pack: i64) -> i64 {
    let (wanted, extra) = (wanted.max(0), extra.max(0));
    let (Some(whole), Some(rest)) = (wanted.checked_div_euclid(pack), wanted.checked_rem_euclid(pack)) else {
        return 0;
    };
    let is_filled = rest > 0 && rest.saturating_add(extra) >= pack;
    whole.saturating_add(i64::from(is_filled))
}

/// Divides whole packs among the requests, as many as [`count_packs`] and `available` allow, and returns the shares in the
/// order of the requests. The `at_least` of a request is firm demand, the rest is optional. A request that gets nothing is
/// dropped from the demand, so that nothing is made for it. The sum of the shares is always whole packs.
pub fn allocate_in_packs<K: Ord + Clone>(
    requests: &[AllocationRequest<K>],
    available: Quantity,
    pack: Quantity,
    step: Quantity,
) -> Vec<Quantity> {
    let size = pack.as_thousandths();
    let available_packs = available.as_thousandths().max(0).checked_div_euclid(size).unwrap_or(0);
    let mut served: Vec<usize> = (0..requests.len()).collect();
    loop {
        let remaining: Vec<AllocationRequest<K>> =
            served.iter().filter_map(|index| requests.get(*index).cloned()).collect();
        let firm = Quantity::sum(remaining.iter().map(|request| request.at_least));
        let total = Quantity::sum(remaining.iter().map(|request| request.wanted));
        let pack_count =
            count_packs(firm.as_thousandths(), total.minus(firm).as_thousandths(), size).min(available_packs);
        let quantity = Quantity::from_thousandths(pack_count.saturating_mul(size));
        let shares = allocate(&remaining, quantity, step);
        let count_before = served.len();
        let mut result = vec![Quantity::ZERO; requests.len()];
        let mut still_served = Vec::with_capacity(count_before);
        for (index, share) in served.iter().zip(shares) {
            if share.is_positive() {
                still_served.push(*index);
            }
            if let Some(slot) = result.get_mut(*index) {
                *slot = share;
            }
        }
        if still_served.len() == count_before {
            return result;
        }
        served = still_served;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn optional_demand_fills_the_last_pack_and_never_makes_one() {
        for (wanted, extra, expected) in [(0, 5, 0), (2, 2, 1), (4, 4, 1), (5, 3, 2), (3, 0, 0), (6, 1, 1), (6, 2, 2)] {
            assert_eq!(count_packs(wanted, extra, 4), expected, "wanted {wanted}, extra {extra}");
        }
        assert_eq!(count_packs(5, 5, 0), 0);
    }

    fn request(key: u32, wanted: i64, at_least: i64) -> AllocationRequest<u32> {
        AllocationRequest { key, wanted: Quantity::from_units(wanted), at_least: Quantity::from_units(at_least) }
    }

    fn shares_in_packs(requests: &[AllocationRequest<u32>], available: i64, pack: i64) -> Vec<i64> {
        let step = Quantity::from_units(1);
        let shares = allocate_in_packs(requests, Quantity::from_units(available), Quantity::from_units(pack), step);
        shares.into_iter().map(|share| share.as_thousandths() / 1000).collect()
    }

    #[test]
    fn a_pack_is_shared_by_wishes_that_accept_less() {
        // A firm demand of ten and an optional one of four: one pack of twelve.
        assert_eq!(shares_in_packs(&[request(1, 14, 10)], 60, 12), [12]);
        // No pack is made for firm demand that does not fill it.
        assert_eq!(shares_in_packs(&[request(1, 3, 3), request(2, 2, 2)], 60, 4), [0, 0]);
        // A firm demand of four is one pack; an equal share of it is too little for the first.
        assert_eq!(shares_in_packs(&[request(1, 3, 3), request(2, 5, 1)], 60, 4), [0, 4]);
        assert_eq!(shares_in_packs(&[request(1, 3, 2), request(2, 5, 3)], 60, 4), [3, 5]);
        assert_eq!(shares_in_packs(&[request(1, 6, 6), request(2, 6, 6)], 60, 12), [6, 6]);
        // Only one pack is available.
        assert_eq!(shares_in_packs(&[request(1, 12, 4), request(2, 12, 4)], 12, 12), [6, 6]);
    }

    proptest! {
        #[test]
        fn packs_are_whole_and_shares_stay_between_minimum_and_demand(
            demands in prop::collection::vec((1_i64..40, 0_i64..40), 0..12), available in 0_i64..300, pack in 1_i64..20,
        ) {
            let requests: Vec<_> = demands
                .iter()
                .enumerate()
                .map(|(key, (wanted, spare))| request(key as u32, *wanted, (wanted - spare).max(1)))
                .collect();
            let shares = shares_in_packs(&requests, available, pack);
            let sum: i64 = shares.iter().sum();
            prop_assert_eq!(sum % pack, 0);
            prop_assert!(sum <= available);
            for (request, share) in requests.iter().zip(&shares) {
                let share = Quantity::from_units(*share);
                prop_assert!(share == Quantity::ZERO || (request.at_least <= share && share <= request.wanted));
            }
        }

        #[test]
        fn the_result_does_not_depend_on_the_order_of_the_wishes(
            demands in prop::collection::vec((1_i64..40, 0_i64..40), 0..8), available in 0_i64..200, pack in 1_i64..20,
        ) {
            let requests: Vec<_> = demands
                .iter()
                .enumerate()
                .map(|(key, (wanted, spare))| request(key as u32, *wanted, (wanted - spare).max(1)))
                .collect();
            let reversed: Vec<_> = requests.iter().rev().copied().collect();
            let mut reversed_shares = shares_in_packs(&reversed, available, pack);
            reversed_shares.reverse();
            prop_assert_eq!(shares_in_packs(&requests, available, pack), reversed_shares);
        }
    }
}

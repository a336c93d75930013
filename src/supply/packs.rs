//! Whole packs: how many of them the wishes are worth, and who gets how much of them.

use super::{Wish, allocate};
use crate::kernel::Quantity;

/// How many packs are made when `want` is wanted firmly and `extra` more would be taken: all that are wanted whole, and
/// one more when what is taken beyond it fills the last. What is only tolerated never makes a pack by itself.
pub fn packs(want: i64, extra: i64, pack: i64) -> i64 {
    let (want, extra) = (want.max(0), extra.max(0));
    let (Some(whole), Some(rest)) = (want.checked_div_euclid(pack), want.checked_rem_euclid(pack)) else { return 0 };
    let fills = rest > 0 && rest.saturating_add(extra) >= pack;
    whole.saturating_add(i64::from(fills))
}

/// Shares whole packs over the wishes: as many as they are worth and as there are. What a wish has `at_least` is
/// wanted firmly, the rest is tolerated. A wish that is left with nothing no longer counts for the packs, so that
/// nothing is made for it; the sum is always whole packs.
pub fn allocate_in_packs<K: Ord + Clone>(
    wishes: &[Wish<K>],
    available: Quantity,
    pack: Quantity,
    step: Quantity,
) -> Vec<Quantity> {
    let size = pack.in_thousandths();
    let there_are = available.in_thousandths().max(0).checked_div_euclid(size).unwrap_or(0);
    let mut kept: Vec<usize> = (0..wishes.len()).collect();
    loop {
        let of_use: Vec<Wish<K>> = kept.iter().filter_map(|place| wishes.get(*place).cloned()).collect();
        let firm = Quantity::sum(of_use.iter().map(|wish| wish.at_least));
        let most = Quantity::sum(of_use.iter().map(|wish| wish.want));
        let worth = packs(firm.in_thousandths(), most.minus(firm).in_thousandths(), size).min(there_are);
        let room = Quantity::thousandths(worth.saturating_mul(size));
        let shares = allocate(&of_use, room, step);
        let before = kept.len();
        let mut given = vec![Quantity::ZERO; wishes.len()];
        let mut still = Vec::with_capacity(before);
        for (place, share) in kept.iter().zip(shares) {
            if share.is_positive() {
                still.push(*place);
            }
            if let Some(slot) = given.get_mut(*place) {
                *slot = share;
            }
        }
        if still.len() == before {
            return given;
        }
        kept = still;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tolerance_fills_the_last_pack_and_never_makes_one() {
        for (want, extra, expected) in [(0, 5, 0), (2, 2, 1), (4, 4, 1), (5, 3, 2), (3, 0, 0), (6, 1, 1), (6, 2, 2)] {
            assert_eq!(packs(want, extra, 4), expected, "want {want}, extra {extra}");
        }
        assert_eq!(packs(5, 5, 0), 0);
    }

    fn wish(key: u32, want: i64, at_least: i64) -> Wish<u32> {
        Wish { key, want: Quantity::units(want), at_least: Quantity::units(at_least) }
    }

    fn shared(wishes: &[Wish<u32>], available: i64, pack: i64) -> Vec<i64> {
        let one = Quantity::units(1);
        let shares = allocate_in_packs(wishes, Quantity::units(available), Quantity::units(pack), one);
        shares.into_iter().map(|share| share.in_thousandths() / 1000).collect()
    }

    #[test]
    fn a_pack_is_shared_by_those_to_whom_less_is_of_use() {
        // Ten firmly, four more would be taken: one pack of twelve.
        assert_eq!(shared(&[wish(1, 14, 10)], 60, 12), [12]);
        // Nobody makes a pack for two pieces that nobody adds to.
        assert_eq!(shared(&[wish(1, 3, 3), wish(2, 2, 2)], 60, 4), [0, 0]);
        // Four firmly are one pack; an equal share of it is too little for the first.
        assert_eq!(shared(&[wish(1, 3, 3), wish(2, 5, 1)], 60, 4), [0, 4]);
        assert_eq!(shared(&[wish(1, 3, 2), wish(2, 5, 3)], 60, 4), [3, 5]);
        assert_eq!(shared(&[wish(1, 6, 6), wish(2, 6, 6)], 60, 12), [6, 6]);
        // There is no more than one pack.
        assert_eq!(shared(&[wish(1, 12, 4), wish(2, 12, 4)], 12, 12), [6, 6]);
    }

    proptest! {
        #[test]
        fn packs_are_whole_and_nobody_is_given_what_is_of_no_use(
            wants in prop::collection::vec((1_i64..40, 0_i64..40), 0..12), available in 0_i64..300, pack in 1_i64..20,
        ) {
            let wishes: Vec<_> = wants
                .iter()
                .enumerate()
                .map(|(key, (want, spare))| wish(key as u32, *want, (want - spare).max(1)))
                .collect();
            let shares = shared(&wishes, available, pack);
            let sum: i64 = shares.iter().sum();
            prop_assert_eq!(sum % pack, 0);
            prop_assert!(sum <= available);
            for (wish, share) in wishes.iter().zip(&shares) {
                let share = Quantity::units(*share);
                prop_assert!(share == Quantity::ZERO || (wish.at_least <= share && share <= wish.want));
            }
        }

        #[test]
        fn the_order_of_the_wishes_makes_no_difference(
            wants in prop::collection::vec((1_i64..40, 0_i64..40), 0..8), available in 0_i64..200, pack in 1_i64..20,
        ) {
            let wishes: Vec<_> = wants
                .iter()
                .enumerate()
                .map(|(key, (want, spare))| wish(key as u32, *want, (want - spare).max(1)))
                .collect();
            let turned: Vec<_> = wishes.iter().rev().copied().collect();
            let mut other_way = shared(&turned, available, pack);
            other_way.reverse();
            prop_assert_eq!(shared(&wishes, available, pack), other_way);
        }
    }
}

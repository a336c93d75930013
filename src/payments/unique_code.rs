//! Unique codes: a small amount taken off a transfer, so that no two transfers that may be on the bank statement at the same
//! time have the same sum. Buyers never pay more. The code is the cooperative's cost, so the lowest free one is taken.

use std::collections::BTreeSet;

use crate::kernel::Rupiah;

/// The highest code.
pub(super) const MAX_CODE: Rupiah = Rupiah(999);
/// Maximum share of the amount that a code takes off, in percent.
const MAX_CODE_PERCENT: u8 = 10;

/// The highest code of this amount.
fn max_code(amount: Rupiah) -> i32 {
    i32::try_from(amount.percent(MAX_CODE_PERCENT).min(MAX_CODE).0).unwrap_or(0)
}

/// The amount less this code, if no transfer has that sum.
fn free_sum(amount: Rupiah, code: i32, taken: &BTreeSet<Rupiah>) -> Option<Rupiah> {
    amount.minus(Rupiah(code.into())).ok().filter(|sum| !taken.contains(sum))
}

/// The lowest code whose sum is free; `None` if the amount is too small or all are taken.
pub(super) fn find_free_code(amount: Rupiah, taken: &BTreeSet<Rupiah>) -> Option<i32> {
    (1..=max_code(amount)).find(|code| free_sum(amount, *code, taken).is_some())
}

/// The highest free sum up to the amount, for a transfer that is credited with what arrives: mostly the amount itself. The
/// amount if none is free.
pub(super) fn find_free_sum(amount: Rupiah, taken: &BTreeSet<Rupiah>) -> Rupiah {
    (0..=max_code(amount)).find_map(|code| free_sum(amount, code, taken)).unwrap_or(amount)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_amount_too_small_for_a_code_has_none() {
        assert_eq!(find_free_code(Rupiah(4), &BTreeSet::new()), None);
        assert_eq!(find_free_code(Rupiah(10), &BTreeSet::new()), Some(1));
        assert_eq!(find_free_code(Rupiah(10), &BTreeSet::from([Rupiah(9)])), None);
    }

    #[test]
    fn the_lowest_code_is_taken_and_codes_of_different_amounts_may_be_the_same() {
        let taken = BTreeSet::from([Rupiah(24_999), Rupiah(24_998)]);
        assert_eq!(find_free_code(Rupiah(25_000), &taken), Some(3));
        assert_eq!(find_free_code(Rupiah(60_000), &taken), Some(1));
        assert_eq!(find_free_sum(Rupiah(24_999), &taken), Rupiah(24_997));
        assert_eq!(find_free_sum(Rupiah(25_000), &taken), Rupiah(25_000));
    }

    proptest! {
        /// However many transfers there are: no two have the same sum, no buyer pays more, and no lower code was free.
        #[test]
        fn sums_tell_all_transfers_apart(amounts in prop::collection::vec((10..20_000_i64, any::<bool>()), 1..300)) {
            let mut taken: BTreeSet<Rupiah> = BTreeSet::new();
            for (amount, is_first) in amounts {
                let amount = Rupiah(amount);
                let sum = if is_first {
                    let Some(code) = find_free_code(amount, &taken) else { continue };
                    prop_assert!((1..=999).contains(&code) && i64::from(code) * 10 <= amount.0 + 5);
                    prop_assert!((1..code).all(|lower| taken.contains(&Rupiah(amount.0 - i64::from(lower)))));
                    Rupiah(amount.0 - i64::from(code))
                } else {
                    find_free_sum(amount, &taken)
                };
                let is_exhausted = (0..=max_code(amount)).all(|code| taken.contains(&Rupiah(amount.0 - i64::from(code))));
                prop_assert!(sum.0 > 0 && sum <= amount);
                prop_assert!(taken.insert(sum) || is_exhausted, "{sum} is given twice");
            }
        }
    }
}

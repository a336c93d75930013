//! Exact allocation of amounts: the parts always sum to the whole.

use super::Rupiah;

/// Divides, rounding half away from zero; zero for a divisor of zero.
pub(crate) fn divide_rounding(dividend: i128, divisor: i128) -> i128 {
    let half = divisor.checked_div(2).unwrap_or(0).saturating_mul(dividend.signum());
    dividend.saturating_add(half).checked_div(divisor).unwrap_or(0)
}

/// Splits an amount in proportion to weights by the largest-remainder method (Hamilton); ties go to the earlier weight.
///
/// The parts sum to the amount exactly. The result depends on the order of the weights: callers that need a
/// reproducible result sort by id first. `None` when no weight is positive.
pub fn split(amount: Rupiah, weights: &[u64]) -> Option<Vec<Rupiah>> {
    let total: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    if total == 0 {
        return None;
    }
    let whole = u128::from(amount.0.unsigned_abs());
    // whole < 2^63 and weight < 2^64, so that the product stays below 2^127.
    let shares = weights.iter().map(|weight| whole.saturating_mul(u128::from(*weight)));
    let mut parts: Vec<(usize, u128, u128)> = shares
        .enumerate()
        .map(|(index, share)| {
            let (floor, rest) = (share.checked_div(total), share.checked_rem(total));
            (index, floor.unwrap_or(0), rest.unwrap_or(0))
        })
        .collect();
    let allocated: u128 = parts.iter().map(|(_, floor, _)| floor).sum();
    let remainder = usize::try_from(whole.saturating_sub(allocated)).unwrap_or(0);
    parts.sort_by(|a, b| b.2.cmp(&a.2).then(a.0.cmp(&b.0)));
    for part in parts.iter_mut().take(remainder) {
        part.1 = part.1.saturating_add(1);
    }
    parts.sort_by_key(|part| part.0);
    let sign = amount.0.signum();
    Some(
        parts
            .into_iter()
            .map(|(_, part, _)| Rupiah(i64::try_from(part).unwrap_or(i64::MAX).saturating_mul(sign)))
            .collect(),
    )
}

/// Splits an amount into parts that differ by at most one rupiah; the earlier parts are the larger ones.
pub fn split_evenly(amount: Rupiah, parts: usize) -> Vec<Rupiah> {
    split(amount, &vec![1; parts]).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_worked_example_is_exact_to_the_rupiah() {
        let parts = split(Rupiah(46_350), &[20, 18, 12]).unwrap();
        assert_eq!(parts, [Rupiah(18_540), Rupiah(16_686), Rupiah(11_124)]);
        let patronage = split(Rupiah(4_500_000), &[21_400_000, 17_750_000, 12_300_000, 9_050_000, 0]).unwrap();
        assert_eq!(
            patronage.iter().map(|part| part.0).collect::<Vec<_>>(),
            [1_591_736, 1_320_248, 914_876, 673_140, 0]
        );
    }

    #[test]
    fn without_a_positive_weight_there_is_no_split() {
        assert_eq!(split(Rupiah(100), &[0, 0]), None);
        assert_eq!(split(Rupiah(100), &[]), None);
        assert_eq!(split_evenly(Rupiah(100), 3), [Rupiah(34), Rupiah(33), Rupiah(33)]);
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_whole_and_deviate_by_less_than_a_rupiah(
            amount in -9_000_000_000_000_000..=9_000_000_000_000_000_i64,
            weights in prop::collection::vec(0..=1_000_000_000_u64, 1..20),
        ) {
            let total: i128 = weights.iter().map(|w| i128::from(*w)).sum();
            prop_assume!(total > 0);
            let parts = split(Rupiah(amount), &weights).unwrap();
            prop_assert_eq!(parts.iter().map(|p| i128::from(p.0)).sum::<i128>(), i128::from(amount));
            for (part, weight) in parts.iter().zip(&weights) {
                let deviation = i128::from(part.0) * total - i128::from(amount) * i128::from(*weight);
                prop_assert!(deviation.abs() < total);
            }
        }

        #[test]
        fn distinct_weights_get_the_same_parts_in_any_order(
            amount in 0..=1_000_000_000_i64,
            weights in prop::collection::hash_set(1..=1_000_000_u64, 1..12),
        ) {
            let forward: Vec<u64> = weights.iter().copied().collect();
            let backward: Vec<u64> = forward.iter().rev().copied().collect();
            let mut forward_parts = split(Rupiah(amount), &forward).unwrap();
            let backward_parts = split(Rupiah(amount), &backward).unwrap();
            forward_parts.reverse();
            for (a, b) in forward_parts.iter().zip(&backward_parts) {
                prop_assert!((a.0 - b.0).abs() <= 1);
            }
        }
    }
}

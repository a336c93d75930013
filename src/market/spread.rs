//! Spreading one payment over several orders, the oldest first.

use crate::kernel::{AmountError, Rupiah};

/// How much of this amount each gets, in the order of what is open: all that is open of the first, then of the next, until
/// nothing is left. Nothing when the amount is more than all that is open.
pub fn spread(amount: Rupiah, open: &[Rupiah]) -> Result<Option<Vec<Rupiah>>, AmountError> {
    let mut left = amount;
    let mut shares = Vec::with_capacity(open.len());
    for it in open {
        let share = left.min(*it).max(Rupiah::ZERO);
        left = left.minus(share)?;
        shares.push(share);
    }
    Ok((left == Rupiah::ZERO).then_some(shares))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_sum_is_exact_nobody_gets_more_than_is_open_and_the_oldest_comes_first(
            open in proptest::collection::vec(0..2_000_000_i64, 0..12),
            amount in 0..20_000_000_i64,
        ) {
            let opens: Vec<Rupiah> = open.iter().copied().map(Rupiah).collect();
            let all: i64 = open.iter().sum();
            let spread = spread(Rupiah(amount), &opens).unwrap();
            prop_assert_eq!(spread.is_some(), amount <= all);
            let Some(shares) = spread else { return Ok(()) };
            prop_assert_eq!(shares.len(), opens.len());
            prop_assert_eq!(shares.iter().map(|share| share.0).sum::<i64>(), amount);
            for (share, open) in shares.iter().zip(&opens) {
                prop_assert!(*share >= Rupiah::ZERO && share <= open);
            }
            let first_unfilled = shares.iter().zip(&opens).position(|(share, open)| share < open);
            if let Some(place) = first_unfilled {
                prop_assert!(shares.iter().skip(place + 1).all(|share| *share == Rupiah::ZERO));
            }
        }
    }
}

//! Spreading one payment over several orders, the oldest first.

use crate::cooperatives::CooperativePermit;
use crate::db::Tx;
use crate::kernel::ids::{OrderId, PaymentId};
use crate::kernel::{AmountError, Instant, Rupiah};
use crate::payments::{self, Method, PaymentAccess, PaymentError, Recording};

/// What each order got of a payment.
pub type Paid = Vec<(OrderId, PaymentId, Rupiah)>;

/// Records what the treasurer was paid for several orders at once: a payment of each that gets some of it. Nothing when it
/// is more than all that is open.
pub fn settle_oldest(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    (method, amount): (Method, Rupiah),
    open: &[(OrderId, Rupiah)],
) -> Result<Option<Paid>, PaymentError> {
    let opens: Vec<Rupiah> = open.iter().map(|(_, open)| *open).collect();
    let Some(parts) = spread(amount, &opens)? else { return Ok(None) };
    let party = PaymentAccess { account: Some(permit.account), treasurer: true, ..PaymentAccess::default() };
    let mut paid = Vec::new();
    for ((order, _), part) in open.iter().zip(parts).filter(|(_, part)| *part > Rupiah::ZERO) {
        let recording = Recording { amount: Some(part), ..Recording::of_all(tx.id(now), method) };
        let payment = payments::record_on(tx, now, *order, &party, &recording)?;
        paid.push((*order, payment.id, payment.amount));
    }
    Ok(Some(paid))
}

/// How much of this amount each gets, in the order of what is open: all that is open of the first, then of the next, until
/// nothing is left. Nothing when the amount is more than all that is open.
fn spread(amount: Rupiah, open: &[Rupiah]) -> Result<Option<Vec<Rupiah>>, AmountError> {
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

//! Allocating one payment to several orders, oldest first.

use crate::cooperatives::CooperativePermit;
use crate::db::Tx;
use crate::kernel::ids::{OrderId, PaymentId};
use crate::kernel::{AmountError, Instant, Rupiah};
use crate::payments::{self, Method, NewPayment, PaymentAccess, PaymentError};

/// The payment recorded for each order, with its amount.
pub type PaidShares = Vec<(OrderId, PaymentId, Rupiah)>;

/// Records an amount that the treasurer received for several orders: one payment for each order that gets a share.
/// `None` if the amount exceeds the sum of the open amounts.
pub fn settle_oldest(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    (method, amount): (Method, Rupiah),
    open: &[(OrderId, Rupiah)],
) -> Result<Option<PaidShares>, PaymentError> {
    let open_amounts: Vec<Rupiah> = open.iter().map(|(_, open)| *open).collect();
    let Some(parts) = allocate_oldest_first(amount, &open_amounts)? else { return Ok(None) };
    let access = PaymentAccess::of_treasurer(permit.account);
    let mut paid = Vec::new();
    for ((order, _), part) in open.iter().zip(parts).filter(|(_, part)| *part > Rupiah::ZERO) {
        let new_payment = NewPayment { amount: Some(part), ..NewPayment::in_full(tx.id(now), method) };
        let payment = payments::record_payment(tx, now, *order, &access, &new_payment)?;
        paid.push((*order, payment.id, payment.amount));
    }
    Ok(Some(paid))
}

/// Splits an amount over the open amounts in their order, each filled before the next. `None` if the amount exceeds
/// their sum.
fn allocate_oldest_first(amount: Rupiah, open: &[Rupiah]) -> Result<Option<Vec<Rupiah>>, AmountError> {
    let mut left = amount;
    let mut shares = Vec::with_capacity(open.len());
    for open_amount in open {
        let share = left.min(*open_amount).max(Rupiah::ZERO);
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
            let open_amounts: Vec<Rupiah> = open.iter().copied().map(Rupiah).collect();
            let all: i64 = open.iter().sum();
            let allocate_oldest_first = allocate_oldest_first(Rupiah(amount), &open_amounts).unwrap();
            prop_assert_eq!(allocate_oldest_first.is_some(), amount <= all);
            let Some(shares) = allocate_oldest_first else { return Ok(()) };
            prop_assert_eq!(shares.len(), open_amounts.len());
            prop_assert_eq!(shares.iter().map(|share| share.0).sum::<i64>(), amount);
            for (share, open) in shares.iter().zip(&open_amounts) {
                prop_assert!(*share >= Rupiah::ZERO && share <= open);
            }
            let first_unfilled = shares.iter().zip(&open_amounts).position(|(share, open)| share < open);
            if let Some(index) = first_unfilled {
                prop_assert!(shares.iter().skip(index + 1).all(|share| *share == Rupiah::ZERO));
            }
        }
    }
}

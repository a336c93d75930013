//! The small change by which transfers are told apart on a bank's statement: taken off what is to be paid, so that no buyer
//! pays too much, and never the same for two that are awaited.

use crate::kernel::Rupiah;
use crate::kernel::ids::{Id, PaymentId};

/// The highest code.
const HIGHEST: i32 = 999;
/// A code takes no more than this part of an amount off it.
const AT_MOST_PERCENT: u8 = 10;

/// A code that is free beside those that are taken, each with what it comes to; none when the amount is too small for any
/// or all are taken. Where it begins to look follows from the payment, so that a code does not come round at once.
pub(super) fn free(payment: PaymentId, amount: Rupiah, taken: &[(i32, Rupiah)]) -> Option<i32> {
    let most = amount.percent(AT_MOST_PERCENT).0.min(HIGHEST.into());
    let most = i32::try_from(most).ok().filter(|most| *most >= 1)?;
    let bytes = payment.uuid().into_bytes();
    let tail = bytes.iter().rev().take(4).fold(0_u32, |sum, byte| sum.wrapping_mul(256).wrapping_add((*byte).into()));
    let start = i32::try_from(tail.checked_rem(u32::try_from(most).ok()?)?).ok()?;
    (start..most).chain(0..start).map(|code| code.saturating_add(1)).find(|code| {
        let arrives = amount.minus(Rupiah((*code).into())).ok();
        taken.iter().all(|(other, comes_to)| other != code && Some(*comes_to) != arrives)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{Entropy, Instant};
    use proptest::prelude::*;

    #[test]
    fn an_amount_too_small_for_a_code_has_none() {
        let id = Entropy::System.id(Instant::EPOCH);
        assert_eq!(free(id, Rupiah(4), &[]), None);
        assert_eq!(free(id, Rupiah(10), &[]), Some(1));
        assert_eq!(free(id, Rupiah(10), &[(1, Rupiah(500))]), None);
    }

    proptest! {
        /// However many are awaited: no two codes are the same, no two come to the same, and nobody pays more.
        #[test]
        fn codes_tell_all_transfers_apart(amounts in prop::collection::vec(1..20_000_i64, 1..300)) {
            let mut taken: Vec<(i32, Rupiah)> = Vec::new();
            for amount in amounts {
                let Some(code) = free(Entropy::System.id(Instant::EPOCH), Rupiah(amount), &taken) else { continue };
                let arrives = Rupiah(amount - i64::from(code));
                prop_assert!((1..=999).contains(&code) && arrives.0 > 0 && i64::from(code) * 10 <= amount + 5);
                prop_assert!(taken.iter().all(|(other, comes_to)| *other != code && *comes_to != arrives));
                taken.push((code, arrives));
            }
        }
    }
}

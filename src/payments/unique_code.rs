//! Unique codes: a small amount taken off a transfer, so that it is identified on the bank statement. Buyers never pay
//! more, and no two awaited transfers of a cooperative have the same code.

use crate::kernel::Rupiah;
use crate::kernel::ids::{Id, PaymentId};

/// The highest code, in rupiah.
const MAX_CODE: i32 = 999;
/// Maximum share of the amount that a code takes off, in percent.
const MAX_CODE_PERCENT: u8 = 10;

/// A free code, given the awaited codes with their amounts to transfer; `None` if the amount is too small or all codes
/// are taken. The search starts at a position derived from the payment's id, so that a code is not reused soon.
pub(super) fn find_free_code(payment: PaymentId, amount: Rupiah, taken: &[(i32, Rupiah)]) -> Option<i32> {
    let max_code = amount.percent(MAX_CODE_PERCENT).0.min(MAX_CODE.into());
    let max_code = i32::try_from(max_code).ok().filter(|max_code| *max_code >= 1)?;
    let bytes = payment.uuid().into_bytes();
    let tail = bytes.iter().rev().take(4).fold(0_u32, |sum, byte| sum.wrapping_mul(256).wrapping_add((*byte).into()));
    let start = i32::try_from(tail.checked_rem(u32::try_from(max_code).ok()?)?).ok()?;
    (start..max_code).chain(0..start).map(|code| code.saturating_add(1)).find(|code| {
        let to_transfer_here = amount.minus(Rupiah((*code).into())).ok();
        taken.iter().all(|(other, to_transfer)| other != code && Some(*to_transfer) != to_transfer_here)
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
        assert_eq!(find_free_code(id, Rupiah(4), &[]), None);
        assert_eq!(find_free_code(id, Rupiah(10), &[]), Some(1));
        assert_eq!(find_free_code(id, Rupiah(10), &[(1, Rupiah(500))]), None);
    }

    proptest! {
        /// However many transfers are awaited: no two have the same code or the same amount to transfer, and no buyer
        /// pays more.
        #[test]
        fn codes_tell_all_transfers_apart(amounts in prop::collection::vec(1..20_000_i64, 1..300)) {
            let mut taken: Vec<(i32, Rupiah)> = Vec::new();
            for amount in amounts {
                let Some(code) = find_free_code(Entropy::System.id(Instant::EPOCH), Rupiah(amount), &taken) else { continue };
                let to_transfer_here = Rupiah(amount - i64::from(code));
                prop_assert!((1..=999).contains(&code) && to_transfer_here.0 > 0 && i64::from(code) * 10 <= amount + 5);
                prop_assert!(taken.iter().all(|(other, to_transfer)| *other != code && *to_transfer != to_transfer_here));
                taken.push((code, to_transfer_here));
            }
        }
    }
}

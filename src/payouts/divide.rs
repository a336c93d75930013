//! Division of a group's earnings among its members, exact to the rupiah and independent of the order of the input.

use diesel::prelude::*;

use super::rule::EarningRule;
use crate::db::schema::payout_shares;
use crate::kernel::ids::{MembershipId, ReceiptId};
use crate::kernel::{AmountError, Day, Quantity, Rupiah, split};

/// An ingredient receipt that a payout may repay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenReceipt {
    /// The receipt.
    pub receipt: ReceiptId,
    /// The day of the purchase.
    pub bought_on: Day,
    /// The member who paid.
    pub member: MembershipId,
    /// The amount.
    pub amount: Rupiah,
}

/// Work of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemberWork {
    /// The member.
    pub member: MembershipId,
    /// The quantity, in pieces or hours.
    pub quantity: Quantity,
}

/// A member's share of a payout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = payout_shares)]
pub struct MemberShare {
    /// The member.
    #[diesel(column_name = membership_id)]
    pub member: MembershipId,
    /// Their work.
    pub work: Quantity,
    /// Their share for the work.
    pub share: Rupiah,
    /// Their repaid receipts.
    pub receipts: Rupiah,
}

/// Division of a sum: `earned` equals the sum of all other amounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Division {
    /// The group's earnings.
    pub earned: Rupiah,
    /// The part that repays the cooperative's advances.
    pub advances: Rupiah,
    /// The repaid receipts of members.
    pub receipts: Rupiah,
    /// The part for the group's fund.
    pub fund: Rupiah,
    /// The part divided among the members.
    pub shared: Rupiah,
    /// The part for which no work is recorded: the group divides it itself.
    pub unshared: Rupiah,
    /// The repaid receipts, the oldest first; a receipt larger than the rest waits.
    pub repaid: Vec<ReceiptId>,
    /// The members, by id.
    pub shares: Vec<MemberShare>,
}

/// Divides a group's earnings: first the cooperative's advances, then the members' receipts, then the group's fund, and
/// the rest by the work of each member.
///
/// The monthly practice of village groups: sales less ingredients, less the group fund (*kas kelompok*), by piece rate
/// (*borongan*) or person-day (*HOK*).
pub fn divide(
    earned: Rupiah,
    advances: Rupiah,
    open_receipts: &[OpenReceipt],
    work: &[MemberWork],
    rule: &EarningRule,
) -> Result<Division, AmountError> {
    let mut remaining = earned.minus(advances)?;
    let mut shares: Vec<MemberShare> = Vec::new();
    let mut oldest: Vec<OpenReceipt> = open_receipts.to_vec();
    oldest.sort_by_key(|receipt| (receipt.bought_on, receipt.receipt));
    let (mut repaid, mut receipts) = (Vec::new(), Rupiah::ZERO);
    for receipt in oldest {
        if receipt.amount > remaining {
            continue;
        }
        remaining = remaining.minus(receipt.amount)?;
        receipts = receipts.plus(receipt.amount)?;
        repaid.push(receipt.receipt);
        let share = find_or_add_share(&mut shares, receipt.member);
        share.receipts = share.receipts.plus(receipt.amount)?;
    }
    for work_of_member in work {
        let share = find_or_add_share(&mut shares, work_of_member.member);
        share.work = Quantity::sum([share.work, work_of_member.quantity]);
    }
    // The split gives remainders to the earlier member, so the order of the input must not count.
    shares.sort_by_key(|share| share.member);
    let fund = remaining.percent(rule.fund_percent());
    let shared = remaining.minus(fund)?;
    let weights: Vec<u64> =
        shares.iter().map(|share| u64::try_from(share.work.as_thousandths()).unwrap_or(0)).collect();
    let parts = split(shared, &weights);
    let (shared, unshared) = if parts.is_some() { (shared, Rupiah::ZERO) } else { (Rupiah::ZERO, shared) };
    for (share, part) in shares.iter_mut().zip(parts.unwrap_or_default()) {
        share.share = part;
    }
    Ok(Division { earned, advances, receipts, fund, shared, unshared, repaid, shares })
}

/// Finds or adds the share of a member.
fn find_or_add_share(shares: &mut Vec<MemberShare>, member: MembershipId) -> &mut MemberShare {
    let index = shares.iter().position(|share| share.member == member).unwrap_or_else(|| {
        shares.push(MemberShare { member, work: Quantity::ZERO, share: Rupiah::ZERO, receipts: Rupiah::ZERO });
        shares.len().saturating_sub(1)
    });
    #[expect(clippy::indexing_slicing, reason = "the index was found or added one line above")]
    &mut shares[index]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{Entropy, Instant};
    use crate::supply::ContributionKind;
    use proptest::prelude::*;

    fn rule(fund_percent: i32) -> EarningRule {
        EarningRule { basis: ContributionKind::Pieces, fund_percent }
    }

    fn member_ids(count: usize) -> Vec<MembershipId> {
        let entropy = Entropy::seeded(7);
        (0..count).map(|_| entropy.id(Instant::EPOCH)).collect()
    }

    fn day() -> Day {
        "2026-11-23".parse().unwrap()
    }

    fn open_receipt(member: MembershipId, amount: i64) -> OpenReceipt {
        OpenReceipt { receipt: Entropy::System.id(Instant::EPOCH), bought_on: day(), member, amount: Rupiah(amount) }
    }

    #[test]
    fn the_monthly_split_of_the_worked_example_comes_out_to_the_rupiah() {
        // Fifty pastel at 2,500 are 125,000; the cooperative keeps 12,500; ingredients were 61,000 by receipt.
        let members = member_ids(3);
        let work: Vec<MemberWork> = [20, 18, 12]
            .iter()
            .zip(&members)
            .map(|(pieces, member)| MemberWork { member: *member, quantity: Quantity::from_units(*pieces) })
            .collect();
        let by_receipt =
            divide(Rupiah(112_500), Rupiah::ZERO, &[open_receipt(members[1], 61_000)], &work, &rule(10)).unwrap();
        let by_advance = divide(Rupiah(112_500), Rupiah(61_000), &[], &work, &rule(10)).unwrap();
        for (division, receipts, advances) in [(&by_receipt, 61_000, 0), (&by_advance, 0, 61_000)] {
            assert_eq!((division.receipts, division.advances), (Rupiah(receipts), Rupiah(advances)));
            assert_eq!((division.fund, division.shared), (Rupiah(5_150), Rupiah(46_350)));
            let mut parts: Vec<i64> = division.shares.iter().map(|share| share.share.0).collect();
            parts.sort_unstable();
            assert_eq!(parts, [11_124, 16_686, 18_540]);
        }
    }

    #[test]
    fn a_receipt_that_the_money_does_not_cover_waits_and_a_smaller_one_does_not() {
        let members = member_ids(2);
        let receipts = [open_receipt(members[0], 80_000), open_receipt(members[1], 15_000)];
        let division = divide(Rupiah(50_000), Rupiah::ZERO, &receipts, &[], &rule(10)).unwrap();
        assert_eq!(division.repaid, [receipts[1].receipt]);
        assert_eq!((division.fund, division.unshared), (Rupiah(3_500), Rupiah(31_500)), "nobody's work was noted");
        assert_eq!(division.shares.len(), 1);
    }

    proptest! {
        #[test]
        fn the_parts_sum_to_the_earnings_in_any_order_of_the_input(
            earned in 1..1_000_000_000_i64,
            per_mille in 0..1_000_i64,
            fund in 0..=100_i32,
            work in prop::collection::vec((0..6_usize, 0..10_000_i64), 0..20),
            receipts in prop::collection::vec((0..6_usize, 1..50_000_000_i64), 0..8),
        ) {
            let members = member_ids(6);
            let advances = Rupiah(earned * per_mille / 1_000);
            let mut work: Vec<MemberWork> = work
                .iter()
                .map(|(index, amount)| MemberWork { member: members[*index], quantity: Quantity::from_thousandths(amount * 500) })
                .collect();
            let mut receipts: Vec<OpenReceipt> = receipts.iter().map(|(index, amount)| open_receipt(members[*index], *amount)).collect();
            let division = divide(Rupiah(earned), advances, &receipts, &work, &rule(fund)).unwrap();
            let sum = advances.0 + division.receipts.0 + division.fund.0 + division.shared.0 + division.unshared.0;
            prop_assert_eq!(sum, earned);
            prop_assert_eq!(division.shares.iter().map(|share| share.share.0).sum::<i64>(), division.shared.0);
            prop_assert_eq!(division.shares.iter().map(|share| share.receipts.0).sum::<i64>(), division.receipts.0);
            prop_assert!(division.shares.iter().all(|share| share.share.0 >= 0));
            work.reverse();
            receipts.reverse();
            prop_assert_eq!(divide(Rupiah(earned), advances, &receipts, &work, &rule(fund)).unwrap(), division);
        }
    }
}

//! How what a group has earned divides, to the rupiah and whoever is named first.

use super::rule::EarningRule;
use crate::kernel::ids::{MembershipId, ReceiptId};
use crate::kernel::{AmountError, Day, Quantity, Rupiah, split};

/// What a member laid out for ingredients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LaidOut {
    /// By which receipt.
    pub receipt: ReceiptId,
    /// On which day.
    pub on: Day,
    /// Who.
    pub member: MembershipId,
    /// How much.
    pub amount: Rupiah,
}

/// What a member did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work {
    /// Who.
    pub member: MembershipId,
    /// How much, in pieces or hours.
    pub amount: Quantity,
}

/// What a member gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// Who.
    pub member: MembershipId,
    /// What they did.
    pub work: Quantity,
    /// Their part for it.
    pub share: Rupiah,
    /// What they get back of what they laid out.
    pub receipts: Rupiah,
}

/// How a sum divides. What was earned is the sum of all other amounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Division {
    /// What the group had earned.
    pub earned: Rupiah,
    /// What of it pays the cooperative's advances back.
    pub advances: Rupiah,
    /// What members get back of what they laid out.
    pub receipts: Rupiah,
    /// What goes to the group's fund.
    pub fund: Rupiah,
    /// What is divided among the members.
    pub shared: Rupiah,
    /// What nobody's work was noted for: the group divides it itself.
    pub unshared: Rupiah,
    /// The receipts that are paid back, the oldest first; one that the money does not cover waits.
    pub repaid: Vec<ReceiptId>,
    /// The members, by their ids.
    pub shares: Vec<Share>,
}

/// Divides what a group has earned: first the cooperative's advances, then what members laid out, then the group's fund, and
/// the rest by what each member did.
///
/// Monthly practice of village groups: what the sale brings, less ingredients, less *kas kelompok*, by *borongan* or *HOK*.
pub fn divide(
    earned: Rupiah,
    advances: Rupiah,
    laid_out: &[LaidOut],
    work: &[Work],
    rule: &EarningRule,
) -> Result<Division, AmountError> {
    let mut rest = earned.minus(advances)?;
    let mut shares: Vec<Share> = Vec::new();
    let mut oldest: Vec<LaidOut> = laid_out.to_vec();
    oldest.sort_by_key(|it| (it.on, it.receipt));
    let (mut repaid, mut receipts) = (Vec::new(), Rupiah::ZERO);
    for it in oldest {
        if it.amount > rest {
            continue;
        }
        rest = rest.minus(it.amount)?;
        receipts = receipts.plus(it.amount)?;
        repaid.push(it.receipt);
        let share = share_of(&mut shares, it.member);
        share.receipts = share.receipts.plus(it.amount)?;
    }
    for it in work {
        let share = share_of(&mut shares, it.member);
        share.work = Quantity::sum([share.work, it.amount]);
    }
    // Ties of the split go to the earlier member, whoever was named first.
    shares.sort_by_key(|share| share.member);
    let fund = rest.percent(rule.fund_percent());
    let shared = rest.minus(fund)?;
    let weights: Vec<u64> =
        shares.iter().map(|share| u64::try_from(share.work.in_thousandths()).unwrap_or(0)).collect();
    let Some(parts) = split(shared, &weights) else {
        return Ok(Division {
            earned,
            advances,
            receipts,
            fund,
            shared: Rupiah::ZERO,
            unshared: shared,
            repaid,
            shares,
        });
    };
    for (share, part) in shares.iter_mut().zip(parts) {
        share.share = part;
    }
    Ok(Division { earned, advances, receipts, fund, shared, unshared: Rupiah::ZERO, repaid, shares })
}

/// The share of this member, a new one when there is none.
fn share_of(shares: &mut Vec<Share>, member: MembershipId) -> &mut Share {
    let place = shares.iter().position(|share| share.member == member).unwrap_or_else(|| {
        shares.push(Share { member, work: Quantity::ZERO, share: Rupiah::ZERO, receipts: Rupiah::ZERO });
        shares.len().saturating_sub(1)
    });
    #[expect(clippy::indexing_slicing, reason = "the place was found or made one line above")]
    &mut shares[place]
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

    fn members(count: usize) -> Vec<MembershipId> {
        let entropy = Entropy::seeded(7);
        (0..count).map(|_| entropy.id(Instant::EPOCH)).collect()
    }

    fn day() -> Day {
        "2026-11-23".parse().unwrap()
    }

    fn laid_out(member: MembershipId, amount: i64) -> LaidOut {
        LaidOut { receipt: Entropy::System.id(Instant::EPOCH), on: day(), member, amount: Rupiah(amount) }
    }

    #[test]
    fn the_monthly_split_of_the_worked_example_comes_out_to_the_rupiah() {
        // Fifty pastel at 2,500 are 125,000; the cooperative keeps 12,500; ingredients were 61,000 by receipt.
        let people = members(3);
        let work: Vec<Work> = [20, 18, 12]
            .iter()
            .zip(&people)
            .map(|(n, who)| Work { member: *who, amount: Quantity::units(*n) })
            .collect();
        let by_receipt =
            divide(Rupiah(112_500), Rupiah::ZERO, &[laid_out(people[1], 61_000)], &work, &rule(10)).unwrap();
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
        let people = members(2);
        let receipts = [laid_out(people[0], 80_000), laid_out(people[1], 15_000)];
        let division = divide(Rupiah(50_000), Rupiah::ZERO, &receipts, &[], &rule(10)).unwrap();
        assert_eq!(division.repaid, [receipts[1].receipt]);
        assert_eq!((division.fund, division.unshared), (Rupiah(3_500), Rupiah(31_500)), "nobody's work was noted");
        assert_eq!(division.shares.len(), 1);
    }

    proptest! {
        #[test]
        fn what_is_divided_is_what_was_earned_whoever_is_named_first(
            earned in 1..1_000_000_000_i64,
            kept in 0..1_000_i64,
            fund in 0..=100_i32,
            work in prop::collection::vec((0..6_usize, 0..10_000_i64), 0..20),
            receipts in prop::collection::vec((0..6_usize, 1..50_000_000_i64), 0..8),
        ) {
            let people = members(6);
            let advances = Rupiah(earned * kept / 1_000);
            let mut work: Vec<Work> = work
                .iter()
                .map(|(who, amount)| Work { member: people[*who], amount: Quantity::thousandths(amount * 500) })
                .collect();
            let mut laid: Vec<LaidOut> = receipts.iter().map(|(who, amount)| laid_out(people[*who], *amount)).collect();
            let division = divide(Rupiah(earned), advances, &laid, &work, &rule(fund)).unwrap();
            let sum = advances.0 + division.receipts.0 + division.fund.0 + division.shared.0 + division.unshared.0;
            prop_assert_eq!(sum, earned);
            prop_assert_eq!(division.shares.iter().map(|it| it.share.0).sum::<i64>(), division.shared.0);
            prop_assert_eq!(division.shares.iter().map(|it| it.receipts.0).sum::<i64>(), division.receipts.0);
            prop_assert!(division.shares.iter().all(|it| it.share.0 >= 0));
            work.reverse();
            laid.reverse();
            prop_assert_eq!(divide(Rupiah(earned), advances, &laid, &work, &rule(fund)).unwrap(), division);
        }
    }
}

//! The decision about a batch at its cut-off, as a pure function of its orders and deposits.

use super::batch::{Batch, BatchStatus};
use crate::kernel::{Instant, Quantity, Rupiah};

/// The totals of the orders of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Collected {
    /// The quantity to be made for them; in whole packs if the batch is made in packs.
    pub quantity: Quantity,
    /// The paid deposits, in rupiah.
    pub deposits: Rupiah,
    /// The quantity handed over already, in addition to `quantity`. Any means that the batch is being made.
    pub handed_over: Quantity,
}

/// The decision about a batch at its cut-off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The batch will be made.
    Confirm,
    /// The batch gets this second cut-off.
    Extend(Instant),
    /// The batch did not reach its minimum.
    Fail,
}

/// Decides a batch at or after its cut-off; `None` before it, and for a batch that is decided already.
///
/// A batch that reached its minimums, or has none, is confirmed. Otherwise it is extended to its second cut-off, once,
/// or fails. A batch whose orders fill no pack fails too.
pub fn decide(batch: &Batch, collected: Collected, now: Instant) -> Option<Decision> {
    let cutoff = batch.cutoff_at.filter(|cutoff| batch.status == BatchStatus::Open && *cutoff <= now)?;
    let total = collected.quantity.plus(collected.handed_over);
    let is_nothing_made = batch.claimed.is_positive() && total == Quantity::ZERO;
    let is_reached = collected.handed_over.is_positive()
        || total >= batch.minimum && collected.deposits >= batch.minimum_deposits && !is_nothing_made;
    Some(match batch.extends_to {
        _ if is_reached => Decision::Confirm,
        Some(to) if !batch.extended && to > cutoff => Decision::Extend(to),
        _ => Decision::Fail,
    })
}

#[cfg(test)]
mod tests {
    use super::super::batch::BatchKind;
    use super::*;
    use crate::kernel::{Duration, Entropy};
    use proptest::prelude::*;

    fn cutoff() -> Instant {
        "2026-11-25T10:00:00Z".parse().unwrap()
    }

    fn batch(minimum: i64, deposits: i64) -> Batch {
        let ids = Entropy::seeded(7);
        let now = cutoff().before(Duration::days(2));
        Batch {
            id: ids.id(now),
            cooperative_id: ids.id(now),
            group_id: ids.id(now),
            product_id: ids.id(now),
            kind: BatchKind::Market,
            status: BatchStatus::Open,
            ready_on: "2026-11-27".parse().unwrap(),
            cutoff_at: Some(cutoff()),
            best_before: None,
            capacity: Quantity::from_units(100),
            minimum: Quantity::from_units(minimum),
            claimed: Quantity::ZERO,
            made: None,
            discarded: Quantity::ZERO,
            price: None,
            unit_cost: None,
            extended: false,
            created_at: now,
            version: 1,
            pack_size: None,
            minimum_deposits: Rupiah(deposits),
            extends_to: None,
            deposit_percent: None,
            made_at: None,
            discount_kind: None,
            discount_percent: None,
            discount_starts_at: None,
            discount_ends_at: None,
            discount_floor: None,
        }
    }

    fn collected(quantity: i64, deposits: i64) -> Collected {
        Collected { quantity: Quantity::from_units(quantity), deposits: Rupiah(deposits), handed_over: Quantity::ZERO }
    }

    #[test]
    fn a_batch_is_decided_at_its_cutoff_and_once() {
        let open = batch(10, 0);
        assert_eq!(decide(&open, collected(10, 0), cutoff().before(Duration::seconds(1))), None);
        assert_eq!(decide(&open, collected(10, 0), cutoff()), Some(Decision::Confirm));
        for status in [BatchStatus::Confirmed, BatchStatus::Made, BatchStatus::Failed, BatchStatus::Cancelled] {
            let decided = Batch { status, ..open.clone() };
            assert_eq!(decide(&decided, collected(10, 0), cutoff()), None, "{status}");
        }
    }

    #[test]
    fn quantity_and_deposits_must_both_reach_their_minimum() {
        let both = batch(10, 50_000);
        assert_eq!(decide(&both, collected(10, 50_000), cutoff()), Some(Decision::Confirm));
        assert_eq!(decide(&both, collected(10, 49_999), cutoff()), Some(Decision::Fail));
        assert_eq!(decide(&both, collected(9, 50_000), cutoff()), Some(Decision::Fail));
        assert_eq!(decide(&batch(0, 0), collected(0, 0), cutoff()), Some(Decision::Confirm));
    }

    #[test]
    fn a_batch_is_extended_once() {
        let later = cutoff().after(Duration::days(1));
        let first = Batch { extends_to: Some(later), ..batch(10, 0) };
        assert_eq!(decide(&first, collected(4, 0), cutoff()), Some(Decision::Extend(later)));
        let second = Batch { extended: true, cutoff_at: Some(later), ..first };
        assert_eq!(decide(&second, collected(4, 0), cutoff()), None);
        assert_eq!(decide(&second, collected(4, 0), later), Some(Decision::Fail));
        assert_eq!(decide(&second, collected(10, 0), later), Some(Decision::Confirm));
    }

    #[test]
    fn orders_that_fill_no_pack_fail_the_batch() {
        let ordered =
            Batch { claimed: Quantity::from_units(3), pack_size: Some(Quantity::from_units(12)), ..batch(0, 0) };
        assert_eq!(decide(&ordered, collected(0, 0), cutoff()), Some(Decision::Fail));
    }

    proptest! {
        #[test]
        fn a_late_decision_equals_a_punctual_one(
            minimum in 0_i64..50, quantity in 0_i64..50, extends in any::<bool>(), late in 0_i64..1_000_000,
        ) {
            let to = extends.then(|| cutoff().after(Duration::hours(5)));
            let open = Batch { extends_to: to, ..batch(minimum, 0) };
            let punctual = decide(&open, collected(quantity, 0), cutoff());
            let later = decide(&open, collected(quantity, 0), cutoff().after(Duration::seconds(late)));
            prop_assert_eq!(punctual, later);
            prop_assert_eq!(punctual == Some(Decision::Confirm), quantity >= minimum);
        }
    }
}

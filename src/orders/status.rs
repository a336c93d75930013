//! What an order's status and payment state are: never stored by hand, always derived.

use super::fulfilment::FulfilmentStatus;
use crate::kernel::Rupiah;
use crate::kernel::text_enum::text_enum;

text_enum! {
    /// Where an order stands, derived from its parts.
    OrderStatus {
        /// Some group has not answered yet.
        Placed = "placed",
        /// Every group has answered, and at least one will deliver.
        Confirmed = "confirmed",
        /// Everything that will come has come.
        Completed = "completed",
        /// Nothing is left of it.
        Cancelled = "cancelled",
        /// No group answered in time.
        Expired = "expired",
    }
}

impl OrderStatus {
    /// The status of an order with these parts.
    pub fn derived(parts: &[FulfilmentStatus]) -> OrderStatus {
        use FulfilmentStatus::{Expired, HandedOver, Pending, Returned};
        let any = |wanted: &[FulfilmentStatus]| parts.iter().any(|part| wanted.contains(part));
        if any(&[Pending]) {
            OrderStatus::Placed
        } else if parts.iter().any(|part| part.is_open()) {
            OrderStatus::Confirmed
        } else if any(&[HandedOver, Returned]) {
            OrderStatus::Completed
        } else if !parts.is_empty() && parts.iter().all(|part| *part == Expired) {
            OrderStatus::Expired
        } else {
            OrderStatus::Cancelled
        }
    }

    /// Whether something is still to be done.
    pub fn is_open(self) -> bool {
        matches!(self, OrderStatus::Placed | OrderStatus::Confirmed)
    }
}

text_enum! {
    /// How an order stands with the cooperative's money, derived from what was paid.
    PaymentState {
        /// Nothing has been paid.
        Unpaid = "unpaid",
        /// Something has been paid, not all.
        DepositPaid = "deposit_paid",
        /// All has been paid.
        Paid = "paid",
        /// More has been paid than was asked for.
        Overpaid = "overpaid",
        /// Part of the order fell away, and money is to go back.
        RefundDue = "refund_due",
        /// The money has gone back.
        Refunded = "refunded",
    }
}

/// The figures from which the payment state follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owed {
    /// What the order comes to now.
    pub total: Rupiah,
    /// What it came to when it was placed.
    pub placed_total: Rupiah,
    /// What has been paid, less what went back.
    pub paid: Rupiah,
    /// What went back.
    pub refunded: Rupiah,
}

impl PaymentState {
    /// The state that follows from the figures.
    pub fn derived(owed: Owed) -> PaymentState {
        let Owed { total, placed_total, paid, refunded } = owed;
        if paid > total {
            if total < placed_total { PaymentState::RefundDue } else { PaymentState::Overpaid }
        } else if paid.0 <= 0 && refunded.0 > 0 {
            PaymentState::Refunded
        } else if paid.0 <= 0 {
            PaymentState::Unpaid
        } else if paid < total {
            PaymentState::DepositPaid
        } else {
            PaymentState::Paid
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use FulfilmentStatus as F;

    #[test]
    fn an_order_stands_where_its_parts_stand() {
        for (parts, expected) in [
            (vec![F::Pending, F::Accepted], OrderStatus::Placed),
            (vec![F::Pending, F::HandedOver], OrderStatus::Placed),
            (vec![F::Accepted, F::Declined], OrderStatus::Confirmed),
            (vec![F::Ready, F::HandedOver], OrderStatus::Confirmed),
            (vec![F::HandedOver, F::Declined], OrderStatus::Completed),
            (vec![F::Returned], OrderStatus::Completed),
            (vec![F::Declined, F::Declined], OrderStatus::Cancelled),
            (vec![F::Declined, F::Expired], OrderStatus::Cancelled),
            (vec![F::NotCollected], OrderStatus::Cancelled),
            (vec![F::Expired, F::Expired], OrderStatus::Expired),
        ] {
            assert_eq!(OrderStatus::derived(&parts), expected, "{parts:?}");
        }
    }

    #[test]
    fn money_that_is_too_much_is_told_apart_by_why() {
        let state = |total, placed, paid, refunded| {
            PaymentState::derived(Owed {
                total: Rupiah(total),
                placed_total: Rupiah(placed),
                paid: Rupiah(paid),
                refunded: Rupiah(refunded),
            })
        };
        assert_eq!(state(100, 100, 0, 0), PaymentState::Unpaid);
        assert_eq!(state(100, 100, 30, 0), PaymentState::DepositPaid);
        assert_eq!(state(100, 100, 100, 0), PaymentState::Paid);
        assert_eq!(state(100, 100, 110, 0), PaymentState::Overpaid);
        assert_eq!(state(60, 100, 100, 0), PaymentState::RefundDue);
        assert_eq!(state(60, 100, 60, 40), PaymentState::Paid);
        assert_eq!(state(0, 100, 0, 100), PaymentState::Refunded);
        assert_eq!(state(0, 100, 0, 0), PaymentState::Unpaid);
    }
}

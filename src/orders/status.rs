//! Status and payment state of orders; always derived.

use super::fulfilment::FulfilmentStatus;
use crate::kernel::Rupiah;
use crate::kernel::text_enum::text_enum;

text_enum! {
    /// Status of an order, derived from its parts.
    OrderStatus {
        /// At least one group has not answered yet.
        Placed = "placed",
        /// Every group has answered, and at least one delivers.
        Confirmed = "confirmed",
        /// Every part that will be delivered is delivered.
        Completed = "completed",
        /// Nothing of it will be delivered.
        Cancelled = "cancelled",
        /// No group answered in time.
        Expired = "expired",
    }
}

impl OrderStatus {
    /// The status of an order with these parts.
    pub fn derived(statuses: &[FulfilmentStatus]) -> OrderStatus {
        use FulfilmentStatus::{Expired, HandedOver, Pending, Returned};
        let any = |wanted: &[FulfilmentStatus]| statuses.iter().any(|status| wanted.contains(status));
        if any(&[Pending]) {
            OrderStatus::Placed
        } else if statuses.iter().any(|status| status.is_open()) {
            OrderStatus::Confirmed
        } else if any(&[HandedOver, Returned]) {
            OrderStatus::Completed
        } else if !statuses.is_empty() && statuses.iter().all(|status| *status == Expired) {
            OrderStatus::Expired
        } else {
            OrderStatus::Cancelled
        }
    }

    /// Whether work remains to be done.
    pub fn is_open(self) -> bool {
        matches!(self, OrderStatus::Placed | OrderStatus::Confirmed)
    }
}

text_enum! {
    /// Payment state of an order, derived from its payments.
    PaymentState {
        /// Nothing was paid.
        Unpaid = "unpaid",
        /// Something was paid, but not everything.
        DepositPaid = "deposit_paid",
        /// Everything was paid.
        Paid = "paid",
        /// More was paid than was due.
        Overpaid = "overpaid",
        /// The total fell after placing, and money must be refunded.
        RefundDue = "refund_due",
        /// The money was refunded.
        Refunded = "refunded",
    }
}

/// The figures from which the payment state is derived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaymentFigures {
    /// The total now.
    pub total: Rupiah,
    /// The total when placed.
    pub placed_total: Rupiah,
    /// Payments less refunds.
    pub paid: Rupiah,
    /// Total of refunds.
    pub refunded: Rupiah,
}

impl PaymentState {
    /// Derives the state from the figures.
    pub fn derived(owed: PaymentFigures) -> PaymentState {
        let PaymentFigures { total, placed_total, paid, refunded } = owed;
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
        for (statuses, expected) in [
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
            assert_eq!(OrderStatus::derived(&statuses), expected, "{statuses:?}");
        }
    }

    #[test]
    fn money_that_is_too_much_is_told_apart_by_why() {
        let state = |total, placed, paid, refunded| {
            PaymentState::derived(PaymentFigures {
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

//! A charge: a request to the gateway to collect one payment, and its status.

use diesel::prelude::*;

use crate::db::schema::gateway_charges;
use crate::kernel::ids::{AccountId, CooperativeId, GatewayChargeId, PaymentId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Duration, Instant, Rupiah};

/// How long a buyer has to pay a charge.
pub(super) const CHARGE_TTL: Duration = Duration::minutes(60);
/// How long after the expiry of a charge its status is still polled.
pub(super) const POLL_TIMEOUT: Duration = Duration::hours(24);
/// How long a charge may be without updates before it is polled.
pub(super) const SILENCE_TIMEOUT: Duration = Duration::minutes(5);

text_enum! {
    /// Status of a gateway charge.
    ChargeStatus {
        /// Not sent to the gateway yet.
        Queued = "queued",
        /// Waiting for the buyer to pay.
        Pending = "pending",
        /// Not paid in time.
        Expired = "expired",
        /// Cancelled at the gateway.
        Cancelled = "cancelled",
        /// Denied by the gateway or the buyer's bank.
        Denied = "denied",
        /// It could not be created.
        Failed = "failed",
        /// Paid.
        Paid = "paid",
        /// Partly refunded.
        PartlyRefunded = "partly_refunded",
        /// Fully refunded.
        Refunded = "refunded",
        /// The buyer's bank reversed the payment.
        ChargedBack = "charged_back",
    }
}

impl ChargeStatus {
    /// Rank of the status: updates of a lower rank are late and have no effect.
    pub const fn rank(self) -> u8 {
        match self {
            ChargeStatus::Queued => 0,
            ChargeStatus::Pending => 1,
            ChargeStatus::Expired | ChargeStatus::Cancelled | ChargeStatus::Denied | ChargeStatus::Failed => 2,
            ChargeStatus::Paid => 3,
            ChargeStatus::PartlyRefunded => 4,
            ChargeStatus::Refunded | ChargeStatus::ChargedBack => 5,
        }
    }

    /// Whether a charge with status `before` may change to this one. Partial refunds may repeat; everything else
    /// happens once.
    pub fn follows(self, before: ChargeStatus) -> bool {
        self.rank() > before.rank() || (self == before && self == ChargeStatus::PartlyRefunded)
    }

    /// Whether it may still be paid.
    pub const fn is_open(self) -> bool {
        self.rank() < 2
    }

    /// Whether it is or was paid.
    pub const fn was_paid(self) -> bool {
        self.rank() >= 3
    }
}

text_enum! {
    /// Why a charge needs a review by the treasurer.
    ReviewReason {
        /// The received amount is not the requested amount.
        WrongAmount = "wrong_amount",
        /// Money arrived for a rejected or reversed payment.
        PaymentClosed = "payment_closed",
        /// Partly refunded by an unknown amount.
        UnclearRefund = "unclear_refund",
        /// The gateway reported an unknown status.
        UnknownStatus = "unknown_status",
    }
}

impl ReviewReason {
    /// Whether the treasurer can accept the received amount.
    pub const fn has_received_money(self) -> bool {
        matches!(self, ReviewReason::WrongAmount | ReviewReason::PaymentClosed)
    }
}

/// A gateway charge.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = gateway_charges)]
#[diesel(treat_none_as_default_value = false)]
pub(in crate::payments) struct Charge {
    pub(super) id: GatewayChargeId,
    #[diesel(column_name = cooperative_id)]
    pub(super) cooperative: CooperativeId,
    #[diesel(column_name = payment_id)]
    pub(super) payment: PaymentId,
    /// Name of the gateway.
    pub(super) gateway: String,
    /// Reference at the gateway: the order's number and the attempt.
    pub(super) reference: String,
    pub(super) amount: Rupiah,
    pub(super) status: ChargeStatus,
    /// Number of attempts to create it at the gateway.
    pub(super) tries: i32,
    /// Transaction id of the gateway.
    #[diesel(column_name = transaction_id)]
    pub(super) transaction: Option<String>,
    /// Text of the QR code.
    pub(super) qr_text: Option<String>,
    /// URL of the QR code's picture at the gateway.
    pub(super) qr_url: Option<String>,
    /// The amount paid, as reported by the gateway.
    pub(super) paid_amount: Option<Rupiah>,
    /// Why it needs a review; `None` if it needs none or was reviewed.
    #[diesel(column_name = needs_review)]
    pub(super) review_reason: Option<ReviewReason>,
    pub(super) reviewed_by: Option<AccountId>,
    pub(super) reviewed_at: Option<Instant>,
    pub(super) created_at: Instant,
    /// Until when it can be paid.
    pub(super) expires_at: Instant,
    /// Time of the last update or poll.
    pub(super) heard_at: Instant,
}

impl Charge {
    /// Whether it belongs to this payment.
    pub(in crate::payments) fn is_of(&self, payment: PaymentId) -> bool {
        self.payment == payment
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_comes_late_undoes_nothing() {
        assert!(ChargeStatus::Paid.follows(ChargeStatus::Pending));
        assert!(ChargeStatus::Paid.follows(ChargeStatus::Expired), "money that comes late counts all the same");
        assert!(!ChargeStatus::Pending.follows(ChargeStatus::Paid));
        assert!(!ChargeStatus::Expired.follows(ChargeStatus::Paid));
        assert!(!ChargeStatus::Paid.follows(ChargeStatus::Paid));
        assert!(ChargeStatus::PartlyRefunded.follows(ChargeStatus::PartlyRefunded));
    }

    proptest! {
        #[test]
        fn in_whatever_order_news_come_the_rank_never_falls(
            updates in proptest::collection::vec(0..ChargeStatus::ALL.len(), 0..20),
        ) {
            let mut status = ChargeStatus::Queued;
            let mut highest = status.rank();
            for next in updates.into_iter().map(|index| ChargeStatus::ALL[index]) {
                highest = highest.max(next.rank());
                if next.follows(status) {
                    prop_assert!(next.rank() >= status.rank());
                    status = next;
                }
                prop_assert_eq!(status.rank(), highest);
            }
        }
    }
}

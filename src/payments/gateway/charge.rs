//! A charge: what a gateway is asked to collect for one payment, and how far that is.

use diesel::prelude::*;

use crate::db::schema::gateway_charges;
use crate::kernel::ids::{AccountId, CooperativeId, GatewayChargeId, PaymentId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Duration, Instant, Rupiah};

/// How long a buyer has to pay, once the gateway was asked.
pub(super) const LIVES: Duration = Duration::minutes(60);
/// How long after that it is still asked what became of it.
pub(super) const PATIENCE: Duration = Duration::hours(24);
/// How long it may be silent before it is asked.
pub(super) const SILENCE: Duration = Duration::minutes(5);

text_enum! {
    /// How far a charge is.
    ChargeStatus {
        /// The gateway does not know of it yet.
        Queued = "queued",
        /// The gateway waits for the buyer.
        Pending = "pending",
        /// The buyer's time is over.
        Expired = "expired",
        /// It was called off at the gateway.
        Cancelled = "cancelled",
        /// The gateway, or the buyer's bank, refused it.
        AccessError = "denied",
        /// It could not be made.
        Failed = "failed",
        /// The gateway has the money.
        Paid = "paid",
        /// A part of the money went back.
        PartlyRefunded = "partly_refunded",
        /// All of the money went back.
        Refunded = "refunded",
        /// The buyer's bank took the money back.
        ChargedBack = "charged_back",
    }
}

impl ChargeStatus {
    /// News of a lower rank come late, and change nothing.
    pub const fn rank(self) -> u8 {
        match self {
            ChargeStatus::Queued => 0,
            ChargeStatus::Pending => 1,
            ChargeStatus::Expired | ChargeStatus::Cancelled | ChargeStatus::AccessError | ChargeStatus::Failed => 2,
            ChargeStatus::Paid => 3,
            ChargeStatus::PartlyRefunded => 4,
            ChargeStatus::Refunded | ChargeStatus::ChargedBack => 5,
        }
    }

    /// Whether this is news for a charge that stands there: a part may go back more than once, all else comes once.
    pub fn follows(self, before: ChargeStatus) -> bool {
        self.rank() > before.rank() || (self == before && self == ChargeStatus::PartlyRefunded)
    }

    /// Whether the gateway may still collect it.
    pub const fn is_open(self) -> bool {
        self.rank() < 2
    }

    /// Whether the gateway has, or once had, the money.
    pub const fn was_paid(self) -> bool {
        self.rank() >= 3
    }
}

text_enum! {
    /// Why the treasurer must look at a charge.
    Review {
        /// What came is not what was asked for.
        WrongAmount = "wrong_amount",
        /// Money came for a payment that was rejected.
        PaymentClosed = "payment_closed",
        /// Something went back, and it is not said how much.
        UnclearRefund = "unclear_refund",
        /// The gateway said something that is not known here.
        UnknownStatus = "unknown_status",
    }
}

impl Review {
    /// Whether there is money that the treasurer can take as it came.
    pub const fn is_about_money_that_came(self) -> bool {
        matches!(self, Review::WrongAmount | Review::PaymentClosed)
    }
}

/// What a gateway is asked to collect.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = gateway_charges)]
#[diesel(treat_none_as_default_value = false)]
pub(in crate::payments) struct Charge {
    pub(super) id: GatewayChargeId,
    #[diesel(column_name = cooperative_id)]
    pub(super) cooperative: CooperativeId,
    #[diesel(column_name = payment_id)]
    pub(super) payment: PaymentId,
    /// Which gateway.
    pub(super) gateway: String,
    /// Under what the gateway knows it: the order's number and which attempt this is.
    pub(super) reference: String,
    pub(super) amount: Rupiah,
    pub(super) status: ChargeStatus,
    /// How often the gateway may have been asked to make it.
    pub(super) tries: i32,
    /// Under what the gateway keeps it itself.
    #[diesel(column_name = transaction_id)]
    pub(super) transaction: Option<String>,
    /// What the buyer's app reads as a QR code.
    pub(super) qr_text: Option<String>,
    /// A picture of it, at the gateway.
    pub(super) qr_url: Option<String>,
    /// What the gateway says was paid.
    pub(super) paid_amount: Option<Rupiah>,
    /// Why the treasurer must look at it; nothing when that is done.
    pub(super) needs_review: Option<Review>,
    pub(super) reviewed_by: Option<AccountId>,
    pub(super) reviewed_at: Option<Instant>,
    pub(super) created_at: Instant,
    /// Until when the buyer can pay.
    pub(super) expires_at: Instant,
    /// When the gateway last told of it, or was asked.
    pub(super) heard_at: Instant,
}

impl Charge {
    /// Whether it is this payment's.
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
            news in proptest::collection::vec(0..ChargeStatus::ALL.len(), 0..20),
        ) {
            let mut status = ChargeStatus::Queued;
            let mut highest = status.rank();
            for next in news.into_iter().map(|place| ChargeStatus::ALL[place]) {
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

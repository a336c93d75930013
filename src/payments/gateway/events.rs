//! Events of charges at the gateway.

use super::{ReviewAction, ReviewReason};
use crate::events::events;
use crate::kernel::ids::{GatewayChargeId, PaymentId};

events! {
    /// What happened to a charge at the gateway.
    GatewayEvent {
        "gateway_charge.needs_review" => NeedsReview {
            charge: GatewayChargeId, payment: PaymentId, needs_review: ReviewReason,
        },
        "gateway_charge.reviewed" => Reviewed { charge: GatewayChargeId, payment: PaymentId, action: ReviewAction },
    }
}

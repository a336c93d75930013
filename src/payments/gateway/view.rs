//! Charges and offers as clients read them.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::charge::{Charge, ChargeStatus, Review};
use super::provider::ConfiguredGateway;
use super::review::{ReviewAction, steps};
use crate::kernel::ids::{AccountId, CooperativeId, GatewayChargeId, OrderId, PaymentId};
use crate::kernel::{Instant, Rupiah};
use crate::web::{FieldErrors, Validate};

/// How a payment through the gateway is paid.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::payments) struct ChargeShown {
    /// How far it is. While it is `queued` the code is still being made: look again a moment later.
    status: ChargeStatus,
    /// The text of the QRIS code, to be drawn as a QR code; while the gateway waits for the buyer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000, nullable = false)]
    qr_text: Option<String>,
    /// A picture of the code, at the gateway; while it waits for the buyer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000, nullable = false)]
    qr_url: Option<String>,
    /// Until when it can be paid.
    expires_at: Instant,
}

impl From<Charge> for ChargeShown {
    fn from(charge: Charge) -> Self {
        let waits = charge.status == ChargeStatus::Pending;
        ChargeShown {
            status: charge.status,
            qr_text: charge.qr_text.filter(|_| waits),
            qr_url: charge.qr_url.filter(|_| waits),
            expires_at: charge.expires_at,
        }
    }
}

/// That it can be paid through a gateway: with `"method": "gateway"`.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::payments) struct GatewayOffer {
    /// How one pays there.
    #[schema(max_length = 20, example = "qris")]
    kind: &'static str,
    /// The most that it takes at once.
    #[schema(value_type = i64, minimum = 1, maximum = 1_000_000_000_000_i64, example = 10_000_000)]
    most: Rupiah,
}

impl GatewayOffer {
    /// What buyers are offered, if anything is.
    pub(in crate::payments) fn of(gateways: &ConfiguredGateway) -> Option<Self> {
        gateways.offered().map(|gateway| GatewayOffer { kind: "qris", most: gateway.most() })
    }
}

/// Which of a cooperative's charges.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ChargesQuery {
    /// Only those that wait for the treasurer.
    #[param(example = true)]
    pub(super) needs_review: Option<bool>,
    /// Where the page begins: `next` of the page before.
    #[param(max_length = 600)]
    pub(super) cursor: Option<String>,
    /// How many, 1 to 100; 20 when it is not said.
    #[param(minimum = 1, maximum = 100)]
    pub(super) limit: Option<u32>,
}

/// What the gateway was asked to collect for a payment.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GatewayChargeView {
    /// Its id.
    id: GatewayChargeId,
    /// Whose it is.
    cooperative: CooperativeId,
    /// For which payment.
    payment: PaymentId,
    /// For which order.
    order: OrderId,
    /// The order's number.
    #[schema(max_length = 40, example = "CIH-2611-0042")]
    order_number: String,
    /// Which gateway.
    #[schema(max_length = 40, example = "midtrans")]
    gateway: String,
    /// Under what the gateway knows it: the order's number and which attempt this is.
    #[schema(max_length = 60, example = "CIH-2611-0042-1")]
    reference: String,
    /// What was asked for.
    amount: Rupiah,
    /// What the gateway says was paid; null as long as nothing was.
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 1_000_000_000_000_i64, example = 75_000)]
    paid_amount: Option<Rupiah>,
    /// How far it is.
    status: ChargeStatus,
    /// Why the treasurer must look at it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    needs_review: Option<Review>,
    /// Who looked at it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reviewed_by: Option<AccountId>,
    /// When they did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reviewed_at: Option<Instant>,
    /// When it was begun.
    created_at: Instant,
    /// Until when it can be paid.
    expires_at: Instant,
    /// When the gateway last told of it, or was asked.
    heard_at: Instant,
    /// What you may do with it now.
    #[schema(max_items = 2)]
    actions: Vec<ReviewAction>,
}

impl GatewayChargeView {
    /// The charge as the treasurer sees it.
    pub(super) fn of(charge: Charge, order: OrderId, order_number: String) -> Self {
        GatewayChargeView {
            actions: steps(&charge),
            id: charge.id,
            cooperative: charge.cooperative,
            payment: charge.payment,
            order,
            order_number,
            gateway: charge.gateway,
            reference: charge.reference,
            amount: charge.amount,
            paid_amount: charge.paid_amount,
            status: charge.status,
            needs_review: charge.needs_review,
            reviewed_by: charge.reviewed_by,
            reviewed_at: charge.reviewed_at,
            created_at: charge.created_at,
            expires_at: charge.expires_at,
            heard_at: charge.heard_at,
        }
    }
}

/// A step to take with a charge.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "accept"}))]
pub(super) struct ReviewCharge {
    /// Which step.
    pub(super) action: ReviewAction,
}

impl Validate for ReviewCharge {
    fn check(&self, _: &mut FieldErrors) {}
}

/// That a notification is kept.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Kept {
    /// Always true: what is not kept is refused.
    #[schema(example = true)]
    kept: bool,
}

impl Kept {
    pub(super) const TRUE: Kept = Kept { kept: true };
}

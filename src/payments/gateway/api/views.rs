//! Response bodies of gateway charges.

use serde::Serialize;
use utoipa::ToSchema;

use crate::kernel::ids::{AccountId, CooperativeId, GatewayChargeId, OrderId, PaymentId};
use crate::kernel::{Instant, Rupiah};
use crate::payments::gateway::charge::{Charge, ChargeStatus, ReviewReason};
use crate::payments::gateway::provider::ConfiguredGateway;
use crate::payments::gateway::review::{ReviewAction, available_actions};

/// How to pay a payment through the gateway.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::payments) struct PaymentChargeView {
    /// The status. While it is `queued` the code is being created: poll again shortly.
    status: ChargeStatus,
    /// Text of the QRIS code, to be drawn as a QR code; while the charge is pending.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000, nullable = false)]
    qr_text: Option<String>,
    /// URL of the code's picture at the gateway; while the charge is pending.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000, nullable = false)]
    qr_url: Option<String>,
    /// Until when it can be paid.
    expires_at: Instant,
}

impl From<Charge> for PaymentChargeView {
    fn from(charge: Charge) -> Self {
        let waits = charge.status == ChargeStatus::Pending;
        PaymentChargeView {
            status: charge.status,
            qr_text: charge.qr_text.filter(|_| waits),
            qr_url: charge.qr_url.filter(|_| waits),
            expires_at: charge.expires_at,
        }
    }
}

/// Payment through the gateway, with `"method": "gateway"`.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::payments) struct GatewayOffer {
    /// The kind of payment at the gateway.
    #[schema(max_length = 20, example = "qris")]
    kind: &'static str,
    /// Maximum amount of one payment.
    most: Rupiah,
}

impl GatewayOffer {
    /// The offer, if a gateway is configured.
    pub(in crate::payments) fn of(gateway_config: &ConfiguredGateway) -> Option<Self> {
        gateway_config.active().map(|gateway| GatewayOffer { kind: "qris", most: gateway.max_amount() })
    }
}

/// A gateway charge of a payment.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GatewayChargeView {
    /// Its id.
    id: GatewayChargeId,
    /// The cooperative.
    cooperative: CooperativeId,
    /// The payment.
    payment: PaymentId,
    /// The order.
    order: OrderId,
    /// The order's number.
    #[schema(max_length = 40, example = "CIH-2611-0042")]
    order_number: String,
    /// Name of the gateway.
    #[schema(max_length = 40, example = "midtrans")]
    gateway: String,
    /// Reference at the gateway: the order's number and the attempt.
    #[schema(max_length = 60, example = "CIH-2611-0042-1")]
    reference: String,
    /// The requested quantity.
    amount: Rupiah,
    /// The amount paid, as reported by the gateway; null if nothing was paid.
    paid_amount: Option<Rupiah>,
    /// Its status.
    status: ChargeStatus,
    /// Why it needs a review.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    needs_review: Option<ReviewReason>,
    /// The account that reviewed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reviewed_by: Option<AccountId>,
    /// When it was reviewed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reviewed_at: Option<Instant>,
    /// When it was created.
    created_at: Instant,
    /// Until when it can be paid.
    expires_at: Instant,
    /// Time of the last update or poll.
    heard_at: Instant,
    /// The actions the caller may perform now.
    #[schema(max_items = 2)]
    actions: Vec<ReviewAction>,
}

impl GatewayChargeView {
    /// The charge as the treasurer sees it.
    pub(super) fn of(charge: Charge, order: OrderId, order_number: String) -> Self {
        GatewayChargeView {
            actions: available_actions(&charge),
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
            needs_review: charge.review_reason,
            reviewed_by: charge.reviewed_by,
            reviewed_at: charge.reviewed_at,
            created_at: charge.created_at,
            expires_at: charge.expires_at,
            heard_at: charge.heard_at,
        }
    }
}

/// Acknowledgement of a notification.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NotificationReceipt {
    /// Always true: a notification that cannot be stored is refused.
    #[schema(example = true)]
    pub(super) kept: bool,
}

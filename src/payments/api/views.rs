//! Response bodies of payments.

use serde::Serialize;
use utoipa::ToSchema;

use crate::cooperatives::{self, AccessError, BankAccount};
use crate::db::Conn;
use crate::kernel::ids::{AccountId, HandoverId, OrderId, PaymentId};
use crate::kernel::{Instant, Language, Rupiah, Version};
use crate::orders::{self, PaymentFigures, PaymentState};
use crate::payments::access::{OrderCredential, PaymentAccess};
use crate::payments::error::PaymentError;
use crate::payments::gateway::{self, ConfiguredGateway, GatewayOffer, PaymentChargeView};
use crate::payments::payment::{Awaits, Balance, Direction, Method, Payment, PaymentAction, PaymentPurpose, Status};
use crate::payments::qris::{PaymentQrisView, QrisOffer, Scannable};
use crate::payments::store::{self, PayableOrder};
use crate::web::AppState;

/// A payment.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::payments) struct PaymentView {
    /// Its id.
    id: PaymentId,
    /// The order.
    order: OrderId,
    /// The order's number, to be used as the note of a transfer.
    #[schema(max_length = 40, example = "CIH-2611-0042")]
    order_number: String,
    /// In, or out for refunds.
    direction: Direction,
    /// The payment method.
    method: Method,
    /// The purpose.
    purpose: PaymentPurpose,
    /// The amount in rupiah; never negative, in either direction.
    amount: Rupiah,
    /// Its status.
    status: Status,
    /// The payment that this refund refunds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    refunds: Option<PaymentId>,
    /// The proof of the transfer; null if there is none.
    proof: Option<ProofView>,
    /// The gateway charge, for payments through the gateway.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) gateway: Option<PaymentChargeView>,
    /// The QRIS code, while a QRIS payment is announced.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) qris: Option<PaymentQrisView>,
    /// The payer's name; for staff only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100, example = "Contoh Sari", nullable = false)]
    payer: Option<String>,
    /// The unique code taken off the amount to transfer, so that the transfer is identified on the bank statement. Only the
    /// first transfer of an order has one; later ones have a sum of their own and pay what is transferred.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 999, nullable = false, example = 356)]
    unique_code: Option<i32>,
    /// The exact amount to transfer: the amount less the unique code. The transfer pays the whole amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = i64, minimum = 1, maximum = 9_000_000_000_000_000_i64, nullable = false, example = 146_644)]
    transfer_amount: Option<Rupiah>,
    /// For refunds and credit of transfers with a unique code: the part of the amount for which no money goes back, because
    /// it was never transferred. What goes back is the amount less this.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = i64, minimum = 1, maximum = 9_000_000_000_000_000_i64, nullable = false, example = 258)]
    code_returned: Option<Rupiah>,
    /// The account that recorded it; for staff only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    recorded_by: Option<AccountId>,
    /// The officer who holds the cash; for staff only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    held_by: Option<AccountId>,
    /// The hand-over that contains its cash; for staff only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    handover: Option<HandoverId>,
    /// When it was recorded.
    recorded_at: Instant,
    /// When it expires without proof or confirmation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    expires_at: Option<Instant>,
    /// When it was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    decided_at: Option<Instant>,
    /// The reason for a rejection.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 300, nullable = false)]
    reason: Option<String>,
    /// Incremented with every change.
    pub(in crate::payments) version: Version,
    /// The actions the caller may perform now.
    #[schema(max_items = 5)]
    actions: Vec<PaymentAction>,
}

/// The proof of a transfer.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProofView {
    /// Its URL, for callers who see the payment.
    #[schema(max_length = 200, example = "/v1/payments/019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11/proof")]
    url: String,
}

impl PaymentView {
    /// The payment as this caller sees it, with URLs below this path.
    pub(in crate::payments) fn of(payment: Payment, order: &PayableOrder, access: &PaymentAccess, path: &str) -> Self {
        let staff = access.is_staff();
        let can_expire = payment.status == Status::Pending && payment.proof.is_none();
        let actions = access.available_actions(&payment);
        PaymentView {
            id: payment.id,
            order: payment.order,
            order_number: order.number.clone(),
            direction: payment.direction,
            method: payment.method,
            purpose: payment.purpose,
            amount: payment.amount,
            status: payment.status,
            refunds: payment.refund_of,
            proof: payment.proof.map(|_| ProofView { url: format!("{path}/payments/{}/proof", payment.id) }),
            gateway: None,
            qris: None,
            payer: staff.then(|| payment.payer.unwrap_or_else(|| order.payer())),
            unique_code: payment.unique_code,
            transfer_amount: payment.transfer_amount,
            code_returned: (payment.code_returned > Rupiah::ZERO).then_some(payment.code_returned),
            handover: payment.handover.filter(|_| staff),
            recorded_by: payment.recorded_by.filter(|_| staff),
            held_by: payment.held_by.filter(|_| staff),
            recorded_at: payment.recorded_at,
            expires_at: payment.expires_at.filter(|_| can_expire),
            decided_at: payment.decided_at,
            reason: payment.reason,
            version: payment.version,
            actions,
        }
    }
}

/// The payments of an order, with the balance and the payment options.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OrderPayments {
    /// The payments, oldest first.
    #[schema(max_items = 1000)]
    data: Vec<PaymentView>,
    /// Always null: the list is not paged.
    #[schema(max_length = 600)]
    next: Option<String>,
    /// The payment state.
    state: PaymentState,
    /// The order's total.
    total: Rupiah,
    /// Payments less refunds.
    paid: Rupiah,
    /// The amount left to pay.
    owed: Rupiah,
    /// The money that can go back to the buyer: never more than arrived.
    refund_due: Rupiah,
    /// Announced payments that are pending.
    announced: Rupiah,
    /// The bank account for transfers, if the cooperative has set one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    transfer_to: Option<TransferTo>,
    /// Payment through the gateway, if one is configured.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    gateway: Option<GatewayOffer>,
    /// Payment by the cooperative's QRIS code, if it has set one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    qris: Option<QrisOffer>,
    /// The payment link: its holder can pay for this order and sees nothing else of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pay_link: Option<PayLink>,
}

/// A payment link of an order.
#[derive(Serialize, ToSchema)]
pub(super) struct PayLink {
    /// The secret of `/v1/track/{secret}/payments`.
    #[schema(max_length = 60, example = "AZqLHHweB9o6mx8vbVsaDBE")]
    secret: String,
    /// The full URL.
    #[schema(max_length = 300, example = "https://lumbung.example/v1/track/AZqLHHweB9o6mx8vbVsaDBE/payments")]
    url: String,
}

/// Secrets are never printed.
impl std::fmt::Debug for PayLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PayLink(…)")
    }
}

impl PayLink {
    /// The payment link of this order.
    pub(super) fn of(state: &AppState, order: OrderId) -> Self {
        let secret = orders::track::payment_secret(&state.signer, order);
        PayLink { url: format!("{}/v1/track/{secret}/payments", state.public_url), secret }
    }
}

/// A bank account of the cooperative.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TransferTo {
    /// The bank.
    #[schema(max_length = 100, example = "Bank Contoh")]
    bank: String,
    /// The account number.
    #[schema(max_length = 40, example = "000123456789")]
    account: String,
    /// The account holder.
    #[schema(max_length = 100, example = "Koperasi Contoh Cihonje")]
    holder: String,
    /// The note to put on the transfer.
    #[schema(max_length = 40, example = "CIH-2611-0042")]
    note: String,
}

impl TransferTo {
    /// The account, with the order's number as the note.
    pub(super) fn of(BankAccount { name, account, holder }: BankAccount, order: &PayableOrder) -> Self {
        TransferTo { bank: name, account, holder, note: order.number.clone() }
    }
}

impl OrderPayments {
    /// The payments of an order as this caller sees them.
    pub(super) fn load(
        conn: &mut Conn,
        order: OrderId,
        credential: &OrderCredential,
        gateway_config: &ConfiguredGateway,
        pay_link: PayLink,
        language: Language,
    ) -> Result<Self, PaymentError> {
        let order = &store::find_order(conn, order)?.ok_or(AccessError::Hidden)?;
        let access = credential.access(conn, order)?;
        access.require_view()?;
        let (payments, path) = (store::list_payments_of_order(conn, order.id)?, credential.url_prefix());
        let mut charges = match payments.iter().any(|payment| payment.method.terms().awaits == Awaits::Gateway) {
            true => gateway::list_charges_of_order(conn, order.id)?,
            false => Vec::new(),
        };
        let bank = cooperatives::find_cooperative(conn, order.cooperative)?.and_then(|cooperative| cooperative.bank());
        let scannable = Scannable::of(conn, order.cooperative)?;
        let balance = Balance::of(&payments)?;
        let left = order.total.minus(balance.paid()?)?;
        let is_payable = order.takes_payments() && left > Rupiah::ZERO;
        let view = |payment: Payment| {
            let own =
                charges.iter().position(|charge| charge.is_of(payment.id)).map(|index| charges.swap_remove(index));
            let code = scannable.as_ref();
            let code = code.and_then(|code| PaymentQrisView::of(code, &payment, &order.number, &path, language));
            let gateway = own.map(PaymentChargeView::from);
            PaymentView { gateway, qris: code, ..PaymentView::of(payment, order, &access, &path) }
        };
        Ok(OrderPayments {
            data: payments.into_iter().filter(|payment| access.can_see_payment(payment)).map(view).collect(),
            next: None,
            state: PaymentState::derived(PaymentFigures {
                total: order.total,
                placed_total: order.placed_total,
                paid: order.paid_total,
                refunded: order.refunded_total,
            }),
            total: order.total,
            paid: balance.paid()?,
            owed: left.max(Rupiah::ZERO),
            refund_due: balance.refund_due(order.total)?,
            announced: balance.announced,
            gateway: GatewayOffer::of(gateway_config).filter(|_| is_payable),
            pay_link: (is_payable && access.can_share_pay_link()).then_some(pay_link),
            qris: scannable.as_ref().filter(|_| is_payable).map(QrisOffer::from),
            transfer_to: bank.filter(|_| is_payable).map(|account| TransferTo::of(account, order)),
        })
    }
}

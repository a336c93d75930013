//! Payments as clients read and write them.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::access::PaymentAccess;
use super::gateway::{Charge, ChargeShown, ConfiguredGateway, GatewayOffer};
use super::payment::{Action, Balance, Direction, Method, Payment, Purpose, Status};
use super::qris::{QrisOffer, QrisShown, Scannable};
use super::record::Recording;
use super::store::{BankAccount, OrderMoney};
use crate::kernel::ids::{AccountId, HandoverId, OrderId, PaymentId};
use crate::kernel::{AmountError, Instant, Language, Rupiah};
use crate::orders::{self, Owed, PaymentState};
use crate::web::{AppState, FieldError, FieldErrors, Validate};

/// A payment to write down.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"method": "transfer", "purpose": "full", "amount": 75000}))]
pub(super) struct RecordPayment {
    /// Its id, when the client makes it.
    #[schema(nullable = false)]
    pub(super) id: Option<PaymentId>,
    /// How the money goes. Cash is written down by an officer or the treasurer.
    method: Method,
    /// What it is for; found out from the amount when it is not said.
    #[schema(nullable = false)]
    purpose: Option<Purpose>,
    /// How much, in rupiah; what is owed when it is not said.
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 1_000_000_000_000_i64, example = 75_000)]
    amount: Option<Rupiah>,
    /// The payment that a refund gives back.
    #[schema(nullable = false)]
    refunds: Option<PaymentId>,
    /// Who pays, when it is not who ordered: a daughter abroad, an office.
    #[schema(max_length = 100)]
    payer: Option<String>,
    /// The order of the same buyer for which too much was paid: `credit` only.
    #[schema(nullable = false)]
    from: Option<OrderId>,
}

impl Validate for RecordPayment {
    fn check(&self, errors: &mut FieldErrors) {
        if let Some(amount) = self.amount {
            errors.range("/amount", amount.0, 1..=Rupiah::MAX_LINE.0);
        }
        let refund = self.purpose == Some(Purpose::Refund);
        errors.require(!refund || self.refunds.is_some(), "/refunds", FieldError::Required);
        let stray = FieldError::Rule {
            code: "only-for-refunds",
            id: "Hanya diisi untuk pengembalian uang.",
            en: "This belongs to refunds only.",
        };
        errors.require(refund || self.refunds.is_none(), "/refunds", stray);
        let credit = self.method == Method::Credit;
        errors.require(!credit || self.from.is_some(), "/from", FieldError::Required);
        errors.require(credit || self.from.is_none(), "/from", CREDIT_ONLY);
        errors.require(!(credit && refund), "/purpose", CREDIT_ONLY);
        if let Some(payer) = &self.payer {
            errors.line("/payer", payer, 0..=100);
        }
    }
}

impl RecordPayment {
    pub(super) fn recording(&self, id: PaymentId) -> Recording {
        Recording {
            id,
            method: self.method,
            purpose: self.purpose,
            amount: self.amount,
            refunds: self.refunds,
            payer: self.payer.clone(),
            from: self.from,
        }
    }
}

const CREDIT_ONLY: FieldError = FieldError::Rule {
    code: "only-for-credit",
    id: "Hanya diisi untuk memakai kelebihan bayar pesanan lain.",
    en: "This belongs to the use of another order's credit only.",
};

/// A step to take with a payment.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "reject", "reason": "Uang belum masuk ke rekening."}))]
pub(super) struct DecidePayment {
    /// Which step.
    pub(super) action: TreasurerAction,
    /// Why, for the one who paid.
    #[schema(max_length = 300)]
    pub(super) reason: Option<String>,
}

crate::kernel::text_enum::text_enum! {
    /// The treasurer's steps.
    TreasurerAction {
        /// The money is there.
        Confirm = "confirm",
        /// The money did not come.
        Reject = "reject",
        /// It was confirmed by mistake: the money had not come.
        Reverse = "reverse",
    }
}

impl From<TreasurerAction> for Action {
    fn from(action: TreasurerAction) -> Action {
        match action {
            TreasurerAction::Confirm => Action::Confirm,
            TreasurerAction::Reject => Action::Reject,
            TreasurerAction::Reverse => Action::Reverse,
        }
    }
}

impl Validate for DecidePayment {
    fn check(&self, errors: &mut FieldErrors) {
        if let Some(reason) = &self.reason {
            errors.line("/reason", reason, 1..=300);
        }
    }
}

/// Which of a cooperative's payments.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PaymentsQuery {
    /// In which state; `pending` when it is not said.
    #[param(inline)]
    pub(super) status: Option<Status>,
    /// Only cash that is in someone's hands and not yet handed in; these are confirmed ones.
    #[param(example = false)]
    pub(super) held: Option<bool>,
    /// Where the page begins: `next` of the page before.
    #[param(max_length = 600)]
    pub(super) cursor: Option<String>,
    /// How many, 1 to 100; 20 when it is not said.
    #[param(minimum = 1, maximum = 100)]
    pub(super) limit: Option<u32>,
}

/// A payment.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PaymentView {
    /// Its id.
    id: PaymentId,
    /// For which order.
    order: OrderId,
    /// The order's number, as it should stand in the note of a transfer.
    #[schema(max_length = 40, example = "CIH-2611-0042")]
    order_number: String,
    /// In, or back out.
    direction: Direction,
    /// How.
    method: Method,
    /// What for.
    purpose: Purpose,
    /// How much, in rupiah; never negative, whatever the direction.
    #[schema(value_type = i64, minimum = 1, maximum = 9_000_000_000_000_000_i64, example = 75_000)]
    amount: Rupiah,
    /// Where it stands.
    status: Status,
    /// The payment that this refund gives back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    refunds: Option<PaymentId>,
    /// The picture that shows the transfer; null when there is none.
    proof: Option<ProofView>,
    /// How it is paid through the gateway, when it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    gateway: Option<ChargeShown>,
    /// How it is paid by the cooperative's QRIS, while it is announced.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    qris: Option<QrisShown>,
    /// Who pays; for those who work here.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100, example = "Contoh Sari", nullable = false)]
    payer: Option<String>,
    /// The code that is taken off what is to be transferred, so that it is told apart on the bank's statement.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 999, nullable = false, example = 356)]
    unique_code: Option<i32>,
    /// What is to be transferred, to the rupiah: the amount less the code. It counts for the amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = i64, minimum = 1, maximum = 9_000_000_000_000_000_i64, nullable = false, example = 146_644)]
    transfer_amount: Option<Rupiah>,
    /// Who wrote it down; for those who work here.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    recorded_by: Option<AccountId>,
    /// Who has the cash in hand; for those who work here.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    held_by: Option<AccountId>,
    /// With which handover its cash is on its way or went; for those who work here.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    handover: Option<HandoverId>,
    /// When it was written down.
    recorded_at: Instant,
    /// When it expires unless a picture shows it or the treasurer confirms it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    expires_at: Option<Instant>,
    /// When it was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    decided_at: Option<Instant>,
    /// Why it was rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 300, nullable = false)]
    reason: Option<String>,
    /// Grows by one with every change.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 3)]
    pub(super) version: i64,
    /// What you may do with it now.
    #[schema(max_items = 5)]
    actions: Vec<Action>,
}

/// A picture that shows a transfer.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProofView {
    /// Where it is read, by those who see the payment.
    #[schema(max_length = 200, example = "/v1/payments/019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11/proof")]
    url: String,
}

impl PaymentView {
    /// The payment as this caller sees it, who finds payments under this path.
    pub(super) fn of(payment: Payment, order: &OrderMoney, access: &PaymentAccess, path: &str) -> Self {
        let staff = access.is_staff();
        let expires = payment.status == Status::Pending && payment.proof.is_none();
        let actions = access.steps(&payment);
        PaymentView {
            id: payment.id,
            order: payment.order,
            order_number: order.number.clone(),
            direction: payment.direction,
            method: payment.method,
            purpose: payment.purpose,
            amount: payment.amount,
            status: payment.status,
            refunds: payment.refunds,
            proof: payment.proof.map(|_| ProofView { url: format!("{path}/payments/{}/proof", payment.id) }),
            gateway: None,
            qris: None,
            payer: staff.then(|| payment.payer.unwrap_or_else(|| order.payer())),
            unique_code: payment.unique_code,
            transfer_amount: payment.transfer_amount,
            handover: payment.handover.filter(|_| staff),
            recorded_by: payment.recorded_by.filter(|_| staff),
            held_by: payment.held_by.filter(|_| staff),
            recorded_at: payment.recorded_at,
            expires_at: payment.expires_at.filter(|_| expires),
            decided_at: payment.decided_at,
            reason: payment.reason,
            version: payment.version,
            actions,
        }
    }

    /// The payment, and how it is paid through the gateway.
    pub(super) fn through(mut self, charge: Option<Charge>) -> Self {
        self.gateway = charge.map(ChargeShown::from);
        self
    }

    /// The payment, and how it is paid by the cooperative's QRIS.
    pub(super) fn by_code(mut self, code: Option<QrisShown>) -> Self {
        self.qris = code;
        self
    }
}

/// The payments of an order, and what is left to pay.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OrderPayments {
    /// The payments, oldest first.
    #[schema(max_items = 1000)]
    data: Vec<PaymentView>,
    /// Always null: an order's payments come all at once.
    #[schema(max_length = 600)]
    next: Option<String>,
    /// How it stands.
    state: PaymentState,
    /// What the order comes to.
    total: Rupiah,
    /// What was paid, less what went back.
    paid: Rupiah,
    /// What is left to pay.
    owed: Rupiah,
    /// What is to go back.
    refund_due: Rupiah,
    /// What was announced and waits for the treasurer.
    announced: Rupiah,
    /// Where to transfer to, when the cooperative has told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    transfer_to: Option<TransferTo>,
    /// How to pay through the gateway, when one is set up.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    gateway: Option<GatewayOffer>,
    /// How to pay by the cooperative's QRIS, when it has set its code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    qris: Option<QrisOffer>,
    /// The link with which anybody pays for this order and sees nothing else of it: for a daughter abroad, an office.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pay_link: Option<PayLink>,
}

/// The link with which anybody pays for an order.
#[derive(Serialize, ToSchema)]
pub(super) struct PayLink {
    /// The secret of `/v1/track/{secret}/payments`.
    #[schema(max_length = 60, example = "AZqLHHweB9o6mx8vbVsaDBE")]
    secret: String,
    /// The whole address.
    #[schema(max_length = 300, example = "https://lumbung.example/v1/track/AZqLHHweB9o6mx8vbVsaDBE/payments")]
    url: String,
}

/// A secret is never printed.
impl std::fmt::Debug for PayLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PayLink(…)")
    }
}

impl PayLink {
    /// The link of this order.
    pub(super) fn of(state: &AppState, order: OrderId) -> Self {
        let secret = orders::track::secret_to_pay(&state.signer, order);
        PayLink { url: format!("{}/v1/track/{secret}/payments", state.public_url), secret }
    }
}

/// A bank account of the cooperative.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TransferTo {
    /// Which bank.
    #[schema(max_length = 100, example = "Bank Contoh")]
    bank: String,
    /// The number of the account.
    #[schema(max_length = 40, example = "000123456789")]
    account: String,
    /// Whose name it is in.
    #[schema(max_length = 100, example = "Koperasi Contoh Cihonje")]
    holder: String,
    /// What to write as the note of the transfer.
    #[schema(max_length = 40, example = "CIH-2611-0042")]
    note: String,
}

/// The ways in which a cooperative can be paid.
pub(super) struct Ways<'a> {
    pub(super) bank: Option<BankAccount>,
    pub(super) gateways: &'a ConfiguredGateway,
    pub(super) scannable: Option<Scannable>,
    pub(super) language: Language,
    pub(super) pay_link: PayLink,
}

impl OrderPayments {
    pub(super) fn of(
        order: &OrderMoney,
        payments: Vec<(Payment, Option<Charge>)>,
        ways: Ways<'_>,
        access: &PaymentAccess,
        path: &str,
    ) -> Result<Self, AmountError> {
        let balance = Balance::of(payments.iter().map(|(payment, _)| payment))?;
        let left = order.total.minus(balance.paid()?)?;
        let takes_payment =
            !matches!(order.status, crate::orders::OrderStatus::Cancelled | crate::orders::OrderStatus::Expired);
        let asks = takes_payment && left > Rupiah::ZERO;
        Ok(OrderPayments {
            state: PaymentState::derived(Owed {
                total: order.total,
                placed_total: order.placed_total,
                paid: order.paid_total,
                refunded: order.refunded_total,
            }),
            total: order.total,
            paid: balance.paid()?,
            owed: left.max(Rupiah::ZERO),
            refund_due: left.negated().max(Rupiah::ZERO),
            announced: balance.announced,
            gateway: GatewayOffer::of(ways.gateways).filter(|_| asks),
            pay_link: (asks && access.may_hand_out_pay_link()).then_some(ways.pay_link),
            qris: ways.scannable.as_ref().filter(|_| asks).map(QrisOffer::from),
            transfer_to: ways.bank.filter(|_| asks).map(|it| TransferTo {
                bank: it.bank,
                account: it.account,
                holder: it.holder,
                note: order.number.clone(),
            }),
            data: payments
                .into_iter()
                .filter(|(payment, _)| access.sees_payment(payment))
                .map(|(payment, charge)| {
                    let code = ways.scannable.as_ref();
                    let code = code.and_then(|with| QrisShown::of(with, &payment, &order.number, path, ways.language));
                    PaymentView::of(payment, order, access, path).through(charge).by_code(code)
                })
                .collect(),
            next: None,
        })
    }
}

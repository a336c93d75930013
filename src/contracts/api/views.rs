//! What clients see of contracts and invoices.

use serde::Serialize;

use crate::contracts::contract::{Contract, ContractAction, ContractLine, ContractStatus};
use crate::contracts::invoice::{Invoice, InvoiceLine, InvoiceState};
use crate::contracts::viewer;
use crate::cooperatives::Roles;
use crate::kernel::ids::{AccountId, ContractId, CooperativeId, InvoiceId, OrderId, PaymentId, ProductId};
use crate::kernel::{Day, Instant, Quantity, Rupiah, Weekdays};

/// A contract, as its buyer and the offices of its cooperative see it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ContractView {
    id: ContractId,
    cooperative: CooperativeId,
    /// With whom.
    buyer: AccountId,
    /// What they are called.
    #[schema(max_length = 100, example = "SD Contoh Cihonje")]
    buyer_name: String,
    status: ContractStatus,
    #[schema(value_type = String, format = Date, example = "2026-12-01")]
    starts_on: Day,
    #[schema(value_type = String, format = Date, example = "2027-05-31")]
    ends_on: Day,
    weekdays: Weekdays,
    #[schema(max_items = 50)]
    lines: Vec<AgreedPriceView>,
    /// How much may be open.
    credit_limit: Rupiah,
    /// How much is: ordered and not paid.
    open: Rupiah,
    /// How many days after it is issued an invoice is due.
    #[schema(minimum = 0, maximum = 90, example = 14)]
    term_days: i32,
    #[schema(max_length = 500)]
    note: Option<String>,
    /// What the caller can do with it.
    #[schema(max_items = 4)]
    actions: Vec<ContractAction>,
    created_at: Instant,
    answered_at: Option<Instant>,
    closed_at: Option<Instant>,
    /// Counts its changes.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 2)]
    version: i64,
}

/// A product and its agreed price.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct AgreedPriceView {
    product: ProductId,
    unit_price: Rupiah,
}

/// A contract with what stands around it.
pub(super) struct WholeContract {
    pub(super) contract: Contract,
    pub(super) lines: Vec<ContractLine>,
    pub(super) buyer_name: String,
    pub(super) open: Rupiah,
}

impl ContractView {
    pub(super) fn of(whole: WholeContract, roles: &Roles) -> Self {
        let WholeContract { contract: it, lines, buyer_name, open } = whole;
        ContractView {
            actions: viewer::actions(roles, &it),
            id: it.id,
            cooperative: it.cooperative,
            buyer: it.buyer,
            buyer_name,
            status: it.status,
            starts_on: it.starts_on,
            ends_on: it.ends_on,
            weekdays: it.weekdays,
            lines: lines
                .into_iter()
                .map(|line| AgreedPriceView { product: line.product, unit_price: line.unit_price })
                .collect(),
            credit_limit: it.credit_limit,
            open,
            term_days: it.term_days,
            note: it.note,
            created_at: it.created_at,
            answered_at: it.answered_at,
            closed_at: it.closed_at,
            version: it.version,
        }
    }
}

/// A month's invoice.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct InvoiceView {
    id: InvoiceId,
    contract: ContractId,
    cooperative: CooperativeId,
    #[schema(max_length = 40, example = "CIH-INV-2611-0003")]
    number: String,
    /// The first day of its month.
    #[schema(value_type = String, format = Date, example = "2026-11-01")]
    month: Day,
    state: InvoiceState,
    #[schema(value_type = String, format = Date, example = "2026-12-01")]
    issued_on: Day,
    #[schema(value_type = String, format = Date, example = "2026-12-15")]
    due_on: Day,
    /// What it asks for; less than nothing when more came back than was handed over.
    #[schema(value_type = i64, minimum = -9_000_000_000_000_i64, maximum = 9_000_000_000_000_i64, example = 1_150_000)]
    total: Rupiah,
    /// What is left to pay.
    open: Rupiah,
    #[schema(max_length = 3, example = "IDR")]
    currency: &'static str,
    /// Its lines; none in a list.
    #[schema(max_items = 10_000)]
    lines: Vec<InvoiceLineView>,
}

/// A line of an invoice.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct InvoiceLineView {
    /// When the goods were handed over, or came back.
    #[schema(value_type = String, format = Date, example = "2026-11-27")]
    day: Day,
    order: OrderId,
    #[schema(max_length = 40, example = "CIH-2611-0042")]
    order_number: String,
    /// The product; none for the way to the buyer.
    #[schema(max_length = 200, example = "Pastel sayur")]
    product_name: Option<String>,
    #[schema(max_length = 40, example = "piece")]
    unit: Option<String>,
    /// How much; negative when it came back.
    #[schema(value_type = f64, minimum = -1_000_000_000, maximum = 1_000_000_000, example = 40)]
    quantity: Quantity,
    unit_price: Rupiah,
    /// Negative when it came back.
    #[schema(value_type = i64, minimum = -9_000_000_000_000_i64, maximum = 9_000_000_000_000_i64, example = 92_000)]
    total: Rupiah,
}

impl InvoiceView {
    pub(super) fn of(it: &Invoice, lines: Vec<InvoiceLine>, open: Rupiah, today: Day) -> Self {
        InvoiceView {
            id: it.id,
            contract: it.contract,
            cooperative: it.cooperative,
            number: it.number.clone(),
            month: it.month,
            state: it.state(open, today),
            issued_on: it.issued_on,
            due_on: it.due_on,
            total: it.total,
            open,
            currency: "IDR",
            lines: lines
                .into_iter()
                .map(|line| InvoiceLineView {
                    day: line.day,
                    order: line.order,
                    order_number: line.order_number,
                    product_name: line.product_name,
                    unit: line.unit,
                    quantity: line.quantity,
                    unit_price: line.unit_price,
                    total: line.total,
                })
                .collect(),
        }
    }
}

/// What was recorded of a payment of an invoice.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct InvoicePaymentView {
    /// The invoice as it is now.
    pub(super) invoice: InvoiceView,
    /// The payments that it became, the oldest order first.
    #[schema(max_items = 10_000)]
    pub(super) payments: Vec<OrderPaymentView>,
}

/// A payment of one order.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct OrderPaymentView {
    pub(super) payment: PaymentId,
    pub(super) order: OrderId,
    pub(super) amount: Rupiah,
}

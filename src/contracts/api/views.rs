//! JSON views of contracts and invoices.

use serde::Serialize;

use crate::contracts::access;
use crate::contracts::contract::{Contract, ContractAction, ContractLine, ContractStatus};
use crate::contracts::invoice::{Invoice, InvoiceLine, InvoiceState};
use crate::cooperatives::Roles;
use crate::kernel::ids::{AccountId, ContractId, CooperativeId, InvoiceId, OrderId, PaymentId, ProductId};
use crate::kernel::{Day, Instant, Quantity, Rupiah, Weekdays};

/// A contract with a regular buyer.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ContractView {
    id: ContractId,
    cooperative: CooperativeId,
    /// The buyer.
    buyer: AccountId,
    /// The buyer's name.
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
    /// Credit limit in rupiah: maximum total of orders that are not paid.
    credit_limit: Rupiah,
    /// Total of unpaid orders under the contract, in rupiah.
    open: Rupiah,
    /// Payment term: days from the issue of an invoice until it is due.
    #[schema(minimum = 0, maximum = 90, example = 14)]
    term_days: i32,
    #[schema(max_length = 500)]
    note: Option<String>,
    /// Actions the caller may take now.
    #[schema(max_items = 4)]
    actions: Vec<ContractAction>,
    created_at: Instant,
    answered_at: Option<Instant>,
    closed_at: Option<Instant>,
    /// Version; increases with every change. Sent as `If-Match`.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 2)]
    version: i64,
}

/// A product and its agreed price.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct AgreedPriceView {
    product: ProductId,
    unit_price: Rupiah,
}

/// A contract with the related data that views show.
pub(super) struct ContractDetails {
    pub(super) contract: Contract,
    pub(super) lines: Vec<ContractLine>,
    pub(super) buyer_name: String,
    pub(super) open: Rupiah,
}

impl ContractView {
    pub(super) fn of(whole: ContractDetails, roles: &Roles) -> Self {
        let ContractDetails { contract, lines, buyer_name, open } = whole;
        ContractView {
            actions: access::list_actions(roles, &contract),
            id: contract.id,
            cooperative: contract.cooperative,
            buyer: contract.buyer,
            buyer_name,
            status: contract.status,
            starts_on: contract.starts_on,
            ends_on: contract.ends_on,
            weekdays: contract.weekdays,
            lines: lines
                .into_iter()
                .map(|line| AgreedPriceView { product: line.product, unit_price: line.unit_price })
                .collect(),
            credit_limit: contract.credit_limit,
            open,
            term_days: contract.term_days,
            note: contract.note,
            created_at: contract.created_at,
            answered_at: contract.answered_at,
            closed_at: contract.closed_at,
            version: contract.version,
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
    /// Total in rupiah; negative when more was returned than handed over.
    #[schema(value_type = i64, minimum = -9_000_000_000_000_i64, maximum = 9_000_000_000_000_i64, example = 1_150_000)]
    total: Rupiah,
    /// Amount left to pay, in rupiah.
    open: Rupiah,
    #[schema(max_length = 3, example = "IDR")]
    currency: &'static str,
    /// Lines; empty in lists.
    #[schema(max_items = 10_000)]
    lines: Vec<InvoiceLineView>,
}

/// A line of an invoice.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct InvoiceLineView {
    /// The day on which the goods were handed over or returned.
    #[schema(value_type = String, format = Date, example = "2026-11-27")]
    day: Day,
    order: OrderId,
    #[schema(max_length = 40, example = "CIH-2611-0042")]
    order_number: String,
    /// Product name; null for a delivery fee.
    #[schema(max_length = 200, example = "Pastel sayur")]
    product_name: Option<String>,
    #[schema(max_length = 40, example = "piece")]
    unit: Option<String>,
    /// Quantity; negative for returned goods.
    #[schema(value_type = f64, minimum = -1_000_000_000, maximum = 1_000_000_000, example = 40)]
    quantity: Quantity,
    unit_price: Rupiah,
    /// Total of the line; negative for returned goods.
    #[schema(value_type = i64, minimum = -9_000_000_000_000_i64, maximum = 9_000_000_000_000_i64, example = 92_000)]
    total: Rupiah,
}

impl InvoiceView {
    pub(super) fn of(invoice: &Invoice, lines: Vec<InvoiceLine>, open: Rupiah, today: Day) -> Self {
        InvoiceView {
            id: invoice.id,
            contract: invoice.contract,
            cooperative: invoice.cooperative,
            number: invoice.number.clone(),
            month: invoice.month,
            state: invoice.state(open, today),
            issued_on: invoice.issued_on,
            due_on: invoice.due_on,
            total: invoice.total,
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

/// A recorded payment of an invoice.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct InvoicePaymentView {
    /// The updated invoice.
    pub(super) invoice: InvoiceView,
    /// The payments of its orders, the oldest order first.
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

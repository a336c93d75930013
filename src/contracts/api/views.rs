//! JSON views of contracts and invoices.

use serde::Serialize;

use crate::accounts;
use crate::contracts::contract::{Contract, ContractAction, ContractStatus};
use crate::contracts::invoice::{Invoice, InvoiceLine, InvoiceState};
use crate::contracts::{access, store};
use crate::cooperatives::Roles;
use crate::db::{self, Conn};
use crate::kernel::ids::{AccountId, ContractId, CooperativeId, InvoiceId, OrderId, PaymentId, ProductId};
use crate::kernel::{Day, Instant, Quantity, Rupiah, SignedRupiah, Version, Weekdays};

/// A contract with a regular buyer.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ContractView {
    pub(super) id: ContractId,
    cooperative: CooperativeId,
    /// The buyer.
    pub(super) buyer: AccountId,
    /// The buyer's name.
    #[schema(max_length = 100, example = "SD Contoh Cihonje")]
    buyer_name: String,
    status: ContractStatus,
    starts_on: Day,
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
    pub(super) created_at: Instant,
    answered_at: Option<Instant>,
    closed_at: Option<Instant>,
    /// Version; increases with every change. Sent as `If-Match`.
    pub(super) version: Version,
}

/// A product and its agreed price.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct AgreedPriceView {
    product: ProductId,
    unit_price: Rupiah,
}

impl ContractView {
    /// Loads what the view shows of the contract to this caller.
    pub(super) fn load(conn: &mut Conn, contract: Contract, roles: &Roles) -> db::Result<Self> {
        let buyer = accounts::find_account(conn, contract.buyer)?;
        Ok(ContractView {
            actions: access::list_actions(roles, &contract),
            id: contract.id,
            cooperative: contract.cooperative,
            buyer: contract.buyer,
            buyer_name: buyer.map(|account| account.name).unwrap_or_default(),
            status: contract.status,
            starts_on: contract.starts_on,
            ends_on: contract.ends_on,
            weekdays: contract.weekdays,
            lines: store::list_lines(conn, contract.id)?
                .into_iter()
                .map(|line| AgreedPriceView { product: line.product, unit_price: line.unit_price })
                .collect(),
            credit_limit: contract.credit_limit,
            open: store::sum_open(conn, contract.id)?,
            term_days: contract.term_days,
            note: contract.note,
            created_at: contract.created_at,
            answered_at: contract.answered_at,
            closed_at: contract.closed_at,
            version: contract.version,
        })
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
    pub(super) month: Day,
    state: InvoiceState,
    issued_on: Day,
    due_on: Day,
    /// Total in rupiah; negative when more was returned than handed over.
    total: SignedRupiah,
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
    total: SignedRupiah,
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

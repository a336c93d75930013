//! The printable page of an invoice.

use actix_web::http::StatusCode;
use serde_json::{Value, json};

use crate::accounts;
use crate::catalogue::format_amount;
use crate::contracts::contract::Contract;
use crate::contracts::invoice::{Invoice, InvoiceLine, InvoiceState};
use crate::cooperatives::{self, AccessError};
use crate::db::Conn;
use crate::kernel::{Day, Language, Rupiah, format};
use crate::web::{ApiResponse, Problem, html};

const PAGE: &str = include_str!("print.html");

/// Renders the invoice in this language, with the amount left to pay today.
pub(super) fn render_invoice(
    conn: &mut Conn,
    contract: &Contract,
    invoice: &Invoice,
    lines: Vec<InvoiceLine>,
    (open, today): (Rupiah, Day),
    language: Language,
) -> Result<ApiResponse, Problem> {
    let cooperative = cooperatives::find_cooperative(conn, invoice.cooperative)?.ok_or(AccessError::Hidden)?;
    let buyer = accounts::find_account(conn, contract.buyer)?.map(|account| account.name).unwrap_or_default();
    let title = match language {
        Language::Indonesian => format!("Tagihan {}", invoice.number),
        Language::English => format!("Invoice {}", invoice.number),
    };
    let values = json!({
        "state": state(invoice.state(open, today), language),
        "buyer": buyer,
        "issued_on": format::day(language, invoice.issued_on),
        "due_on": format::day(language, invoice.due_on),
        "lines": lines.into_iter().map(|line| line_values(line, language)).collect::<Vec<_>>(),
        "total": invoice.total.to_string(),
        "open": open.to_string(),
        "bank": cooperative.bank().map(|account| format!("{} {} ({})", account.name, account.account, account.holder)),
        "cooperative": cooperative.name,
    });
    html::page(StatusCode::OK, language, &title, PAGE, values)
}

fn line_values(line: InvoiceLine, language: Language) -> Value {
    let delivery_label = match language {
        Language::Indonesian => "Ongkos kirim",
        Language::English => "Delivery",
    };
    json!({
        "day": format::day(language, line.day),
        "order": line.order_number,
        "quantity": line.unit.map(|unit| format_amount(language, line.quantity, &unit)),
        "name": line.product_name.unwrap_or_else(|| delivery_label.to_owned()),
        "price": line.unit_price.to_string(),
        "total": line.total.to_string(),
    })
}

const fn state(state: InvoiceState, language: Language) -> &'static str {
    match (state, language) {
        (InvoiceState::Open, Language::Indonesian) => "Belum dibayar",
        (InvoiceState::Open, Language::English) => "Not paid yet",
        (InvoiceState::PartlyPaid, Language::Indonesian) => "Dibayar sebagian",
        (InvoiceState::PartlyPaid, Language::English) => "Paid in part",
        (InvoiceState::Paid, Language::Indonesian) => "Lunas",
        (InvoiceState::Paid, Language::English) => "Paid",
        (InvoiceState::Overdue, Language::Indonesian) => "Lewat jatuh tempo",
        (InvoiceState::Overdue, Language::English) => "Overdue",
    }
}

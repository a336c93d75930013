//! The web page of a payment link, for browsers. It holds no personal data and no goods.

use actix_web::http::StatusCode;
use serde::Serialize;

use super::views::TransferTo;
use crate::cooperatives;
use crate::db::Conn;
use crate::kernel::ids::OrderId;
use crate::kernel::{Language, Rupiah};
use crate::payments::access::OrderCredential;
use crate::payments::error::PaymentError;
use crate::payments::payment::Balance;
use crate::payments::store;
use crate::web::{ApiResponse, Problem, html};

const PAGE: &str = include_str!("page.html");

#[derive(Serialize)]
struct Labels {
    total: &'static str,
    paid: &'static str,
    announced: &'static str,
    owed: &'static str,
    how: &'static str,
    bank: &'static str,
    account: &'static str,
    holder: &'static str,
    note: &'static str,
    then: &'static str,
    nothing: &'static str,
}

const INDONESIAN: Labels = Labels {
    total: "Total",
    paid: "Sudah dibayar",
    announced: "Sudah dikabarkan, menunggu bendahara",
    owed: "Sisa yang harus dibayar",
    how: "Cara membayar",
    bank: "Bank",
    account: "Nomor rekening",
    holder: "Atas nama",
    note: "Berita transfer",
    then: "Transfer tepat sebesar sisanya dan tulis berita transfer itu; bendahara koperasi mencocokkannya.",
    nothing: "Tidak ada yang perlu dibayar lewat tautan ini sekarang.",
};
const ENGLISH: Labels = Labels {
    total: "Total",
    paid: "Paid so far",
    announced: "Announced, waiting for the treasurer",
    owed: "Left to pay",
    how: "How to pay",
    bank: "Bank",
    account: "Account",
    holder: "In the name of",
    note: "Note of the transfer",
    then: "Transfer exactly what is left and write that note; the cooperative's treasurer matches it.",
    nothing: "There is nothing to pay by this link now.",
};

#[derive(Serialize)]
struct PayPage {
    labels: Labels,
    cooperative: String,
    total: String,
    paid: Option<String>,
    announced: Option<String>,
    owed: String,
    transfer: Option<TransferTo>,
}

/// The page in this language.
pub(super) fn render(
    conn: &mut Conn,
    order: OrderId,
    credential: &OrderCredential,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let order = store::find_order(conn, order)?.ok_or(PaymentError::NotFound)?;
    credential.access(conn, &order)?.require_view()?;
    let cooperative = cooperatives::find_cooperative(conn, order.cooperative)?.ok_or(PaymentError::NotFound)?;
    let payments = store::list_payments_of_order(conn, order.id)?;
    let balance = Balance::of(&payments).map_err(PaymentError::from)?;
    let paid = balance.paid().map_err(PaymentError::from)?;
    let owed = order.total.minus(paid).map_err(PaymentError::from)?.max(Rupiah::ZERO);
    let is_payable = owed > Rupiah::ZERO && order.takes_payments();
    let bank = store::find_bank_account(conn, order.cooperative)?.filter(|_| is_payable);
    let (title, labels) = match language {
        Language::Indonesian => (format!("Pembayaran pesanan {}", order.number), INDONESIAN),
        Language::English => (format!("Payment of order {}", order.number), ENGLISH),
    };
    let if_positive = |amount: Rupiah| (amount > Rupiah::ZERO).then(|| amount.to_string());
    let values = PayPage {
        labels,
        cooperative: cooperative.name,
        total: order.total.to_string(),
        paid: if_positive(paid),
        announced: if_positive(balance.announced),
        owed: owed.to_string(),
        transfer: bank.map(|account| TransferTo::of(account, &order)),
    };
    html::page(StatusCode::OK, language, &title, PAGE, values)
}

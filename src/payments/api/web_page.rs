//! The web page of a payment link, for browsers. It holds no personal data and no goods.

use actix_web::http::StatusCode;
use serde_json::json;

use super::views::TransferTo;
use crate::cooperatives::{self, AccessError};
use crate::db::Conn;
use crate::kernel::ids::OrderId;
use crate::kernel::{Language, Rupiah};
use crate::payments::access::OrderCredential;
use crate::payments::payment::Balance;
use crate::payments::store;
use crate::web::{ApiResponse, Problem, html};

const PAGE: &str = include_str!("page.html");

/// The page in this language.
pub(super) fn render(
    conn: &mut Conn,
    order: OrderId,
    credential: &OrderCredential,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let order = store::find_order(conn, order)?.ok_or(AccessError::Hidden)?;
    credential.access(conn, &order)?.require_view()?;
    let cooperative = cooperatives::find_cooperative(conn, order.cooperative)?.ok_or(AccessError::Hidden)?;
    let payments = store::list_payments_of_order(conn, order.id)?;
    let balance = Balance::of(&payments)?;
    let paid = balance.paid()?;
    let owed = order.total.minus(paid)?.max(Rupiah::ZERO);
    let is_payable = owed > Rupiah::ZERO && order.takes_payments();
    let bank = cooperative.bank().filter(|_| is_payable);
    let title = match language {
        Language::Indonesian => format!("Pembayaran pesanan {}", order.number),
        Language::English => format!("Payment of order {}", order.number),
    };
    let if_positive = |amount: Rupiah| (amount > Rupiah::ZERO).then(|| amount.to_string());
    let values = json!({
        "cooperative": cooperative.name,
        "total": order.total.to_string(),
        "paid": if_positive(paid),
        "announced": if_positive(balance.announced),
        "owed": owed.to_string(),
        "transfer": bank.map(|account| TransferTo::of(account, &order)),
    });
    html::page(StatusCode::OK, language, &title, PAGE, values)
}

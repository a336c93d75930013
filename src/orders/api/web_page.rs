//! The web page of an order, for browsers. It holds no personal data, because pages may be shared.

use actix_web::http::StatusCode;
use serde_json::{Value, json};

use crate::catalogue::format_amount;
use crate::cooperatives::{Cooperative, PickupPoint};
use crate::kernel::{Instant, Language, Rupiah, format};
use crate::orders::fulfilment::{FulfilmentStatus, FulfilmentWithLines};
use crate::orders::order::OrderWithFulfilments;
use crate::orders::status::{OrderStatus, PaymentState};
use crate::web::{ApiResponse, Problem, html};

const PAGE: &str = include_str!("page.html");

/// The page in this language, with times in the cooperative's zone.
pub(super) fn render(
    whole: OrderWithFulfilments,
    cooperative: Cooperative,
    point: Option<PickupPoint>,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let OrderWithFulfilments { order, fulfilments } = whole;
    let zone = cooperative.zone;
    let moment = |at| format::moment(language, zone, at);
    let payment = order.payment_state();
    let unpaid_deposit = order.status.is_open() && payment == PaymentState::Unpaid && order.deposit_due > Rupiah::ZERO;
    let title = format!("{} {}", localized(language, "Pesanan", "Order"), order.number);
    let values = json!({
        "state": order_state(order.status, language),
        "cooperative": cooperative.name,
        "placed_at": moment(order.placed_at),
        "fulfilments": fulfilments.iter().map(|part| fulfilment_values(part, language, &moment)).collect::<Vec<_>>(),
        "fee": (order.delivery_fee > Rupiah::ZERO).then(|| order.delivery_fee.to_string()),
        "total": order.total.to_string(),
        "payment": payment_state(payment, language),
        "paid": (order.paid_total > Rupiah::ZERO).then(|| order.paid_total.to_string()),
        "deposit": unpaid_deposit.then(|| order.deposit_due.to_string()),
        "pay_by": order.pay_by.map(moment),
        "point": point.map(|point| json!({ "name": point.name, "address": point.address, "hours": point.hours })),
    });
    html::page(StatusCode::OK, language, &title, PAGE, values)
}

fn fulfilment_values(
    FulfilmentWithLines { row: fulfilment, group, lines }: &FulfilmentWithLines,
    language: Language,
    moment: &impl Fn(Instant) -> String,
) -> Value {
    let parcel: Vec<&str> =
        [&fulfilment.courier, &fulfilment.tracking_number].into_iter().flatten().map(String::as_str).collect();
    let lines = lines.iter().map(|line| {
        json!({
            "name": line.row.product_name,
            "quantity": format_amount(language, line.row.quantity, &line.row.unit),
            "price": line.row.unit_price.to_string(),
            "total": line.row.total.to_string(),
        })
    });
    json!({
        "group": group.name,
        "state": fulfilment_state(fulfilment.status, language),
        "reason": fulfilment.reason,
        "ready_on": fulfilment.status.is_open().then(|| format::day(language, fulfilment.ready_on)),
        "answer_by": fulfilment.answer_by.filter(|_| fulfilment.status == FulfilmentStatus::Pending).map(moment),
        "parcel": (!parcel.is_empty()).then(|| parcel.join(" ")),
        "lines": lines.collect::<Vec<_>>(),
    })
}

/// Picks the text of this language.
const fn localized(language: Language, indonesian: &'static str, english: &'static str) -> &'static str {
    match language {
        Language::Indonesian => indonesian,
        Language::English => english,
    }
}

const fn order_state(status: OrderStatus, language: Language) -> &'static str {
    match status {
        OrderStatus::Placed => localized(language, "Menunggu jawaban", "Waiting for an answer"),
        OrderStatus::Confirmed => localized(language, "Diterima", "Accepted"),
        OrderStatus::Completed => localized(language, "Selesai", "Completed"),
        OrderStatus::Cancelled => localized(language, "Dibatalkan", "Cancelled"),
        OrderStatus::Expired => localized(language, "Tidak dijawab", "Not answered"),
    }
}

const fn fulfilment_state(status: FulfilmentStatus, language: Language) -> &'static str {
    match status {
        FulfilmentStatus::Pending => localized(language, "Menunggu jawaban kelompok", "Waiting for the group's answer"),
        FulfilmentStatus::Accepted => localized(language, "Diterima kelompok", "Accepted by the group"),
        FulfilmentStatus::Preparing => localized(language, "Sedang dikerjakan", "In the making"),
        FulfilmentStatus::Ready => localized(language, "Sudah siap", "Ready"),
        FulfilmentStatus::HandedOver => localized(language, "Sudah diserahkan", "Handed over"),
        FulfilmentStatus::Declined => localized(language, "Ditolak kelompok", "Declined by the group"),
        FulfilmentStatus::Expired => localized(language, "Tidak dijawab kelompok", "Not answered by the group"),
        FulfilmentStatus::Cancelled => localized(language, "Dibatalkan", "Cancelled"),
        FulfilmentStatus::NotCollected => localized(language, "Tidak diambil", "Not collected"),
        FulfilmentStatus::Returned => localized(language, "Dikembalikan", "Returned"),
    }
}

const fn payment_state(state: PaymentState, language: Language) -> &'static str {
    match state {
        PaymentState::Unpaid => localized(language, "Belum dibayar", "Not paid yet"),
        PaymentState::DepositPaid => localized(language, "Dibayar sebagian", "Paid in part"),
        PaymentState::Paid => localized(language, "Lunas", "Paid"),
        PaymentState::Overpaid => localized(language, "Lebih bayar", "Overpaid"),
        PaymentState::RefundDue => localized(language, "Akan dikembalikan", "To be refunded"),
        PaymentState::Refunded => localized(language, "Sudah dikembalikan", "Refunded"),
    }
}

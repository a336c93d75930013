//! The web page of an order, for browsers. It holds no personal data, because pages may be shared.

use actix_web::http::StatusCode;
use serde::Serialize;

use crate::catalogue::format_amount;
use crate::cooperatives::{Cooperative, PickupPoint};
use crate::kernel::{Instant, Language, Rupiah, format};
use crate::orders::fulfilment::FulfilmentStatus;
use crate::orders::order::{FulfilmentWithLines, OrderWithFulfilments};
use crate::orders::status::{OrderStatus, PaymentState};
use crate::web::{ApiResponse, Problem, html};

const PAGE: &str = include_str!("page.html");

#[derive(Serialize)]
struct Labels {
    placed: &'static str,
    ready: &'static str,
    answer_by: &'static str,
    reason: &'static str,
    parcel: &'static str,
    fee: &'static str,
    total: &'static str,
    payment: &'static str,
    paid: &'static str,
    deposit: &'static str,
    pay_by: &'static str,
    point: &'static str,
}

const INDONESIAN: Labels = Labels {
    placed: "Dipesan",
    ready: "Siap",
    answer_by: "Dijawab paling lambat",
    reason: "Alasan",
    parcel: "Kiriman",
    fee: "Ongkos kirim",
    total: "Total",
    payment: "Pembayaran",
    paid: "Sudah dibayar",
    deposit: "Uang muka",
    pay_by: "paling lambat",
    point: "Tempat mengambil",
};
const ENGLISH: Labels = Labels {
    placed: "Ordered",
    ready: "Ready",
    answer_by: "Answered by",
    reason: "Reason",
    parcel: "Parcel",
    fee: "Delivery",
    total: "Total",
    payment: "Payment",
    paid: "Paid so far",
    deposit: "Deposit",
    pay_by: "by",
    point: "Where to pick it up",
};

#[derive(Serialize)]
struct OrderPage {
    labels: Labels,
    state: &'static str,
    cooperative: String,
    placed_at: String,
    fulfilments: Vec<FulfilmentText>,
    fee: Option<String>,
    total: String,
    payment: &'static str,
    paid: Option<String>,
    deposit: Option<String>,
    pay_by: Option<String>,
    point: Option<PointText>,
}

#[derive(Serialize)]
struct FulfilmentText {
    group: String,
    state: &'static str,
    reason: Option<String>,
    ready_on: Option<String>,
    answer_by: Option<String>,
    parcel: Option<String>,
    lines: Vec<LineText>,
}

#[derive(Serialize)]
struct LineText {
    name: String,
    quantity: String,
    price: String,
    total: String,
}

#[derive(Serialize)]
struct PointText {
    name: String,
    address: String,
    hours: String,
}

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
    let (title, labels) = match language {
        Language::Indonesian => (format!("Pesanan {}", order.number), INDONESIAN),
        Language::English => (format!("Order {}", order.number), ENGLISH),
    };
    let values = OrderPage {
        labels,
        state: order_state(order.status, language),
        cooperative: cooperative.name,
        placed_at: moment(order.placed_at),
        fulfilments: fulfilments.into_iter().map(|fulfilment| fulfilment_text(fulfilment, language, &moment)).collect(),
        fee: (order.delivery_fee > Rupiah::ZERO).then(|| order.delivery_fee.to_string()),
        total: order.total.to_string(),
        payment: payment_state(payment, language),
        paid: (order.paid_total > Rupiah::ZERO).then(|| order.paid_total.to_string()),
        deposit: unpaid_deposit.then(|| order.deposit_due.to_string()),
        pay_by: order.pay_by.map(moment),
        point: point.map(|point| PointText { name: point.name, address: point.address, hours: point.hours }),
    };
    html::page(StatusCode::OK, language, &title, PAGE, values)
}

fn fulfilment_text(
    fulfilment: FulfilmentWithLines,
    language: Language,
    moment: &impl Fn(Instant) -> String,
) -> FulfilmentText {
    let FulfilmentWithLines { row: fulfilment, group, lines } = fulfilment;
    let parcel: Vec<String> = [fulfilment.courier, fulfilment.tracking_number].into_iter().flatten().collect();
    FulfilmentText {
        group: group.name,
        state: fulfilment_state(fulfilment.status, language),
        reason: fulfilment.reason,
        ready_on: fulfilment.status.is_open().then(|| format::day(language, fulfilment.ready_on)),
        answer_by: fulfilment.answer_by.filter(|_| fulfilment.status == FulfilmentStatus::Pending).map(moment),
        parcel: (!parcel.is_empty()).then(|| parcel.join(" ")),
        lines: lines
            .into_iter()
            .map(|line| LineText {
                quantity: format_amount(language, line.row.quantity, &line.row.unit),
                price: line.row.unit_price.to_string(),
                total: line.row.total.to_string(),
                name: line.row.product_name,
            })
            .collect(),
    }
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

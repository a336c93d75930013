//! A payout and a member's earnings as pages to print.

use actix_web::http::StatusCode;
use serde::Serialize;

use crate::cooperatives;
use crate::db::Conn;
use crate::kernel::{Language, Rupiah, format};
use crate::payouts::earning::{Earning, format_work};
use crate::payouts::payout::{PaidFrom, Payout, PayoutStatus};
use crate::payouts::store;
use crate::web::{ApiResponse, Problem, html};

const PAYOUT_TEMPLATE: &str = include_str!("payout.html");
const EARNINGS_TEMPLATE: &str = include_str!("earnings.html");

#[derive(Serialize)]
struct PayoutLabels {
    voucher: &'static str,
    paid_at: &'static str,
    until: &'static str,
    earned: &'static str,
    entries: &'static str,
    advances: &'static str,
    paid: &'static str,
    divides: &'static str,
    receipts: &'static str,
    fund: &'static str,
    shared: &'static str,
    unshared: &'static str,
    from: &'static str,
    to: &'static str,
}

const PAYOUT_ID: PayoutLabels = PayoutLabels {
    voucher: "Bukti",
    paid_at: "Dibayar",
    until: "Penjualan sampai",
    earned: "Bagian kelompok",
    entries: "catatan",
    advances: "Potong uang muka bahan",
    paid: "Diterima kelompok",
    divides: "Pembagian di kelompok",
    receipts: "Ganti belanja bahan",
    fund: "Kas kelompok",
    shared: "Dibagi menurut kerja",
    unshared: "Dibagi sendiri oleh kelompok",
    from: "Yang membayar",
    to: "Yang menerima",
};
const PAYOUT_EN: PayoutLabels = PayoutLabels {
    voucher: "Voucher",
    paid_at: "Paid",
    until: "Sales until",
    earned: "The group's share",
    entries: "entries",
    advances: "Less ingredient advances",
    paid: "Received by the group",
    divides: "Division inside the group",
    receipts: "Ingredients paid back",
    fund: "The group's fund",
    shared: "Divided by work",
    unshared: "Divided by the group itself",
    from: "Paid by",
    to: "Received by",
};

#[derive(Serialize)]
struct PayoutPage {
    labels: PayoutLabels,
    state: &'static str,
    cooperative: String,
    group: String,
    voucher: Option<String>,
    paid_at: String,
    until: String,
    items: i64,
    earned: String,
    advances: Option<String>,
    paid: String,
    from: &'static str,
    receipts: Option<String>,
    fund: String,
    fund_percent: i32,
    shared: String,
    unshared: Option<String>,
    shares: Vec<ShareLine>,
    note: Option<String>,
    reason: Option<String>,
    received_by: String,
}

#[derive(Serialize)]
struct ShareLine {
    name: String,
    work: String,
    share: String,
    receipts: Option<String>,
    amount: String,
}

fn format_non_zero(amount: Rupiah) -> Option<String> {
    (amount > Rupiah::ZERO).then(|| amount.to_string())
}

/// Renders the receipt of a payout.
pub(super) fn print_payout(conn: &mut Conn, payout: &Payout, language: Language) -> Result<ApiResponse, Problem> {
    let zone = cooperatives::load_zone(conn, payout.cooperative)?;
    let cooperative = cooperatives::find_cooperative(conn, payout.cooperative)?.ok_or_else(Problem::not_found)?;
    let group = cooperatives::find_group(conn, payout.group)?.ok_or_else(Problem::not_found)?;
    let (title, labels) = match language {
        Language::Indonesian => ("Pembayaran kepada kelompok", PAYOUT_ID),
        Language::English => ("Payout to a group", PAYOUT_EN),
    };
    let mut shares = Vec::new();
    for (share, name) in store::list_shares(conn, payout.id)? {
        shares.push(ShareLine {
            name,
            work: format_work(language, share.work, payout.basis),
            share: share.share.to_string(),
            receipts: format_non_zero(share.receipts),
            amount: share.share.plus(share.receipts).map_err(Problem::internal)?.to_string(),
        });
    }
    let values = PayoutPage {
        labels,
        state: status_label(payout.status, language),
        cooperative: cooperative.name,
        group: group.name,
        voucher: store::find_voucher_number(conn, payout.id)?,
        paid_at: format::moment(language, zone, payout.paid_at),
        until: format::day(language, payout.until),
        items: store::count_items(conn, payout.id)?,
        earned: payout.earned.to_string(),
        advances: format_non_zero(payout.advances),
        paid: payout.paid().map_err(Problem::internal)?.to_string(),
        from: paid_from_label(payout.paid_from, language),
        receipts: format_non_zero(payout.receipts),
        fund: payout.fund.to_string(),
        fund_percent: payout.fund_percent,
        shared: payout.shared.to_string(),
        unshared: format_non_zero(payout.unshared),
        shares,
        note: payout.note.clone(),
        reason: payout.reason.clone(),
        received_by: payout.received_by.clone().unwrap_or_default(),
    };
    html::page(StatusCode::OK, language, title, PAYOUT_TEMPLATE, values)
}

const fn status_label(status: PayoutStatus, language: Language) -> &'static str {
    match (status, language) {
        (PayoutStatus::Paid, Language::Indonesian) => "Lunas dibayar",
        (PayoutStatus::Paid, Language::English) => "Paid",
        (PayoutStatus::Reversed, Language::Indonesian) => "Dibatalkan",
        (PayoutStatus::Reversed, Language::English) => "Reversed",
    }
}

const fn paid_from_label(from: PaidFrom, language: Language) -> &'static str {
    match (from, language) {
        (PaidFrom::Cash, Language::Indonesian) => "tunai",
        (PaidFrom::Cash, Language::English) => "in cash",
        (PaidFrom::Bank, Language::Indonesian) => "lewat bank",
        (PaidFrom::Bank, Language::English) => "by bank",
    }
}

#[derive(Serialize)]
struct EarningsPage {
    group: String,
    receipts: &'static str,
    nothing: &'static str,
    earnings: Vec<EarningText>,
}

#[derive(Serialize)]
struct EarningText {
    heading: String,
    amount: Option<String>,
    why: String,
    receipts: Option<String>,
    batches: Vec<BatchText>,
}

#[derive(Serialize)]
struct BatchText {
    day: String,
    product: String,
    work: String,
}

/// Renders the work and earnings of a member.
pub(super) fn print_earnings(
    group: &str,
    name: &str,
    earnings: Vec<Earning>,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let (title, receipts, nothing) = match language {
        Language::Indonesian => {
            (format!("Kerja dan hasil {name}"), "Ganti belanja bahan", "Belum ada kerja yang dicatat.")
        }
        Language::English => {
            (format!("Work and earnings of {name}"), "Ingredients paid back", "No work was noted yet.")
        }
    };
    let text = |earning: Earning| {
        let until = format::day(language, earning.until);
        let heading = match (earning.payout.is_some(), language) {
            (true, Language::Indonesian) => format!("Sampai {until}"),
            (true, Language::English) => format!("Until {until}"),
            (false, Language::Indonesian) => "Belum dibayarkan".to_owned(),
            (false, Language::English) => "Not paid yet".to_owned(),
        };
        EarningText {
            heading,
            amount: earning.payout.is_some().then(|| earning.share.to_string()),
            why: earning.explain(language),
            receipts: format_non_zero(earning.receipts),
            batches: earning
                .batches
                .iter()
                .map(|batch| BatchText {
                    day: format::day(language, batch.ready_on),
                    product: batch.product.clone(),
                    work: format_work(language, batch.work, earning.basis),
                })
                .collect(),
        }
    };
    let values =
        EarningsPage { group: group.to_owned(), receipts, nothing, earnings: earnings.into_iter().map(text).collect() };
    html::page(StatusCode::OK, language, &title, EARNINGS_TEMPLATE, values)
}

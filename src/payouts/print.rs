//! A payout and a member's earnings as pages to print: one sheet for both sides, and one to take home.

use actix_web::http::StatusCode;
use serde::Serialize;

use crate::cooperatives;
use crate::db::Conn;
use crate::kernel::{Language, Rupiah, format};
use crate::ledger;
use crate::payouts::api::payouts::voucher;
use crate::payouts::earning::{Earning, amount};
use crate::payouts::payout::{PaidFrom, Payout, PayoutStatus};
use crate::payouts::store;
use crate::web::{ApiResponse, Problem, html};

const PAYOUT: &str = include_str!("payout.html");
const EARNINGS: &str = include_str!("earnings.html");

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

fn unless_zero(amount: Rupiah) -> Option<String> {
    (amount > Rupiah::ZERO).then(|| amount.to_string())
}

/// The receipt of a payout in this language.
pub(super) fn payout(conn: &mut Conn, it: &Payout, language: Language) -> Result<ApiResponse, Problem> {
    let zone = ledger::zone_of(conn, it.cooperative)?;
    let cooperative = cooperatives::find_cooperative(conn, it.cooperative)?.ok_or_else(Problem::not_found)?;
    let group = cooperatives::find_group(conn, it.group)?.ok_or_else(Problem::not_found)?;
    let (title, labels) = match language {
        Language::Indonesian => ("Pembayaran kepada kelompok", PAYOUT_ID),
        Language::English => ("Payout to a group", PAYOUT_EN),
    };
    let mut shares = Vec::new();
    for (share, name) in store::shares_of(conn, it.id)? {
        shares.push(ShareLine {
            name,
            work: amount(language, share.work, it.basis),
            share: share.share.to_string(),
            receipts: unless_zero(share.receipts),
            amount: share.share.plus(share.receipts).map_err(Problem::internal)?.to_string(),
        });
    }
    let values = PayoutPage {
        labels,
        state: state(it.status, language),
        cooperative: cooperative.name,
        group: group.name,
        voucher: voucher(conn, it.id)?,
        paid_at: format::moment(language, zone, it.paid_at),
        until: format::day(language, it.until),
        items: store::count_items(conn, it.id)?,
        earned: it.earned.to_string(),
        advances: unless_zero(it.advances),
        paid: it.paid().map_err(Problem::internal)?.to_string(),
        from: paid_from(it.paid_from, language),
        receipts: unless_zero(it.receipts),
        fund: it.fund.to_string(),
        fund_percent: it.fund_percent,
        shared: it.shared.to_string(),
        unshared: unless_zero(it.unshared),
        shares,
        note: it.note.clone(),
        reason: it.reason.clone(),
        received_by: it.received_by.clone().unwrap_or_default(),
    };
    html::page(StatusCode::OK, language, title, PAYOUT, values)
}

const fn state(status: PayoutStatus, language: Language) -> &'static str {
    match (status, language) {
        (PayoutStatus::Paid, Language::Indonesian) => "Lunas dibayar",
        (PayoutStatus::Paid, Language::English) => "Paid",
        (PayoutStatus::Reversed, Language::Indonesian) => "Dibatalkan",
        (PayoutStatus::Reversed, Language::English) => "Reversed",
    }
}

const fn paid_from(from: PaidFrom, language: Language) -> &'static str {
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

/// What a member did and earned, in this language.
pub(super) fn earnings(
    group: &str,
    name: &str,
    earnings: impl Iterator<Item = Earning>,
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
    let text = |it: Earning| {
        let until = format::day(language, it.until);
        let heading = match (it.payout.is_some(), language) {
            (true, Language::Indonesian) => format!("Sampai {until}"),
            (true, Language::English) => format!("Until {until}"),
            (false, Language::Indonesian) => "Belum dibayarkan".to_owned(),
            (false, Language::English) => "Not paid yet".to_owned(),
        };
        EarningText {
            heading,
            amount: it.payout.is_some().then(|| it.share.to_string()),
            why: it.why(language),
            receipts: unless_zero(it.receipts),
            batches: it
                .batches
                .iter()
                .map(|batch| BatchText {
                    day: format::day(language, batch.ready_on),
                    product: batch.product.clone(),
                    work: amount(language, batch.work, it.basis),
                })
                .collect(),
        }
    };
    let values = EarningsPage { group: group.to_owned(), receipts, nothing, earnings: earnings.map(text).collect() };
    html::page(StatusCode::OK, language, &title, EARNINGS, values)
}

//! The printable receipt of a hand-over, for both sides to sign.

use actix_web::http::StatusCode;
use serde::Serialize;

use super::handover::{Handover, HandoverStatus};
use super::store;
use crate::db::Conn;
use crate::kernel::ids::{Id, SourceId};
use crate::kernel::{Language, Rupiah, format};
use crate::ledger::{self, EntryKind};
use crate::payments;
use crate::web::{ApiResponse, Problem, html};

const PAGE: &str = include_str!("receipt.html");

#[derive(Serialize)]
struct Labels {
    voucher: &'static str,
    declared: &'static str,
    decided: &'static str,
    payments: &'static str,
    expected: &'static str,
    counted: &'static str,
    missing: &'static str,
    from: &'static str,
    to: &'static str,
}

const INDONESIAN: Labels = Labels {
    voucher: "Bukti",
    declared: "Diserahkan",
    decided: "Diputuskan",
    payments: "Jumlah pembayaran",
    expected: "Menurut catatan",
    counted: "Dihitung bendahara",
    missing: "Kurang",
    from: "Yang menyerahkan",
    to: "Yang menerima",
};
const ENGLISH: Labels = Labels {
    voucher: "Voucher",
    declared: "Handed over",
    decided: "Decided",
    payments: "Payments",
    expected: "On record",
    counted: "Counted by the treasurer",
    missing: "Missing",
    from: "Handed over by",
    to: "Received by",
};

#[derive(Serialize)]
struct Receipt {
    labels: Labels,
    state: &'static str,
    cooperative: String,
    voucher: Option<String>,
    declared: String,
    decided: Option<String>,
    payments: usize,
    expected: String,
    counted: Option<String>,
    missing: String,
    note: Option<String>,
    holder: String,
    receiver: String,
}

/// The receipt in this language.
pub(super) fn render(conn: &mut Conn, handover: &Handover, language: Language) -> Result<ApiResponse, Problem> {
    let zone = ledger::load_zone(conn, handover.cooperative)?;
    let entry = ledger::find_entry_by_source(conn, EntryKind::HandIn, SourceId::from_uuid(handover.id.uuid()))?;
    let (title, labels) = match language {
        Language::Indonesian => ("Serah terima uang", INDONESIAN),
        Language::English => ("Handover of cash", ENGLISH),
    };
    let moment = |at| format::moment(language, zone, at);
    let values = Receipt {
        labels,
        state: state(handover.status, language),
        cooperative: ledger::load_cooperative_name(conn, handover.cooperative)?,
        voucher: entry.map(|entry| entry.voucher_number()),
        declared: moment(handover.declared_at),
        decided: handover.decided_at.map(moment),
        payments: payments::list_in_handover(conn, handover.id)?.len(),
        expected: handover.expected.to_string(),
        counted: handover.counted.map(|counted| counted.to_string()),
        missing: handover.missing().unwrap_or(Rupiah::ZERO).to_string(),
        note: handover.note.clone(),
        holder: store::find_account_name(conn, handover.holder)?,
        receiver: handover.decided_by.map(|by| store::find_account_name(conn, by)).transpose()?.unwrap_or_default(),
    };
    html::page(StatusCode::OK, language, title, PAGE, values)
}

const fn state(status: HandoverStatus, language: Language) -> &'static str {
    match (status, language) {
        (HandoverStatus::Declared, Language::Indonesian) => "Belum diterima",
        (HandoverStatus::Declared, Language::English) => "Not received yet",
        (HandoverStatus::Received, Language::Indonesian) => "Diterima",
        (HandoverStatus::Received, Language::English) => "Received",
        (HandoverStatus::Refused, Language::Indonesian) => "Batal",
        (HandoverStatus::Refused, Language::English) => "Did not come about",
    }
}

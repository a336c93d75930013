//! The printable receipt of a handover, for both sides to sign.

use actix_web::http::StatusCode;
use serde_json::json;

use super::handover::Handover;
use super::store;
use crate::cooperatives;
use crate::db::Conn;
use crate::kernel::ids::{Id, SourceDocumentId};
use crate::kernel::{Language, Rupiah, format};
use crate::ledger::{self, EntryKind};
use crate::payments;
use crate::web::{ApiResponse, Problem, html};

const PAGE: &str = include_str!("receipt.html");

/// The receipt in this language.
pub(super) fn render(conn: &mut Conn, handover: &Handover, language: Language) -> Result<ApiResponse, Problem> {
    let zone = cooperatives::load_zone(conn, handover.cooperative)?;
    let entry =
        ledger::find_entry_by_source(conn, EntryKind::CashHandover, SourceDocumentId::from_uuid(handover.id.uuid()))?;
    let title = match language {
        Language::Indonesian => "Serah terima uang",
        Language::English => "Handover of cash",
    };
    let moment = |at| format::moment(language, zone, at);
    let values = json!({
        "status": handover.status,
        "cooperative": ledger::load_cooperative_name(conn, handover.cooperative)?,
        "voucher": entry.map(|entry| entry.voucher_number()),
        "declared": moment(handover.declared_at),
        "decided": handover.decided_at.map(moment),
        "payments": payments::list_in_handover(conn, handover.id)?.len(),
        "expected": handover.expected.to_string(),
        "counted": handover.counted.map(|counted| counted.to_string()),
        "missing": handover.missing().unwrap_or(Rupiah::ZERO).to_string(),
        "note": handover.note,
        "holder": store::find_account_name(conn, handover.holder)?,
        "receiver": handover.decided_by.map(|by| store::find_account_name(conn, by)).transpose()?.unwrap_or_default(),
    });
    html::page(StatusCode::OK, language, title, PAGE, values)
}

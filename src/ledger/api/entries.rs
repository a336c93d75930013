//! Reading entries, and making and reversing manual ones.

use super::bodies::{CreateEntry, ReverseEntry};
use super::views::EntryView;
use crate::cooperatives::{AccessError, Auditor, Treasurer};
use crate::db::Conn;
use crate::kernel::Language;
use crate::kernel::ids::{CooperativeId, EntryId};
use crate::ledger::entry::Entry;
use crate::ledger::manual_entry::enter;
use crate::ledger::reverse::reverse;
use crate::ledger::store::{self, EntryFilter, PageKey};
use crate::web::{ApiResponse, KeyRequired, List, Page, PathIds, Problem, Read, Routes, Write, routes};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes!["ledger": list_ledger_entries, create_ledger_entry, get_ledger_entry, reverse_ledger_entry]
}

fn load_view(conn: &mut Conn, entry: Entry, language: Language) -> Result<EntryView, Problem> {
    Ok(EntryView::load_one(conn, entry, language)?.ok_or(AccessError::Hidden)?)
}

/// List entries of the books
///
/// The latest day first. For the board, the treasurer and the supervisors.
#[utoipa::path(get, path = "/v1/cooperatives/{id}/ledger/entries", responses((status = 200, body = Page<EntryView>)))]
async fn list_ledger_entries(
    list: List<PageKey, EntryFilter>,
    auditor: Auditor,
    id: PathIds<CooperativeId>,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let permit = auditor.permit(id.0)?;
    let rows = list.read(move |conn, list| {
        let entries = store::list_entries(conn, permit.cooperative, &list.filter, list.after, list.limit)?;
        Ok(EntryView::load(conn, permit.cooperative, entries, language)?)
    });
    Ok(rows.await?.answer(EntryView::key, |view| view))
}

/// Enter a manual entry
///
/// For the treasurer: expenses, other income, transfers between cash and bank, advances to groups, payments of delivery
/// fees, the opening balances, and journal entries. Orders and payments are posted automatically.
#[utoipa::path(
    post, path = "/v1/cooperatives/{id}/ledger/entries",
    responses(
        (status = 201, body = EntryView),
        (status = 409, description = "`period-closed`, `opening-exists`, `more-than-held`"),
    ),
)]
async fn create_ledger_entry(
    call: Write<CreateEntry, KeyRequired>,
    treasurer: Treasurer,
    id: PathIds<CooperativeId>,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let permit = treasurer.permit(id.0)?;
    call.once(treasurer.person.idempotency_scope(), move |tx, now, body| {
        let entry = enter(tx, now, &permit, &body.to_manual_entry())?;
        let location = format!("/v1/ledger_entries/{}", entry.id);
        Ok(ApiResponse::created(location, &load_view(tx, entry, language)?))
    })
    .await
}

/// Get an entry of the books
#[utoipa::path(get, path = "/v1/ledger_entries/{id}", responses((status = 200, body = EntryView)))]
async fn get_ledger_entry(
    read: Read,
    auditor: Auditor,
    id: PathIds<EntryId>,
    language: Language,
) -> Result<ApiResponse, Problem> {
    read.run(move |conn, _| {
        let entry = store::find_entry(conn, id.0)?.ok_or(AccessError::Hidden)?;
        auditor.permit(entry.cooperative)?;
        Ok(ApiResponse::ok(&load_view(conn, entry, language)?).with_etag())
    })
    .await
}

/// Reverse a manual entry
///
/// For the treasurer. The opposite entry is posted today, and both stay. Entries of an order or a payment are reversed
/// there.
#[utoipa::path(
    post, path = "/v1/ledger_entries/{id}/reversal",
    responses((status = 201, body = EntryView), (status = 409, description = "`entry-not-by-hand`, `entry-reversed`")),
)]
async fn reverse_ledger_entry(
    call: Write<ReverseEntry, KeyRequired>,
    treasurer: Treasurer,
    id: PathIds<EntryId>,
    language: Language,
) -> Result<ApiResponse, Problem> {
    call.once(treasurer.person.idempotency_scope(), move |tx, now, body| {
        let original = store::find_entry(tx, id.0)?.ok_or(AccessError::Hidden)?;
        let permit = treasurer.permit(original.cooperative)?;
        let entry = reverse(tx, now, &permit, id.0, body.memo.as_deref())?;
        let location = format!("/v1/ledger_entries/{}", entry.id);
        Ok(ApiResponse::created(location, &load_view(tx, entry, language)?))
    })
    .await
}

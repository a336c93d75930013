//! Reading entries, and making and reversing manual ones.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::Deserialize;
use utoipa::IntoParams;

use super::bodies::{CreateEntry, ReverseEntry};
use super::views::EntryView;
use crate::cooperatives::{AccessError, Auditor, Treasurer};
use crate::db::Conn;
use crate::kernel::ids::{CooperativeId, EntryId, GroupId, OrderId, OutletId};
use crate::kernel::{Day, Language};
use crate::ledger::account::LedgerAccount;
use crate::ledger::entry::{Entry, EntryKind};
use crate::ledger::manual_entry::enter;
use crate::ledger::reverse::reverse;
use crate::ledger::store::{self, EntryFilter, PageKey};
use crate::web::{ApiResponse, AppState, Body, IdempotencyKey, Page, Paging, PathIds, Problem, Query, Routes, routes};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes!["ledger": list_ledger_entries, create_ledger_entry, get_ledger_entry, reverse_ledger_entry]
}

/// Filter of the list of entries.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct EntriesQuery {
    /// The first business day.
    from: Option<Day>,
    /// The last business day.
    to: Option<Day>,
    /// Entries that post to this account.
    #[param(value_type = Option<i32>, minimum = 1000, maximum = 9999, example = 1101)]
    account: Option<LedgerAccount>,
    /// Entries about this group.
    group: Option<GroupId>,
    /// Entries about this order.
    order: Option<OrderId>,
    /// Entries about this outlet.
    outlet: Option<OutletId>,
    /// Entries of this kind.
    #[param(inline)]
    kind: Option<EntryKind>,
    /// The `next` of the page before.
    #[param(max_length = 600)]
    cursor: Option<String>,
    /// The number of rows.
    #[param(minimum = 1, maximum = 100, example = 20)]
    limit: Option<u32>,
}

fn load_view(conn: &mut Conn, entry: Entry, language: Language) -> Result<EntryView, Problem> {
    Ok(EntryView::load_one(conn, entry, language)?.ok_or(AccessError::Hidden)?)
}

/// List entries of the books
///
/// The latest day first. For the board, the treasurer and the supervisors.
#[utoipa::path(get, path = "/v1/cooperatives/{id}/ledger/entries", responses((status = 200, body = Page<EntryView>)))]
async fn list_ledger_entries(
    state: Data<AppState>,
    auditor: Auditor,
    id: PathIds<CooperativeId>,
    Query(query): Query<EntriesQuery>,
    language: Language,
    request: HttpRequest,
) -> Result<ApiResponse, Problem> {
    let permit = auditor.permit(id.0)?;
    let EntriesQuery { from, to, account, group, order, outlet, kind, cursor, limit } = query;
    let filter = EntryFilter { from, to, account, group, order, outlet, kind };
    let list = format!("entries of {} {filter:?}", permit.cooperative);
    let paging = Paging::<PageKey>::read(&state.signer, list, limit, cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.fetch_limit());
    let views = state
        .db
        .read::<_, Problem, _>(move |conn| {
            let entries = store::list_entries(conn, permit.cooperative, &filter, after, rows)?;
            let keys: Vec<PageKey> = entries.iter().map(|entry| (entry.business_day, entry.id)).collect();
            let views = EntryView::load(conn, permit.cooperative, entries, language)?;
            Ok(keys.into_iter().zip(views).collect::<Vec<_>>())
        })
        .await?;
    let page = paging.page(&state.signer, views, |(key, _)| *key, |(_, view)| view);
    Ok(page.to_response(request.path(), request.query_string()))
}

/// Enter a manual entry
///
/// For the treasurer: expenses, other income, transfers between cash and bank, advances to groups, payments of delivery
/// fees, the opening balances, and journal entries. Orders and payments are posted automatically.
#[utoipa::path(
    post, path = "/v1/cooperatives/{id}/ledger/entries",
    params(("Idempotency-Key" = String, Header)),
    responses(
        (status = 201, body = EntryView),
        (status = 409, description = "`period-closed`, `opening-exists`, `more-than-held`"),
    ),
)]
async fn create_ledger_entry(
    state: Data<AppState>,
    treasurer: Treasurer,
    key: IdempotencyKey,
    id: PathIds<CooperativeId>,
    language: Language,
    body: Body<CreateEntry>,
) -> Result<ApiResponse, Problem> {
    let permit = treasurer.permit(id.0)?;
    let (now, scope, manual) = (state.now(), treasurer.person.scope(), body.value.into_manual_entry());
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let entry = enter(tx, now, &permit, &manual)?;
            let location = format!("/v1/ledger_entries/{}", entry.id);
            Ok::<_, Problem>(ApiResponse::created(location, &load_view(tx, entry, language)?))
        })
        .await
}

/// Get an entry of the books
#[utoipa::path(get, path = "/v1/ledger_entries/{id}", responses((status = 200, body = EntryView)))]
async fn get_ledger_entry(
    state: Data<AppState>,
    auditor: Auditor,
    id: PathIds<EntryId>,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let view = state.db.read::<_, Problem, _>(move |conn| {
        let entry = store::find_entry(conn, id.0)?.ok_or(AccessError::Hidden)?;
        auditor.permit(entry.cooperative)?;
        load_view(conn, entry, language)
    });
    Ok(ApiResponse::ok(&view.await?).with_etag())
}

/// Reverse a manual entry
///
/// For the treasurer. The opposite entry is posted today, and both stay. Entries of an order or a payment are reversed
/// there.
#[utoipa::path(
    post, path = "/v1/ledger_entries/{id}/reversal",
    params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = EntryView), (status = 409, description = "`entry-not-by-hand`, `entry-reversed`")),
)]
async fn reverse_ledger_entry(
    state: Data<AppState>,
    treasurer: Treasurer,
    key: IdempotencyKey,
    id: PathIds<EntryId>,
    language: Language,
    body: Body<ReverseEntry>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, memo) = (state.now(), treasurer.person.scope(), body.value.memo);
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let original = store::find_entry(tx, id.0)?.ok_or(AccessError::Hidden)?;
            let permit = treasurer.permit(original.cooperative)?;
            let entry = reverse(tx, now, &permit, id.0, memo.as_deref())?;
            let location = format!("/v1/ledger_entries/{}", entry.id);
            Ok::<_, Problem>(ApiResponse::created(location, &load_view(tx, entry, language)?))
        })
        .await
}

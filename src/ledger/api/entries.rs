//! Reading entries, writing them by hand, and taking those back.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::Deserialize;
use utoipa::IntoParams;

use super::bodies::{EnterByHand, ReverseEntry};
use super::views::EntryView;
use crate::cooperatives::{AccessError, Auditor, Treasurer};
use crate::db::Conn;
use crate::kernel::ids::{CooperativeId, EntryId, GroupId, OrderId, OutletId};
use crate::kernel::{Day, Language};
use crate::ledger::account::Account;
use crate::ledger::by_hand::enter;
use crate::ledger::entry::{Entry, EntryKind};
use crate::ledger::reverse::reverse;
use crate::ledger::store::{self, PageKey, Wanted};
use crate::web::{ApiResponse, AppState, Body, Idempotency, Page, Paging, PathIds, Problem, Query, Routes, routes};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes![list_entries, enter_by_hand, show_entry, reverse_entry]
}

/// Which entries are wanted.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct EntriesQuery {
    /// The first business day.
    #[param(value_type = Option<String>, format = Date, max_length = 10, example = "2026-11-01")]
    from: Option<Day>,
    /// The last.
    #[param(value_type = Option<String>, format = Date, max_length = 10, example = "2026-11-30")]
    to: Option<Day>,
    /// Only those that post to this account.
    #[param(value_type = Option<i32>, minimum = 1000, maximum = 9999, example = 1101)]
    account: Option<Account>,
    /// Only those about this group.
    group: Option<GroupId>,
    /// Only those about this order.
    order: Option<OrderId>,
    /// Only those about this outlet.
    outlet: Option<OutletId>,
    /// Only those of this kind.
    #[param(inline)]
    kind: Option<EntryKind>,
    /// The page behind this cursor.
    #[param(max_length = 600)]
    cursor: Option<String>,
    /// Rows on a page.
    #[param(minimum = 1, maximum = 100, example = 20)]
    limit: Option<u32>,
}

fn answer(conn: &mut Conn, entry: Entry, language: Language) -> Result<EntryView, Problem> {
    Ok(EntryView::of_one(conn, entry, language)?.ok_or(AccessError::Hidden)?)
}

/// List entries of the books
///
/// The latest day first; for the board, the treasurer and the supervisors.
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/ledger/entries", tag = "ledger", operation_id = "list_entries",
    params(("id" = CooperativeId, Path, description = "The cooperative"), EntriesQuery),
    responses((status = 200, description = "A page of entries", body = Page<EntryView>)),
    security(("bearer" = [])),
)]
async fn list_entries(
    state: Data<AppState>,
    auditor: Auditor,
    id: PathIds<CooperativeId>,
    Query(query): Query<EntriesQuery>,
    language: Language,
    request: HttpRequest,
) -> Result<ApiResponse, Problem> {
    let permit = auditor.of(id.0)?;
    let EntriesQuery { from, to, account, group, order, outlet, kind, cursor, limit } = query;
    let wanted = Wanted { from, to, account, group, order, outlet, kind };
    let list = format!("entries of {} {wanted:?}", permit.cooperative);
    let paging = Paging::<PageKey>::read(&state.signer, list, limit, cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.rows_to_read());
    let found = state
        .db
        .read::<_, Problem, _>(move |conn| {
            let entries = store::entries(conn, permit.cooperative, &wanted, after, rows)?;
            let keys: Vec<PageKey> = entries.iter().map(|entry| (entry.entered_on, entry.id)).collect();
            let views = EntryView::of(conn, permit.cooperative, entries, language)?;
            Ok(keys.into_iter().zip(views).collect::<Vec<_>>())
        })
        .await?;
    let page = paging.page(&state.signer, found, |(key, _)| *key, |(_, view)| view);
    Ok(page.answer(request.path(), request.query_string()))
}

/// Enter something by hand
///
/// For the treasurer: expenses, other income, money that moves between cash and bank, advances to groups, delivery fees
/// that are paid on, the opening balances, and journal entries. What follows from orders and payments posts itself.
#[utoipa::path(
    post, path = "/v1/cooperatives/{id}/ledger/entries", tag = "ledger", operation_id = "enter_by_hand",
    params(("id" = CooperativeId, Path, description = "The cooperative"), ("Idempotency-Key" = String, Header)),
    request_body = EnterByHand,
    responses(
        (status = 201, description = "Entered", body = EntryView),
        (status = 409, description = "`period-closed`, `opening-exists`, `more-than-held`"),
    ),
    security(("bearer" = [])),
)]
async fn enter_by_hand(
    state: Data<AppState>,
    treasurer: Treasurer,
    key: Idempotency,
    id: PathIds<CooperativeId>,
    language: Language,
    body: Body<EnterByHand>,
) -> Result<ApiResponse, Problem> {
    let permit = treasurer.of(id.0)?;
    let (now, scope, by_hand) = (state.now(), treasurer.person.scope(), body.value.by_hand());
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let entry = enter(tx, now, &permit, &by_hand)?;
            let location = format!("/v1/ledger_entries/{}", entry.id);
            Ok::<_, Problem>(ApiResponse::created(location, &answer(tx, entry, language)?))
        })
        .await
}

/// Show an entry of the books
#[utoipa::path(
    get, path = "/v1/ledger_entries/{id}", tag = "ledger", operation_id = "show_entry",
    params(("id" = EntryId, Path, description = "The entry")),
    responses((status = 200, description = "The entry", body = EntryView)),
    security(("bearer" = [])),
)]
async fn show_entry(
    state: Data<AppState>,
    auditor: Auditor,
    id: PathIds<EntryId>,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let view = state.db.read::<_, Problem, _>(move |conn| {
        let entry = store::entry(conn, id.0)?.ok_or(AccessError::Hidden)?;
        auditor.of(entry.cooperative)?;
        answer(conn, entry, language)
    });
    Ok(ApiResponse::ok(&view.await?).tagged())
}

/// Reverse an entry that was wrong
///
/// For the treasurer. Its opposite is entered today, and both stay. Only what was entered by hand: what follows from an
/// order or a payment is taken back there.
#[utoipa::path(
    post, path = "/v1/ledger_entries/{id}/reversal", tag = "ledger", operation_id = "reverse_entry",
    params(("id" = EntryId, Path, description = "The entry"), ("Idempotency-Key" = String, Header)),
    request_body = ReverseEntry,
    responses(
        (status = 201, description = "Reversed by this entry", body = EntryView),
        (status = 409, description = "`entry-not-by-hand`, `entry-reversed`"),
    ),
    security(("bearer" = [])),
)]
async fn reverse_entry(
    state: Data<AppState>,
    treasurer: Treasurer,
    key: Idempotency,
    id: PathIds<EntryId>,
    language: Language,
    body: Body<ReverseEntry>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, memo) = (state.now(), treasurer.person.scope(), body.value.memo);
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let wrong = store::entry(tx, id.0)?.ok_or(AccessError::Hidden)?;
            let permit = treasurer.of(wrong.cooperative)?;
            let entry = reverse(tx, now, &permit, id.0, memo.as_deref())?;
            let location = format!("/v1/ledger_entries/{}", entry.id);
            Ok::<_, Problem>(ApiResponse::created(location, &answer(tx, entry, language)?))
        })
        .await
}

//! The routes of statements.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::Deserialize;
use utoipa::IntoParams;

use super::bodies::{BringStatement, DecideLine};
use super::bring::{bring_in, look};
use super::decide::decide;
use super::error::StatementError;
use super::line::LineStatus;
use super::mapping::Mapping;
use super::store::{self, LineKey};
use super::views::{BankFormat, BankFormats, StatementLineView, StatementView};
use crate::cooperatives::{AccessError, Auditor, Treasurer};
use crate::events::{self, Event};
use crate::kernel::ids::{CooperativeId, StatementLineId};
use crate::web::{
    ApiResponse, AppState, Body, Code, FieldErrors, Idempotency, Page, Paging, PathIds, Problem, Query, Routes, routes,
};

/// The routes of this sub-slice.
pub(super) fn routes() -> Routes {
    routes![set_bank_format, list_bank_formats, bring_statement, list_statement_lines, decide_statement_line]
}

/// The most banks whose way of writing a cooperative keeps.
const MOST_FORMATS: usize = 20;

/// Say how a bank writes its statements
///
/// For the treasurer; said again, it replaces what was said.
#[utoipa::path(
    put, path = "/v1/cooperatives/{id}/bank_formats/{name}", tag = "payments", operation_id = "set_bank_format",
    params(
        ("id" = CooperativeId, Path, description = "The cooperative"),
        ("name" = String, Path, description = "What the bank is called", min_length = 1, max_length = 40, example = "BRI"),
    ),
    request_body = Mapping,
    responses((status = 200, description = "How it writes", body = BankFormat)),
    security(("bearer" = [])),
)]
async fn set_bank_format(
    state: Data<AppState>,
    treasurer: Treasurer,
    path: PathIds<(CooperativeId, String)>,
    body: Body<Mapping>,
) -> Result<ApiResponse, Problem> {
    let ((cooperative, name), now, mapping) = (path.0, state.now(), body.value);
    let permit = treasurer.of(cooperative)?;
    let mut errors = FieldErrors::default();
    errors.line("/name", &name, 1..=40);
    errors.into_result()?;
    state
        .db
        .write(move |tx| {
            let formats = store::mappings(tx, cooperative)?;
            if formats.len() >= MOST_FORMATS && formats.iter().all(|(known, _)| *known != name) {
                return Err(Problem::new(Code::TooManyFormats));
            }
            store::set_mapping(tx, now, cooperative, &name, &mapping, permit.account)?;
            let event = Event::new("bank_format.set", cooperative).by(permit.account).in_cooperative(cooperative);
            events::record(tx, now, &event.with("name", &name))?;
            Ok(ApiResponse::ok(&BankFormat { name: name.clone(), mapping: mapping.clone() }))
        })
        .await
}

/// List how banks write their statements
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/bank_formats", tag = "payments", operation_id = "list_bank_formats",
    params(("id" = CooperativeId, Path, description = "The cooperative")),
    responses((status = 200, description = "The mappings", body = BankFormats)),
    security(("bearer" = [])),
)]
async fn list_bank_formats(
    state: Data<AppState>,
    auditor: Auditor,
    id: PathIds<CooperativeId>,
) -> Result<ApiResponse, Problem> {
    let permit = auditor.of(id.0)?;
    let found =
        state.db.read::<_, StatementError, _>(move |conn| Ok(store::mappings(conn, permit.cooperative)?)).await?;
    let data = found.into_iter().map(|(name, mapping)| BankFormat { name, mapping }).collect();
    Ok(ApiResponse::ok(&BankFormats { data, next: None }).tagged())
}

/// Whether it is only looked at.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DryRun {
    /// With `true` nothing is written.
    #[param(example = true)]
    dry_run: Option<bool>,
}

/// Bring a bank statement in
///
/// For the treasurer. With `dry_run` the answer is what it would bring, and nothing is written. Without, a line that is
/// one awaited transfer confirms it; what is none or could be several waits in the queue; what was brought in before is
/// known again.
#[utoipa::path(
    post, path = "/v1/cooperatives/{id}/statements", tag = "payments", operation_id = "bring_statement",
    params(
        ("id" = CooperativeId, Path, description = "The cooperative"),
        DryRun,
        ("Idempotency-Key" = String, Header),
    ),
    request_body = BringStatement,
    responses((status = 200, description = "What it brings", body = StatementView)),
    security(("bearer" = [])),
)]
async fn bring_statement(
    state: Data<AppState>,
    treasurer: Treasurer,
    key: Idempotency,
    id: PathIds<CooperativeId>,
    Query(query): Query<DryRun>,
    body: Body<BringStatement>,
) -> Result<ApiResponse, Problem> {
    let permit = treasurer.of(id.0)?;
    let (now, scope, asked) = (state.now(), treasurer.person.scope(), body.value);
    let key = key.required()?;
    if query.dry_run == Some(true) {
        let found = state.db.read(move |conn| look(conn, &permit, &asked.format, &asked.csv));
        return Ok(ApiResponse::ok(&StatementView::of(found.await?, true).map_err(Problem::internal)?));
    }
    key.once(&state.db, now, scope, body.fingerprint, move |tx| {
        let found = bring_in(tx, now, &permit, &asked.format, &asked.csv)?;
        Ok::<_, Problem>(ApiResponse::ok(&StatementView::of(found, false).map_err(Problem::internal)?))
    })
    .await
}

/// Which lines.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct LinesQuery {
    /// Those that stand so; `queued` when it is not said.
    #[param(inline)]
    status: Option<LineStatus>,
    /// The page behind this cursor.
    #[param(max_length = 600)]
    cursor: Option<String>,
    /// Rows on a page.
    #[param(minimum = 1, maximum = 100, example = 20)]
    limit: Option<u32>,
}

/// List lines of bank statements
///
/// What waits for the treasurer, the oldest day first; or what was matched or ignored.
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/statement_lines", tag = "payments", operation_id = "list_statement_lines",
    params(("id" = CooperativeId, Path, description = "The cooperative"), LinesQuery),
    responses((status = 200, description = "A page of lines", body = Page<StatementLineView>)),
    security(("bearer" = [])),
)]
async fn list_statement_lines(
    state: Data<AppState>,
    treasurer: Treasurer,
    id: PathIds<CooperativeId>,
    Query(query): Query<LinesQuery>,
    request: HttpRequest,
) -> Result<ApiResponse, Problem> {
    let permit = treasurer.of(id.0)?;
    let status = query.status.unwrap_or(LineStatus::Queued);
    let list = format!("statement lines of {} {status}", permit.cooperative);
    let paging = Paging::<LineKey>::read(&state.signer, list, query.limit, query.cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.rows_to_read());
    let found = state
        .db
        .read::<_, StatementError, _>(move |conn| Ok(store::lines_of(conn, permit.cooperative, status, after, rows)?))
        .await?;
    let page = paging.page(&state.signer, found, |line| (line.booked_on, line.id), StatementLineView::from);
    Ok(page.answer(request.path(), request.query_string()))
}

/// Decide what a line of a bank statement is
///
/// For the treasurer: an awaited transfer, a transfer for an order that nobody had announced so, or no payment at all.
#[utoipa::path(
    post, path = "/v1/statement_lines/{id}/transitions", tag = "payments", operation_id = "decide_statement_line",
    params(("id" = StatementLineId, Path, description = "The line"), ("Idempotency-Key" = String, Header)),
    request_body = DecideLine,
    responses(
        (status = 200, description = "The line as it is now", body = StatementLineView),
        (status = 409, description = "`transition-invalid`, `amount-differs`, or the payment does not take it"),
    ),
    security(("bearer" = [])),
)]
async fn decide_statement_line(
    state: Data<AppState>,
    treasurer: Treasurer,
    key: Idempotency,
    id: PathIds<StatementLineId>,
    body: Body<DecideLine>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, decision) = (state.now(), treasurer.person.scope(), body.value.decision());
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let line = store::line(tx, id.0)?.ok_or(AccessError::Hidden)?;
            let permit = treasurer.of(line.cooperative)?;
            Ok::<_, Problem>(ApiResponse::ok(&StatementLineView::from(decide(tx, now, &permit, id.0, decision)?)))
        })
        .await
}

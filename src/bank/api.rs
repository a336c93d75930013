//! Routes of bank statements.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::Deserialize;
use utoipa::IntoParams;

use super::bodies::{DecideLine, ImportStatement};
use super::decide::decide;
use super::error::StatementError;
use super::events::{self, BankEvent};
use super::import::{self, preview};
use super::line::LineStatus;
use super::mapping::Mapping;
use super::store::{self, LineKey};
use super::views::{BankFormat, BankFormats, StatementLineView, StatementView};
use crate::cooperatives::{AccessError, Auditor, Treasurer};
use crate::kernel::ids::{CooperativeId, StatementLineId};
use crate::web::{
    ApiResponse, AppState, Body, Code, FieldErrors, IdempotencyKey, Page, Paging, PathIds, Problem, Query, Routes,
    routes,
};

/// The routes of this sub-slice.
pub(super) fn routes() -> Routes {
    routes!["payments": set_bank_format, list_bank_formats, import_statement, list_statement_lines, transition_statement_line]
}

/// Maximum number of bank formats of a cooperative.
const MAX_FORMATS: usize = 20;

/// Set the statement format of a bank
///
/// For the treasurer; replaces the former format.
#[utoipa::path(
    put, path = "/v1/cooperatives/{id}/bank_formats/{name}",
    params(
        ("name" = String, Path, description = "What the bank is called", min_length = 1, max_length = 40, example = "BRI"),
    ),
    responses((status = 200, body = BankFormat)),
)]
async fn set_bank_format(
    state: Data<AppState>,
    treasurer: Treasurer,
    path: PathIds<(CooperativeId, String)>,
    body: Body<Mapping>,
) -> Result<ApiResponse, Problem> {
    let ((cooperative, name), now, mapping) = (path.0, state.now(), body.value);
    let permit = treasurer.permit(cooperative)?;
    let mut errors = FieldErrors::default();
    errors.check_line("/name", &name, 1..=40);
    errors.into_result()?;
    state
        .db
        .write(move |tx| {
            let formats = store::list_mappings(tx, cooperative)?;
            if formats.len() >= MAX_FORMATS && formats.iter().all(|(known, _)| *known != name) {
                return Err(Problem::new(Code::TooManyFormats));
            }
            store::set_mapping(tx, now, cooperative, &name, &mapping, permit.account)?;
            let event = BankEvent::FormatSet { name: name.clone() }.about(cooperative);
            events::record(tx, now, &event.by(permit.account).in_cooperative(cooperative))?;
            Ok(ApiResponse::ok(&BankFormat { name: name.clone(), mapping: mapping.clone() }))
        })
        .await
}

/// List the statement formats of banks
#[utoipa::path(get, path = "/v1/cooperatives/{id}/bank_formats", responses((status = 200, body = BankFormats)))]
async fn list_bank_formats(
    state: Data<AppState>,
    auditor: Auditor,
    id: PathIds<CooperativeId>,
) -> Result<ApiResponse, Problem> {
    let permit = auditor.permit(id.0)?;
    let rows_read =
        state.db.read::<_, StatementError, _>(move |conn| Ok(store::list_mappings(conn, permit.cooperative)?)).await?;
    let data = rows_read.into_iter().map(|(name, mapping)| BankFormat { name, mapping }).collect();
    Ok(ApiResponse::ok(&BankFormats { data, next: None }).with_etag())
}

/// Query of a statement import.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DryRun {
    /// With `true` nothing is written.
    #[param(example = true)]
    dry_run: Option<bool>,
}

/// Import a bank statement
///
/// For the treasurer. With `dry_run` the response is a preview and nothing is written. A line that matches exactly one
/// awaited transfer confirms it; a line that matches none or several is queued for the treasurer; a line that was
/// imported before is skipped.
#[utoipa::path(
    post, path = "/v1/cooperatives/{id}/statements",
    params(("Idempotency-Key" = String, Header)),
    responses((status = 200, body = StatementView)),
)]
async fn import_statement(
    state: Data<AppState>,
    treasurer: Treasurer,
    key: IdempotencyKey,
    id: PathIds<CooperativeId>,
    Query(query): Query<DryRun>,
    body: Body<ImportStatement>,
) -> Result<ApiResponse, Problem> {
    let permit = treasurer.permit(id.0)?;
    let (now, scope, request_body) = (state.now(), treasurer.person.scope(), body.value);
    let key = key.required()?;
    if query.dry_run == Some(true) {
        let preview_lines = state.db.read(move |conn| preview(conn, &permit, &request_body.format, &request_body.csv));
        return Ok(ApiResponse::ok(&StatementView::of(preview_lines.await?, true).map_err(Problem::internal)?));
    }
    key.once(&state.db, now, scope, body.fingerprint, move |tx| {
        let imported_lines = import::import_statement(tx, now, &permit, &request_body.format, &request_body.csv)?;
        Ok::<_, Problem>(ApiResponse::ok(&StatementView::of(imported_lines, false).map_err(Problem::internal)?))
    })
    .await
}

/// Filter and page of statement lines.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct LinesQuery {
    /// Only with this status; `queued` by default.
    #[param(inline)]
    status: Option<LineStatus>,
    /// The `next` of the page before.
    #[param(max_length = 600)]
    cursor: Option<String>,
    /// Page size.
    #[param(minimum = 1, maximum = 100, example = 20)]
    limit: Option<u32>,
}

/// List lines of bank statements
///
/// Lines queued for the treasurer, oldest day first; or those that were matched or ignored.
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/statement_lines",
    responses((status = 200, body = Page<StatementLineView>)),
)]
async fn list_statement_lines(
    state: Data<AppState>,
    treasurer: Treasurer,
    id: PathIds<CooperativeId>,
    Query(query): Query<LinesQuery>,
    request: HttpRequest,
) -> Result<ApiResponse, Problem> {
    let permit = treasurer.permit(id.0)?;
    let status = query.status.unwrap_or(LineStatus::Queued);
    let list = format!("statement lines of {} {status}", permit.cooperative);
    let paging = Paging::<LineKey>::read(&state.signer, list, query.limit, query.cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.fetch_limit());
    let rows_read = state
        .db
        .read::<_, StatementError, _>(move |conn| Ok(store::list_lines(conn, permit.cooperative, status, after, rows)?))
        .await?;
    let page = paging.page(&state.signer, rows_read, |line| (line.booked_on, line.id), StatementLineView::from);
    Ok(page.to_response(request.path(), request.query_string()))
}

/// Decide a line of a bank statement
///
/// For the treasurer: it is an awaited transfer, an unannounced transfer for an order, or no payment of a buyer.
#[utoipa::path(
    post, path = "/v1/statement_lines/{id}/transitions",
    params(("Idempotency-Key" = String, Header)),
    responses(
        (status = 200, body = StatementLineView),
        (status = 409, description = "`transition-invalid`, `amount-differs`, or the payment does not take it"),
    ),
)]
async fn transition_statement_line(
    state: Data<AppState>,
    treasurer: Treasurer,
    key: IdempotencyKey,
    id: PathIds<StatementLineId>,
    body: Body<DecideLine>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, decision) = (state.now(), treasurer.person.scope(), body.value.decision());
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let line = store::find_line(tx, id.0)?.ok_or(AccessError::Hidden)?;
            let permit = treasurer.permit(line.cooperative)?;
            Ok::<_, Problem>(ApiResponse::ok(&StatementLineView::from(decide(tx, now, &permit, id.0, decision)?)))
        })
        .await
}

//! Routes of bank statements.

mod bodies;
mod views;

use serde::Deserialize;
use utoipa::IntoParams;

use self::bodies::{DecideLine, ImportStatement};
use self::views::{BankFormat, BankFormats, StatementLineView, StatementView};
use super::decide::decide;
use super::events::{self, BankEvent};
use super::import;
use super::line::LineStatus;
use super::mapping::Mapping;
use super::store::{self, StatementLinePageKey};
use crate::cooperatives::{AccessError, Auditor, Treasurer};
use crate::kernel::ids::{CooperativeId, StatementLineId};
use crate::web::{
    ApiResponse, Code, FieldErrors, KeyRequired, List, Page, PathIds, Problem, Query, Read, Routes, Write, routes,
};

/// The routes of this slice.
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
    call: Write<Mapping>,
    treasurer: Treasurer,
    PathIds((cooperative, name)): PathIds<(CooperativeId, String)>,
) -> Result<ApiResponse, Problem> {
    let permit = treasurer.permit(cooperative)?;
    let mut errors = FieldErrors::default();
    errors.check_line("/name", &name, 1..=40);
    errors.into_result()?;
    call.run(move |tx, now, mapping| {
        let formats = store::list_mappings(tx, cooperative)?;
        if formats.len() >= MAX_FORMATS && formats.iter().all(|(known, _)| *known != name) {
            return Err(Problem::new(Code::TooManyFormats));
        }
        store::set_mapping(tx, now, cooperative, &name, mapping, permit.account)?;
        let event = BankEvent::FormatSet { name: name.clone() }.about(cooperative);
        events::record(tx, now, &event.by(permit.account).in_cooperative(cooperative))?;
        Ok(ApiResponse::ok(&BankFormat { name: name.clone(), mapping: mapping.clone() }))
    })
    .await
}

/// List the statement formats of banks
#[utoipa::path(get, path = "/v1/cooperatives/{id}/bank_formats", responses((status = 200, body = BankFormats)))]
async fn list_bank_formats(read: Read, auditor: Auditor, id: PathIds<CooperativeId>) -> Result<ApiResponse, Problem> {
    let permit = auditor.permit(id.0)?;
    read.run(move |conn, _| {
        let formats = store::list_mappings(conn, permit.cooperative)?;
        let data = formats.into_iter().map(|(name, mapping)| BankFormat { name, mapping }).collect();
        Ok(ApiResponse::ok(&BankFormats { data, next: None }).with_etag())
    })
    .await
}

/// Query of a statement import.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
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
#[utoipa::path(post, path = "/v1/cooperatives/{id}/statements", responses((status = 200, body = StatementView)))]
async fn import_statement(
    call: Write<ImportStatement, KeyRequired>,
    treasurer: Treasurer,
    id: PathIds<CooperativeId>,
    query: Query<DryRun>,
) -> Result<ApiResponse, Problem> {
    let permit = treasurer.permit(id.0)?;
    if query.0.dry_run == Some(true) {
        let lines = call.preview(move |conn, _, body| Ok(import::preview(conn, &permit, &body.format, &body.csv)?));
        return Ok(ApiResponse::ok(&StatementView::of(lines.await?, true)?));
    }
    call.once(treasurer.person.idempotency_scope(), move |tx, now, body| {
        let lines = import::import_statement(tx, now, &permit, &body.format, &body.csv)?;
        Ok(ApiResponse::ok(&StatementView::of(lines, false)?))
    })
    .await
}

/// Filter of statement lines.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct LinesFilter {
    /// Only with this status; `queued` by default.
    #[param(inline)]
    status: Option<LineStatus>,
}

/// List lines of bank statements
///
/// Lines queued for the treasurer, oldest day first; or those that were matched or ignored.
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/statement_lines",
    responses((status = 200, body = Page<StatementLineView>)),
)]
async fn list_statement_lines(
    list: List<StatementLinePageKey, LinesFilter>,
    treasurer: Treasurer,
    id: PathIds<CooperativeId>,
) -> Result<ApiResponse, Problem> {
    let permit = treasurer.permit(id.0)?;
    let rows = list.read(move |conn, list| {
        let status = list.filter.status.unwrap_or(LineStatus::Queued);
        Ok(store::list_lines(conn, permit.cooperative, status, list.after, list.limit)?)
    });
    Ok(rows.await?.answer(|line| (line.booked_on, line.id), StatementLineView::from))
}

/// Decide a line of a bank statement
///
/// For the treasurer: it is an awaited transfer, an unannounced transfer for an order, or no payment of a buyer.
#[utoipa::path(
    post, path = "/v1/statement_lines/{id}/transitions",
    responses(
        (status = 200, body = StatementLineView),
        (status = 409, description = "`transition-invalid`, `amount-differs`, or the payment does not take it"),
    ),
)]
async fn transition_statement_line(
    call: Write<DecideLine, KeyRequired>,
    treasurer: Treasurer,
    id: PathIds<StatementLineId>,
) -> Result<ApiResponse, Problem> {
    call.once(treasurer.person.idempotency_scope(), move |tx, now, body| {
        let line = store::lock_line(tx, id.0)?.ok_or(AccessError::Hidden)?;
        let permit = treasurer.permit(line.cooperative)?;
        Ok(ApiResponse::ok(&StatementLineView::from(decide(tx, now, &permit, line, body.decision())?)))
    })
    .await
}

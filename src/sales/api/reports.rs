//! Sales reports of groups and cooperatives.

use actix_web::web::Data;
use serde::Deserialize;
use utoipa::IntoParams;

use super::views::SalesReport;
use crate::cooperatives::{self, Officer, Overseer};
use crate::db::Conn;
use crate::kernel::ids::{CooperativeId, GroupId};
use crate::kernel::{Day, Instant, Language, hex};
use crate::sales::access::ReportAccess;
use crate::sales::comparison::{Comparison, load_comparison};
use crate::sales::report::{GroupBy, Period, SalesScope, collect_period_errors};
use crate::sales::{store, table};
use crate::web::table::{AcceptedFormats, CsvTable, ReportFormat, XlsxTable};
use crate::web::{ApiResponse, AppState, FieldError, FieldErrors, PathIds, Problem, Query, Read, Routes, Rule, routes};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes!["sales": get_group_sales, get_cooperative_sales]
}

/// Period and grouping of a report.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(in crate::sales) struct ReportQuery {
    /// The first business day; 30 days before `to` by default.
    from: Option<Day>,
    /// The last business day; today by default.
    to: Option<Day>,
    /// The grouping of the rows; `day` by default. `group` only for a cooperative.
    #[param(inline)]
    by: Option<GroupBy>,
    /// A comparison: `last_year` for days, weeks and months, `margin` for products.
    #[param(inline)]
    with: Option<Comparison>,
}

/// A pseudonym of a buyer, which is always the same and reveals nothing about them.
fn buyer_tag(state: &AppState, key: &str) -> String {
    hex(state.signer.sign("buyer in reports", key.as_bytes()).iter().take(8))
}

fn respond(
    conn: &mut Conn,
    (state, now): (&AppState, Instant),
    access: &ReportAccess,
    query: ReportQuery,
    form: ReportFormat,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let today = cooperatives::load_zone(conn, access.cooperative)?.day_of(now);
    let period = Period::of(query.from, query.to, today);
    let by = query.by.unwrap_or(GroupBy::Day);
    validate(period, by, query.with, access.scope)?;
    let tag = |key: &str| buyer_tag(state, key);
    let mut report = store::load_report(conn, access.scope, period, by, language, access.can_see_names, &tag)?;
    let comparison = load_comparison(conn, access.scope, &mut report, query.with, language)?;
    let report = SalesReport::of(report, &comparison, tag);
    match form {
        ReportFormat::Table(form) => table::to_table(&report, query.with).to_response(form),
        ReportFormat::Json | ReportFormat::Page => Ok(ApiResponse::ok(&report).with_etag()),
    }
}

fn validate(period: Period, by: GroupBy, comparison: Option<Comparison>, scope: SalesScope) -> Result<(), Problem> {
    let mut errors = FieldErrors::default();
    collect_period_errors(period, &mut errors);
    let is_valid_grouping = by != GroupBy::Group || matches!(scope, SalesScope::Cooperative(_));
    errors.require(
        is_valid_grouping,
        "/by",
        FieldError::NotOneOf(&["day", "week", "month", "weekday", "product", "channel", "buyer"]),
    );
    errors.require(comparison.is_none_or(|comparison| comparison.applies_to(by)), "/with", Rule::DoesNotFitRows);
    errors.into_query_result()
}

/// Get the sales report of a cooperative
///
/// The sales of all its groups. For everyone with an office in the cooperative. JSON, CSV or XLSX. The totals equal the
/// goods delivered, to the rupiah.
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/sales",
    responses(
        (status = 200, content( (SalesReport = "application/json"), (CsvTable = "text/csv"), (XlsxTable = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), )),
        (status = 406, description = "None of these forms is accepted"),
    ),
)]
async fn get_cooperative_sales(
    read: Read,
    state: Data<AppState>,
    overseer: Overseer,
    id: PathIds<CooperativeId>,
    Query(query): Query<ReportQuery>,
    accepted: AcceptedFormats,
    language: Language,
) -> Result<ApiResponse, Problem> {
    read.run(move |conn, now| {
        let access = ReportAccess::to_cooperative(&overseer, id.0)?;
        respond(conn, (&state, now), &access, query, accepted.preferred_table()?, language)
    })
    .await
}

/// Get the sales report of a group
///
/// The sales of the group. For its officers, and everyone with an office in its cooperative. JSON, CSV or XLSX.
#[utoipa::path(
    get, path = "/v1/groups/{id}/sales",
    responses(
        (status = 200, content( (SalesReport = "application/json"), (CsvTable = "text/csv"), (XlsxTable = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), )),
        (status = 406, description = "None of these forms is accepted"),
    ),
)]
async fn get_group_sales(
    (read, state): (Read, Data<AppState>),
    (officer, overseer): (Officer, Overseer),
    id: PathIds<GroupId>,
    Query(query): Query<ReportQuery>,
    accepted: AcceptedFormats,
    language: Language,
) -> Result<ApiResponse, Problem> {
    read.run(move |conn, now| {
        let access = ReportAccess::to_group(conn, &officer, &overseer, id.0)?;
        respond(conn, (&state, now), &access, query, accepted.preferred_table()?, language)
    })
    .await
}

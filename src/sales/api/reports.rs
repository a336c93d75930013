//! Sales reports of groups and cooperatives.

use actix_web::web::Data;
use serde::Deserialize;
use utoipa::IntoParams;

use super::views::SalesReport;
use crate::cooperatives::{Officer, Overseer};
use crate::kernel::ids::{CooperativeId, GroupId};
use crate::kernel::{Day, Language, hex};
use crate::sales::access::{ReportAccess, can_see_names, require_group_access};
use crate::sales::comparison::{Comparison, load_comparison};
use crate::sales::report::{GroupBy, Period, SalesScope, collect_period_errors};
use crate::sales::{store, table};
use crate::web::table::{AcceptedFormats, CsvTable, ReportFormat, XlsxTable};
use crate::web::{ApiResponse, AppState, FieldError, FieldErrors, PathIds, Problem, Query, Routes, Rule, routes};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes!["sales": get_group_sales, get_cooperative_sales]
}

/// Period and grouping of a report.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
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

async fn respond(
    state: &AppState,
    access: ReportAccess,
    query: ReportQuery,
    form: ReportFormat,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let (now, signing_state) = (state.now(), state.clone());
    let (report, comparison) = state
        .db
        .read::<_, Problem, _>(move |conn| {
            let today = store::load_zone(conn, access.cooperative)?.day_of(now);
            let period = Period::of(query.from, query.to, today);
            let by = query.by.unwrap_or(GroupBy::Day);
            validate(period, by, query.with, access.scope)?;
            let tag = |key: &str| buyer_tag(&signing_state, key);
            let mut report = store::load_report(conn, access.scope, period, by, language, access.can_see_names, &tag)?;
            let comparison = load_comparison(conn, access.scope, &mut report, query.with, language)?;
            Ok((report, comparison))
        })
        .await?;
    let report = SalesReport::of(report, &comparison, |key| buyer_tag(state, key));
    match form {
        ReportFormat::Table(form) => table::to_table(&report).to_response(form),
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
        (status = 200, description = "The report", content( (SalesReport = "application/json"), (CsvTable = "text/csv"), (XlsxTable = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), )),
        (status = 406, description = "None of these forms is accepted"),
    ),
)]
async fn get_cooperative_sales(
    state: Data<AppState>,
    overseer: Overseer,
    PathIds(cooperative): PathIds<CooperativeId>,
    Query(query): Query<ReportQuery>,
    accepted: AcceptedFormats,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let permit = overseer.permit(cooperative)?;
    let scope = SalesScope::Cooperative(permit.cooperative);
    let access = ReportAccess { scope, cooperative: permit.cooperative, can_see_names: can_see_names(permit.office) };
    respond(&state, access, query, accepted.preferred_table()?, language).await
}

/// Get the sales report of a group
///
/// The sales of the group. For its officers, and everyone with an office in its cooperative. JSON, CSV or XLSX.
#[utoipa::path(
    get, path = "/v1/groups/{id}/sales",
    responses(
        (status = 200, description = "The report", content( (SalesReport = "application/json"), (CsvTable = "text/csv"), (XlsxTable = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), )),
        (status = 406, description = "None of these forms is accepted"),
    ),
)]
async fn get_group_sales(
    state: Data<AppState>,
    officer: Officer,
    overseer: Overseer,
    PathIds(group): PathIds<GroupId>,
    Query(query): Query<ReportQuery>,
    accepted: AcceptedFormats,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let access = require_group_access(&state, &officer, &overseer, group).await?;
    respond(&state, access, query, accepted.preferred_table()?, language).await
}

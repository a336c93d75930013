//! Routes of the stability report.

use actix_web::web::Data;
use serde::Deserialize;
use utoipa::IntoParams;

use super::report::load_stability;
use super::table;
use super::views::StabilityView;
use crate::cooperatives::{Officer, Overseer};
use crate::kernel::ids::{CooperativeId, GroupId};
use crate::kernel::{Day, Duration};
use crate::sales::access::{ReportAccess, require_group_access};
use crate::sales::report::{Period, SalesScope, validate_period, week_start};
use crate::sales::store::load_zone;
use crate::web::table::{AcceptedFormats, CsvTable, ReportFormat, XlsxTable};
use crate::web::{ApiResponse, AppState, PathIds, Problem, Query, Routes, routes};

/// The routes of this file.
pub fn routes() -> Routes {
    routes!["sales": get_group_stability, get_cooperative_stability]
}

/// Period of the report, and the start of the second part.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct StabilityQuery {
    /// The first business day; the Monday of the week a year before `to` by default.
    from: Option<Day>,
    /// The last business day; today by default.
    to: Option<Day>,
    /// The first day of the second part; by default the first market day, standing order or accepted offer.
    since: Option<Day>,
}

impl StabilityQuery {
    fn period(&self, today: Day) -> Result<Period, Problem> {
        let to = self.to.unwrap_or_else(|| self.from.filter(|from| *from > today).unwrap_or(today));
        let year = to.checked_sub_signed(Duration::days(364)).unwrap_or(to);
        let period = Period { from: self.from.unwrap_or_else(|| week_start(year)), to };
        validate_period(period).map(|()| period)
    }
}

async fn respond(
    state: &AppState,
    access: ReportAccess,
    query: StabilityQuery,
    form: ReportFormat,
) -> Result<ApiResponse, Problem> {
    let now = state.now();
    let report = state
        .db
        .read::<_, Problem, _>(move |conn| {
            let zone = load_zone(conn, access.cooperative)?;
            let period = query.period(zone.day_of(now))?;
            Ok(load_stability(conn, access.scope, zone, period, query.since)?)
        })
        .await?;
    let report = StabilityView::from(report);
    match form {
        ReportFormat::Table(form) => table::to_table(&report).to_response(form),
        ReportFormat::Json | ReportFormat::Page => Ok(ApiResponse::ok(&report).with_etag()),
    }
}

/// Get the stability report of a cooperative
///
/// How much was ordered before production, how much demand fluctuates from week to week before and after, unmet demand,
/// discards, and the fulfilment of standing orders. For everyone with an office in the cooperative. JSON, CSV or XLSX.
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/stability",
    responses(
        (status = 200, description = "The report", content( (StabilityView = "application/json"), (CsvTable = "text/csv"), (XlsxTable = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), )),
        (status = 406, description = "None of these forms is accepted"),
    ),
)]
async fn get_cooperative_stability(
    state: Data<AppState>,
    overseer: Overseer,
    PathIds(cooperative): PathIds<CooperativeId>,
    Query(query): Query<StabilityQuery>,
    accepted: AcceptedFormats,
) -> Result<ApiResponse, Problem> {
    let permit = overseer.permit(cooperative)?;
    let scope = SalesScope::Cooperative(permit.cooperative);
    respond(
        &state,
        ReportAccess { scope, cooperative: permit.cooperative, can_see_names: false },
        query,
        accepted.preferred_table()?,
    )
    .await
}

/// Get the stability report of a group
///
/// The report of one group. For its officers, and everyone with an office in its cooperative. JSON, CSV or XLSX.
#[utoipa::path(
    get, path = "/v1/groups/{id}/stability",
    responses(
        (status = 200, description = "The report", content( (StabilityView = "application/json"), (CsvTable = "text/csv"), (XlsxTable = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), )),
        (status = 406, description = "None of these forms is accepted"),
    ),
)]
async fn get_group_stability(
    state: Data<AppState>,
    officer: Officer,
    overseer: Overseer,
    PathIds(group): PathIds<GroupId>,
    Query(query): Query<StabilityQuery>,
    accepted: AcceptedFormats,
) -> Result<ApiResponse, Problem> {
    let access = require_group_access(&state, &officer, &overseer, group).await?;
    respond(&state, access, query, accepted.preferred_table()?).await
}

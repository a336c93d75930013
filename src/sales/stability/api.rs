//! Routes of the stability report.

use serde::Deserialize;
use utoipa::IntoParams;

use super::report::load_stability;
use super::table;
use super::views::StabilityView;
use crate::cooperatives::{self, Officer, Overseer};
use crate::db::Conn;
use crate::kernel::ids::{CooperativeId, GroupId};
use crate::kernel::{Day, Duration, Instant};
use crate::sales::access::ReportAccess;
use crate::sales::report::{Period, validate_period, week_start};
use crate::web::table::{AcceptedFormats, CsvTable, ReportFormat, XlsxTable};
use crate::web::{ApiResponse, PathIds, Problem, Query, Read, Routes, routes};

/// The routes of this file.
pub fn routes() -> Routes {
    routes!["sales": get_group_stability, get_cooperative_stability]
}

/// Period of the report, and the start of the second part.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
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

fn respond(
    conn: &mut Conn,
    now: Instant,
    access: &ReportAccess,
    query: StabilityQuery,
    form: ReportFormat,
) -> Result<ApiResponse, Problem> {
    let zone = cooperatives::load_zone(conn, access.cooperative)?;
    let period = query.period(zone.day_of(now))?;
    let report = StabilityView::from(load_stability(conn, access.scope, zone, period, query.since)?);
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
        (status = 200, content( (StabilityView = "application/json"), (CsvTable = "text/csv"), (XlsxTable = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), )),
        (status = 406, description = "None of these forms is accepted"),
    ),
)]
async fn get_cooperative_stability(
    read: Read,
    overseer: Overseer,
    id: PathIds<CooperativeId>,
    Query(query): Query<StabilityQuery>,
    accepted: AcceptedFormats,
) -> Result<ApiResponse, Problem> {
    read.run(move |conn, now| {
        let access = ReportAccess::to_cooperative(&overseer, id.0)?;
        respond(conn, now, &access, query, accepted.preferred_table()?)
    })
    .await
}

/// Get the stability report of a group
///
/// The report of one group. For its officers, and everyone with an office in its cooperative. JSON, CSV or XLSX.
#[utoipa::path(
    get, path = "/v1/groups/{id}/stability",
    responses(
        (status = 200, content( (StabilityView = "application/json"), (CsvTable = "text/csv"), (XlsxTable = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), )),
        (status = 406, description = "None of these forms is accepted"),
    ),
)]
async fn get_group_stability(
    read: Read,
    officer: Officer,
    overseer: Overseer,
    id: PathIds<GroupId>,
    Query(query): Query<StabilityQuery>,
    accepted: AcceptedFormats,
) -> Result<ApiResponse, Problem> {
    read.run(move |conn, now| {
        let access = ReportAccess::to_group(conn, &officer, &overseer, id.0)?;
        respond(conn, now, &access, query, accepted.preferred_table()?)
    })
    .await
}

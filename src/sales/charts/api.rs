//! Routes of sales charts.

use actix_web::http::StatusCode;
use serde::Deserialize;
use utoipa::{IntoParams, PartialSchema, ToSchema};

use super::compose::{self, ChartRequest};
use crate::cooperatives::{self, Officer, Overseer};
use crate::db::Conn;
use crate::kernel::ids::{CooperativeId, GroupId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Instant, Language};
use crate::sales::access::ReportAccess;
use crate::sales::report::{GroupBy, Period, validate_period};
use crate::web::{ApiResponse, Description, FieldError, PathIds, PathPart, Problem, Query, Read, Routes, routes};

/// The routes of this slice.
pub(in crate::sales) fn routes() -> Routes {
    routes!["sales": get_group_sales_chart, get_cooperative_sales_chart]
}

text_enum! {
    /// Name of a chart.
    Chart {
        /// Turnover by day or week, compared with the same Hijri days of the year before.
        Turnover = "turnover.svg",
        /// Share of each product in the turnover.
        Products = "products.svg",
        /// Share of each channel in the turnover.
        Channels = "channels.svg",
        /// Margin of each product with a known cost.
        Margin = "margin.svg",
        /// Average turnover by weekday.
        Days = "days.svg",
    }
}

text_enum! {
    /// Interval of the points of a line.
    PointInterval {
        /// A business day.
        Day = "day",
        /// A week from Monday to Sunday.
        Week = "week",
    }
}

impl PathPart for Chart {
    fn describe_part(description: &mut Description) {
        description.add_path_parameter(Chart::schema());
    }
}

/// Period of a chart.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct ChartQuery {
    /// The first business day; 30 days before `to` by default.
    from: Option<Day>,
    /// The last business day; today by default.
    to: Option<Day>,
    /// The interval of the points of the turnover; `day` by default.
    #[param(inline)]
    by: Option<PointInterval>,
}

/// The image, for the OpenAPI document.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code, reason = "used in the OpenAPI document only")]
pub(super) struct SalesChart(String);

fn respond(
    conn: &mut Conn,
    now: Instant,
    access: &ReportAccess,
    chart: Chart,
    query: ChartQuery,
    language: Language,
) -> Result<ApiResponse, Problem> {
    if query.by.is_some() && chart != Chart::Turnover {
        return Err(Problem::invalid_parameter("/by", FieldError::Unknown));
    }
    let today = cooperatives::load_zone(conn, access.cooperative)?.day_of(now);
    let period = Period::of(query.from, query.to, today);
    validate_period(period)?;
    let request = ChartRequest { scope: access.scope, period, language };
    let svg = match chart {
        Chart::Turnover => {
            let by = if query.by == Some(PointInterval::Week) { GroupBy::Week } else { GroupBy::Day };
            compose::draw_turnover(conn, request, by)
        }
        Chart::Products => compose::draw_products(conn, request),
        Chart::Channels => compose::draw_channels(conn, request),
        Chart::Margin => compose::draw_margin(conn, request),
        Chart::Days => compose::draw_days(conn, request),
    }?;
    Ok(ApiResponse::raw(StatusCode::OK, "image/svg+xml", svg.into_bytes()).with_etag())
}

/// Get a chart of a cooperative's sales
///
/// For everyone with an office in the cooperative. An SVG without scripts or fonts, with a description of its content.
/// The figures are those of the reports: `by=day` or `by=week` with `with=last_year`, `by=product`, `by=channel`,
/// `by=product` with `with=margin`, and `by=weekday`.
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/sales/{picture}",
    responses((status = 200, content((SalesChart = "image/svg+xml")))),
)]
pub(super) async fn get_cooperative_sales_chart(
    read: Read,
    overseer: Overseer,
    PathIds((cooperative, chart)): PathIds<(CooperativeId, Chart)>,
    Query(query): Query<ChartQuery>,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let access = ReportAccess::to_cooperative(&overseer, cooperative)?;
    read.run(move |conn, now| respond(conn, now, &access, chart, query, language)).await
}

/// Get a chart of a group's sales
///
/// For its officers, and everyone with an office in its cooperative. The charts are those of a cooperative.
#[utoipa::path(
    get, path = "/v1/groups/{id}/sales/{picture}",
    responses((status = 200, content((SalesChart = "image/svg+xml")))),
)]
pub(super) async fn get_group_sales_chart(
    read: Read,
    officer: Officer,
    overseer: Overseer,
    PathIds((group, chart)): PathIds<(GroupId, Chart)>,
    Query(query): Query<ChartQuery>,
    language: Language,
) -> Result<ApiResponse, Problem> {
    read.run(move |conn, now| {
        let access = ReportAccess::to_group(conn, &officer, &overseer, group)?;
        respond(conn, now, &access, chart, query, language)
    })
    .await
}

//! Routes of the stability report.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::report::{
    Discarded, HalfPeriod, SalesVolume, ShortfallTotal, StabilityReport, StandingOrderService, StartCause,
    UnmetDemandTotal, load_stability,
};
use super::table;
use crate::cooperatives::{Officer, Overseer};
use crate::kernel::ids::{CooperativeId, GroupId, ProductId};
use crate::kernel::{Day, Duration, Quantity, Rupiah};
use crate::sales::api::{ReportAccess, require_group_access, validate_period};
use crate::sales::report::{Period, SalesScope, week_start};
use crate::sales::store::load_zone;
use crate::standing_orders::ShortfallReason;
use crate::supply::Reason;
use crate::web::table::{AcceptedFormats, CsvTable, ReportFormat, XlsxTable};
use crate::web::{ApiResponse, AppState, PathIds, Problem, Query, Routes, routes};

/// The routes of this file.
pub fn routes() -> Routes {
    routes![get_group_stability, get_cooperative_stability]
}

/// Period of the report, and the start of the second part.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct StabilityQuery {
    /// The first business day; the Monday of the week a year before `to` by default.
    #[param(value_type = Option<String>, format = Date, max_length = 10, example = "2025-12-01")]
    from: Option<Day>,
    /// The last business day; today by default.
    #[param(value_type = Option<String>, format = Date, max_length = 10, example = "2026-11-29")]
    to: Option<Day>,
    /// The first day of the second part; by default the first market day, standing order or accepted offer.
    #[param(value_type = Option<String>, format = Date, max_length = 10, example = "2026-06-01")]
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

/// Stability of demand before and after market days and standing orders. Shares are in basis points, hundredths of a
/// percent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SteadinessReport)]
pub(super) struct StabilityView {
    /// The currency of all amounts.
    #[schema(max_length = 3, example = "IDR")]
    pub(super) currency: &'static str,
    /// The first business day.
    #[schema(value_type = String, format = Date, max_length = 10, example = "2025-12-01")]
    pub(super) from: Day,
    /// The last business day.
    #[schema(value_type = String, format = Date, max_length = 10, example = "2026-11-29")]
    pub(super) to: Day,
    /// The first day of the second part; null if it has not begun.
    #[schema(value_type = Option<String>, format = Date, max_length = 10, example = "2026-06-01")]
    pub(super) since: Option<Day>,
    /// What began on that day.
    pub(super) since_by: Option<StartCause>,
    /// Sales of the whole period.
    pub(super) sold: SalesVolumeView,
    /// The weeks before.
    pub(super) before: HalfPeriodView,
    /// The weeks after; null if they have not begun.
    pub(super) after: Option<HalfPeriodView>,
    /// Unmet demand by product and reason, the largest first.
    #[schema(max_items = 100_000)]
    pub(super) refused: Vec<UnmetDemandTotalView>,
    /// Discards by product.
    #[schema(max_items = 100_000)]
    pub(super) discarded: Vec<DiscardedView>,
    /// Fulfilment of standing orders.
    pub(super) standing_orders: StandingOrderServiceView,
}

/// Sales, and the part that was ordered before production.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SoldAndCommitted)]
pub(super) struct SalesVolumeView {
    /// The amount delivered, net of returns.
    #[schema(value_type = i64, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64, example = 48_000_000)]
    pub(super) amount: Rupiah,
    /// The part that was ordered before production.
    #[schema(value_type = i64, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64, example = 30_000_000)]
    pub(super) committed: Rupiah,
    /// `committed` as a share of `amount`, in basis points; null without sales.
    #[schema(minimum = -1_000_000, maximum = 1_000_000, example = 6_250)]
    pub(super) committed_share: Option<i64>,
}

/// The weeks before or after: whole weeks from Monday to Sunday within the period, from the first week with sales or
/// unmet demand.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SteadinessWeeks)]
pub(super) struct HalfPeriodView {
    /// The number of weeks.
    #[schema(minimum = 0, maximum = 200, example = 26)]
    pub(super) weeks: usize,
    /// Sales in these weeks.
    pub(super) sold: SalesVolumeView,
    /// The mean demand of a week: sales, and unmet demand of known buyers at today's price. Null for fewer than two
    /// weeks.
    #[schema(minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64, example = 1_850_000)]
    pub(super) weekly_demand: Option<i64>,
    /// The standard deviation of the weekly demand, by the sample variance.
    #[schema(minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 420_000)]
    pub(super) deviation: Option<i64>,
    /// The coefficient of variation, deviation by mean, in basis points: the less, the more stable.
    #[schema(minimum = 0, maximum = 1_000_000, example = 2_270)]
    pub(super) variation: Option<i64>,
}

/// Unmet demand for a product, for one reason.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RefusedByReason)]
pub(super) struct UnmetDemandTotalView {
    product: ProductId,
    /// The name of the product.
    #[schema(max_length = 120, example = "Pastel sayur")]
    pub(super) name: String,
    #[schema(max_length = 20, example = "piece")]
    pub(super) unit: String,
    /// The reason.
    pub(super) reason: Reason,
    /// The quantity that known buyers wanted.
    #[schema(value_type = f64, minimum = 0, maximum = 1_000_000_000_000_i64, example = 240)]
    pub(super) quantity: Quantity,
    /// The number of requests of known buyers.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 6)]
    wishes: usize,
    /// The quantity of anonymous quotes, which may come from the same person many times.
    #[schema(value_type = f64, minimum = 0, maximum = 1_000_000_000_000_i64, example = 30)]
    pub(super) anonymous: Quantity,
}

/// Discards of a product.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DiscardedOfProduct)]
pub(super) struct DiscardedView {
    product: ProductId,
    /// The name of the product.
    #[schema(max_length = 120, example = "Pastel sayur")]
    pub(super) name: String,
    #[schema(max_length = 20, example = "piece")]
    pub(super) unit: String,
    /// The discarded quantity.
    #[schema(value_type = f64, minimum = 0, maximum = 1_000_000_000_000_i64, example = 18)]
    pub(super) quantity: Quantity,
    /// The quantity made in the batches that were ready in the period.
    #[schema(value_type = f64, minimum = 0, maximum = 1_000_000_000_000_i64, example = 900)]
    pub(super) made: Quantity,
    /// The cost of the discarded goods; null if a batch has no unit cost.
    pub(super) cost: Option<Rupiah>,
}

/// Fulfilment of standing orders.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StandingOrdersServed)]
pub(super) struct StandingOrderServiceView {
    /// Occurrences that placed an order.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 118)]
    pub(super) placed: usize,
    /// Occurrences that could not be served.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 4)]
    pub(super) refused: usize,
    /// Occurrences that the buyer skipped.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 3)]
    pub(super) skipped: usize,
    /// Occurrences that the buyer did not confirm.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 2)]
    pub(super) lapsed: usize,
    /// Lines of the occurrences that placed an order or could not be served.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 130)]
    pub(super) lines: usize,
    /// Lines that were served in full.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 121)]
    pub(super) filled: usize,
    /// The mean of the served part of each line, in basis points; null without lines.
    #[schema(minimum = 0, maximum = 10_000, example = 9_580)]
    pub(super) fill_rate: Option<i64>,
    /// The reasons of the other lines.
    #[schema(max_items = 20)]
    pub(super) reasons: Vec<ShortfallView>,
}

/// Lines that were not served in full, for one reason.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StandingOrdersUnserved)]
pub(super) struct ShortfallView {
    pub(super) reason: ShortfallReason,
    /// The number of lines.
    #[schema(minimum = 1, maximum = 1_000_000_000, example = 7)]
    pub(super) lines: usize,
}

impl From<StabilityReport> for StabilityView {
    fn from(report: StabilityReport) -> Self {
        StabilityView {
            currency: "IDR",
            from: report.period.from,
            to: report.period.to,
            since: report.since.map(|(day, _)| day),
            since_by: report.since.map(|(_, by)| by),
            sold: report.sold.into(),
            before: report.before.into(),
            after: report.after.map(HalfPeriodView::from),
            refused: report.refused.into_iter().map(UnmetDemandTotalView::from).collect(),
            discarded: report.discarded.into_iter().map(DiscardedView::from).collect(),
            standing_orders: report.standing.into(),
        }
    }
}

impl From<SalesVolume> for SalesVolumeView {
    fn from(volume: SalesVolume) -> Self {
        SalesVolumeView { amount: volume.amount, committed: volume.committed, committed_share: volume.share() }
    }
}

impl From<HalfPeriod> for HalfPeriodView {
    fn from(half: HalfPeriod) -> Self {
        HalfPeriodView {
            weeks: half.weeks,
            sold: half.sold.into(),
            weekly_demand: half.dispersion.map(|dispersion| dispersion.mean),
            deviation: half.dispersion.map(|dispersion| dispersion.deviation),
            variation: half.dispersion.and_then(|dispersion| dispersion.variation),
        }
    }
}

impl From<UnmetDemandTotal> for UnmetDemandTotalView {
    fn from(total: UnmetDemandTotal) -> Self {
        let UnmetDemandTotal { product, reason, quantity, wishes, anonymous } = total;
        UnmetDemandTotalView {
            product: product.id,
            name: product.name,
            unit: product.unit,
            reason,
            quantity,
            wishes,
            anonymous,
        }
    }
}

impl From<Discarded> for DiscardedView {
    fn from(discarded: Discarded) -> Self {
        let Discarded { product, quantity, made, cost } = discarded;
        DiscardedView { product: product.id, name: product.name, unit: product.unit, quantity, made, cost }
    }
}

impl From<StandingOrderService> for StandingOrderServiceView {
    fn from(service: StandingOrderService) -> Self {
        let StandingOrderService { placed, refused, skipped, lapsed, lines, filled, fill_rate, reasons } = service;
        let reasons =
            reasons.into_iter().map(|ShortfallTotal { reason, lines }| ShortfallView { reason, lines }).collect();
        StandingOrderServiceView { placed, refused, skipped, lapsed, lines, filled, fill_rate, reasons }
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
    get,
    path = "/v1/cooperatives/{id}/steadiness",
    tag = "sales",
    params(("id" = CooperativeId, Path, description = "The cooperative"), StabilityQuery),
    responses(
        (status = 200, description = "The report", content(
            (StabilityView = "application/json"),
            (CsvTable = "text/csv"),
            (XlsxTable = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
        (status = 406, description = "None of these forms is accepted"),
    ),
    security(("bearer" = [])),
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
    get,
    path = "/v1/groups/{id}/steadiness",
    tag = "sales",
    params(("id" = GroupId, Path, description = "The group"), StabilityQuery),
    responses(
        (status = 200, description = "The report", content(
            (StabilityView = "application/json"),
            (CsvTable = "text/csv"),
            (XlsxTable = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
        (status = 406, description = "None of these forms is accepted"),
    ),
    security(("bearer" = [])),
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

//! The routes of the report.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::report::{Discarded, Half, Refused, SinceBy, Sold, Stability, StandingOrders, Unserved, stability};
use super::table;
use crate::cooperatives::{Officer, Overseer};
use crate::kernel::ids::{CooperativeId, GroupId, ProductId};
use crate::kernel::{Day, Duration, Quantity, Rupiah};
use crate::sales::api::{Reader, check_period, reader_of_group};
use crate::sales::report::{Period, Scope, monday};
use crate::sales::store::zone_of;
use crate::standing_orders::Why;
use crate::supply::Reason;
use crate::web::table::{Accepted, CsvTable, Form, XlsxTable};
use crate::web::{ApiResponse, AppState, PathIds, Problem, Query, Routes, routes};

/// The routes of this report.
pub fn routes() -> Routes {
    routes![group_steadiness, cooperative_steadiness]
}

/// Which days, and from when it counts as after.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SteadinessQuery {
    /// The first business day; a year before `to`, on a Monday, when it is not said.
    #[param(value_type = Option<String>, format = Date, max_length = 10, example = "2025-12-01")]
    from: Option<Day>,
    /// The last business day; today when it is not said.
    #[param(value_type = Option<String>, format = Date, max_length = 10, example = "2026-11-29")]
    to: Option<Day>,
    /// The day with which the steadier market began; its first market day, standing order or taken offer when it is not
    /// said.
    #[param(value_type = Option<String>, format = Date, max_length = 10, example = "2026-06-01")]
    since: Option<Day>,
}

impl SteadinessQuery {
    fn period(&self, today: Day) -> Result<Period, Problem> {
        let to = self.to.unwrap_or_else(|| self.from.filter(|from| *from > today).unwrap_or(today));
        let year = to.checked_sub_signed(Duration::days(364)).unwrap_or(to);
        let period = Period { from: self.from.unwrap_or_else(|| monday(year)), to };
        check_period(period).map(|()| period)
    }
}

/// What a steadier market changed. Shares are in basis points, hundredths of a percent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SteadinessReport)]
pub(super) struct SteadinessView {
    /// The money of all amounts.
    #[schema(max_length = 3, example = "IDR")]
    pub(super) currency: &'static str,
    /// The first business day.
    #[schema(value_type = String, format = Date, max_length = 10, example = "2025-12-01")]
    pub(super) from: Day,
    /// The last business day.
    #[schema(value_type = String, format = Date, max_length = 10, example = "2026-11-29")]
    pub(super) to: Day,
    /// The day with which it began; null when it has not.
    #[schema(value_type = Option<String>, format = Date, max_length = 10, example = "2026-06-01")]
    pub(super) since: Option<Day>,
    /// With what it began.
    pub(super) since_by: Option<SinceBy>,
    /// What was sold in all.
    pub(super) sold: SoldView,
    /// The weeks before.
    pub(super) before: HalfView,
    /// The weeks after; null when it has not begun.
    pub(super) after: Option<HalfView>,
    /// What could not be had, the largest first.
    #[schema(max_items = 100_000)]
    pub(super) refused: Vec<RefusedView>,
    /// What was thrown away, by product.
    #[schema(max_items = 100_000)]
    pub(super) discarded: Vec<DiscardedView>,
    /// How standing orders were served.
    pub(super) standing_orders: StandingOrdersView,
}

/// What was sold, and how much of it was ordered before it was made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SoldAndCommitted)]
pub(super) struct SoldView {
    /// What was handed over, less what came back.
    #[schema(value_type = i64, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64, example = 48_000_000)]
    pub(super) amount: Rupiah,
    /// What of it was ordered before it was made.
    #[schema(value_type = i64, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64, example = 30_000_000)]
    pub(super) committed: Rupiah,
    /// Its share of the amount, in basis points; null when nothing was sold.
    #[schema(minimum = -1_000_000, maximum = 1_000_000, example = 6_250)]
    pub(super) committed_share: Option<i64>,
}

/// The weeks before, or those after: whole weeks from Monday to Sunday that lie within the days of the report, from the first
/// in which anything was sold or refused.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SteadinessWeeks)]
pub(super) struct HalfView {
    /// How many.
    #[schema(minimum = 0, maximum = 200, example = 26)]
    pub(super) weeks: usize,
    /// What was sold in them.
    pub(super) sold: SoldView,
    /// The mean of what was wanted in a week: what was sold, and what had to be refused to somebody known at today's price.
    /// Null when there are fewer than two weeks, of which nothing can be said.
    #[schema(minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64, example = 1_850_000)]
    pub(super) weekly_demand: Option<i64>,
    /// How far a week lies from that: the standard deviation, by the sample variance.
    #[schema(minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 420_000)]
    pub(super) deviation: Option<i64>,
    /// The deviation as a share of the mean, in basis points: the less, the steadier.
    #[schema(minimum = 0, maximum = 1_000_000, example = 2_270)]
    pub(super) variation: Option<i64>,
}

/// What could not be had of a product, for one reason.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RefusedByReason)]
pub(super) struct RefusedView {
    product: ProductId,
    /// What it is called.
    #[schema(max_length = 120, example = "Pastel sayur")]
    pub(super) name: String,
    #[schema(max_length = 20, example = "piece")]
    pub(super) unit: String,
    /// Why.
    pub(super) reason: Reason,
    /// How much, of those who said who they are.
    #[schema(value_type = f64, minimum = 0, maximum = 1_000_000_000_000_i64, example = 240)]
    pub(super) quantity: Quantity,
    /// How often.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 6)]
    wishes: usize,
    /// How much, of quotes of nobody known: it may be the same person many times.
    #[schema(value_type = f64, minimum = 0, maximum = 1_000_000_000_000_i64, example = 30)]
    pub(super) anonymous: Quantity,
}

/// What was thrown away of a product.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DiscardedOfProduct)]
pub(super) struct DiscardedView {
    product: ProductId,
    /// What it is called.
    #[schema(max_length = 120, example = "Pastel sayur")]
    pub(super) name: String,
    #[schema(max_length = 20, example = "piece")]
    pub(super) unit: String,
    /// How much.
    #[schema(value_type = f64, minimum = 0, maximum = 1_000_000_000_000_i64, example = 18)]
    pub(super) quantity: Quantity,
    /// How much was made of the batches that were ready in these days.
    #[schema(value_type = f64, minimum = 0, maximum = 1_000_000_000_000_i64, example = 900)]
    pub(super) made: Quantity,
    /// What making it cost; null where a batch does not say.
    pub(super) cost: Option<Rupiah>,
}

/// How standing orders were served.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StandingOrdersServed)]
pub(super) struct StandingOrdersView {
    /// How often one came round and gave an order.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 118)]
    pub(super) placed: usize,
    /// How often one came round and got nothing.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 4)]
    pub(super) refused: usize,
    /// How often its buyer did not want it that day.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 3)]
    pub(super) skipped: usize,
    /// How often its buyer was asked and did not answer.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 2)]
    pub(super) lapsed: usize,
    /// How many lines were wanted, of those that gave an order or got nothing.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 130)]
    pub(super) lines: usize,
    /// How many of them got all that they wanted.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 121)]
    pub(super) filled: usize,
    /// The mean of what each line got of what it wanted, in basis points; null when there was none.
    #[schema(minimum = 0, maximum = 10_000, example = 9_580)]
    pub(super) fill_rate: Option<i64>,
    /// Why the others got less.
    #[schema(max_items = 20)]
    pub(super) reasons: Vec<UnservedView>,
}

/// Why lines got less than they wanted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StandingOrdersUnserved)]
pub(super) struct UnservedView {
    pub(super) reason: Why,
    /// How many lines.
    #[schema(minimum = 1, maximum = 1_000_000_000, example = 7)]
    pub(super) lines: usize,
}

impl From<Stability> for SteadinessView {
    fn from(it: Stability) -> Self {
        SteadinessView {
            currency: "IDR",
            from: it.period.from,
            to: it.period.to,
            since: it.since.map(|(day, _)| day),
            since_by: it.since.map(|(_, by)| by),
            sold: it.sold.into(),
            before: it.before.into(),
            after: it.after.map(HalfView::from),
            refused: it.refused.into_iter().map(RefusedView::from).collect(),
            discarded: it.discarded.into_iter().map(DiscardedView::from).collect(),
            standing_orders: it.standing.into(),
        }
    }
}

impl From<Sold> for SoldView {
    fn from(it: Sold) -> Self {
        SoldView { amount: it.amount, committed: it.committed, committed_share: it.share() }
    }
}

impl From<Half> for HalfView {
    fn from(it: Half) -> Self {
        HalfView {
            weeks: it.weeks,
            sold: it.sold.into(),
            weekly_demand: it.swing.map(|swing| swing.mean),
            deviation: it.swing.map(|swing| swing.deviation),
            variation: it.swing.and_then(|swing| swing.variation),
        }
    }
}

impl From<Refused> for RefusedView {
    fn from(it: Refused) -> Self {
        let Refused { product, reason, quantity, wishes, anonymous } = it;
        RefusedView { product: product.id, name: product.name, unit: product.unit, reason, quantity, wishes, anonymous }
    }
}

impl From<Discarded> for DiscardedView {
    fn from(it: Discarded) -> Self {
        let Discarded { product, quantity, made, cost } = it;
        DiscardedView { product: product.id, name: product.name, unit: product.unit, quantity, made, cost }
    }
}

impl From<StandingOrders> for StandingOrdersView {
    fn from(it: StandingOrders) -> Self {
        let StandingOrders { placed, refused, skipped, lapsed, lines, filled, fill_rate, reasons } = it;
        let reasons = reasons.into_iter().map(|Unserved { reason, lines }| UnservedView { reason, lines }).collect();
        StandingOrdersView { placed, refused, skipped, lapsed, lines, filled, fill_rate, reasons }
    }
}

async fn answer(state: &AppState, reader: Reader, query: SteadinessQuery, form: Form) -> Result<ApiResponse, Problem> {
    let now = state.now();
    let report = state
        .db
        .read::<_, Problem, _>(move |conn| {
            let zone = zone_of(conn, reader.cooperative)?;
            let period = query.period(zone.day_of(now))?;
            Ok(stability(conn, reader.scope, zone, period, query.since)?)
        })
        .await?;
    let report = SteadinessView::from(report);
    match form {
        Form::Table(form) => table::of(&report).answer(form),
        Form::Json | Form::Page => Ok(ApiResponse::ok(&report).tagged()),
    }
}

/// What a steadier market changed for a cooperative
///
/// How much was ordered before it was made, how much demand swings from week to week before and after, what could not be
/// had, what was thrown away, and how standing orders were served; for everyone who holds an office in the cooperative. With
/// `Accept: text/csv`, or that of XLSX, a table for spreadsheets.
#[utoipa::path(
    get,
    path = "/v1/cooperatives/{id}/steadiness",
    tag = "sales",
    operation_id = "cooperative_steadiness",
    params(("id" = CooperativeId, Path, description = "The cooperative"), SteadinessQuery),
    responses(
        (status = 200, description = "The report", content(
            (SteadinessView = "application/json"),
            (CsvTable = "text/csv"),
            (XlsxTable = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
        (status = 406, description = "None of these forms is accepted"),
    ),
    security(("bearer" = [])),
)]
async fn cooperative_steadiness(
    state: Data<AppState>,
    overseer: Overseer,
    PathIds(cooperative): PathIds<CooperativeId>,
    Query(query): Query<SteadinessQuery>,
    accepted: Accepted,
) -> Result<ApiResponse, Problem> {
    let permit = overseer.of(cooperative)?;
    let scope = Scope::Cooperative(permit.cooperative);
    answer(&state, Reader { scope, cooperative: permit.cooperative, names: false }, query, accepted.table()?).await
}

/// What a steadier market changed for a group
///
/// The same of one group; for its officers, and for everyone who holds an office in its cooperative. With
/// `Accept: text/csv`, or that of XLSX, a table for spreadsheets.
#[utoipa::path(
    get,
    path = "/v1/groups/{id}/steadiness",
    tag = "sales",
    operation_id = "group_steadiness",
    params(("id" = GroupId, Path, description = "The group"), SteadinessQuery),
    responses(
        (status = 200, description = "The report", content(
            (SteadinessView = "application/json"),
            (CsvTable = "text/csv"),
            (XlsxTable = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
        (status = 406, description = "None of these forms is accepted"),
    ),
    security(("bearer" = [])),
)]
async fn group_steadiness(
    state: Data<AppState>,
    officer: Officer,
    overseer: Overseer,
    PathIds(group): PathIds<GroupId>,
    Query(query): Query<SteadinessQuery>,
    accepted: Accepted,
) -> Result<ApiResponse, Problem> {
    let reader = reader_of_group(&state, &officer, &overseer, group).await?;
    answer(&state, reader, query, accepted.table()?).await
}

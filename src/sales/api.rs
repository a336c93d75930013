//! Routes of sales reports.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::comparison::{Comparison, ComparisonRows, LastYearSales, Margin, load_comparison};
use super::report::{GroupBy, Period, Report, ReportKey, Row, SalesScope};
use super::store::ReportError;
use super::{labels, store, table};
use crate::cooperatives::{Office, Officer, Overseer};
use crate::db;
use crate::kernel::ids::{CooperativeId, GroupId};
use crate::kernel::{Day, Language, Quantity, Rupiah, hex};
use crate::web::table::{AcceptedFormats, CsvTable, ReportFormat, XlsxTable};
use crate::web::{ApiResponse, AppState, Code, FieldError, FieldErrors, PathIds, Problem, Query, Routes, routes};

/// The routes of this slice.
pub(super) fn routes() -> Routes {
    routes![get_group_sales, get_cooperative_sales]
}

/// Period and grouping of a report.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ReportQuery {
    /// The first business day; 30 days before `to` by default.
    #[param(value_type = Option<String>, format = Date, max_length = 10, example = "2026-11-01")]
    from: Option<Day>,
    /// The last business day; today by default.
    #[param(value_type = Option<String>, format = Date, max_length = 10, example = "2026-11-30")]
    to: Option<Day>,
    /// The grouping of the rows; `day` by default. `group` only for a cooperative.
    #[param(inline)]
    by: Option<GroupBy>,
    /// A comparison: `last_year` for days, weeks and months, `margin` for products.
    #[param(inline)]
    with: Option<Comparison>,
}

/// Sums of sales, net of returns.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SalesReport {
    /// The currency of all amounts.
    #[schema(max_length = 3, example = "IDR")]
    pub(super) currency: &'static str,
    /// The first business day.
    #[schema(value_type = String, format = Date, max_length = 10, example = "2026-11-01")]
    pub(super) from: Day,
    /// The last business day.
    #[schema(value_type = String, format = Date, max_length = 10, example = "2026-11-30")]
    pub(super) to: Day,
    /// The grouping of the rows.
    pub(super) by: GroupBy,
    /// The rows: days, weeks and months in order, all others by amount, the largest first.
    #[schema(max_items = 10_000)]
    pub(super) rows: Vec<SalesRow>,
    /// The totals.
    pub(super) totals: SalesTotals,
}

/// A row of a sales report.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SalesRow {
    /// The day, the Monday of the week, the month (`2026-11`), the weekday (`monday`), the id of the product or group,
    /// the channel, or a pseudonym of the buyer, which is always the same.
    #[schema(max_length = 64, example = "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11")]
    pub(super) key: String,
    /// The label for people.
    #[schema(max_length = 200, example = "Pastel sayur")]
    pub(super) label: String,
    /// The quantity sold, if all goods of the row have one unit; below zero if returns exceed sales.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>, minimum = -1_000_000_000_000_i64, maximum = 1_000_000_000_000_i64, example = 120)]
    pub(super) quantity: Option<Quantity>,
    /// The unit of `quantity`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 20, example = "piece")]
    pub(super) unit: Option<String>,
    /// The amount in rupiah; below zero if returns exceed sales.
    #[schema(value_type = i64, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64, example = 300_000)]
    pub(super) amount: Rupiah,
    /// Orders with goods sold, less orders of other days whose goods were returned.
    #[schema(minimum = -1_000_000_000, maximum = 1_000_000_000, example = 4)]
    pub(super) orders: i64,
    /// For rows by weekday: how many such days the period has.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 200, nullable = false)]
    pub(super) days: Option<i64>,
    /// With `last_year`: the same days of the Hijri year before; absent if there were none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) last_year: Option<SalesLastYear>,
    /// With `margin`: the margin.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) margin: Option<SalesMargin>,
}

/// The same days of the Hijri year before, so that the days before Lebaran are compared with those before Lebaran.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SalesLastYear {
    /// The first of these days.
    #[schema(value_type = String, format = Date, max_length = 10, example = "2025-11-12")]
    pub(super) from: Day,
    /// The last of these days.
    #[schema(value_type = String, format = Date, max_length = 10, example = "2025-11-12")]
    pub(super) to: Day,
    /// The amount in rupiah.
    #[schema(value_type = i64, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64, example = 275_000)]
    pub(super) amount: Rupiah,
}

/// The margin of sales. Goods of batches without a unit cost have no cost.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SalesMargin {
    /// The cooperative's share of the amount.
    #[schema(value_type = i64, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64, example = 30_000)]
    pub(super) service: Rupiah,
    /// The part of the amount that is of goods with a known cost.
    #[schema(value_type = i64, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64, example = 300_000)]
    pub(super) costed: Rupiah,
    /// The cost of those goods.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>, nullable = false, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64, example = 190_000)]
    pub(super) cost: Option<Rupiah>,
    /// Their margin: `costed` less the cooperative's share of that, less `cost`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>, nullable = false, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64, example = 80_000)]
    pub(super) left: Option<Rupiah>,
}

impl From<&Margin> for SalesMargin {
    fn from(margin: &Margin) -> Self {
        SalesMargin { service: margin.service, costed: margin.costed, cost: margin.cost, left: margin.amount() }
    }
}

impl From<LastYearSales> for SalesLastYear {
    fn from(sales: LastYearSales) -> Self {
        SalesLastYear { from: sales.from, to: sales.to, amount: sales.amount }
    }
}

/// The totals of a sales report.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SalesTotals {
    /// The quantity sold, if all goods have one unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>, minimum = -1_000_000_000_000_i64, maximum = 1_000_000_000_000_i64, example = 120)]
    pub(super) quantity: Option<Quantity>,
    /// The unit of `quantity`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 20, example = "piece")]
    pub(super) unit: Option<String>,
    /// The sum of the amounts.
    #[schema(value_type = i64, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64, example = 300_000)]
    pub(super) amount: Rupiah,
    /// The number of orders with goods sold, each counted once even if it is in several rows.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 4)]
    pub(super) orders: i64,
    /// With `last_year`: the amount of the same days of the Hijri year before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>, nullable = false, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64, example = 275_000)]
    pub(super) last_year: Option<Rupiah>,
    /// With `margin`: the margin of all products.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) margin: Option<SalesMargin>,
}

impl SalesReport {
    fn of(report: Report, comparison: &ComparisonRows, tag: impl Fn(&str) -> String) -> Self {
        let (by, period) = (report.by, report.period);
        let row = |Row { bucket, label, unit }: Row| SalesRow {
            days: match &bucket.key {
                ReportKey::Weekday(weekday) => Some(period.count_weekdays(*weekday)),
                _ => None,
            },
            last_year: match (&bucket.key, comparison) {
                (ReportKey::Day(day), ComparisonRows::LastYear(rows)) => {
                    rows.get(day).copied().map(SalesLastYear::from)
                }
                _ => None,
            },
            margin: match (&bucket.key, comparison) {
                (ReportKey::Product(id), ComparisonRows::Margin(rows)) => rows.get(id).map(SalesMargin::from),
                _ => None,
            },
            key: match &bucket.key {
                ReportKey::Day(day) => labels::day_key(*day, by),
                ReportKey::Weekday(weekday) => labels::weekday_key(*weekday).to_owned(),
                ReportKey::Product(id) => id.to_string(),
                ReportKey::Group(id) => id.to_string(),
                ReportKey::Channel(word) => word.clone(),
                ReportKey::Buyer(key, _) => tag(key),
            },
            label,
            quantity: unit.is_some().then_some(bucket.quantity),
            unit,
            amount: bucket.amount,
            orders: bucket.orders,
        };
        let totals = report.totals;
        SalesReport {
            currency: "IDR",
            from: report.period.from,
            to: report.period.to,
            by,
            rows: report.rows.into_iter().map(row).collect(),
            totals: SalesTotals {
                last_year: match comparison {
                    ComparisonRows::LastYear(rows) => Rupiah::sum(rows.values().map(|row| row.amount)).ok(),
                    _ => None,
                },
                margin: match comparison {
                    ComparisonRows::Margin(rows) => Margin::sum(rows.values()).as_ref().map(SalesMargin::from),
                    _ => None,
                },
                quantity: totals.unit.is_some().then_some(totals.quantity),
                unit: totals.unit,
                amount: totals.amount,
                orders: totals.orders,
            },
        }
    }
}

/// A pseudonym of a buyer, which is always the same and reveals nothing about them.
fn buyer_tag(state: &AppState, key: &str) -> String {
    hex(state.signer.sign("buyer in reports", key.as_bytes()).iter().take(8))
}

/// Scope of a report and permissions of its reader.
pub(super) struct ReportAccess {
    pub(super) scope: SalesScope,
    pub(super) cooperative: CooperativeId,
    /// Whether the reader may see names of buyers: the group's officers, the board and the treasurer. Supervisors,
    /// companions and the agency see sums only.
    pub(super) can_see_names: bool,
}

fn can_see_names(office: Office) -> bool {
    matches!(office, Office::Board | Office::Treasurer)
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

impl From<ReportError> for Problem {
    fn from(error: ReportError) -> Self {
        let field_error = FieldError::Rule {
            code: "too-many-rows",
            id: "Laporan ini lebih dari 10.000 baris. Pilih rentang tanggal yang lebih pendek.",
            en: "This report has more than 10,000 rows. Choose fewer days.",
        };
        match error {
            ReportError::TooLong => {
                Problem::new(Code::QueryInvalid).with_field_errors(FieldErrors::single("/to", field_error))
            }
            ReportError::Db(error) => error.into(),
        }
    }
}

/// Checks the length and the order of a period.
pub(super) fn validate_period(period: Period) -> Result<(), Problem> {
    let mut errors = FieldErrors::default();
    collect_period_errors(period, &mut errors);
    if errors.is_empty() { Ok(()) } else { Err(Problem::new(Code::QueryInvalid).with_field_errors(errors)) }
}

fn collect_period_errors(period: Period, errors: &mut FieldErrors) {
    errors.require(
        period.days() > 0,
        "/from",
        FieldError::Rule {
            code: "after-to",
            id: "Tanggal awal harus sebelum atau sama dengan tanggal akhir.",
            en: "The first day must not be after the last.",
        },
    );
    errors.require(
        period.days() <= Period::MAX_DAYS,
        "/to",
        FieldError::Rule {
            code: "range-too-long",
            id: "Rentang tanggal paling panjang tiga tahun.",
            en: "A report reaches over three years at most.",
        },
    );
}

fn validate(period: Period, by: GroupBy, comparison: Option<Comparison>, scope: SalesScope) -> Result<(), Problem> {
    let mut errors = FieldErrors::default();
    collect_period_errors(period, &mut errors);
    let is_valid_grouping = by != GroupBy::Group || matches!(scope, SalesScope::Cooperative(_));
    errors.require(
        is_valid_grouping,
        "/by",
        FieldError::NotOneOf("day, week, month, weekday, product, channel, buyer"),
    );
    errors.require(
        comparison.is_none_or(|comparison| comparison.applies_to(by)),
        "/with",
        FieldError::Rule {
            code: "does-not-fit-rows",
            id: "Tahun lalu hanya untuk hari, minggu, dan bulan; sisa hasil hanya untuk produk.",
            en: "Last year goes with days, weeks and months, margin with products.",
        },
    );
    if errors.is_empty() { Ok(()) } else { Err(Problem::new(Code::QueryInvalid).with_field_errors(errors)) }
}

/// Get the sales report of a cooperative
///
/// The sales of all its groups. For everyone with an office in the cooperative. JSON, CSV or XLSX. The totals equal the
/// goods delivered, to the rupiah.
#[utoipa::path(
    get,
    path = "/v1/cooperatives/{id}/sales",
    tag = "sales",
    params(("id" = CooperativeId, Path, description = "The cooperative"), ReportQuery),
    responses(
        (status = 200, description = "The report", content(
            (SalesReport = "application/json"),
            (CsvTable = "text/csv"),
            (XlsxTable = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
        (status = 406, description = "None of these forms is accepted"),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn get_cooperative_sales(
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
    get,
    path = "/v1/groups/{id}/sales",
    tag = "sales",
    params(("id" = GroupId, Path, description = "The group"), ReportQuery),
    responses(
        (status = 200, description = "The report", content(
            (SalesReport = "application/json"),
            (CsvTable = "text/csv"),
            (XlsxTable = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
        (status = 406, description = "None of these forms is accepted"),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn get_group_sales(
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

/// Checks access to a group's reports: for its officers, and everyone with an office in its cooperative.
pub(super) async fn require_group_access(
    state: &AppState,
    officer: &Officer,
    overseer: &Overseer,
    group: GroupId,
) -> Result<ReportAccess, Problem> {
    match officer.permit(group) {
        Ok(permit) => Ok(ReportAccess {
            scope: SalesScope::Group(permit.group),
            cooperative: permit.cooperative,
            can_see_names: true,
        }),
        Err(problem) => find_office_access(state, overseer, group).await?.ok_or(problem),
    }
}

/// Access by an office in the group's cooperative; `None` without one.
async fn find_office_access(
    state: &AppState,
    overseer: &Overseer,
    group: GroupId,
) -> Result<Option<ReportAccess>, Problem> {
    let cooperative =
        state.db.read::<_, db::Error, _>(move |conn| store::find_cooperative_of_group(conn, group)).await?;
    Ok(cooperative.and_then(|cooperative| overseer.permit(cooperative).ok()).map(|permit| ReportAccess {
        scope: SalesScope::Group(group),
        cooperative: permit.cooperative,
        can_see_names: can_see_names(permit.office),
    }))
}

//! The routes of reports.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::comparison::{Beside, Margin, With, YearBefore, beside};
use super::report::{By, Key, Period, Report, Row, Scope};
use super::store::ReportError;
use super::{labels, store, table};
use crate::cooperatives::{Office, Officer, Overseer};
use crate::db;
use crate::kernel::ids::{CooperativeId, GroupId};
use crate::kernel::{Day, Language, Quantity, Rupiah, hex};
use crate::web::table::{Accepted, CsvTable, Form, XlsxTable};
use crate::web::{ApiResponse, AppState, Code, FieldError, FieldErrors, PathIds, Problem, Query, Routes, routes};

/// The routes of this slice.
pub(super) fn routes() -> Routes {
    routes![group_sales, cooperative_sales]
}

/// Which days, and what the rows are.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ReportQuery {
    /// The first business day; thirty days before `to` when it is not said.
    #[param(value_type = Option<String>, format = Date, max_length = 10, example = "2026-11-01")]
    from: Option<Day>,
    /// The last business day; today when it is not said.
    #[param(value_type = Option<String>, format = Date, max_length = 10, example = "2026-11-30")]
    to: Option<Day>,
    /// What a row is; a day when it is not said. `group` only for a cooperative.
    #[param(inline)]
    by: Option<By>,
    /// What stands beside the rows: `last_year` with days, weeks and months, `margin` with products.
    #[param(inline)]
    with: Option<With>,
}

/// Sales, added up. What came back is netted out.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SalesReport {
    /// The money of all amounts.
    #[schema(max_length = 3, example = "IDR")]
    pub(super) currency: &'static str,
    /// The first business day.
    #[schema(value_type = String, format = Date, max_length = 10, example = "2026-11-01")]
    pub(super) from: Day,
    /// The last business day.
    #[schema(value_type = String, format = Date, max_length = 10, example = "2026-11-30")]
    pub(super) to: Day,
    /// What a row is.
    pub(super) by: By,
    /// The rows: time in its order, all else the largest amount first.
    #[schema(max_items = 10_000)]
    pub(super) rows: Vec<SalesRow>,
    /// Their sums.
    pub(super) totals: SalesTotals,
}

/// One row of a sales report.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SalesRow {
    /// The day, the Monday of the week, the month (`2026-11`), the day of the week (`monday`), the id of the product or group, the channel, or a tag
    /// that stands for the same buyer every time.
    #[schema(max_length = 64, example = "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11")]
    pub(super) key: String,
    /// What a person calls it.
    #[schema(max_length = 200, example = "Pastel sayur")]
    pub(super) label: String,
    /// How much was sold, where all the goods of the row are counted in one unit; below zero where more came back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>, minimum = -1_000_000_000_000_i64, maximum = 1_000_000_000_000_i64, example = 120)]
    pub(super) quantity: Option<Quantity>,
    /// That unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 20, example = "piece")]
    pub(super) unit: Option<String>,
    /// What it came to, in rupiah; below zero where more came back.
    #[schema(value_type = i64, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64, example = 300_000)]
    pub(super) amount: Rupiah,
    /// Orders with goods sold, less orders of other days whose goods came back.
    #[schema(minimum = -1_000_000_000, maximum = 1_000_000_000, example = 4)]
    pub(super) orders: i64,
    /// Of rows by day of the week: how many such days the report reaches over.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 200, nullable = false)]
    pub(super) days: Option<i64>,
    /// With `last_year`: the same days of the Hijri year before; absent where there were none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) last_year: Option<SalesLastYear>,
    /// With `margin`: what is left.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) margin: Option<SalesMargin>,
}

/// The same days of the Hijri year before, so that the days before Lebaran stand beside those before Lebaran.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SalesLastYear {
    /// The first of these days.
    #[schema(value_type = String, format = Date, max_length = 10, example = "2025-11-12")]
    pub(super) from: Day,
    /// The last.
    #[schema(value_type = String, format = Date, max_length = 10, example = "2025-11-12")]
    pub(super) to: Day,
    /// What they came to.
    #[schema(value_type = i64, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64, example = 275_000)]
    pub(super) amount: Rupiah,
}

/// What is left of what was sold. Nothing is guessed: goods of batches without a unit cost have no cost.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SalesMargin {
    /// What the cooperative keeps of the amount.
    #[schema(value_type = i64, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64, example = 30_000)]
    pub(super) service: Rupiah,
    /// How much of the amount is of goods whose cost is known.
    #[schema(value_type = i64, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64, example = 300_000)]
    pub(super) costed: Rupiah,
    /// What those goods had cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>, nullable = false, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64, example = 190_000)]
    pub(super) cost: Option<Rupiah>,
    /// What is left of them: `costed` less the cooperative's part of that, less `cost`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>, nullable = false, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64, example = 80_000)]
    pub(super) left: Option<Rupiah>,
}

impl From<&Margin> for SalesMargin {
    fn from(it: &Margin) -> Self {
        SalesMargin { service: it.service, costed: it.costed, cost: it.cost, left: it.left() }
    }
}

impl From<YearBefore> for SalesLastYear {
    fn from(it: YearBefore) -> Self {
        SalesLastYear { from: it.from, to: it.to, amount: it.amount }
    }
}

/// The sums of a sales report.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SalesTotals {
    /// How much was sold, where all goods are counted in one unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>, minimum = -1_000_000_000_000_i64, maximum = 1_000_000_000_000_i64, example = 120)]
    pub(super) quantity: Option<Quantity>,
    /// That unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 20, example = "piece")]
    pub(super) unit: Option<String>,
    /// The sum of all amounts, to the rupiah.
    #[schema(value_type = i64, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64, example = 300_000)]
    pub(super) amount: Rupiah,
    /// How many orders have goods left sold. An order that stands in several rows counts once.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 4)]
    pub(super) orders: i64,
    /// With `last_year`: what the same days of the Hijri year before came to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>, nullable = false, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64, example = 275_000)]
    pub(super) last_year: Option<Rupiah>,
    /// With `margin`: what is left of all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) margin: Option<SalesMargin>,
}

impl SalesReport {
    fn of(report: Report, beside: &Beside, tag: impl Fn(&str) -> String) -> Self {
        let (by, period) = (report.by, report.period);
        let row = |Row { bucket, label, unit }: Row| SalesRow {
            days: match &bucket.key {
                Key::Weekday(place) => Some(period.weekdays(*place)),
                _ => None,
            },
            last_year: match (&bucket.key, beside) {
                (Key::Day(day), Beside::LastYear(rows)) => rows.get(day).copied().map(SalesLastYear::from),
                _ => None,
            },
            margin: match (&bucket.key, beside) {
                (Key::Product(id), Beside::Margin(rows)) => rows.get(id).map(SalesMargin::from),
                _ => None,
            },
            key: match &bucket.key {
                Key::Day(day) => labels::key_of_day(*day, by),
                Key::Weekday(place) => labels::key_of_weekday(*place).to_owned(),
                Key::Product(id) => id.to_string(),
                Key::Group(id) => id.to_string(),
                Key::Channel(word) => word.clone(),
                Key::Buyer(key, _) => tag(key),
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
                last_year: match beside {
                    Beside::LastYear(rows) => Rupiah::sum(rows.values().map(|row| row.amount)).ok(),
                    _ => None,
                },
                margin: match beside {
                    Beside::Margin(rows) => Margin::sum(rows.values()).as_ref().map(SalesMargin::from),
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

/// A tag that stands for a buyer and tells nothing about them.
fn tag(state: &AppState, key: &str) -> String {
    hex(state.signer.sign("buyer in reports", key.as_bytes()).iter().take(8))
}

/// Who reads a report of what.
pub(super) struct Reader {
    pub(super) scope: Scope,
    pub(super) cooperative: CooperativeId,
    /// Whether they may see who bought: a group's officers, and those who govern and keep the money. Supervisors,
    /// companions and the agency see figures.
    pub(super) names: bool,
}

fn sees_names(office: Office) -> bool {
    matches!(office, Office::Board | Office::Treasurer)
}

async fn answer(
    state: &AppState,
    reader: Reader,
    query: ReportQuery,
    form: Form,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let (now, tagging) = (state.now(), state.clone());
    let (report, beside) = state
        .db
        .read::<_, Problem, _>(move |conn| {
            let today = store::zone_of(conn, reader.cooperative)?.day_of(now);
            let period = Period::of(query.from, query.to, today);
            let by = query.by.unwrap_or(By::Day);
            check(period, by, query.with, reader.scope)?;
            let tag = |key: &str| tag(&tagging, key);
            let mut report = store::report(conn, reader.scope, period, by, language, reader.names, &tag)?;
            let beside = beside(conn, reader.scope, &mut report, query.with, language)?;
            Ok((report, beside))
        })
        .await?;
    let report = SalesReport::of(report, &beside, |key| tag(state, key));
    match form {
        Form::Table(form) => table::of(&report).answer(form),
        Form::Json | Form::Page => Ok(ApiResponse::ok(&report).tagged()),
    }
}

impl From<ReportError> for Problem {
    fn from(error: ReportError) -> Self {
        let fault = FieldError::Rule {
            code: "too-many-rows",
            id: "Laporan ini lebih dari 10.000 baris. Pilih rentang tanggal yang lebih pendek.",
            en: "This report has more than 10,000 rows. Choose fewer days.",
        };
        match error {
            ReportError::TooLong => Problem::new(Code::QueryInvalid).with_faults(FieldErrors::one("/to", fault)),
            ReportError::Db(error) => error.into(),
        }
    }
}

/// Whether a report reaches over these days.
pub(super) fn check_period(period: Period) -> Result<(), Problem> {
    let mut errors = FieldErrors::default();
    note_period(period, &mut errors);
    if errors.is_empty() { Ok(()) } else { Err(Problem::new(Code::QueryInvalid).with_faults(errors)) }
}

fn note_period(period: Period, errors: &mut FieldErrors) {
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
        period.days() <= Period::LONGEST_DAYS,
        "/to",
        FieldError::Rule {
            code: "range-too-long",
            id: "Rentang tanggal paling panjang tiga tahun.",
            en: "A report reaches over three years at most.",
        },
    );
}

fn check(period: Period, by: By, with: Option<With>, scope: Scope) -> Result<(), Problem> {
    let mut errors = FieldErrors::default();
    note_period(period, &mut errors);
    let possible = by != By::Group || matches!(scope, Scope::Cooperative(_));
    errors.require(possible, "/by", FieldError::NotOneOf("day, week, month, weekday, product, channel, buyer"));
    errors.require(
        with.is_none_or(|with| with.fits(by)),
        "/with",
        FieldError::Rule {
            code: "does-not-fit-rows",
            id: "Tahun lalu hanya untuk hari, minggu, dan bulan; sisa hasil hanya untuk produk.",
            en: "Last year goes with days, weeks and months, margin with products.",
        },
    );
    if errors.is_empty() { Ok(()) } else { Err(Problem::new(Code::QueryInvalid).with_faults(errors)) }
}

/// Sales of a cooperative
///
/// Sales of all its groups, added up; for everyone who holds an office in the cooperative. With `Accept: text/csv`, or
/// that of XLSX, a table for spreadsheets. Totals agree to the rupiah with the goods handed over.
#[utoipa::path(
    get,
    path = "/v1/cooperatives/{id}/sales",
    tag = "sales",
    operation_id = "cooperative_sales",
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
pub(super) async fn cooperative_sales(
    state: Data<AppState>,
    overseer: Overseer,
    PathIds(cooperative): PathIds<CooperativeId>,
    Query(query): Query<ReportQuery>,
    accepted: Accepted,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let permit = overseer.of(cooperative)?;
    let scope = Scope::Cooperative(permit.cooperative);
    let reader = Reader { scope, cooperative: permit.cooperative, names: sees_names(permit.office) };
    answer(&state, reader, query, accepted.table()?, language).await
}

/// Sales of a group
///
/// What the group sold; for its officers, and for everyone who holds an office in its cooperative. With
/// `Accept: text/csv`, or that of XLSX, a table for spreadsheets.
#[utoipa::path(
    get,
    path = "/v1/groups/{id}/sales",
    tag = "sales",
    operation_id = "group_sales",
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
pub(super) async fn group_sales(
    state: Data<AppState>,
    officer: Officer,
    overseer: Overseer,
    PathIds(group): PathIds<GroupId>,
    Query(query): Query<ReportQuery>,
    accepted: Accepted,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let reader = reader_of_group(&state, &officer, &overseer, group).await?;
    answer(&state, reader, query, accepted.table()?, language).await
}

/// The reader of a group's reports: one of its officers, or who holds an office in its cooperative.
pub(super) async fn reader_of_group(
    state: &AppState,
    officer: &Officer,
    overseer: &Overseer,
    group: GroupId,
) -> Result<Reader, Problem> {
    match officer.of(group) {
        Ok(permit) => Ok(Reader { scope: Scope::Group(permit.group), cooperative: permit.cooperative, names: true }),
        Err(refusal) => over_group(state, overseer, group).await?.ok_or(refusal),
    }
}

/// The reader of a group's sales by an office in its cooperative.
async fn over_group(state: &AppState, overseer: &Overseer, group: GroupId) -> Result<Option<Reader>, Problem> {
    let found = state.db.read::<_, db::Error, _>(move |conn| store::cooperative_of(conn, group)).await?;
    Ok(found.and_then(|cooperative| overseer.of(cooperative).ok()).map(|permit| Reader {
        scope: Scope::Group(group),
        cooperative: permit.cooperative,
        names: sees_names(permit.office),
    }))
}

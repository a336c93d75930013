//! Response bodies of reports.

use serde::Serialize;
use utoipa::ToSchema;

use crate::kernel::{Day, Quantity, Rupiah, SignedRupiah};
use crate::sales::comparison::{ComparisonRows, LastYearSales, Margin};
use crate::sales::labels;
use crate::sales::report::{GroupBy, Report, ReportKey, Row};

/// Sums of sales, net of returns.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::sales) struct SalesReport {
    /// The currency of all amounts.
    #[schema(max_length = 3, example = "IDR")]
    pub(in crate::sales) currency: &'static str,
    /// The first business day.
    pub(in crate::sales) from: Day,
    /// The last business day.
    pub(in crate::sales) to: Day,
    /// The grouping of the rows.
    pub(in crate::sales) by: GroupBy,
    /// The rows: days, weeks and months in order, all others by amount, the largest first.
    #[schema(max_items = 10_000)]
    pub(in crate::sales) rows: Vec<SalesRow>,
    /// The totals.
    pub(in crate::sales) totals: SalesTotals,
}

/// A row of a sales report.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::sales) struct SalesRow {
    /// The day, the Monday of the week, the month (`2026-11`), the weekday (`monday`), the id of the product or group,
    /// the channel, or a pseudonym of the buyer, which is always the same.
    #[schema(max_length = 64, example = "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11")]
    pub(in crate::sales) key: String,
    /// The label for people.
    #[schema(max_length = 200, example = "Pastel sayur")]
    pub(in crate::sales) label: String,
    /// The quantity sold, if all goods of the row have one unit; below zero if returns exceed sales.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>, minimum = -1_000_000_000_000_i64, maximum = 1_000_000_000_000_i64, example = 120, nullable = false)]
    pub(in crate::sales) quantity: Option<Quantity>,
    /// The unit of `quantity`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 20, example = "piece", nullable = false)]
    pub(in crate::sales) unit: Option<String>,
    /// The amount in rupiah; below zero if returns exceed sales.
    pub(in crate::sales) amount: SignedRupiah,
    /// Orders with goods sold, less orders of other days whose goods were returned.
    #[schema(minimum = -1_000_000_000, maximum = 1_000_000_000, example = 4)]
    pub(in crate::sales) orders: i64,
    /// For rows by weekday: how many such days the period has.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 200, nullable = false)]
    pub(in crate::sales) days: Option<i64>,
    /// With `last_year`: the same days of the Hijri year before; absent if there were none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::sales) last_year: Option<SalesLastYear>,
    /// With `margin`: the margin.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::sales) margin: Option<SalesMargin>,
}

/// The same days of the Hijri year before, so that the days before Lebaran are compared with those before Lebaran.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::sales) struct SalesLastYear {
    /// The first of these days.
    pub(in crate::sales) from: Day,
    /// The last of these days.
    pub(in crate::sales) to: Day,
    /// The amount in rupiah.
    pub(in crate::sales) amount: SignedRupiah,
}

/// The margin of sales. Goods of batches without a unit cost have no cost.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::sales) struct SalesMargin {
    /// The cooperative's share of the amount.
    pub(in crate::sales) service: SignedRupiah,
    /// The part of the amount that is of goods with a known cost.
    pub(in crate::sales) costed: SignedRupiah,
    /// The cost of those goods.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::sales) cost: Option<SignedRupiah>,
    /// Their margin: `costed` less the cooperative's share of that, less `cost`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::sales) left: Option<SignedRupiah>,
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
pub(in crate::sales) struct SalesTotals {
    /// The quantity sold, if all goods have one unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>, minimum = -1_000_000_000_000_i64, maximum = 1_000_000_000_000_i64, example = 120, nullable = false)]
    pub(in crate::sales) quantity: Option<Quantity>,
    /// The unit of `quantity`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 20, example = "piece", nullable = false)]
    pub(in crate::sales) unit: Option<String>,
    /// The sum of the amounts.
    pub(in crate::sales) amount: SignedRupiah,
    /// The number of orders with goods sold, each counted once even if it is in several rows.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 4)]
    pub(in crate::sales) orders: i64,
    /// With `last_year`: the amount of the same days of the Hijri year before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::sales) last_year: Option<SignedRupiah>,
    /// With `margin`: the margin of all products.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::sales) margin: Option<SalesMargin>,
}

impl SalesReport {
    pub(super) fn of(report: Report, comparison: &ComparisonRows, tag: impl Fn(&str) -> String) -> Self {
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

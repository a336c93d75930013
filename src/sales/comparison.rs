//! Comparisons of a report: last year's sales, or margins.

use std::collections::{BTreeMap, HashMap};

use super::error::ReportError;
use super::labels;
use super::report::{Bucket, GroupBy, Period, Report, ReportKey, Row, SalesScope, bucket_day};
use super::store::margin::load_margins;
use super::store::{load_buckets, out_of_bounds};
use crate::calendar;
use crate::db::Conn;
use crate::kernel::ids::ProductId;
use crate::kernel::text_enum::text_enum;
use crate::kernel::{AmountError, Day, Language, Quantity, Rupiah};

text_enum! {
    /// Comparison in a report.
    Comparison {
        /// The amount of the same days of the Hijri year before; every day, week or month has a row.
        LastYear = "last_year",
        /// The cooperative's share, the cost of the goods, and the margin.
        Margin = "margin",
    }
}

impl Comparison {
    /// Whether the comparison applies to rows of this grouping.
    pub(super) fn applies_to(self, by: GroupBy) -> bool {
        match self {
            Comparison::LastYear => matches!(by, GroupBy::Day | GroupBy::Week | GroupBy::Month),
            Comparison::Margin => by == GroupBy::Product,
        }
    }
}

/// The rows of a comparison, by the key of the report's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ComparisonRows {
    None,
    LastYear(BTreeMap<Day, LastYearSales>),
    Margin(BTreeMap<ProductId, Margin>),
}

/// Sales of the same days of the Hijri year before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LastYearSales {
    pub(super) from: Day,
    pub(super) to: Day,
    pub(super) amount: Rupiah,
}

/// The margin of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Margin {
    /// The cooperative's share.
    pub(super) service: Rupiah,
    /// The part of the amount that is of goods with a known cost.
    pub(super) costed: Rupiah,
    /// The cooperative's share of that.
    pub(super) costed_service: Rupiah,
    /// The cost of those goods; `None` if no cost is known.
    pub(super) cost: Option<Rupiah>,
}

impl Margin {
    /// The margin of the goods with a known cost.
    pub(super) fn amount(&self) -> Option<Rupiah> {
        let cost = self.cost?;
        self.costed.minus(self.costed_service).and_then(|rest| rest.minus(cost)).ok()
    }

    fn plus(self, other: Margin) -> Result<Margin, AmountError> {
        Ok(Margin {
            service: self.service.plus(other.service)?,
            costed: self.costed.plus(other.costed)?,
            costed_service: self.costed_service.plus(other.costed_service)?,
            cost: match (self.cost, other.cost) {
                (Some(left), Some(right)) => Some(left.plus(right)?),
                (left, right) => left.or(right),
            },
        })
    }

    /// Sums margins; `None` if the sum is out of bounds.
    pub(super) fn sum<'m>(margins: impl IntoIterator<Item = &'m Margin>) -> Option<Margin> {
        let zero = Margin { service: Rupiah(0), costed: Rupiah(0), costed_service: Rupiah(0), cost: None };
        margins.into_iter().try_fold(zero, |sum, margin| sum.plus(*margin)).ok()
    }
}

/// Loads a comparison, and adds the rows to the report that it needs.
pub(super) fn load_comparison(
    conn: &mut Conn,
    scope: SalesScope,
    report: &mut Report,
    comparison: Option<Comparison>,
    language: Language,
) -> Result<ComparisonRows, ReportError> {
    match comparison {
        None => Ok(ComparisonRows::None),
        Some(Comparison::Margin) => Ok(ComparisonRows::Margin(load_margins(conn, scope, report.period)?)),
        Some(Comparison::LastYear) => {
            add_empty_rows(report, language);
            Ok(ComparisonRows::LastYear(load_last_year(conn, scope, report.period, report.by)?))
        }
    }
}

/// Loads the amounts of the same days of the Hijri year before, by the rows that these days belong to.
pub(super) fn load_last_year(
    conn: &mut Conn,
    scope: SalesScope,
    period: Period,
    by: GroupBy,
) -> Result<BTreeMap<Day, LastYearSales>, ReportError> {
    let days_before = calendar::hijri_counterparts(conn, period.from, period.to)?;
    let (Some(from), Some(to)) = (days_before.values().min().copied(), days_before.values().max().copied()) else {
        return Ok(BTreeMap::new());
    };
    let amounts: HashMap<Day, Rupiah> = load_buckets(conn, scope, Period { from, to }, GroupBy::Day)?
        .into_iter()
        .filter_map(|bucket| match bucket.key {
            ReportKey::Day(day) => Some((day, bucket.amount)),
            _ => None,
        })
        .collect();
    let mut rows: BTreeMap<Day, LastYearSales> = BTreeMap::new();
    for (day, before) in days_before {
        let row =
            rows.entry(bucket_day(day, by)).or_insert(LastYearSales { from: before, to: before, amount: Rupiah::ZERO });
        let amount = amounts.get(&before).copied().unwrap_or_default();
        *row = LastYearSales {
            from: row.from.min(before),
            to: row.to.max(before),
            amount: row.amount.plus(amount).map_err(out_of_bounds)?,
        };
    }
    Ok(rows)
}

/// Adds rows for the days, weeks or months without sales.
pub(super) fn add_empty_rows(report: &mut Report, language: Language) {
    let by = report.by;
    let rows_with_sales: BTreeMap<ReportKey, Row> =
        report.rows.drain(..).map(|row| (row.bucket.key.clone(), row)).collect();
    let days = report.period.from.iter_days().take_while(|day| *day <= report.period.to);
    let mut rows: BTreeMap<ReportKey, Row> = days
        .map(|day| bucket_day(day, by))
        .map(|day| {
            let bucket = Bucket { key: ReportKey::Day(day), quantity: Quantity::ZERO, amount: Rupiah::ZERO, orders: 0 };
            let row = Row { bucket, label: labels::day_label(day, by, language), unit: report.totals.unit.clone() };
            (ReportKey::Day(day), row)
        })
        .collect();
    rows.extend(rows_with_sales);
    report.rows = rows.into_values().collect();
}

//! What can stand beside the rows of a report: last year, or what is left of what was sold.

use std::collections::{BTreeMap, HashMap};

use super::labels;
use super::report::{Bucket, By, Key, Period, Report, Row, Scope, row_of};
use super::store::margin::margins;
use super::store::{ReportError, buckets, out_of_bounds};
use crate::calendar;
use crate::db::Conn;
use crate::kernel::ids::ProductId;
use crate::kernel::text_enum::text_enum;
use crate::kernel::{AmountError, Day, Language, Quantity, Rupiah};

text_enum! {
    /// What stands beside the rows of a report.
    With {
        /// What the same days of the Hijri year before came to; every day, week or month then has its row.
        LastYear = "last_year",
        /// What the cooperative keeps, what the goods had cost, and what is left.
        Margin = "margin",
    }
}

impl With {
    /// Whether it says something of such rows.
    pub(super) fn fits(self, by: By) -> bool {
        match self {
            With::LastYear => matches!(by, By::Day | By::Week | By::Month),
            With::Margin => by == By::Product,
        }
    }
}

/// What stands beside the rows, by what they are about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Beside {
    Nothing,
    LastYear(BTreeMap<Day, YearBefore>),
    Margin(BTreeMap<ProductId, Margin>),
}

/// What the days of a row came to a Hijri year before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct YearBefore {
    /// The first of those days.
    pub(super) from: Day,
    /// The last.
    pub(super) to: Day,
    /// What was sold on them.
    pub(super) amount: Rupiah,
}

/// What is left of a product's sales.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Margin {
    /// What the cooperative keeps.
    pub(super) service: Rupiah,
    /// How much of the amount is of goods whose cost is known.
    pub(super) costed: Rupiah,
    /// What the cooperative keeps of that.
    pub(super) costed_service: Rupiah,
    /// What those goods had cost; none where no cost is known.
    pub(super) cost: Option<Rupiah>,
}

impl Margin {
    /// What is left of the goods whose cost is known.
    pub(super) fn left(&self) -> Option<Rupiah> {
        let cost = self.cost?;
        self.costed.minus(self.costed_service).and_then(|rest| rest.minus(cost)).ok()
    }

    fn plus(self, other: Margin) -> Result<Margin, AmountError> {
        Ok(Margin {
            service: self.service.plus(other.service)?,
            costed: self.costed.plus(other.costed)?,
            costed_service: self.costed_service.plus(other.costed_service)?,
            cost: match (self.cost, other.cost) {
                (Some(one), Some(other)) => Some(one.plus(other)?),
                (one, other) => one.or(other),
            },
        })
    }

    /// What is left of all of them.
    pub(super) fn sum<'m>(all: impl IntoIterator<Item = &'m Margin>) -> Option<Margin> {
        let none = Margin { service: Rupiah(0), costed: Rupiah(0), costed_service: Rupiah(0), cost: None };
        all.into_iter().try_fold(none, |sum, one| sum.plus(*one)).ok()
    }
}

/// Reads what shall stand beside a report, and gives the report the rows that it lacks for that.
pub(super) fn beside(
    conn: &mut Conn,
    scope: Scope,
    report: &mut Report,
    with: Option<With>,
    language: Language,
) -> Result<Beside, ReportError> {
    match with {
        None => Ok(Beside::Nothing),
        Some(With::Margin) => Ok(Beside::Margin(margins(conn, scope, report.period)?)),
        Some(With::LastYear) => {
            with_every_row(report, language);
            Ok(Beside::LastYear(last_year(conn, scope, report.period, report.by)?))
        }
    }
}

/// What the same days of the Hijri year before came to, by the rows in which these days count.
pub(super) fn last_year(
    conn: &mut Conn,
    scope: Scope,
    period: Period,
    by: By,
) -> Result<BTreeMap<Day, YearBefore>, ReportError> {
    let days = calendar::hijri_year_before(conn, period.from, period.to)?;
    let (Some(from), Some(to)) = (days.values().min().copied(), days.values().max().copied()) else {
        return Ok(BTreeMap::new());
    };
    let sold: HashMap<Day, Rupiah> = buckets(conn, scope, Period { from, to }, By::Day)?
        .into_iter()
        .filter_map(|bucket| match bucket.key {
            Key::Day(day) => Some((day, bucket.amount)),
            _ => None,
        })
        .collect();
    let mut rows: BTreeMap<Day, YearBefore> = BTreeMap::new();
    for (day, before) in days {
        let row = rows.entry(row_of(day, by)).or_insert(YearBefore { from: before, to: before, amount: Rupiah::ZERO });
        let amount = sold.get(&before).copied().unwrap_or_default();
        *row = YearBefore {
            from: row.from.min(before),
            to: row.to.max(before),
            amount: row.amount.plus(amount).map_err(out_of_bounds)?,
        };
    }
    Ok(rows)
}

/// Puts in the days, weeks or months on which nothing was sold.
pub(super) fn with_every_row(report: &mut Report, language: Language) {
    let by = report.by;
    let sold: BTreeMap<Key, Row> = report.rows.drain(..).map(|row| (row.bucket.key.clone(), row)).collect();
    let days = report.period.from.iter_days().take_while(|day| *day <= report.period.to);
    let mut all: BTreeMap<Key, Row> = days
        .map(|day| row_of(day, by))
        .map(|day| {
            let bucket = Bucket { key: Key::Day(day), quantity: Quantity::ZERO, amount: Rupiah::ZERO, orders: 0 };
            let row = Row { bucket, label: labels::of_day(day, by, language), unit: report.totals.unit.clone() };
            (Key::Day(day), row)
        })
        .collect();
    all.extend(sold);
    report.rows = all.into_values().collect();
}

//! A report as a table for a spreadsheet.

use super::api::{SalesMargin, SalesReport};
use crate::kernel::Rupiah;
use crate::web::table::{Cell, Table};

/// Which columns a report has beside those that all have.
#[derive(Clone, Copy)]
struct Told {
    days: bool,
    last_year: bool,
    margin: bool,
}

impl Told {
    fn names(self) -> impl Iterator<Item = &'static str> {
        let days = self.days.then_some("days").into_iter();
        let last_year = self.last_year.then_some("last_year").into_iter();
        days.chain(last_year).chain(self.margin.then_some(["service", "costed", "cost", "left"]).into_iter().flatten())
    }

    fn cells(
        self,
        days: Option<i64>,
        last_year: Option<Rupiah>,
        margin: Option<&SalesMargin>,
    ) -> impl Iterator<Item = Cell> {
        let left = [
            margin.map(|it| it.service),
            margin.map(|it| it.costed),
            margin.and_then(|it| it.cost),
            margin.and_then(|it| it.left),
        ];
        let days = self.days.then(|| Cell::from(days)).into_iter();
        let last_year = self.last_year.then(|| Cell::from(last_year)).into_iter();
        days.chain(last_year).chain(self.margin.then(|| left.map(Cell::from)).into_iter().flatten())
    }
}

/// The table: a line a row, and the totals under the key `total`.
pub(super) fn of(report: &SalesReport) -> Table {
    let totals = &report.totals;
    let told = Told {
        days: report.rows.iter().any(|row| row.days.is_some()),
        last_year: totals.last_year.is_some(),
        margin: totals.margin.is_some(),
    };
    let text = |text: Option<&String>| text.map_or(Cell::Nothing, Cell::text);
    let mut rows: Vec<Vec<Cell>> = Vec::with_capacity(report.rows.len().saturating_add(1));
    for row in &report.rows {
        let cells = [
            Cell::text(&row.key),
            Cell::text(&row.label),
            row.quantity.into(),
            text(row.unit.as_ref()),
            row.amount.into(),
            row.orders.into(),
        ];
        let last_year = row.last_year.as_ref().map(|it| it.amount);
        rows.push(cells.into_iter().chain(told.cells(row.days, last_year, row.margin.as_ref())).collect());
    }
    let last = [
        Cell::text("total"),
        Cell::text("Total"),
        totals.quantity.into(),
        text(totals.unit.as_ref()),
        totals.amount.into(),
        totals.orders.into(),
    ];
    rows.push(last.into_iter().chain(told.cells(None, totals.last_year, totals.margin.as_ref())).collect());
    let columns = ["key", "label", "quantity", "unit", "amount", "orders"].into_iter().chain(told.names()).collect();
    let name = format!("sales-by-{}-{}-{}", report.by, report.from, report.to);
    Table { name, day: report.to, columns, rows }
}

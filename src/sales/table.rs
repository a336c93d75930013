//! A sales report as a table.

use super::api::views::{SalesMargin, SalesReport};
use super::comparison::Comparison;
use super::report::GroupBy;
use crate::kernel::Rupiah;
use crate::web::table::{Cell, Table};

/// The optional columns of a report, which follow from the request and never from the data.
#[derive(Clone, Copy)]
struct OptionalColumns {
    days: bool,
    last_year: bool,
    margin: bool,
}

impl OptionalColumns {
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
        let margin_columns = [
            margin.map(|margin| margin.service),
            margin.map(|margin| margin.costed),
            margin.and_then(|margin| margin.cost),
            margin.and_then(|margin| margin.left),
        ];
        let days = self.days.then(|| Cell::from(days)).into_iter();
        let last_year = self.last_year.then(|| Cell::from(last_year)).into_iter();
        days.chain(last_year).chain(self.margin.then(|| margin_columns.map(Cell::from)).into_iter().flatten())
    }
}

/// Makes a table with one line per row, and the totals under the key `total`.
pub(super) fn to_table(report: &SalesReport, comparison: Option<Comparison>) -> Table {
    let totals = &report.totals;
    let optional = OptionalColumns {
        days: report.by == GroupBy::Weekday,
        last_year: comparison == Some(Comparison::LastYear),
        margin: comparison == Some(Comparison::Margin),
    };
    let text = |text: Option<&String>| text.map_or(Cell::Empty, Cell::text);
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
        let last_year = row.last_year.as_ref().map(|margin| margin.amount);
        rows.push(cells.into_iter().chain(optional.cells(row.days, last_year, row.margin.as_ref())).collect());
    }
    let total_cells = [
        Cell::text("total"),
        Cell::text("Total"),
        totals.quantity.into(),
        text(totals.unit.as_ref()),
        totals.amount.into(),
        totals.orders.into(),
    ];
    rows.push(total_cells.into_iter().chain(optional.cells(None, totals.last_year, totals.margin.as_ref())).collect());
    let columns =
        ["key", "label", "quantity", "unit", "amount", "orders"].into_iter().chain(optional.names()).collect();
    let name = format!("sales-by-{}-{}-{}", report.by, report.from, report.to);
    Table { name, day: report.to, columns, rows }
}

//! Tables as XLSX files.

use chrono::Datelike;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use super::cells::{Cell, Table};

/// The largest column width, in characters.
const MAX_COLUMN_WIDTH: usize = 60;

/// Renders the file. Its creation date is the table's day, so that the same table gives the same bytes.
pub(super) fn render(table: &Table) -> Result<Vec<u8>, XlsxError> {
    let (bold, money) = (Format::new().set_bold(), Format::new().set_num_format("#,##0"));
    let mut book = Workbook::new();
    let year = u16::try_from(table.day.year()).unwrap_or(1900).clamp(1900, 9999);
    let (month, day) = (u8::try_from(table.day.month()).unwrap_or(1), u8::try_from(table.day.day()).unwrap_or(1));
    book.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(year, month, day)?));
    let sheet = book.add_worksheet();
    for (name, column) in table.columns.iter().zip(0_u16..) {
        sheet.write_with_format(0, column, *name, &bold)?;
        let index = usize::from(column);
        let cells = table.rows.iter().filter_map(|row| row.get(index)).map(|cell| match cell {
            Cell::Text(text) => text.chars().count(),
            Cell::Number(_) | Cell::Quantity(_) => 12,
            Cell::Empty => 0,
        });
        let width = cells.max().unwrap_or(0).max(name.chars().count()).saturating_add(2).min(MAX_COLUMN_WIDTH);
        sheet.set_column_width(column, u16::try_from(width).unwrap_or(u16::MAX))?;
    }
    for (line, row) in table.rows.iter().zip(1_u32..) {
        for (cell, column) in line.iter().zip(0_u16..) {
            match cell {
                Cell::Empty => {}
                Cell::Text(text) => {
                    sheet.write_string(row, column, text)?;
                }
                Cell::Number(number) => {
                    sheet.write_with_format(row, column, *number, &money)?;
                }
                // Spreadsheets have no decimals but floats; nothing is calculated here.
                Cell::Quantity(quantity) => {
                    if let Ok(number) = quantity.to_string().parse::<f64>() {
                        sheet.write_number(row, column, number)?;
                    }
                }
            }
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    book.save_to_buffer()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Quantity;

    #[test]
    fn the_same_table_is_the_same_file() {
        let table = || Table {
            name: "x".into(),
            day: "2026-11-30".parse().unwrap(),
            columns: vec!["name", "amount", "quantity"],
            rows: vec![vec![
                Cell::text("=1+1"),
                9_007_199_254_740_991_i64.into(),
                Quantity::from_thousandths(1_500).into(),
            ]],
        };
        let file = render(&table()).unwrap();
        assert!(file.starts_with(b"PK"));
        assert_eq!(file, render(&table()).unwrap());
        let far = Table { day: crate::kernel::Day::MAX, ..table() };
        assert!(render(&far).is_ok());
    }
}
